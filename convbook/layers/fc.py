"""A fully-connected layer: one matrix product."""

import numpy as np

from convbook.layers.batch import in_halves

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
    rows = x.reshape(len(x), -1)
    halves = in_halves(lambda half: rows[half] @ w + b, rows)  # (N, D) @ (D, M) -> (N, M)
    return np.concatenate(halves), (x, w)


def affine_backward(dout: np.ndarray, cache: Cache) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Send the gradient back along every connection.

    Args:
        dout: gradient of the loss with respect to out, shape (N, M).
        cache: from affine_forward.

    Returns:
        dx, dw, db: gradients, the shapes of x, w and b.
    """
    x, w = cache
    columns = x.reshape(len(x), -1).T  # (D, N)
    dx = np.empty_like(dout, shape=columns.T.shape, dtype=np.result_type(dout.dtype, w.dtype))
    dw = np.empty_like(dout, shape=w.shape, dtype=np.result_type(dout.dtype, x.dtype))

    def of_half(half: slice) -> None:  # of the inputs, not of the batch: no sum over the halves
        dx[:, half] = dout @ w[half].T  # (N, M) @ (M, D) -> (N, D)
        dw[half] = columns[half] @ dout  # (D, N) @ (N, M) -> (D, M)

    in_halves(of_half, dw)
    return dx.reshape(x.shape), dw, dout.sum(axis=0)
