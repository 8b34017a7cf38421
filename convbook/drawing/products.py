"""im2col: windows as columns, and the product in blocks."""

import matplotlib.pyplot as plt
import numpy as np

from convbook.drawing.cells import (
    BLUE,
    GREEN,
    ORANGE,
    PALE_BLUE,
    PALE_GREEN,
    PALE_ORANGE,
    PALE_PURPLE,
    PURPLE,
    arrow,
    canvas,
    cells,
    large,
)


def window_to_column(title: str = "") -> None:
    """Draw im2col: a picture of 2 x 4, its windows as columns, and the filter's row before them."""
    x = np.arange(8).reshape(2, 4)
    cols = np.array([[0, 1, 2], [1, 2, 3], [4, 5, 6], [5, 6, 7]])
    axis = canvas(19, 5.8, title)
    cells(axis, x, 0, 0.9, on=[(0, 0), (0, 1), (1, 0), (1, 1)], label="x", size=large())
    arrow(axis, (4.3, 1.9), (10.2, 1.9))
    cells(axis, [1, 2, 3, 4], 5.6, 3, fill=PALE_ORANGE, label="w, as a row", size=large())
    axis.text(10.05, 3.5, "·", ha="center", va="center", fontsize=1.5 * large())
    cells(axis, cols, 10.5, 1.4, on=[(k, 0) for k in range(4)], label="cols", size=large())
    axis.text(14.1, 3.5, "=", ha="center", va="center", fontsize=1.5 * large())
    cells(axis, np.array([1, 2, 3, 4]) @ cols, 14.7, 3, fill=PALE_GREEN, label="out", size=large())
    plt.show()


def added_back(title: str = "") -> None:
    """Draw a picture of 2 x 4, and below it what col2im makes of its columns."""
    axis = canvas(7.2, 7, title)
    cells(axis, np.arange(8).reshape(2, 4), 0.5, 0.8, label="x", size=large())
    arrow(axis, (2.5, 3.0), (2.5, 3.8))
    middle = [(i, j) for i in (0, 1) for j in (1, 2)]
    back = [[0, 2, 4, 3], [4, 10, 12, 7]]
    cells(axis, back, 0.5, 4.6, PALE_PURPLE, middle, PURPLE, "col2im(im2col(x))", large())
    plt.show()


def blocks(title: str = "") -> None:
    """Draw a product in blocks: two rows of w, two columns of cols, and their four outputs."""
    axis = canvas(19.5, 7.6, title)
    for left, top, rows, columns, fill, strong, label, lit in (
        (0, 3, 4, 6, PALE_ORANGE, ORANGE, "w", [(i, k) for i in (0, 1) for k in range(6)]),
        (7, 0.8, 6, 5, PALE_BLUE, BLUE, "cols", [(k, j) for k in range(6) for j in (0, 1)]),
        (13.5, 3, 4, 5, PALE_GREEN, GREEN, "out", [(i, j) for i in (0, 1) for j in (0, 1)]),
    ):
        empty = np.full((rows, columns), np.nan)
        cells(axis, empty, left, top, fill, lit, strong, label, large())
    axis.text(6.5, 5, "·", ha="center", va="center", fontsize=1.5 * large())
    axis.text(12.75, 5, "=", ha="center", va="center", fontsize=1.5 * large())
    plt.show()
