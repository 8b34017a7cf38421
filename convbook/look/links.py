"""Which numbers each number of a layer's result is made of: the sums behind it, term by term.

A layer without weights adds up some of its input; one with weights adds up products. Both ways,
forward and backward, follow from one list: output o takes input l times weight r.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

Shape = Sequence[int]

MOST = 200_000  # terms of a layer; a check that is shown has some hundred
NOTHING = -1  # the place of a zero of the padding


class NoPicture(Exception):
    """A call that is not drawn: too large, or with arguments that do not fit each other."""


@dataclass(frozen=True)
class Array:
    """Numbers with the name that the lesson gives them."""

    name: str
    values: np.ndarray


@dataclass(frozen=True)
class Links:
    """The terms of every number of a result.

    Attributes:
        out: flat index of the number that a term belongs to, one for each term.
        left: flat index into the first array, or NOTHING.
        right: flat index into the second array, or NOTHING; None where there is no second.
        arrays: the first array, and the second where there is one.
        plus: a number that is added to each, in the shape of the result, and what it is called.
        rule: "sum" of the terms, the "largest" of them, or "words" where `words` say it.
        words: for each number of the result, lines that say how it is computed.
    """

    out: np.ndarray
    left: np.ndarray
    right: np.ndarray | None
    arrays: tuple[Array, ...]
    plus: Array | None = None
    rule: str = "sum"
    words: tuple[tuple[str, ...], ...] = ()

    def inside(self) -> Links:
        """Leave out the terms in which padding stands: it is in no gradient."""
        here = (self.out != NOTHING) & (self.left != NOTHING)
        if self.right is not None:
            here &= self.right != NOTHING
        right = None if self.right is None else self.right[here]
        return replace(self, out=self.out[here], left=self.left[here], right=right)


def flat(index: Sequence[np.ndarray], shape: Shape, inside: np.ndarray | None = None) -> np.ndarray:
    """Return flat indices into an array, and NOTHING where the index is not inside."""
    clipped = [np.clip(i, 0, size - 1) for i, size in zip(index, shape, strict=True)]
    places = np.ravel_multi_index(clipped, tuple(shape))
    return places if inside is None else np.where(inside, places, NOTHING)


def every(*sizes: int) -> np.ndarray:
    """Return all indices of an array with these sizes, a row for each axis.

    Raises:
        NoPicture: there are too many, or none.
    """
    if not 0 < math.prod(sizes) <= MOST:
        raise NoPicture("too many terms")
    return np.indices(sizes).reshape(len(sizes), -1)


def stops(size: int, window: int, stride: int, pad: int = 0, dilation: int = 1) -> int:
    """Return how many windows fit along one side.

    Raises:
        NoPicture: they do not end at the edge.
    """
    room = size + 2 * pad - dilation * (window - 1) - 1
    if room < 0 or stride < 1 or room % stride:
        raise NoPicture("the windows do not fit")
    return room // stride + 1


def spread(places: int, window: int, stride: int, pad: int = 0) -> int:
    """Return along how many pixels so many windows lie; the inverse of `stops`."""
    return window + stride * (places - 1) - 2 * pad


def pixels(
    place: Sequence[np.ndarray], tap: Sequence[np.ndarray], how: tuple[int, int, int], size: Shape
) -> tuple[list[np.ndarray], np.ndarray]:
    """Return the row and column that a tap of a window sees, and whether it is in the picture.

    Args:
        place: row and column of the output.
        tap: row and column in the window.
        how: stride, padding, dilation.
        size: height and width of the picture.
    """
    stride, pad, dilation = how
    seen = [p * stride + t * dilation - pad for p, t in zip(place, tap, strict=True)]
    inside = np.logical_and.reduce([(s >= 0) & (s < n) for s, n in zip(seen, size, strict=True)])
    return seen, inside


@dataclass(frozen=True)
class Convolution:
    """The terms of a convolution, as three lists of flat indices.

    Attributes:
        out, x, w: of the output, of the picture (or NOTHING), and of the filters.
        shape: of the output.
    """

    out: np.ndarray
    x: np.ndarray
    w: np.ndarray
    shape: tuple[int, ...]


def gradient(dout: ArrayLike, shape: tuple[int, ...]) -> Array:
    """Return the gradient that arrives, which has the shape of the output.

    Raises:
        NoPicture: it has another.
    """
    if np.shape(dout) != shape:
        raise NoPicture("dout has another shape")
    return Array("dout", np.asarray(dout))


def convolution(
    x: Shape, w: Shape, stride: int = 1, pad: int = 0, dilation: int = 1, groups: int = 1
) -> Convolution:
    """List the terms of a convolution.

    Args:
        x: shape of the pictures, (N, C, H, W).
        w: shape of the filters, (F, C / groups, HH, WW).
        stride, pad, dilation, groups: as in conv_forward.
    """
    (N, C, H, W), (F, D, HH, WW) = x, w
    if D * groups != C or F % groups:
        raise NoPicture("the depths do not fit")
    H_out, W_out = stops(H, HH, stride, pad, dilation), stops(W, WW, stride, pad, dilation)
    n, f, d, i, j, u, v = every(N, F, D, H_out, W_out, HH, WW)
    c = f // (F // groups) * D + d
    seen, inside = pixels((i, j), (u, v), (stride, pad, dilation), (H, W))
    shape = (N, F, H_out, W_out)
    return Convolution(
        flat((n, f, i, j), shape), flat((n, c, *seen), x, inside), flat((f, d, u, v), w), shape
    )


def local(x: Shape, w: Shape, stride: int) -> Convolution:
    """List the terms of a layer whose filters have shape (H_out, W_out, F, C, HH, WW)."""
    (N, C, H, W), (H_out, W_out, F, _, HH, WW) = x, w
    n, f, c, i, j, u, v = every(N, F, C, H_out, W_out, HH, WW)
    seen, inside = pixels((i, j), (u, v), (stride, 0, 1), (H, W))
    shape = (N, F, H_out, W_out)
    return Convolution(
        flat((n, f, i, j), shape),
        flat((n, c, *seen), x, inside),
        flat((i, j, f, c, u, v), w),
        shape,
    )


def pooling(x: Shape, HH: int, WW: int, stride: int, pad: int = 0) -> Convolution:
    """List which pixels each window sees; `w` is the pixel's place in its window, row by row."""
    N, C, H, W = x
    H_out, W_out = stops(H, HH, stride, pad), stops(W, WW, stride, pad)
    n, c, i, j, u, v = every(N, C, H_out, W_out, HH, WW)
    seen, inside = pixels((i, j), (u, v), (stride, pad, 1), (H, W))
    shape = (N, C, H_out, W_out)
    return Convolution(flat((n, c, i, j), shape), flat((n, c, *seen), x, inside), u * WW + v, shape)


def product(x: Shape, w: Shape) -> Convolution:
    """List the terms of a matrix product (N, D) @ (D, M)."""
    (N, D), (_, M) = x, w
    n, m, d = every(N, M, D)
    return Convolution(flat((n, m), (N, M)), flat((n, d), (N, D)), flat((d, m), (D, M)), (N, M))
