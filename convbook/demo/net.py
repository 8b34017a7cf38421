"""The demo of a trained net: what each of its layers makes of a picture."""

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convbook import data
from convbook.demo.page import Demo

# Lesson 09's pattern with N = 2, M = 3, K = 0, without INPUT: the net of scripts/pretrain.py.
KINDS = ("CONV", "RELU", "CONV", "RELU", "POOL") * 3 + ("FC",)

# Test pictures of Emoji-10 by number, one of each class that the net gets right, in the order of
# the classes, and two that it gets wrong.
PICTURES = (379, 148, 702, 143, 125, 229, 264, 133, 204, 297, 82, 102)


def packed(array: NDArray[np.generic]) -> dict[str, Any]:
    """An array as shape, type (a float or uint8) and the base64 of its bytes, for net.js."""
    little = array.astype(array.dtype.newbyteorder("<"))
    return dict(
        shape=array.shape,
        type=str(array.dtype),
        base64=base64.b64encode(little.tobytes()).decode(),
    )


def packed_weights(net: data.Net, k: int) -> dict[str, Any]:
    """The weights and biases of layer k, in the 16 bits in which they are shipped."""
    return {name: packed(net.params[f"{name}{k}"].astype(np.float16)) for name in "wb"}


def activations() -> Demo:
    """The activations of a small trained net, layer by layer, on pictures that one can choose.

    The forward pass runs in the page, from the shipped weights.
    """
    net = data.pretrained("emoji10")
    emoji = data.load("emoji10")
    chosen = list(PICTURES)
    layers, k = [], 0
    for kind in KINDS:
        layer: dict[str, Any] = dict(kind=kind)
        if kind in ("CONV", "FC"):
            k += 1
            layer |= packed_weights(net, k)
        layer |= dict(CONV=dict(stride=1, pad=1), POOL=dict(size=2, stride=2)).get(kind, {})
        layers.append(layer)
    return Demo(
        "activations",
        dict(
            layers=layers,
            mean=net.mean.ravel(),
            classes=net.classes,
            pictures=packed(emoji.x_test[chosen]),
            labels=emoji.y_test[chosen],
        ),
        title="Activations of a trained net, layer by layer",
        summary=f"Demo: a trained net of {len(KINDS)} layers looks at one of {len(chosen)} test "
        f"pictures of {emoji.x_test.shape[2]} x {emoji.x_test.shape[3]}; each layer is a column of "
        "maps, one of which is enlarged with its size, minimum and maximum, and at the end stand "
        f"the scores of {len(net.classes)} classes.",
        height=550,
        scripts=("net", "paint"),
    )
