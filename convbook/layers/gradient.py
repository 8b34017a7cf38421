"""Gradients by measuring, to check those by thinking."""

from collections.abc import Callable

import numpy as np


def numerical_gradient(
    f: Callable[[np.ndarray], np.ndarray], x: np.ndarray, dout: np.ndarray | float, h: float = 1e-5
) -> np.ndarray:
    """Measure the gradient of sum(f(x) * dout) by central differences, one number of x at a time.

    Args:
        f: a function of x that returns an array of the shape of dout, or a number.
        x: where to measure, any shape, float64. Left as it was.
        dout: weights of the outputs in the loss.
        h: step, in the unit of x.

    Returns:
        dx: the shape of x.
    """
    dx = np.empty_like(x, dtype=np.float64)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i] += h
        down[i] -= h
        dx[i] = np.sum((f(up) - f(down)) * dout) / (2 * h)
    return dx
