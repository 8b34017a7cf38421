"""What the pictures of several decks draw: grids of numbered cells, and volumes as boxes."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from convbook import plot
from convbook.grids import arrow, canvas, cells

__all__ = ["arrow", "boxes", "canvas", "cells"]


def boxes(shapes: Sequence[tuple[int, int, int]], names: Sequence[str], inch: float = 0.5) -> Axes:
    """Open a picture of volumes as boxes, side by side, each with its name and shape below.

    Depth runs from left to right at half the scale, height upwards, width to the back. Edges are
    as long as the cube roots of the sizes, so that one pixel can be seen beside 4096 channels.

    shapes: the volumes, each (C, H, W).
    inch: how large one pixel is; less makes room for more boxes.
    """
    edges = plot.box_edges(shapes)  # (boxes, 3)
    tallest = 1.4 * edges[:, 1].max()
    words = [f"{name}\n{H} x {W}\n{C} deep" for name, (C, H, W) in zip(names, shapes, strict=True)]
    letters = [max(map(len, text.split("\n"))) for text in words]
    slots = np.maximum(edges[:, 0] + 0.5 * edges[:, 2], np.array(letters) * 0.14 / inch) + 0.6
    axis = canvas(slots.sum(), tallest + 1.2 / inch, inch=inch)
    axis.set_ylim(-1.2 / inch, tallest)
    left = 0.0
    for edge, slot, text in zip(edges, slots, words, strict=True):
        plot.box(axis, left, edge, ("C5", "C9", "C9"), edgecolor="C0", linewidth=1.5)
        axis.text(left, -0.1 / inch, text, va="top")
        left += slot
    return axis
