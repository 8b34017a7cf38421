"""What the pictures of several decks draw: grids of numbered cells, and volumes as boxes."""

from collections.abc import Collection, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from autograder.slides.picture import PAPER, TEXT
from convbook import plot


def canvas(width: float, height: float, inch: float = 0.6) -> Axes:
    """Open a picture for cells of one unit, with 0, 0 at the top left.

    width, height: of the picture, in cells.
    inch: of one cell.
    """
    axis = plt.subplots(figsize=(width * inch, height * inch))[1]
    axis.set_position((0, 0, 1, 1))
    axis.set_xlim(0, width)
    axis.set_ylim(height, 0)
    axis.set_aspect("equal")
    axis.set_axis_off()
    return axis


def cells(
    axis: Axes,
    array: ArrayLike,
    left: float = 0,
    top: float = 0,
    fill: str = "C5",
    on: Collection[tuple[int, int]] = (),
    strong: str = "C0",
    label: str = "",
    size: float = 16,
) -> None:
    """Draw an array as cells with its numbers; nan is an empty cell.

    array: shape (H, W), or (W,) for one row.
    left, top: of the first cell.
    fill: colour of the cells.
    on: places (i, j) that stand out, in the colour `strong` with bold numbers.
    label: written above.
    size: of the numbers, in points.
    """
    for (i, j), value in np.ndenumerate(np.atleast_2d(np.asarray(array, dtype=float))):
        marked = (i, j) in on
        corner = left + j + 0.04, top + i + 0.04
        colour = strong if marked else fill
        axis.add_patch(Rectangle(corner, 0.92, 0.92, facecolor=colour, edgecolor="none"))
        text = "" if np.isnan(value) else f"{value:g}".replace("-", "\N{MINUS SIGN}")
        axis.text(
            left + j + 0.5, top + i + 0.52, text, ha="center", va="center", fontsize=size,
            color=PAPER if marked else TEXT, fontweight="bold" if marked else "normal",
        )  # fmt: skip
    if label:
        axis.text(left + 0.04, top - 0.2, label, va="bottom", fontsize=size)


def arrow(axis: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw an arrow from one point to another, each (x, y) in cells."""
    how = dict(arrowstyle="-|>,head_width=0.35,head_length=0.6", color="C4", linewidth=2)
    axis.annotate("", xy=end, xytext=start, arrowprops=how)


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
    axis = canvas(slots.sum(), tallest + 1.2 / inch, inch)
    axis.set_ylim(-1.2 / inch, tallest)
    left = 0.0
    for edge, slot, text in zip(edges, slots, words, strict=True):
        plot.box(axis, left, edge, ("C5", "C9", "C9"), edgecolor="C0", linewidth=1.5)
        axis.text(left, -0.1 / inch, text, va="top")
        left += slot
    return axis
