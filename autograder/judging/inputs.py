"""Hidden inputs that tell the known mistakes of convolution and pooling apart.

N, C, F, H, W, HH and WW are all different wherever they can be, so that a swapped axis shows.
"""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from convbook.layers import conv_backward, conv_forward

# (shape of x, shape of w, stride, pad)
CONV = (
    ((2, 3, 5, 7), (4, 3, 3, 3), 1, 0),
    ((2, 2, 6, 7), (3, 2, 3, 2), 1, 1),
    ((2, 2, 7, 9), (3, 2, 3, 3), 2, 1),
    ((1, 2, 8, 8), (2, 2, 3, 3), 3, 2),
    ((3, 4, 4, 5), (2, 4, 1, 1), 1, 0),
    ((2, 3, 6, 5), (1, 3, 2, 4), 1, 0),
    ((1, 3, 4, 6), (2, 3, 4, 3), 1, 0),  # one window along the height
    ((2, 1, 6, 3), (3, 1, 2, 3), 2, 0),  # one along the width
    ((2, 2, 3, 4), (3, 2, 3, 2), 2, 3),  # more padding than picture
    ((2, 3, 2, 4), (5, 3, 2, 4), 1, 0),  # one window
)
# (shape of x, shape of w, stride, pad, dilation)
DILATED = (
    ((2, 3, 7, 9), (4, 3, 3, 2), 1, 0, 2),
    ((1, 2, 8, 11), (3, 2, 2, 4), 1, 0, 3),
    ((2, 4, 3, 5), (3, 4, 1, 1), 1, 0, 3),
    ((3, 2, 9, 5), (1, 2, 3, 2), 2, 1, 2),
    ((2, 1, 4, 11), (3, 1, 2, 3), 3, 2, 4),
    ((2, 4, 5, 7), (3, 4, 3, 4), 1, 0, 2),  # one window
)
# (shape of x, shape of w, groups, stride, pad, dilation)
GROUPED = (
    ((2, 4, 5, 7), (6, 2, 3, 2), 2, 1, 0, 1),
    ((3, 3, 6, 5), (3, 1, 2, 3), 3, 1, 0, 1),  # depthwise
    ((1, 2, 4, 6), (6, 1, 3, 2), 2, 1, 0, 1),  # three filters for each channel
    ((2, 6, 3, 4), (3, 2, 1, 1), 3, 1, 0, 1),
    ((2, 3, 4, 5), (4, 3, 2, 2), 1, 1, 0, 1),
    ((2, 4, 7, 9), (2, 2, 3, 3), 2, 2, 1, 1),
    ((1, 6, 9, 7), (3, 2, 3, 2), 3, 2, 1, 2),
    ((3, 2, 5, 6), (4, 1, 2, 3), 2, 1, 2, 1),
)
# (shape of x, shape of w, stride, pad)
TRANSPOSED = (
    ((2, 3, 4, 5), (3, 2, 3, 2), 1, 0),
    ((1, 4, 3, 2), (4, 3, 2, 3), 2, 0),
    ((3, 2, 2, 4), (2, 5, 2, 1), 3, 0),  # nothing reaches between the filters
    ((2, 1, 1, 3), (1, 4, 3, 4), 2, 0),
    ((2, 3, 3, 4), (3, 2, 4, 5), 2, 1),
    ((1, 2, 5, 4), (2, 3, 3, 4), 1, 2),
    ((2, 4, 4, 3), (4, 1, 5, 3), 3, 1),
)
# Where a slope cannot be measured: next to 2**50 a small step is lost in the last digits, and so is
# what it does to an output. A power of two, so that scaling by it rounds nothing, in float32 too.
FAR = 2.0**50
# And where measuring takes minutes, but a formula a moment: many numbers, few windows.
LARGE = (1, 3000, 4, 5), (2, 3000, 3, 4)
# (shape of x, HH, WW, stride)
POOL = (
    ((2, 3, 7, 9), 3, 3, 2),
    ((3, 2, 5, 6), 2, 2, 1),
    ((2, 3, 4, 6), 2, 2, 2),
    ((1, 2, 6, 5), 3, 2, 1),
    ((2, 1, 8, 5), 2, 2, 3),
    ((3, 2, 4, 3), 4, 3, 2),  # one window
)


def conv(
    rng: np.random.Generator,
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]]:
    """Draw x, w, b and the keywords stride and pad for every case of CONV."""
    for x_shape, w_shape, stride, pad in CONV:
        x, w = rng.normal(size=x_shape), rng.normal(size=w_shape)
        yield x, w, rng.normal(size=w_shape[0]), {"stride": stride, "pad": pad}


