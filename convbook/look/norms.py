"""How normalisation layers come to each number, in words: which numbers count, mean, variance."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from convbook.look.links import Array, Links, NoPicture, gradient

Parts = dict[str, Links]
Running = tuple[ArrayLike, ArrayLike]

MOST = 4096  # numbers that are normalised together, and in all


def batchnorm_forward(
    x: ArrayLike,
    gamma: ArrayLike,
    beta: ArrayLike,
    running: Running,
    train: bool = True,
    momentum: float = 0.9,
    eps: float = 1e-5,
) -> Parts:
    x = np.asarray(x, dtype=float)
    group = _channel_of(x)
    given = None if train else (np.asarray(running[0]), np.asarray(running[1]))
    return _forward(x, group, gamma, beta, eps, given)


def batchnorm_backward(
    dout: ArrayLike,
    x: ArrayLike,
    gamma: ArrayLike,
    beta: ArrayLike,
    running: Running,
    train: bool = True,
    momentum: float = 0.9,
    eps: float = 1e-5,
) -> Parts:
    if not train:
        raise NoPicture("not of the training")
    x = np.asarray(x, dtype=float)
    return _backward(dout, x, _channel_of(x), gamma, eps)


def group_norm_forward(
    x: ArrayLike, gamma: ArrayLike, beta: ArrayLike, G: int, eps: float = 1e-5
) -> Parts:
    x = np.asarray(x, dtype=float)
    return _forward(x, _group_of(x, G), gamma, beta, eps)


def group_norm_backward(
    dout: ArrayLike, x: ArrayLike, gamma: ArrayLike, beta: ArrayLike, G: int, eps: float = 1e-5
) -> Parts:
    x = np.asarray(x, dtype=float)
    return _backward(dout, x, _group_of(x, G), gamma, eps)


def lrn_forward(
    x: ArrayLike, n: int = 5, k: float = 2.0, alpha: float = 1e-4, beta: float = 0.75
) -> Parts:
    x = np.asarray(x, dtype=float)
    if not 0 < x.size <= MOST:
        raise NoPicture("too many numbers")
    place = np.indices(x.shape).reshape(x.ndim, -1)
    out, left, words = [], [], []
    for o, (picture, c, i, j) in enumerate(place.T):
        near = range(max(0, c - n // 2), min(x.shape[1], c + n // 2 + 1))
        squares = [float(x[picture, d, i, j]) ** 2 for d in near]
        out += [o] * len(squares)
        left += [int(np.ravel_multi_index((picture, d, i, j), x.shape)) for d in near]
        total, value = sum(squares), float(x[picture, c, i, j])
        divisor = (k + alpha * total) ** beta
        words.append(
            (
                f"the {len(squares)} marked channels: their squares add up to {_text(total)}",
                f"divisor: ({k:g} + {alpha:g} · {_text(total)})^{beta:g} = {_text(divisor)}",
                f"{_text(value)} / {_text(divisor)} = {_text(value / divisor)}",
            )
        )
    return {"out": _in_words(out, left, (Array("x", x),), words)}


def _channel_of(x: np.ndarray) -> np.ndarray:
    """Return for each number the channel, or the feature, with which it is normalised."""
    return np.broadcast_to(_beside(np.arange(x.shape[1]), x), x.shape)


def _group_of(x: np.ndarray, G: int) -> np.ndarray:
    """Return for each number the group of its picture."""
    N, C = x.shape[:2]
    if C % G:
        raise NoPicture("the channels do not fit the groups")
    groups = np.arange(N)[:, None] * G + np.arange(C) // (C // G)  # (N, C)
    return np.broadcast_to(groups.reshape(N, C, *[1] * (x.ndim - 2)), x.shape)


def _beside(v: ArrayLike, x: np.ndarray) -> np.ndarray:
    """Return a number for each channel so that it meets x."""
    return np.asarray(v, dtype=float).reshape(1, -1, *[1] * (x.ndim - 2))


def _members(group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return pairs of numbers that are normalised together, as flat indices."""
    flat = group.ravel()
    if not 0 < flat.size <= MOST:
        raise NoPicture("too many numbers")
    out, left = np.nonzero(flat[:, None] == flat[None, :])
    return out, left


