"""The demos of the convolution and pooling layers, with their numbers from NumPy."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from convbook.demo.page import Demo

# One pixel is the maximum of four windows of 3 x 3 with stride 2, and two windows have ties.
POOLED = [
    [0, 3, 1, 5, 2, 6, 2],
    [6, 0, 2, 0, 4, 4, 8],
    [0, 0, 7, 4, 3, 4, 6],
    [2, 2, 1, 0, 1, 2, 4],
    [4, 5, 2, 5, 0, 2, 0],
    [6, 9, 5, 5, 1, 4, 1],
    [5, 0, 5, 1, 2, 3, 4],
]

# Two channels, no symmetry: a flipped or turned filter shows.
FILTER = [[[1, 2, 0], [-1, 1, 0], [0, -2, 3]], [[0, 1, -1], [2, 0, 1], [-1, 0, 1]]]

# A line of pixels for windows to slide along, and how far its sliders go.
LINE = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8]
MOST = dict(W=len(LINE), F=7, S=5, P=3)

# How far the user may enlarge picture and filter in the page.
LARGEST_PICTURE, LARGEST_FILTER = 8, 5


def whole_numbers(low: int, high: int, shape: tuple[int, ...], seed: int) -> NDArray[np.int64]:
    """Random integers from low to high, both included, the same at every call."""
    return np.random.default_rng(seed).integers(low, high + 1, shape)


def one_picture(x: ArrayLike, name: str = "x") -> NDArray[np.generic]:
    """x of shape (1, C, H, W), (C, H, W) or (H, W) as (C, H, W); else raises ValueError."""
    array = np.asarray(x)
    if array.ndim == 4 and len(array) == 1:
        array = array[0]
    if array.ndim == 2:
        array = array[None]
    if array.ndim != 3 or array.size == 0:
        raise ValueError(f"{name} must be one picture of shape (1, C, H, W), not {array.shape}")
    return array


def one_map(x: ArrayLike, name: str) -> NDArray[np.generic]:
    """x of shape (1, 1, H, W), (1, H, W) or (H, W) as (H, W); else raises ValueError."""
    maps = one_picture(x, name)
    if len(maps) != 1:
        raise ValueError(f"{name} must have one channel, not {len(maps)}")
    return maps[0]


def check_hyper(stride: int, pad: int = 0, dilation: int = 1, size: int = 1) -> None:
    """Raises ValueError unless these are whole numbers with which a window can move at all."""
    named = dict(size=(size, 1), stride=(stride, 1), pad=(pad, 0), dilation=(dilation, 1))
    for name, (value, least) in named.items():
        if value != int(value) or value < least:
            raise ValueError(f"{name} must be a whole number of at least {least}, not {value}")


def enlarged(array: NDArray[np.generic], side: int, fill: NDArray[np.int64]) -> NDArray[np.generic]:
    """array (..., H, W) in the corner of fill (..., side, side), if it is smaller than that."""
    H, W = array.shape[-2:]
    if max(H, W) >= side:
        return array
    out = fill.astype(np.result_type(array, fill))
    out[..., :H, :W] = array
    return out


def convolution(
    x: ArrayLike | None = None,
    w: ArrayLike | None = None,
    b: ArrayLike | None = None,
    stride: int = 2,
    pad: int = 1,
    dilation: int = 1,
) -> Demo:
    """The forward pass, one window at a time, with every product of the window.

    x: (1, C, H, W) or (C, H, W), one picture; 5 x 5 with 3 channels if None.
    w: (F, C, HH, WW), the filters; two of 3 x 3 if None.
    b: (F,), one bias for each filter; 1, 0 if None, or zeros with your own w.
    stride, pad, dilation: as in conv_forward; the user can change them in the page, and the
    sizes too where picture and filter are square.
    Raises ValueError for shapes that do not belong together. Sizes that do not fit are no
    error: the page says why.
    """
    check_hyper(stride, pad, dilation)
    image = one_picture(whole_numbers(0, 2, (3, 5, 5), seed=0) if x is None else x)
    C, H, W = image.shape
    filters = np.asarray(whole_numbers(-1, 1, (2, C, 3, 3), seed=1) if w is None else w)
    if filters.ndim != 4 or filters.shape[1] != C or filters.size == 0:
        raise ValueError(f"w must have shape (F, {C}, HH, WW), not {filters.shape}")
    K, _, HH, WW = filters.shape
    bias = np.asarray(([1, 0] if w is None else np.zeros(K, dtype=int)) if b is None else b)
    if bias.shape != (K,):
        raise ValueError(f"b must have shape ({K},), not {bias.shape}")
    if H == W and HH == WW:
        image = enlarged(image, LARGEST_PICTURE, whole_numbers(0, 2, (C, 8, 8), seed=2))
        filters = enlarged(filters, LARGEST_FILTER, whole_numbers(-1, 1, (K, C, 5, 5), seed=3))
    data = dict(x=image, w=filters, b=bias, H=H, W=W, HH=HH, WW=WW)
    return Demo(
        "convolution",
        data | dict(stride=stride, pad=pad, dilation=dilation),
        title="Convolution, step by step",
        summary=f"Demo: {K} filters of {HH} x {WW} x {C} stop at every place of a picture of "
        f"{H} x {W} x {C} (stride {stride}, padding {pad}, dilation {dilation}); the products "
        "of each window, their sums and the bias give one value of the output.",
        height=560,
    )


def backward(
    x: ArrayLike | None = None,
    w: ArrayLike | None = None,
    dout: ArrayLike | None = None,
    stride: int = 2,
    pad: int = 1,
    dilation: int = 1,
) -> Demo:
    """The backward pass, one output pixel at a time: where its gradient goes.

    x: (1, C, H, W), (C, H, W) or (H, W), one picture; 5 x 5 with one channel if None.
    w: (1, C, HH, WW), one filter; if None 3 x 3, for a picture with one or two channels.
    dout: (1, 1, OH, OW) or (OH, OW), the gradient that arrives; small whole numbers if None.
    stride, pad, dilation: as in conv_forward.
    Raises ValueError for shapes that do not belong together and for a filter that does not fit.
    """
    check_hyper(stride, pad, dilation)
    image = one_picture(whole_numbers(0, 2, (1, 5, 5), seed=0) if x is None else x)
    C, H, W = image.shape
    filters = np.asarray([FILTER[:C]] if w is None else w)
    if filters.ndim != 4 or filters.shape[:2] != (1, C) or filters.size == 0:
        raise ValueError(f"w must have shape (1, {C}, HH, WW), not {filters.shape}")
    HH, WW = filters.shape[2:]
    shape = tuple(output_size(size, F, stride, pad, dilation) for size, F in ((H, HH), (W, WW)))
    gradient = one_map(whole_numbers(-2, 3, shape, seed=7) if dout is None else dout, "dout")
    if gradient.shape != shape:
        raise ValueError(f"dout must have the shape of the output, {shape}, not {gradient.shape}")
    data = dict(x=image, w=filters[0], dout=gradient, stride=stride, pad=pad, dilation=dilation)
    return Demo(
        "backward",
        data,
        title="Backward pass of a convolution, step by step",
        summary=f"Demo: each of the {shape[0]} x {shape[1]} gradients in dout, times the filter, "
        "is added to its window of dx, and times its window of x it is added to dw.",
        height=480,
    )


def output_size(size: int, F: int, stride: int, pad: int, dilation: int = 1) -> int:
    """How many windows fit along one side; raises ValueError where the filter does not fit."""
    room = size - (dilation * (F - 1) + 1) + 2 * pad
    if room < 0 or room % stride:
        formula = f"({size} - {dilation * (F - 1) + 1} + 2*{pad})/{stride} + 1"
        raise ValueError(f"{formula} = {room / stride + 1:.3g}: the filter does not fit")
    return room // stride + 1


def max_pooling(
    x: ArrayLike | None = None,
    size: int = 3,
    stride: int = 2,
    dout: ArrayLike | None = None,
) -> Demo:
    """Max pooling with its switches: forward, then the gradient goes back through them.

    x: (H, W), or (1, 1, H, W), one map; 7 x 7 with ties if None.
    size, stride: of the window; the user can change them in the page.
    dout: (OH, OW), or (1, 1, OH, OW), the gradient that arrives; small whole numbers if None.
    Raises ValueError for more than one map and for a dout of another shape than the output.
    """
    check_hyper(stride, size=size)
    picture = one_map(POOLED if x is None else x, "x")
    H, W = picture.shape
    gradient = whole_numbers(1, 9, (H, W), seed=5)
    if dout is not None:
        given = one_map(dout, "dout")
        expected = ((H - size) // stride + 1, (W - size) // stride + 1)
        if given.shape != expected:
            raise ValueError(
                f"dout must have the shape of the output, {expected}, not {given.shape}"
            )
        gradient = gradient.astype(np.result_type(gradient, given))
        gradient[: given.shape[0], : given.shape[1]] = given
    return Demo(
        "max_pooling",
        dict(x=picture, dout=gradient, size=size, stride=stride),
        title="Max pooling, forward and backward",
        summary=f"Demo: a window of {size} x {size} moves over a map of {H} x {W} with stride "
        f"{stride}; its maximum passes and its place is remembered as the switch; backward, "
        "each gradient goes to that place, and adds up where windows overlap.",
        height=560,
    )


def im2col(x: ArrayLike | None = None, size: int = 2, stride: int = 1, pad: int = 0) -> Demo:
    """The windows of a picture become the columns of a matrix, one after the other.

    x: (1, C, H, W), (C, H, W) or (H, W), one small picture; if None 4 x 4 with two channels,
    its pixels numbered from 0, so that each can be found again.
    size, stride, pad: of the window; the user can change them in the page.
    The matrix has shape (C*size*size, OH*OW), its rows in the order of w.reshape(F, -1).
    Raises ValueError for more than one picture.
    """
    check_hyper(stride, pad, size=size)
    image = one_picture(np.arange(32).reshape(2, 4, 4) if x is None else x)
    C, H, W = image.shape
    return Demo(
        "im2col",
        dict(x=image, size=size, stride=stride, pad=pad),
        title="im2col, window by window",
        summary=f"Demo: each window of {size} x {size} x {C} in a picture of {H} x {W} x {C} "
        f"(stride {stride}, padding {pad}) becomes one column of a matrix; pixels in several "
        "windows are copied several times, and the copies are counted.",
        height=560,
    )


def windows(W: int = 7, F: int = 3, S: int = 2, P: int = 0) -> Demo:
    """Every window on a line of pixels, what is left over, and why a size does not fit.

    W, F, S, P: pixels, window, stride and padding, where the sliders in the page begin.
    Raises ValueError beyond the ends of the sliders. Sizes that do not fit are no error.
    """
    check_hyper(S, P, size=min(W, F))
    begin = dict(W=W, F=F, S=S, P=P)
    for name, most in MOST.items():
        if begin[name] > most:
            raise ValueError(f"{name} must be at most {most}, not {begin[name]}")
    return Demo(
        "windows",
        dict(x=LINE, most=MOST) | begin,
        title="Windows along a line of pixels",
        summary=f"Demo: a window of {F} slides along {W} pixels (stride {S}, padding {P}) and adds "
        "up what it covers; where it does not fit, pixels are left over after the last window.",
        height=420,
    )


def fc_to_conv(
    x: ArrayLike | None = None,
    w: ArrayLike | None = None,
    b: ArrayLike | None = None,
    stride: int = 2,
    passes: int = 1,
) -> Demo:
    """A fully-connected layer for small crops, turned into filters that slide over a picture.

    x: (1, 1, W, W), (1, W, W) or (W, W), one square map; 7 x 7 if None.
    w: (F * F, M), the weights for crops of F x F in the order of crop.reshape(1, -1); two units
    for crops of 3 x 3 if None.
    b: (M,), one bias for each unit; 1, 0 if None, or zeros with your own w.
    stride: pixels between neighbouring cells of one pass.
    passes: 1, or up to 4 passes that are shifted by half a stride and interleaved. The user can
    change these two in the page, and the side of the picture.
    Raises ValueError for shapes that do not belong together. Sizes that do not fit are no
    error: the page says why.
    """
    check_hyper(stride, size=passes)
    if max(stride, passes) > 4:
        raise ValueError(f"stride and passes must be at most 4, not {stride} and {passes}")
    picture = one_map(whole_numbers(0, 3, (7, 7), seed=6) if x is None else x, "x")
    W = len(picture)
    weights = np.asarray(whole_numbers(-1, 2, (9, 2), seed=8) if w is None else w)
    F = math.isqrt(len(weights)) if weights.ndim == 2 else 0
    if F == 0 or len(weights) != F * F or F > W or picture.shape != (W, W):
        raise ValueError(
            f"x must be square and w of shape (F * F, M) with F up to {W}, not {picture.shape} and "
            f"{weights.shape}"
        )
    M = weights.shape[1]
    bias = np.asarray(([1, 0] if w is None else np.zeros(M, dtype=int)) if b is None else b)
    if M == 0 or bias.shape != (M,):
        raise ValueError(f"b must have shape ({M},), not {bias.shape}")
    larger = enlarged(picture, LARGEST_PICTURE, whole_numbers(0, 3, (8, 8), seed=9))
    data = dict(x=larger, w=weights, b=bias, W=W, size=F, stride=stride, passes=passes)
    return Demo(
        "fc_to_conv",
        data,
        title="A fully-connected layer slides over a larger picture",
        summary=f"Demo: a fully-connected layer of {M} units for crops of {F} x {F} becomes {M} "
        f"filters that slide over a picture of {W} x {W}; each cell of the map is the layer's "
        "answer to one crop, and shifted passes fill a finer map.",
        height=520,
    )


# Filter, stride and dilation of each layer: how large the user may make them; and how many pixels
# and outputs of the last layer there is room for.
LARGEST_LAYER, LARGEST_LINE, SHOWN_OUTPUTS = (5, 3, 4), 40, 4


def receptive_field(
    layers: Sequence[tuple[int, int, int]] = ((3, 1, 1), (3, 2, 1), (3, 1, 2)),
) -> Demo:
    """What one output of a stack of layers sees of a line of pixels, layer by layer.

    layers: up to four triples (F, S, D), the filter's size, stride and dilation, from the first
    layer to the last; the user can change them in the page. The line is as long as four outputs
    of the last layer need, or as many as there is room for.
    Raises ValueError for layers that the page has no room for. A field that is too wide is no
    error: the page says so.
    """
    stack = [list(layer) for layer in layers]
    if not 1 <= len(stack) <= 4:
        raise ValueError(f"layers must be 1 to 4 triples (F, S, D), not {len(stack)}")
    for layer in stack:
        if len(layer) != 3:
            raise ValueError(f"a layer must be a triple (F, S, D), not {tuple(layer)}")
        F, S, D = layer
        check_hyper(S, dilation=D, size=F)
        if any(value > most for value, most in zip(layer, LARGEST_LAYER, strict=True)):
            raise ValueError(f"(F, S, D) must be at most {LARGEST_LAYER}, not {tuple(layer)}")
    return Demo(
        "receptive_field",
        dict(layers=stack, most=LARGEST_LAYER, widest=LARGEST_LINE, outputs=SHOWN_OUTPUTS),
        title="Receptive fields, layer by layer",
        summary=f"Demo: in a stack of {len(stack)} layers (filter, stride, dilation: "
        f"{', '.join(str(tuple(layer)) for layer in stack)}) an output is picked, and all outputs "
        "and pixels below it that it sees are marked, with the number of ways that lead to it.",
        height=520,
    )
