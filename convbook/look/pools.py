"""What the results of pooling layers, of im2col and of col2im are made of."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from convbook.look.links import Array, Convolution, Links, NoPicture, gradient, pooling

Parts = dict[str, Links]


def max_pool_forward(x: ArrayLike, HH: int = 2, WW: int = 2, stride: int = 2) -> Parts:
    x = np.asarray(x)
    terms = pooling(x.shape, HH, WW, stride)
    return {"out": Links(terms.out, terms.x, None, (Array("x", x),), rule="largest")}


def max_pool_backward(
    dout: ArrayLike, x: ArrayLike, HH: int = 2, WW: int = 2, stride: int = 2
) -> Parts:
    x = np.asarray(x)
    terms = pooling(x.shape, HH, WW, stride)
    seen = x.ravel()[terms.x].reshape(-1, HH * WW)  # a row for each window
    if np.sum(seen == seen.max(axis=1, keepdims=True)) > len(seen):
        raise NoPicture("of equal pixels any may have won")
    winner = np.arange(len(seen)) * HH * WW + seen.argmax(axis=1)
    return {"dx": Links(terms.x[winner], terms.out[winner], None, (gradient(dout, terms.shape),))}


def avg_pool_forward(x: ArrayLike, HH: int = 2, WW: int = 2, stride: int = 2) -> Parts:
    return _weighted(np.asarray(x), np.full((HH, WW), 1 / (HH * WW)), stride)


def avg_pool_backward(
    dout: ArrayLike, x: ArrayLike, HH: int = 2, WW: int = 2, stride: int = 2
) -> Parts:
    return _weighted_back(dout, np.asarray(x), np.full((HH, WW), 1 / (HH * WW)), stride)


def blur_pool_forward(x: ArrayLike, HH: int = 3, WW: int = 3, stride: int = 2) -> Parts:
    return _weighted(np.asarray(x), np.outer(_binomial(HH), _binomial(WW)), stride)


def blur_pool_backward(
    dout: ArrayLike, x: ArrayLike, HH: int = 3, WW: int = 3, stride: int = 2
) -> Parts:
    weights = np.outer(_binomial(HH), _binomial(WW))
    return _weighted_back(dout, np.asarray(x), weights, stride)


def l2_pool_forward(x: ArrayLike, HH: int = 2, WW: int = 2, stride: int = 2) -> Parts:
    x = np.asarray(x)
    terms = pooling(x.shape, HH, WW, stride)
    windows = x.ravel()[terms.x].reshape(-1, HH * WW)  # in the order of n, c, i, j
    words = tuple(
        (
            "sum of squares: " + " + ".join(f"{value:.4g}²" for value in window),
            f"= {np.sum(window**2):.6g}, and its root is {np.sqrt(np.sum(window**2)):.6g}",
        )
        for window in windows
    )
    return {"out": Links(terms.out, terms.x, None, (Array("x", x),), rule="words", words=words)}


def im2col(x: ArrayLike, HH: int, WW: int, stride: int = 1, pad: int = 0) -> Parts:
    x = np.asarray(x)
    terms, entries = _entries(x.shape, HH, WW, stride, pad)
    return {"out": Links(entries, terms.x, None, (Array("x", x),))}


def col2im(
    cols: ArrayLike, x_shape: tuple[int, ...], HH: int, WW: int, stride: int = 1, pad: int = 0
) -> Parts:
    terms, entries = _entries(tuple(x_shape), HH, WW, stride, pad)
    return {"out": Links(terms.x, entries, None, (Array("cols", np.asarray(cols)),)).inside()}


def _entries(
    x: tuple[int, ...], HH: int, WW: int, stride: int, pad: int
) -> tuple[Convolution, np.ndarray]:
    """Return which pixels the windows see, and where in the matrix of columns each copy stands."""
    terms = pooling(x, HH, WW, stride, pad)
    N, _, H_out, W_out = terms.shape
    n, c, i, j = np.unravel_index(terms.out, terms.shape)
    row, column = c * HH * WW + terms.w, (n * H_out + i) * W_out + j
    return terms, row * (N * H_out * W_out) + column


def _weighted(x: np.ndarray, weights: np.ndarray, stride: int) -> Parts:
    HH, WW = weights.shape
    terms = pooling(x.shape, HH, WW, stride)
    return {"out": Links(terms.out, terms.x, terms.w, (Array("x", x), Array("weights", weights)))}


def _weighted_back(dout: ArrayLike, x: np.ndarray, weights: np.ndarray, stride: int) -> Parts:
    HH, WW = weights.shape
    terms = pooling(x.shape, HH, WW, stride)
    arrays = gradient(dout, terms.shape), Array("weights", weights)
    return {"dx": Links(terms.x, terms.out, terms.w, arrays)}


def _binomial(n: int) -> np.ndarray:
    row = np.ones(1)
    for _ in range(n - 1):
        row = np.convolve(row, [0.5, 0.5])
    return row


WAYS: dict[str, Callable[..., Parts]] = {
    "max_pool_im2col": max_pool_forward,
    **{
        way.__name__: way
        for way in (
            avg_pool_backward,
            avg_pool_forward,
            blur_pool_backward,
            blur_pool_forward,
            col2im,
            im2col,
            l2_pool_forward,
            max_pool_backward,
            max_pool_forward,
        )
    },
}