def _means(values: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Return for each number the mean of its group."""
    flat = group.ravel().astype(int)
    sums = np.bincount(flat, values.ravel()) / np.maximum(np.bincount(flat), 1)
    return sums[flat].reshape(values.shape)


def _forward(
    x: np.ndarray,
    group: np.ndarray,
    gamma: ArrayLike,
    beta: ArrayLike,
    eps: float,
    given: tuple[np.ndarray, np.ndarray] | None = None,
) -> Parts:
    mean, var = _means(x, group), None
    if given is None:
        var = _means((x - mean) ** 2, group)
        how = "mean and variance of the marked numbers"
    else:
        mean, var = (np.broadcast_to(_beside(v, x), x.shape) for v in given)
        how = "running mean and variance"
    x_hat = (x - mean) / np.sqrt(var + eps)
    scale, shift = (np.broadcast_to(_beside(v, x), x.shape) for v in (gamma, beta))
    rows = zip(*(a.ravel() for a in (x, mean, var, x_hat, scale, shift)), strict=True)
    words = [
        (
            f"{how}: {_text(m)} and {_text(v)}",
            f"x_hat = ({_text(value)} − {_inner(m)}) / √({_text(v)} + {eps:g}) = {_text(h)}",
            f"{_text(s)} · {_inner(h)} + {_inner(b)} = {_text(s * h + b)}",
        )
        for value, m, v, h, s, b in rows
    ]
    out, left = _members(group)
    return {"out": _in_words(out, left, (Array("x", x),), words)}


def _backward(
    dout: ArrayLike, x: np.ndarray, group: np.ndarray, gamma: ArrayLike, eps: float
) -> Parts:
    sent = gradient(dout, x.shape)
    mean = _means(x, group)
    scale = 1 / np.sqrt(_means((x - mean) ** 2, group) + eps)
    x_hat = (x - mean) * scale
    dx_hat = sent.values * _beside(gamma, x)
    in_mean, slope = _means(dx_hat, group), _means(dx_hat * x_hat, group)
    rows = zip(*(a.ravel() for a in (dx_hat, in_mean, x_hat, slope, scale)), strict=True)
    words = [
        (
            f"directly: dout · gamma = {_text(direct)}",
            f"through the mean of the marked numbers: {_text(-m)}",
            f"through their variance: −x_hat · {_inner(s)} = {_text(-h * s)}",
            f"the sum, times 1/√(var + eps) = {_text(k)}: {_text(k * (direct - m - h * s))}",
        )
        for direct, m, h, s, k in rows
    ]
    out, left = _members(group)
    places, channel = np.arange(x.size), _channel_of(x).ravel().astype(int)
    return {
        "dx": _in_words(out, left, (sent,), words),
        "dgamma": Links(channel, places, places, (sent, Array("x_hat", x_hat))),
        "dbeta": Links(channel, places, None, (sent,)),
    }


def _text(value: float) -> str:
    return f"{value + 0.0:.5g}".replace("-", "−")


def _inner(value: float) -> str:
    """Write a number that stands after a sign."""
    return f"({_text(value)})" if value < 0 else _text(value)


def _in_words(
    out: ArrayLike, left: ArrayLike, arrays: tuple[Array, ...], words: Sequence[tuple[str, ...]]
) -> Links:
    return Links(np.asarray(out), np.asarray(left), None, arrays, rule="words", words=tuple(words))


WAYS: dict[str, Callable[..., Parts]] = {
    "spatial_batchnorm_forward": batchnorm_forward,
    "spatial_batchnorm_backward": batchnorm_backward,
    **{
        way.__name__: way
        for way in (
            batchnorm_backward,
            batchnorm_forward,
            group_norm_backward,
            group_norm_forward,
            lrn_forward,
        )
    },
}
