"""Pooling by strided slices: the maximum or mean of K x K shifted views."""

import numpy as np

from convbook.layers.windows import output_size, tap

MaxCache = tuple[np.ndarray, int, int, int]
AvgCache = tuple[tuple[int, ...], int, int, int]

TOGETHER = 4  # pictures whose windows backward looks at together: few, to stay in the cache


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
    return _largest(x, HH, WW, stride), (x, HH, WW, stride)


def max_pool_backward(dout: np.ndarray, cache: MaxCache) -> np.ndarray:
    """Send each gradient to the pixel that was the largest.

    Args:
        dout: gradient with respect to out, shape (N, C, H_out, W_out).
        cache: from max_pool_forward.

    Returns:
        dx: shape (N, C, H, W).
    """
    x, HH, WW, stride = cache
    H_out, W_out = dout.shape[2:]
    dx = np.zeros(x.shape, dtype=np.result_type(x, dout))
    for n in range(0, len(x), TOGETHER):
        part = slice(n, n + TOGETHER)
        # Found again, not kept: that is faster than the memory, and nobody can have changed it.
        largest = _largest(x[part], HH, WW, stride)
        waiting = np.ones(largest.shape, dtype=bool)  # windows whose largest is still to come
        for i, j in np.ndindex(HH, WW):
            seen = tap(x[part], i, j, H_out, W_out, stride).copy()  # read twice, so without gaps
            # Of equal values the first wins. One that is not a number differs from itself.
            wins = waiting & ((seen == largest) | (seen != seen))
            tap(dx[part], i, j, H_out, W_out, stride)[...] += dout[part] * wins
            waiting &= ~wins
    return dx


def avg_pool_forward(
    x: np.ndarray, HH: int = 2, WW: int = 2, stride: int = 2
) -> tuple[np.ndarray, AvgCache]:
    """Take the mean of every window. Arguments and results as in max_pool_forward."""
    H_out, W_out = _shape(x, HH, WW, stride)
    taps = [tap(x, i, j, H_out, W_out, stride) for i, j in np.ndindex(HH, WW)]
    return np.sum(taps, axis=0) / (HH * WW), (x.shape, HH, WW, stride)


def avg_pool_backward(dout: np.ndarray, cache: AvgCache) -> np.ndarray:
    """Spread each gradient evenly over its window; arguments as in max_pool_backward."""
    shape, HH, WW, stride = cache
    H_out, W_out = dout.shape[2:]
    dx = np.zeros(shape, dtype=dout.dtype)
    for i, j in np.ndindex(HH, WW):
        tap(dx, i, j, H_out, W_out, stride)[...] += dout / (HH * WW)
    return dx


def _largest(x: np.ndarray, HH: int, WW: int, stride: int) -> np.ndarray:
    """Go over the taps, and keep the larger value of all windows at once.

    Returns:
        Shape (N, C, H_out, W_out), memory of its own.
    """
    H_out, W_out = _shape(x, HH, WW, stride)
    out = tap(x, 0, 0, H_out, W_out, stride).copy()
    for i, j in np.ndindex(HH, WW):
        np.maximum(out, tap(x, i, j, H_out, W_out, stride), out=out)
    return out


def _shape(x: np.ndarray, HH: int, WW: int, stride: int) -> tuple[int, int]:
    H, W = x.shape[2:]
    return output_size(H, HH, stride), output_size(W, WW, stride)
