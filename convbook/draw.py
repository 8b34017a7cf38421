"""Pictures made of cells with numbers in them, for lessons and lectures."""

from collections.abc import Collection, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

# Colours of areas: what goes in, what a layer has, what comes out. And of a cell that stands out,
# of the ink on a pale cell and on a strong one, and of arrows.
FIRST, SECOND, THIRD = "#e1eefa", "#fdeadb", "#d8f1e6"
STRONG, INK, PAPER, LINE = "#0b5a9e", "#1b1f24", "#fffffe", "#545d68"


def canvas(width: float, height: float, inch: float = 0.45, title: str = "") -> Axes:
    """Open a picture for cells of one unit, with 0, 0 at the top left.

    Args:
        width: of the picture, in cells.
        height: of the picture, in cells.
        inch: of one cell.
        title: of the whole.
    """
    axis = plt.subplots(figsize=(width * inch, height * inch))[1]
    axis.set_position((0, 0, 1, 1))
    axis.set_xlim(0, width)
    axis.set_ylim(height, 0)
    axis.set_aspect("equal")
    axis.set_axis_off()
    if title:
        axis.text(width / 2, 0.4, title, ha="center", va="center", fontsize="large")
    return axis


def cells(
    axis: Axes,
    array: ArrayLike,
    left: float = 0,
    top: float = 0,
    fill: str = FIRST,
    on: Collection[tuple[int, int]] = (),
    strong: str = STRONG,
    label: str = "",
    size: float = 11,
) -> None:
    """Draw an array as cells with its numbers; nan is an empty cell.

    Args:
        axis: where, from `canvas`.
        array: shape (H, W), or (W,) for one row.
        left: of the first cell.
        top: of the first cell.
        fill: colour of the cells.
        on: places (i, j) that stand out, in the colour `strong` with bold numbers.
        strong: their colour.
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
            color=PAPER if marked else INK, fontweight="bold" if marked else "normal",
        )  # fmt: skip
    if label:
        axis.text(left + 0.04, top - 0.2, label, va="bottom", fontsize=size)


def arrow(
    axis: Axes, start: tuple[float, float], end: tuple[float, float], color: str = LINE
) -> None:
    """Draw an arrow from one point to another, each (x, y) in cells."""
    how = dict(arrowstyle="-|>,head_width=0.3,head_length=0.5", color=color, linewidth=1.5)
    axis.annotate("", xy=end, xytext=start, arrowprops=how)


def node(axis: Axes, text: str, left: float, top: float, fill: str = FIRST) -> None:
    """Draw a box of 2.2 x 1.4 cells with a name in it.

    Args:
        axis: where, from `canvas`.
        text: the name.
        left: of the box.
        top: of the box.
        fill: its colour.
    """
    axis.add_patch(Rectangle((left, top), 2.2, 1.4, facecolor=fill, edgecolor=LINE))
    axis.text(left + 1.1, top + 0.72, text, ha="center", va="center", color=INK)


def shared(
    groups: Sequence[np.ndarray], titles: Sequence[str], title: str, width: float = 2.8
) -> None:
    """Colour the places of feature maps by the group they belong to, pictures below each other.

    Args:
        groups: the number of the group of each place, arrays of shape (N, C, H, W).
        titles: one for each array; how many groups it has is added.
        title: of the whole.
        width: of the picture of one array, in inches.
    """
    (N, C, H, W), frame = groups[0].shape, ((0, 0), (0, 0), (1, 1), (1, 1))
    size = 0.6 + width * len(groups), 1.2 + 0.7 * width
    figure, axes = plt.subplots(1, len(groups), figsize=size, sharey=True, layout="constrained")
    for axis, group, text in zip(axes, groups, titles, strict=True):
        framed = np.pad(group.astype(float), frame, constant_values=np.nan)
        sheet = framed.transpose(0, 2, 1, 3).reshape(N * (H + 2), C * (W + 2))
        axis.imshow(sheet, cmap="viridis")
        axis.set_title(f"{text}\n{len(np.unique(group))} means", fontsize="medium")
        axis.set_xticks((W + 2) * np.arange(C) + W / 2 + 0.5, range(C))
        axis.set_yticks((H + 2) * np.arange(N) + H / 2 + 0.5, range(N))
        axis.set_xlabel("channel")
    axes[0].set_ylabel("picture")
    figure.suptitle(title)
    plt.show()
