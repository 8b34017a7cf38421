"""Drawings that lessons and decks share: a circuit, how numbers flow through a layer, and back."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from convbook.grids import COLOURS, TEXT, arrow, canvas, cells

X_ON, W_ON, OUT_ON, GRAD_ON, _, X, W, OUT, GRAD, PLAIN = COLOURS

Place = tuple[float, float]


def _large() -> float:
    """The size of the text of a drawing, in points."""
    return 1.15 * plt.rcParams["font.size"]


def box(axis: Axes, place: Place, text: str, fill: str = PLAIN, width: float = 1.8) -> None:
    """Draw a box with a text, around the point (x, y)."""
    x, y = place
    axis.add_patch(Rectangle((x - width / 2, y - 0.65), width, 1.3, facecolor=fill))
    axis.text(x, y, text, ha="center", va="center", fontsize=_large(), color=TEXT)


def wire(axis: Axes, start: Place, end: Place, value: str, gradient: str) -> None:
    """Draw an arrow with the number that it carries above, and below the gradient that returns."""
    arrow(axis, start, end)
    along = np.subtract(end, start)
    across = 0.5 * np.array([along[1], -along[0]]) / np.hypot(*along)  # upwards
    middle = np.add(start, end) / 2
    for place, text, colour in (
        (middle + across, value, None),
        (middle - across, gradient, GRAD_ON),
    ):
        axis.text(
            place[0], place[1], text, ha="center", va="center", fontsize=_large(), color=colour
        )


def chain(title: str = "") -> None:
    """Draw what a layer owes: x, the layer, out and the loss in a row, and dx and dout below."""
    axis = canvas(18, 5.6, title)
    for x, text, fill in ((1.1, "x", X), (6.5, "layer", PLAIN), (11.9, "out", OUT)):
        box(axis, (x, 1.25), text, fill)
    box(axis, (16.9, 1.25), "L")
    for start, end in ((2.2, 5.4), (7.6, 10.8), (13, 15.8)):
        arrow(axis, (start, 1.25), (end, 1.25))
    box(axis, (1.1, 4.35), "dx", GRAD)
    box(axis, (11.9, 4.35), "dout", GRAD)
    arrow(axis, (16.9, 2.1), (13, 4.35))
    arrow(axis, (10.8, 4.35), (6.5, 2.1))
    arrow(axis, (6.3, 2.1), (2.2, 4.35))
    axis.text(15.4, 4.1, "other layers", ha="left", fontsize=_large())
    plt.show()


def circuit(title: str = "") -> None:
    """Draw the circuit s = x + y, m = x s, L = m^2 at x = 2, y = 1, with values and gradients."""
    axis = canvas(20.6, 6.7, title)
    x, y, plus, times, square, loss = (
        (1, 1.6), (1, 5.6), (6.4, 5.2), (11, 1.9), (15.4, 1.9), (19.5, 1.9),
    )  # fmt: skip
    wire(axis, (2, 1.7), (10, 1.9), "2", "36")
    wire(axis, (2, 2.2), (5.4, 4.6), "2", "24")
    wire(axis, (2, 5.6), (5.4, 5.4), "1", "24")
    wire(axis, (7.4, 4.7), (10.2, 2.6), "s = 3", "24")
    wire(axis, (12, 1.9), (14.4, 1.9), "m = 6", "12")
    wire(axis, (16.4, 1.9), (18.5, 1.9), "L = 36", "1")
    box(axis, x, "x = 2", X)
    box(axis, y, "y = 1", X)
    for place, text in ((plus, "+"), (times, "\N{MULTIPLICATION SIGN}"), (square, "square")):
        box(axis, place, text)
    box(axis, loss, "L", OUT)
    plt.show()


def gate(title: str = "") -> None:
    """Draw ReLU at x = 3, -2, 4, -1: forward above, and below what of dout comes through."""
    axis = canvas(17, 5, title)
    is_open = [(0, 0), (0, 2)]
    cells(axis, [3, -2, 4, -1], 2, 0.5, on=is_open, size=_large())
    cells(axis, [3, 0, 4, 0], 11, 0.5, fill=OUT, on=is_open, strong=OUT_ON, size=_large())
    cells(axis, [5, 0, -1, 0], 2, 3.2, fill=GRAD, on=is_open, strong=GRAD_ON, size=_large())
    cells(axis, [5, 7, -1, 2], 11, 3.2, fill=GRAD, size=_large())
    for left, top, text in ((1.8, 1, "x"), (10.8, 1, "out"), (1.8, 3.7, "dx"), (10.8, 3.7, "dout")):
        axis.text(left, top, text, ha="right", va="center", fontsize=_large())
    arrow(axis, (6.4, 1), (9.2, 1))
    arrow(axis, (9.2, 3.7), (6.4, 3.7))
    plt.show()


def places(title: str = "") -> None:
    """Draw dw as a sum: the four windows of 2 x 2 that a picture of the numbers 0 to 8 has."""
    x = np.arange(9).reshape(3, 3)
    axis = canvas(19, 5, title)
    cells(axis, x, 0, 1, label="x", size=_large())
    for k, (i, j) in enumerate(np.ndindex(2, 2)):
        left = 4.4 + 2.7 * k
        cells(axis, x[i : i + 2, j : j + 2], left, 1.5, label=f"at {i}, {j}", size=_large())
        axis.text(
            left + 2.35, 2.5, "+" if k < 3 else "=", ha="center", va="center", fontsize=_large()
        )
    cells(axis, [[8, 12], [20, 24]], 15.5, 1.5, fill=GRAD, label="dw", size=_large())
    plt.show()


def between_zeros(title: str = "") -> None:
    """Draw dout = [1, 10] at stride 2, the same with its zeros, and the dx of w = [1, 2, 3]."""
    axis = canvas(18, 4, title)
    cells(axis, [1, 10], 0, 1, fill=GRAD, label="dout", size=_large())
    arrow(axis, (2.3, 1.5), (3.3, 1.5))
    dout = [0, 0, 1, 0, 10, 0, 0]
    cells(axis, dout, 3.7, 1, PLAIN, [(0, 2), (0, 4)], GRAD_ON, "with zeros", _large())
    cells(axis, [3, 2, 1], 3.7, 2.6, fill=W, size=_large())
    axis.text(6.9, 3.15, "w flipped, slides to the right", va="center", fontsize=_large())
    arrow(axis, (11, 1.5), (12, 1.5))
    cells(axis, [1, 2, 13, 20, 30], 12.4, 1, fill=GRAD, label="dx", size=_large())
    plt.show()


def window_to_column(title: str = "") -> None:
    """Draw im2col: a picture of 2 x 4, its windows as columns, and the filter's row before them."""
    x = np.arange(8).reshape(2, 4)
    cols = np.array([[0, 1, 2], [1, 2, 3], [4, 5, 6], [5, 6, 7]])
    axis = canvas(19, 6.6, title)
    cells(axis, x, 0, 2.4, on=[(0, 0), (0, 1), (1, 0), (1, 1)], label="x", size=_large())
    arrow(axis, (4.3, 3.4), (5.3, 3.4))
    cells(axis, [1, 2, 3, 4], 5.6, 3, fill=W, label="w, as a row", size=_large())
    axis.text(10.05, 3.5, "·", ha="center", va="center", fontsize=1.5 * _large())
    cells(axis, cols, 10.5, 1.4, on=[(k, 0) for k in range(4)], label="cols", size=_large())
    axis.text(14.1, 3.5, "=", ha="center", va="center", fontsize=1.5 * _large())
    cells(axis, np.array([1, 2, 3, 4]) @ cols, 14.7, 3, fill=OUT, label="out", size=_large())
    plt.show()


