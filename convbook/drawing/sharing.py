"""Numbers that share something: a sum of probabilities, a mean, a way to the loss."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from convbook.drawing.cells import (
    COLOURS,
    GREY,
    PALE_BLUE,
    PALE_GREEN,
    PALE_GREY,
    TEXT,
    arrow,
    canvas,
)


def bars(rows: Mapping[str, ArrayLike], columns: Sequence[str], title: str = "") -> None:
    """Draw a few numbers as bars, row below row, each with its value.

    Args:
        rows: the name of each row, and its numbers, shape (columns,).
        columns: their names, written below.
        title: of the whole.
    """
    figure, axes = plt.subplots(len(rows), 1, figsize=(5, 1.4 * len(rows) + 0.6), sharex=True)
    places = np.arange(len(columns))
    for k, (axis, (name, values)) in enumerate(zip(axes, rows.items(), strict=True)):
        shown = axis.bar(places, values, color=COLOURS[k % 4])
        axis.bar_label(shown, fmt="%.2f", padding=3)
        axis.set_ylabel(name)
        axis.margins(y=0.6)  # room for the values
        axis.set_yticks([])
    axes[-1].set_xticks(places, columns)
    figure.suptitle(title)
    figure.tight_layout()
    plt.show()


def ways(title: str = "") -> None:
    """Draw the three ways on which a row reaches the output of batch norm."""
    axis = canvas(18, 8, title)
    for name, left, top, fill in (
        ("x", 0.5, 3.2, PALE_BLUE),
        ("mean", 6, 0.5, PALE_GREY),
        ("var", 6, 5.9, PALE_GREY),
        ("x_hat", 11, 3.2, PALE_GREEN),
        ("out", 15.3, 3.2, PALE_GREEN),
    ):
        axis.add_patch(Rectangle((left, top), 2.2, 1.4, facecolor=fill, edgecolor=GREY))
        axis.text(left + 1.1, top + 0.72, name, ha="center", va="center", color=TEXT)
    for start in ((2.8, 3.9), (13.3, 3.9)):
        arrow(axis, start, (10.9 if start[0] < 3 else 15.2, 3.9))
    for side in (-1, 1):  # by the mean, and by the variance
        arrow(axis, (2.8, 3.9 + 0.5 * side), (5.9, 3.9 + 2.5 * side))
        arrow(axis, (8.3, 3.9 + 2.5 * side), (10.9, 3.9 + 0.5 * side))
    axis.text(7.1, 3.6, "directly", ha="center")
    axis.text(8.4, 0.9, "moves all rows")
    axis.text(8.4, 7.3, "stretches all rows")
    plt.show()


def shared(groups: Sequence[np.ndarray], titles: Sequence[str], title: str) -> None:
    """Colour the places of feature maps by the group they belong to, pictures below each other.

    Args:
        groups: the number of the group of each place, arrays of shape (N, C, H, W).
        titles: one for each array; how many groups it has is added.
        title: of the whole.
    """
    (N, C, H, W), frame = groups[0].shape, ((0, 0), (0, 0), (1, 1), (1, 1))
    size = 0.6 + 2.3 * len(groups), 2.8
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
