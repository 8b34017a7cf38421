"""The demo of the shipped net that looks at a drawing, or at what the camera sees."""

from typing import Any

import numpy as np

from convbook import data
from convbook.demo.net import packed, packed_weights
from convbook.demo.page import Demo

STRIDES = (2, 2, 1)  # of the convolutions of "emoji7"
SIDE = 32


def _disc(x: int, y: int, r: int) -> str:
    return f"M{x - r} {y}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 {-2 * r} 0z"


def _bar(x: int, y: int, w: int, h: int) -> str:
    return f"M{x} {y}h{w}v{h}h{-w}z"


# Drawings that the steps put together on a sheet of 256 x 256, one shape a step: its colour and its
# path, which is filled, or drawn as a line where it has a width. The first of a drawing is new.
EYES, WHEELS = _disc(92, 108, 14) + _disc(164, 108, 14), _disc(76, 190, 24) + _disc(180, 190, 24)
CAR = "M24 150h30l30-50h90l30 50h30v40h-210z"
PANES = "M92 112h30v34h-50zM134 112h34l20 34h-54z"
SHAPES: tuple[dict[str, Any], ...] = (
    dict(says="An empty sheet: it has to say something.", colour="white", path="", new=True),
    dict(says="A yellow disc.", colour="yellow", path=_disc(128, 128, 100), new=True),
    dict(says="Two eyes.", colour="brown", path=EYES),
    dict(says="A mouth.", colour="brown", path="M80 160q48 50 96 0", width=14),
    dict(says="A new sheet, and a blue bar.", colour="blue", path=_bar(24, 56, 70, 144), new=True),
    dict(says="A white one beside it.", colour="white", path=_bar(94, 56, 70, 144)),
    dict(says="A red one.", colour="red", path=_bar(164, 56, 68, 144)),
    dict(says="A new sheet, and something red.", colour="red", path=CAR, new=True),
    dict(says="Wheels.", colour="black", path=WHEELS),
    dict(says="Windows.", colour="white", path=PANES),
)


def recognition() -> Demo:
    """The trained net of lesson 12 says what it takes a drawing for, or the camera's picture.

    The forward pass runs in the page, from the shipped weights.
    """
    net = data.pretrained()
    layers: list[dict[str, Any]] = []
    for k, stride in enumerate(STRIDES, start=1):
        layers += [
            dict(kind="CONV", stride=stride, pad=0, **packed_weights(net, k)),
            dict(kind="RELU"),
        ]
    layers.append(dict(kind="FC", **packed_weights(net, len(STRIDES) + 1)))
    cup = data.photo("coffee")[0, :, 40:360, 150:470]  # (3, 320, 320)
    cup = cup.reshape(3, 2 * SIDE, 5, 2 * SIDE, 5).mean(axis=(2, 4))
    return Demo(
        "recognition",
        dict(
            layers=layers,
            mean=net.mean.ravel(),
            classes=net.classes,
            side=SIDE,
            shapes=SHAPES,
            photo=packed((255 * cup).round().astype(np.uint8)),
        ),
        title="A trained net looks at a drawing",
        summary="Demo: one draws, shape by shape or by hand, or holds something before the camera;"
        f" a trained net sees it as {SIDE} x {SIDE} pixels, and {len(net.classes)} bars say what it"
        " takes it for.",
        height=480,
        scripts=("net", "paint", "live", "camera"),
    )
