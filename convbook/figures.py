"""Pictures of numbers at work, which lessons share with their decks."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import ArrayLike

from convbook import grids


def two_maps(
    arrays: tuple[ArrayLike, ArrayLike],
    names: tuple[str, str],
    on: tuple[grids.Places, grids.Places] = ((), ()),
    title: str = "",
) -> None:
    """Draw two maps of numbers side by side, with an arrow from the first to the second.

    Args:
        arrays: the maps, each (H, W).
        names: written above them.
        on: the places (i, j) of each that stand out.
        title: of the whole.
    """
    first, second = np.asarray(arrays[0]), np.asarray(arrays[1])
    right, tall = first.shape[1] + 2, max(len(first), len(second))
    axis = grids.canvas(right + second.shape[1], tall + 1, title)
    for array, name, places, left, fill, strong in (
        (first, names[0], on[0], 0, grids.PALE_BLUE, grids.BLUE),
        (second, names[1], on[1], right, grids.PALE_GREEN, grids.GREEN),
    ):
        top = 0.8 + (tall - len(array)) / 2
        grids.cells(axis, array, left, top, fill, places, strong, name)
    grids.arrow(axis, (right - 1.7, 0.8 + tall / 2), (right - 0.3, 0.8 + tall / 2))
    plt.show()


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
        shown = axis.bar(places, values, color=grids.COLOURS[k % 4])
        axis.bar_label(shown, fmt="%.2f", padding=3)
        axis.set_ylabel(name)
        axis.margins(y=0.4)
        axis.set_yticks([])
    axes[-1].set_xticks(places, columns)
    figure.suptitle(title)
    figure.tight_layout()
    plt.show()
