"""The demo of a filter that one turns by hand, over a photograph or what the camera sees."""

import numpy as np

from convbook import data
from convbook.demo.net import packed
from convbook.demo.page import Demo

# Filters of lessons 02 and 03, each with what there is to see.
FILTERS: tuple[tuple[str, list[list[float]], str], ...] = (
    (
        "one pixel",
        [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
        "The middle pixel is all that counts: the picture itself.",
    ),
    (
        "vertical edges",
        [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
        "Light where it gets lighter from left to right, dark where it gets darker.",
    ),
    (
        "horizontal edges",
        [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
        "Light where it gets lighter from top to bottom.",
    ),
    ("blur", [[1 / 9] * 3] * 3, "The mean of nine pixels: fine strokes are gone."),
    (
        "sharpen",
        [[-1 / 9] * 3, [-1 / 9, 17 / 9, -1 / 9], [-1 / 9] * 3],
        "The picture, and once more what the blur takes away.",
    ),
    (
        "spots",
        [[-0.25, -0.5, -0.25], [-0.5, 3, -0.5], [-0.25, -0.5, -0.25]],
        "A pixel against its neighbours: light for a light spot, on edges a double line.",
    ),
    (
        "one to the left",
        [[0, 0, 0], [0, 0, 1], [0, 0, 0]],
        "Each pixel takes its right neighbour: the picture moves to the left by one.",
    ),
)


def laboratory() -> Demo:
    """Nine sliders over a photograph: a filter of 3 x 3, its map, and what its sum does.

    A button takes the camera in place of the photograph, where there is one; nothing is kept.
    """
    head = data.photo("camera")[0, 0, 40:232, 164:356]  # (192, 192)
    pixels = head.reshape(96, 2, 96, 2).mean(axis=(1, 3))
    shown = [dict(name=name, w=w, says=says) for name, w, says in FILTERS]
    return Demo(
        "laboratory",
        dict(photo=packed((pixels * 255).round().astype(np.uint8)), filters=shown),
        title="A laboratory for filters",
        summary=f"Demo: nine sliders are the weights of a filter of 3 x 3 over a photograph of a"
        f" cameraman's head; its map stands beside it and follows at once. {len(FILTERS)} filters"
        " can be chosen, among them edges, blur and sharpen, and the sum of the weights is named."
        " The camera can take the place of the photograph.",
        height=430,
        scripts=("net", "live", "camera"),
    )
