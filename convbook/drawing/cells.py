"""Cells with numbers, boxes and arrows: what pictures of layers are made of.

A deck draws them larger and puts the colours of its page in the place of COLOURS.
"""

from collections.abc import Collection

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

# The strong blue, orange, green, purple and grey, and the same pale, for areas with text on them.
# The order is safe for the colour-blind.
COLOURS = (
    *("#0b5a9e", "#a04100", "#00694c", "#7b2d8b", "#545d68"),
    *("#e1eefa", "#fdeadb", "#d8f1e6", "#f3e6f5", "#eff1f3"),
)
BLUE, ORANGE, GREEN, PURPLE, GREY = COLOURS[:5]
PALE_BLUE, PALE_ORANGE, PALE_GREEN, PALE_PURPLE, PALE_GREY = COLOURS[5:]
TEXT, PAPER = "#1b1f24", "#fffffe"  # on pale cells, and on strong ones

Places = Collection[tuple[int, int]]
Place = tuple[float, float]


def canvas(width: float, height: float, title: str = "", inch: float = 0.0) -> Axes:
    """Open a picture for cells of one unit, with 0, 0 at the top left.

    Args:
        width: of the picture, in cells.
        height: of the picture, in cells.
        title: of the picture.
        inch: of one cell; as the text is large, if it is 0.
    """
    inch = inch or 0.0375 * plt.rcParams["font.size"]
    above = 1 if title else 0
    axis = plt.subplots(figsize=(width * inch, (height + above) * inch))[1]
    axis.set_position((0, 0, 1, height / (height + above)))
    axis.set_xlim(0, width)
    axis.set_ylim(height, 0)
    axis.set_aspect("equal")
    axis.set_axis_off()
    axis.set_title(title)
    return axis


def cells(
    axis: Axes,
    array: ArrayLike,
    left: float = 0,
    top: float = 0,
    fill: str = PALE_BLUE,
    on: Places = (),
    strong: str = BLUE,
    label: str = "",
    size: float = 0,
) -> None:
    """Draw an array as cells with its numbers.

    Args:
        axis: where.
        array: shape (H, W), or (W,) for one row; nan is an empty cell.
        left: of the first cell.
        top: of the first cell.
        fill: colour of the cells.
        on: places (i, j) that stand out, with bold numbers.
        strong: the colour of these places.
        label: written above.
        size: of the numbers, in points; that of all text, if it is 0.
    """
    size = size or plt.rcParams["font.size"]
    for (i, j), value in np.ndenumerate(np.atleast_2d(np.asarray(array, dtype=float))):
        marked = (i, j) in on
        corner = left + j + 0.04, top + i + 0.04
        colour = strong if marked else fill
        axis.add_patch(Rectangle(corner, 0.92, 0.92, facecolor=colour, edgecolor="none"))
        number = "" if np.isnan(value) else f"{value:g}".replace("-", "\N{MINUS SIGN}")
        axis.text(
            left + j + 0.5, top + i + 0.52, number, ha="center", va="center", fontsize=size,
            color=PAPER if marked else TEXT, fontweight="bold" if marked else "normal",
        )  # fmt: skip
    if label:
        axis.text(left + 0.04, top - 0.2, label, va="bottom", fontsize=size)


def arrow(axis: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw an arrow from one point to another, each (x, y) in cells."""
    how = dict(arrowstyle="-|>,head_width=0.35,head_length=0.6", color=GREY, linewidth=2)
    axis.annotate("", xy=end, xytext=start, arrowprops=how)


def large() -> float:
    """The size of the text of a drawing, in points."""
    return 1.15 * plt.rcParams["font.size"]


def box(axis: Axes, place: Place, text: str, fill: str = PALE_GREY, width: float = 1.8) -> None:
    """Draw a box with a text, around the point (x, y)."""
    x, y = place
    axis.add_patch(Rectangle((x - width / 2, y - 0.65), width, 1.3, facecolor=fill))
    axis.text(x, y, text, ha="center", va="center", fontsize=large(), color=TEXT)


def wire(axis: Axes, start: Place, end: Place, value: str, gradient: str) -> None:
    """Draw an arrow with the number that it carries above, and below the gradient that returns."""
    arrow(axis, start, end)
    along = np.subtract(end, start)
    across = 0.5 * np.array([along[1], -along[0]]) / np.hypot(*along)  # upwards
    middle = np.add(start, end) / 2
    for place, text, colour in (
        (middle + across, value, None),
        (middle - across, gradient, PURPLE),
    ):
        axis.text(
            place[0], place[1], text, ha="center", va="center", fontsize=large(), color=colour
        )
