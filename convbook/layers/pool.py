"""Pooling by strided slices: the maximum or mean of K x K shifted views.

One thread does it: the steps are so short that two would mostly wait for each other.
"""

import numpy as np

from convbook.layers.batch import slices
from convbook.layers.windows import output_size, tap

MaxCache = tuple[np.ndarray, tuple[int, ...], str, int, int, int]
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
    farthest = (HH - 1) * x.shape[3] + WW - 1
    before = np.zeros_like(out, dtype=np.min_scalar_type(farthest))  # mostly a byte each
    for part in slices(len(x), TOGETHER):
        _compete(x[part], out[part], before[part], HH, WW, stride)
    return out, (before, x.shape, x.dtype.str, HH, WW, stride)


def max_pool_backward(dout: np.ndarray, cache: MaxCache) -> np.ndarray:
    """Send each gradient to the pixel that was the largest.

    Args:
        dout: gradient with respect to out, shape (N, C, H_out, W_out).
        cache: from max_pool_forward.

    Returns:
        dx: shape (N, C, H, W).
    """
    before, shape, kind, HH, WW, stride = cache
    H_out, W_out = dout.shape[2:]
    dtype = np.result_type(kind, dout.dtype)
    dx = np.zeros_like(dout, shape=shape, dtype=dtype, order="C")
    few = dx[:TOGETHER]
    pixels = np.cumsum(np.ones_like(few, dtype=np.intp)).reshape(few.shape) - 1
    last = tap(pixels, HH - 1, WW - 1, H_out, W_out, stride)
    for part in slices(len(dx), TOGETHER):
        n = len(dx[part])
        winners = last[:n] - before[part]  # places in the line of the n pictures' pixels
        # Windows may share a pixel, so the same place may come twice: add.at adds both.
        np.add.at(dx[part].reshape(-1), winners.reshape(-1), dout[part].reshape(-1))
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


def _compete(
    x: np.ndarray, out: np.ndarray, before: np.ndarray, HH: int, WW: int, stride: int
) -> None:
    """Write the largest value of every window into out, and where it is into before.

    That is counted in pixels before the last tap, along the line of a map's rows. From the last tap
    to the first, each takes the lead if it is not smaller: so of equal values the first wins. The
    distance grows on the way, so that of the winner is the largest of those that took the lead.
    """
    W, (H_out, W_out) = x.shape[3], out.shape[2:]
    for i, j in reversed(list(np.ndindex(HH, WW))):
        distance = (HH - 1 - i) * W + WW - 1 - j
        value = tap(x, i, j, H_out, W_out, stride).copy()  # side by side, it is read faster
        if distance == 0:
            out[...] = value
        leads = (value >= out) | (value != value)  # not a number: equals nothing, and wins
        np.maximum(before, leads * before.dtype.type(distance), out=before)
        np.maximum(value, out, out=out)


def _shape(x: np.ndarray, HH: int, WW: int, stride: int) -> tuple[int, int]:
    H, W = x.shape[2:]
    return output_size(H, HH, stride), output_size(W, WW, stride)