def added_back(title: str = "") -> None:
    """Draw a picture of 2 x 4, and below it what col2im makes of its columns."""
    axis = canvas(7.2, 7, title)
    cells(axis, np.arange(8).reshape(2, 4), 0.5, 0.8, label="x", size=_large())
    arrow(axis, (2.5, 3.0), (2.5, 3.8))
    middle = [(i, j) for i in (0, 1) for j in (1, 2)]
    back = [[0, 2, 4, 3], [4, 10, 12, 7]]
    cells(axis, back, 0.5, 4.6, GRAD, middle, GRAD_ON, "col2im(im2col(x))", _large())
    plt.show()


def blocks(title: str = "") -> None:
    """Draw a product in blocks: two rows of w, two columns of cols, and their four outputs."""
    axis = canvas(19.5, 7.6, title)
    for left, top, rows, columns, fill, strong, label, lit in (
        (0, 3, 4, 6, W, W_ON, "w", [(i, k) for i in (0, 1) for k in range(6)]),
        (7, 0.8, 6, 5, X, X_ON, "cols", [(k, j) for k in range(6) for j in (0, 1)]),
        (13.5, 3, 4, 5, OUT, OUT_ON, "out", [(i, j) for i in (0, 1) for j in (0, 1)]),
    ):
        empty = np.full((rows, columns), np.nan)
        cells(axis, empty, left, top, fill, lit, strong, label, _large())
    axis.text(6.5, 5, "·", ha="center", va="center", fontsize=1.5 * _large())
    axis.text(12.75, 5, "=", ha="center", va="center", fontsize=1.5 * _large())
    plt.show()