def dilated(
    rng: np.random.Generator,
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]]:
    """Draw x, w, b and the keywords stride, pad and dilation for every case of DILATED."""
    for x_shape, w_shape, stride, pad, dilation in DILATED:
        x, w = rng.normal(size=x_shape), rng.normal(size=w_shape)
        how = {"stride": stride, "pad": pad, "dilation": dilation}
        yield x, w, rng.normal(size=w_shape[0]), how


def no_slope_conv(
    rng: np.random.Generator,
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Draw x, w and b where no slope of a convolution can be measured, at stride 1 without padding.

    No gradient depends on the biases, so they are FAR; and the last case is LARGE.
    """
    for x_shape, w_shape in (CONV[0][:2], CONV[5][:2], LARGE):
        x, w = rng.normal(size=x_shape), rng.normal(size=w_shape)
        yield x, w, rng.choice([-FAR, FAR], size=w_shape[0])


def grouped(
    rng: np.random.Generator,
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray, int, dict[str, Any]]]:
    """Draw x, w, b, groups and the keywords stride, pad and dilation for every case of GROUPED."""
    for x_shape, w_shape, groups, stride, pad, dilation in GROUPED:
        x, w = rng.normal(size=x_shape), rng.normal(size=w_shape)
        how = {"stride": stride, "pad": pad, "dilation": dilation}
        yield x, w, rng.normal(size=w_shape[0]), groups, how


def no_slope_grouped(
    rng: np.random.Generator,
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray, int]]:
    """Draw x, w, b and groups where no slope of a convolution in groups can be measured."""
    for x_shape, (F, depth, HH, WW), groups in (
        *(case[:3] for case in GROUPED[:2]),
        ((1, 3000, 4, 5), (2, 1500, 3, 4), 2),
    ):
        x, w = rng.normal(size=x_shape), rng.normal(size=(F, depth, HH, WW))
        yield x, w, rng.choice([-FAR, FAR], size=F), groups


def transposed(
    rng: np.random.Generator,
) -> Iterator[tuple[np.ndarray, np.ndarray, int, int]]:
    """Draw x, w, stride and pad for every case of TRANSPOSED."""
    for x_shape, w_shape, stride, pad in TRANSPOSED:
        yield rng.normal(size=x_shape), rng.normal(size=w_shape), stride, pad


def no_slope_affine(
    rng: np.random.Generator,
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Draw x, w and b where no slope of a fully-connected layer can be measured."""
    for shape, M in (((3, 2, 4), 5), ((2, 100_000), 2)):
        x, w = rng.normal(size=shape), rng.normal(size=(math.prod(shape[1:]), M))
        yield x, w, rng.choice([-FAR, FAR], size=M)


def no_slope_scores(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw scores and y where no slope of a loss can be measured, but in row 0.

    The loss of row 0 is so large that in the average nothing is left of the others.
    """
    scores, y = rng.normal(size=(4, 5)), rng.integers(1, 5, size=4)
    scores[0] = FAR, 0, 0, 0, 0
    return scores, y


def field_by_gradient(layers: list[tuple[int, int, int]]) -> tuple[int, int]:
    """Measure a receptive field: push gradients back and see which pixels they reach.

    Args:
        layers: triples (F, S, D) of size, stride and dilation, from the first layer to the last.

    Returns:
        size: pixels from the first to the last that one output's gradient reaches.
        jump: pixels between the first ones that two neighbouring outputs reach.
    """
    side, caches, first, last = 2, [], [], []
    for F, S, D in reversed(layers):
        side = (side - 1) * S + D * (F - 1) + 1
    maps = np.zeros((1, 1, side, 1))
    for F, S, D in layers:
        maps, cache = conv_forward(maps, np.ones((1, 1, F, 1)), np.zeros(1), S, 0, D)
        caches.append(cache)
    for dx in np.eye(2).reshape(2, 1, 1, 2, 1):
        for cache in reversed(caches):
            dx, _, _ = conv_backward(dx, cache)
        reached = np.flatnonzero(dx)
        first.append(int(reached[0]))
        last.append(int(reached[-1]))
    return last[0] - first[0] + 1, first[1] - first[0]


def pool(rng: np.random.Generator) -> Iterator[tuple[np.ndarray, int, int, int]]:
    """Draw x with HH, WW and stride for each case of POOL: any sign, all negative, with ties."""
    for shape, HH, WW, stride in POOL:
        yield rng.normal(size=shape), HH, WW, stride
        yield -1 - rng.random(size=shape), HH, WW, stride
        yield rng.integers(0, 3, size=shape).astype(float), HH, WW, stride


def norm(
    rng: np.random.Generator, shape: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Draw x, gamma, beta and (running mean, running variance) for batch norm over axis 1.

    The variance of every feature is about 0.01. There an eps of 1e-2 is half of what stands under
    the root, and eps forgotten, outside the root or added twice shows.
    """
    D = shape[1]
    places = (D,) + (1,) * (len(shape) - 2)
    x = rng.normal(size=places) + 0.1 * rng.normal(size=shape)
    running = rng.normal(size=D), rng.uniform(0.005, 0.02, size=D)
    return x, rng.uniform(0.5, 2.0, size=D), rng.normal(size=D), running


# (shape of x, groups), from layer norm to instance norm
GROUP_NORM = (((2, 6, 3, 4), 2), ((3, 4, 2, 5), 1), ((2, 3, 4, 2), 3), ((4, 8, 1, 3), 4))


def group_norm(
    rng: np.random.Generator,
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray, int]]:
    """Draw x, gamma, beta and G for every case of GROUP_NORM; within a group x varies by 0.1."""
    for shape, G in GROUP_NORM:
        N, C = shape[:2]
        means = np.repeat(rng.normal(size=(N, G)), C // G, axis=1)  # (N, C)
        x = means[:, :, None, None] + 0.1 * rng.normal(size=shape)
        yield x, rng.uniform(0.5, 2.0, size=C), rng.normal(size=C), G


def no_slope_group_norm(
    rng: np.random.Generator,
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray, int]]:
    """Draw x, gamma, beta and G where no slope is measured, for the reasons of no_slope_norm."""
    for shape, G in ((2, 4, 3, 5), 2), ((2, 1000, 10, 10), 10):
        x, gamma, _, _ = norm(rng, shape)
        yield x, gamma, np.full(shape[1], 2.0**30), G


def no_slope_norm(rng: np.random.Generator, shape: tuple[int, ...]) -> tuple[Any, ...]:
    """Draw x, gamma, beta, running, train, momentum and eps where no slope is measured.

    Here beta is 2**30: who finds x_hat again from the output still has nine of its digits.
    """
    x, gamma, _, running = norm(rng, shape)
    return x, gamma, np.full(shape[1], 2.0**30), running, True, 0.9, 1e-2


# (shape of x; shapes of three banks of filters, for the strides 2, 2 and 1; classes)
SMALL_NETS = (
    ((2, 3, 14, 18), ((4, 3, 2, 2), (5, 4, 3, 3), (6, 5, 2, 2)), 7),  # 7 x 9, 3 x 4, 2 x 3
    ((3, 2, 13, 11), ((3, 2, 3, 3), (4, 3, 2, 3), (2, 4, 3, 1)), 5),  # 6 x 5, 3 x 2, 1 x 2
)


def small_nets(
    rng: np.random.Generator,
) -> Iterator[tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]]:
    """Draw params, x and y for each net of SMALL_NETS, as lesson 12 has them.

    The three convolutions have the strides 2, 2 and 1, no padding, and end in a ReLU; w4 and b4
    are the fully-connected head.
    """
    for x_shape, shapes, M in SMALL_NETS:
        params, (H, W) = {}, x_shape[2:]
        for k, (shape, stride) in enumerate(zip(shapes, (2, 2, 1), strict=True), start=1):
            params[f"w{k}"] = rng.normal(size=shape) / np.sqrt(np.prod(shape[1:]) / 2)
            params[f"b{k}"] = 0.5 * rng.normal(size=shape[0])
            H, W = (H - shape[2]) // stride + 1, (W - shape[3]) // stride + 1
        params["w4"] = rng.normal(size=(shapes[-1][0] * H * W, M))
        params["b4"] = rng.normal(size=M)
        x = rng.normal(size=x_shape)
        yield params, x, rng.integers(M, size=len(x))


# (N, C, M, height and width of a crop, stride, half strides that the picture is larger: two)
HALF_STRIDE = (
    (2, 3, 4, 5, 4, 5, 4),
    (1, 2, 3, 4, 6, 2, 5),
    (3, 1, 2, 3, 2, 4, 7),
    (2, 2, 1, 7, 8, 4, 3),
)


def half_stride(
    rng: np.random.Generator,
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray, int, int]]:
    """Draw x, w and b of a net, and its crop's size and stride, for every case of HALF_STRIDE."""
    for N, C, M, size, stride, rows, cols in HALF_STRIDE:
        half = stride // 2
        x = rng.normal(size=(N, C, size + half * rows, size + half * cols))
        yield x, rng.normal(size=(M, C, size, size)), rng.normal(size=M), size, stride
