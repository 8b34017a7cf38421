"""Pooling by strided slices: the maximum or mean of K x K shifted views."""

from collections.abc import Iterator

import numpy as np

from convbook.layers.halves import in_halves
from convbook.layers.windows import output_size, tap

MaxCache = tuple[np.ndarray, int, int, int]
AvgCache = tuple[tuple[int, ...], int, int, int]

TOGETHER = 4  # pictures that are looked at together: few, to stay in the processor's cache


def max_pool_forward(
    x: np.ndarray, HH: int = 2, WW: int = 2, stride: int = 2
) -> tuple[np.ndarray, MaxCache]:
    """Keep the largest value of every window.

    Args:
        x: feature maps, shape (N, C, H, W).
        HH: height of the window.
        WW: width of the window.
        stride: pixels between neighbouring windows.

    Returns:
        out: shape (N, C, H_out, W_out).
        cache: what max_pool_backward needs.

    Raises:
        ValueError: the windows do not end at the edge.
    """
    H_out, W_out = _shape(x, HH, WW, stride)
    out = np.empty_like(x, shape=(*x.shape[:2], H_out, W_out))

    def of_half(half: slice) -> None:
        for part in _parts(half):
            largest = out[part]
            largest[...] = tap(x[part], 0, 0, H_out, W_out, stride)
            for i, j in np.ndindex(HH, WW):
                np.maximum(largest, tap(x[part], i, j, H_out, W_out, stride), out=largest)

    in_halves(of_half, x)
    return out, (x, HH, WW, stride)


def max_pool_backward(dout: np.ndarray, cache: MaxCache) -> np.ndarray:
    """Send each gradient to the pixel that was the largest.

    Args:
        dout: gradient with respect to out, shape (N, C, H_out, W_out).
        cache: from max_pool_forward.

    Returns:
        dx: shape (N, C, H, W).
    """
    x, HH, WW, stride = cache
    dx = np.zeros_like(x, dtype=np.result_type(x.dtype, dout.dtype))

    def of_half(half: slice) -> None:
        for part in _parts(half):
            _send_back(dout[part], x[part], dx[part], HH, WW, stride)

    in_halves(of_half, x)
    return dx


def avg_pool_forward(
    x: np.ndarray, HH: int = 2, WW: int = 2, stride: int = 2
) -> tuple[np.ndarray, AvgCache]:
    """Take the mean of every window. Arguments and results as in max_pool_forward."""
    H_out, W_out = _shape(x, HH, WW, stride)
    taps = np.stack([tap(x, i, j, H_out, W_out, stride) for i, j in np.ndindex(HH, WW)])
    return taps.sum(axis=0) / (HH * WW), (x.shape, HH, WW, stride)


def avg_pool_backward(dout: np.ndarray, cache: AvgCache) -> np.ndarray:
    """Spread each gradient evenly over its window; arguments as in max_pool_backward."""
    shape, HH, WW, stride = cache
    H_out, W_out = dout.shape[2:]
    dx = np.zeros_like(dout, shape=shape)
    for i, j in np.ndindex(HH, WW):
        tap(dx, i, j, H_out, W_out, stride)[...] += dout / (HH * WW)
    return dx


def _send_back(
    dout: np.ndarray, x: np.ndarray, dx: np.ndarray, HH: int, WW: int, stride: int
) -> None:
    """Add each gradient to dx, at the pixel that was the largest of its window."""
    H_out, W_out = dout.shape[2:]
    # Found again, not kept: that is faster than the memory, and nobody can have changed it.
    taps = np.stack([tap(x, i, j, H_out, W_out, stride) for i, j in np.ndindex(HH, WW)])
    largest = taps.max(axis=0)
    wins = taps == largest
    if (largest != largest).any():  # not a number: that equals nothing, itself included
        wins |= taps != taps
    waiting = np.ones_like(largest, dtype=bool)  # windows whose largest is still to come
    for k, (i, j) in enumerate(np.ndindex(HH, WW)):
        first = wins[k] & waiting  # of equal values the first wins
        tap(dx, i, j, H_out, W_out, stride)[...] += dout * first
        waiting ^= first


def _shape(x: np.ndarray, HH: int, WW: int, stride: int) -> tuple[int, int]:
    H, W = x.shape[2:]
    return output_size(H, HH, stride), output_size(W, WW, stride)


def _parts(half: slice) -> Iterator[slice]:
    starts = range(half.start, half.stop, TOGETHER)
    return (slice(n, min(n + TOGETHER, half.stop)) for n in starts)
