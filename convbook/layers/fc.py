"""A fully-connected layer: one matrix product."""

import numpy as np

Cache = tuple[np.ndarray, np.ndarray]


def affine_forward(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, Cache]:
    """Connect every unit to every input.

    Args:
        x: inputs, shape (N, ...), D numbers each.
        w: weights, shape (D, M).
        b: one bias per unit, shape (M,).

    Returns:
        out: shape (N, M).
        cache: what affine_backward needs.
    """
    return x.reshape(len(x), -1) @ w + b, (x, w)  # (N, D) @ (D, M) -> (N, M)


def affine_backward(dout: np.ndarray, cache: Cache) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Send the gradient back along every connection.

    Args:
        dout: gradient of the loss with respect to out, shape (N, M).
        cache: from affine_forward.

    Returns:
        dx, dw, db: gradients, the shapes of x, w and b.
    """
    x, w = cache
    dx = (dout @ w.T).reshape(x.shape)  # (N, D) -> (N, ...)
    dw = x.reshape(len(x), -1).T @ dout  # (D, N) @ (N, M) -> (D, M)
    return dx, dw, dout.sum(axis=0)
