"""The layers of the lessons whose results can be looked into, by the names of their functions.

Each takes the arguments of a call, a backward function those of dout and of the forward call whose
cache it got, and returns `Links` for each part of its result, in the order of the parts.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from convbook.look import norms, pools
from convbook.look.links import (
    Array,
    Convolution,
    Links,
    NoPicture,
    convolution,
    gradient,
    local,
    product,
    spread,
)

Parts = dict[str, Links]


def conv_forward(
    x: ArrayLike,
    w: ArrayLike,
    b: ArrayLike,
    stride: int = 1,
    pad: int = 0,
    dilation: int = 1,
    groups: int = 1,
) -> Parts:
    x, w = np.asarray(x), np.asarray(w)
    terms = convolution(x.shape, w.shape, stride, pad, dilation, groups)
    return _forward(terms, x, w, np.asarray(b)[:, None, None])


def conv_backward(
    dout: ArrayLike,
    x: ArrayLike,
    w: ArrayLike,
    b: ArrayLike,
    stride: int = 1,
    pad: int = 0,
    dilation: int = 1,
    groups: int = 1,
) -> Parts:
    x, w = np.asarray(x), np.asarray(w)
    terms = convolution(x.shape, w.shape, stride, pad, dilation, groups)
    return _backward(terms, gradient(dout, terms.shape), x, w)


def grouped_forward(
    x: ArrayLike,
    w: ArrayLike,
    b: ArrayLike,
    groups: int,
    stride: int = 1,
    pad: int = 0,
    dilation: int = 1,
) -> Parts:
    return conv_forward(x, w, b, stride, pad, dilation, groups)


def grouped_backward(
    dout: ArrayLike,
    x: ArrayLike,
    w: ArrayLike,
    b: ArrayLike,
    groups: int,
    stride: int = 1,
    pad: int = 0,
    dilation: int = 1,
) -> Parts:
    return conv_backward(dout, x, w, b, stride, pad, dilation, groups)


def correlate1d(x: ArrayLike, w: ArrayLike, stride: int = 1, pad: int = 0) -> Parts:
    x, w = np.asarray(x), np.asarray(w)
    wide = np.pad(x, pad) if pad else x  # a line has no rows to pad
    name = "x_pad" if pad else "x"
    terms = convolution((1, 1, 1, wide.size), (1, 1, 1, w.size), stride)
    return {"out": Links(terms.out, terms.x, terms.w, (Array(name, wide), Array("w", w)))}


def correlate2d(x: ArrayLike, w: ArrayLike) -> Parts:
    x, w = np.asarray(x), np.asarray(w)
    return _forward(convolution((1, 1, *x.shape), (1, 1, *w.shape)), x, w)


def locally_connected_forward(x: ArrayLike, w: ArrayLike, b: ArrayLike, stride: int = 1) -> Parts:
    x, w = np.asarray(x), np.asarray(w)
    return _forward(local(x.shape, w.shape, stride), x, w, np.asarray(b))


def conv_transpose(x: ArrayLike, w: ArrayLike, stride: int = 1, pad: int = 0) -> Parts:
    x, w = np.asarray(x), np.asarray(w)
    (N, _, H, W), (_, F, HH, WW) = x.shape, w.shape
    large = (N, F, spread(H, HH, stride, pad), spread(W, WW, stride, pad))
    terms = convolution(large, w.shape, stride, pad)
    if terms.shape != x.shape:
        raise NoPicture("the depths do not fit")
    return {"out": Links(terms.x, terms.out, terms.w, (Array("x", x), Array("w", w))).inside()}


def dx_at_stride(dout: ArrayLike, w: ArrayLike, stride: int = 1) -> Parts:
    dout, w = np.asarray(dout), np.asarray(w)
    (N, _, H, W), (_, C, HH, WW) = dout.shape, w.shape
    x = (N, C, spread(H, HH, stride), spread(W, WW, stride))
    terms = convolution(x, w.shape, stride)
    arrays = Array("dout", dout), Array("w", w)
    return {"dx": Links(terms.x, terms.out, terms.w, arrays).inside()}


def affine_forward(x: ArrayLike, w: ArrayLike, b: ArrayLike) -> Parts:
    x, w = np.asarray(x), np.asarray(w)
    terms = product((len(x), x[0].size), w.shape)
    return _forward(terms, x, w, np.asarray(b))


def affine_backward(dout: ArrayLike, x: ArrayLike, w: ArrayLike, b: ArrayLike) -> Parts:
    x, w = np.asarray(x), np.asarray(w)
    terms = product((len(x), x[0].size), w.shape)
    return _backward(terms, gradient(dout, terms.shape), x, w)


def _forward(
    terms: Convolution, x: np.ndarray, w: np.ndarray, b: np.ndarray | None = None
) -> Parts:
    plus = None if b is None else Array("b", np.broadcast_to(b, terms.shape))
    return {"out": Links(terms.out, terms.x, terms.w, (Array("x", x), Array("w", w)), plus)}


def _backward(terms: Convolution, dout: Array, x: np.ndarray, w: np.ndarray) -> Parts:
    places = np.arange(math.prod(terms.shape))
    unit = places // math.prod(terms.shape[2:]) % terms.shape[1]  # which bias each output has
    return {
        "dx": Links(terms.x, terms.out, terms.w, (dout, Array("w", w))).inside(),
        "dw": Links(terms.w, terms.out, terms.x, (dout, Array("x", x))).inside(),
        "db": Links(unit, places, None, (dout,)),
    }


# What comes as `out` of a pair is its first part; the other parts of a result have a name too.
WAYS: dict[str, Callable[..., Parts]] = {
    "conv_1x1": conv_forward,
    "conv_forward_im2col": conv_forward,
    "conv_backward_im2col": conv_backward,
    "dx_by_full_convolution": dx_at_stride,
    **{
        way.__name__: way
        for way in (
            affine_backward,
            affine_forward,
            conv_backward,
            conv_forward,
            conv_transpose,
            correlate1d,
            correlate2d,
            dx_at_stride,
            grouped_backward,
            grouped_forward,
            locally_connected_forward,
        )
    },
    **pools.WAYS,
    **norms.WAYS,
}


def parts(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Parts:
    """Return what the parts of a call's result are made of.

    Args:
        name: the function's.
        args, kwargs: of the call, as the functions above take them.

    Raises:
        NoPicture: the call is not drawn.
    """
    try:
        return WAYS[name](*args, **kwargs)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise NoPicture(str(error)) from error
