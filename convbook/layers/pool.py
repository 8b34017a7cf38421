"""Pooling by strided slices: the maximum or mean of K x K shifted views."""

import numpy as np

from convbook.layers.windows import output_size, tap


def max_pool_forward(
    x: np.ndarray, size: int = 2, stride: int = 2
) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray, int, int]]:
    """Keep the largest value of every window.

    Args:
        x: feature maps, shape (N, C, H, W).
        size: height and width of the window.
        stride: pixels between neighbouring windows.

    Returns:
        out: shape (N, C, H_out, W_out).
        cache: what max_pool_backward needs.

    Raises:
        ValueError: the windows do not end at the edge.
    """
    H_out, W_out = _shape(x, size, stride)
    taps = [tap(x, i, j, H_out, W_out, stride) for i, j in np.ndindex(size, size)]
    stack = np.stack(taps)  # (size * size, N, C, H_out, W_out)
    switches = stack.argmax(axis=0)  # the first of equal values
    return stack.max(axis=0), (x, switches, size, stride)


def max_pool_backward(
    dout: np.ndarray, cache: tuple[np.ndarray, np.ndarray, int, int]
) -> np.ndarray:
    """Send each gradient to the pixel that was the largest.

    Args:
        dout: gradient with respect to out, shape (N, C, H_out, W_out).
        cache: from max_pool_forward.

    Returns:
        dx: shape (N, C, H, W).
    """
    x, switches, size, stride = cache
    dx = np.zeros_like(x)
    for k, (i, j) in enumerate(np.ndindex(size, size)):
        tap(dx, i, j, *dout.shape[2:], stride)[...] += dout * (switches == k)
    return dx


def avg_pool_forward(
    x: np.ndarray, size: int = 2, stride: int = 2
) -> tuple[np.ndarray, tuple[tuple[int, ...], int, int]]:
    """Take the mean of every window. Arguments and results as in max_pool_forward."""
    H_out, W_out = _shape(x, size, stride)
    taps = [tap(x, i, j, H_out, W_out, stride) for i, j in np.ndindex(size, size)]
    return sum(taps) / size**2, (x.shape, size, stride)


def avg_pool_backward(dout: np.ndarray, cache: tuple[tuple[int, ...], int, int]) -> np.ndarray:
    """Spread each gradient evenly over its window. Arguments and results as in max_pool_backward."""
    shape, size, stride = cache
    dx = np.zeros(shape, dtype=dout.dtype)
    for i, j in np.ndindex(size, size):
        tap(dx, i, j, *dout.shape[2:], stride)[...] += dout / size**2
    return dx


def _shape(x: np.ndarray, size: int, stride: int) -> tuple[int, int]:
    H, W = x.shape[2:]
    return output_size(H, size, stride), output_size(W, size, stride)
