"""What comes back: the chain rule, and gradients on their way to where they belong."""

import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import ArrayLike

from convbook.drawing.cells import (
    GREEN,
    PALE_BLUE,
    PALE_GREEN,
    PALE_GREY,
    PALE_ORANGE,
    PALE_PURPLE,
    PURPLE,
    arrow,
    box,
    canvas,
    cells,
    large,
    wire,
)


def chain(title: str = "") -> None:
    """Draw what a layer owes: x, the layer, out and the loss in a row, and dx and dout below."""
    axis = canvas(18, 5.6, title)
    for x, text, fill in (
        (1.1, "x", PALE_BLUE),
        (6.5, "layer", PALE_GREY),
        (11.9, "out", PALE_GREEN),
    ):
        box(axis, (x, 1.25), text, fill)
    box(axis, (16.9, 1.25), "L")
    for start, end in ((2.2, 5.4), (7.6, 10.8), (13, 15.8)):
        arrow(axis, (start, 1.25), (end, 1.25))
    box(axis, (1.1, 4.35), "dx", PALE_PURPLE)
    box(axis, (11.9, 4.35), "dout", PALE_PURPLE)
    arrow(axis, (16.9, 2.1), (13, 4.35))
    arrow(axis, (10.8, 4.35), (6.5, 2.1))
    arrow(axis, (6.3, 2.1), (2.2, 4.35))
    axis.text(15.4, 4.1, "other layers", ha="left", fontsize=large())
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
    box(axis, x, "x = 2", PALE_BLUE)
    box(axis, y, "y = 1", PALE_BLUE)
    for place, text in ((plus, "+"), (times, "\N{MULTIPLICATION SIGN}"), (square, "square")):
        box(axis, place, text)
    box(axis, loss, "L", PALE_GREEN)
    plt.show()


def gate(title: str = "") -> None:
    """Draw ReLU at x = 3, -2, 4, -1: forward above, and below what of dout comes through."""
    axis = canvas(17, 5, title)
    is_open = [(0, 0), (0, 2)]
    cells(axis, [3, -2, 4, -1], 2, 0.5, on=is_open, size=large())
    cells(axis, [3, 0, 4, 0], 11, 0.5, fill=PALE_GREEN, on=is_open, strong=GREEN, size=large())
    cells(axis, [5, 0, -1, 0], 2, 3.2, fill=PALE_PURPLE, on=is_open, strong=PURPLE, size=large())
    cells(axis, [5, 7, -1, 2], 11, 3.2, fill=PALE_PURPLE, size=large())
    for left, top, text in ((1.8, 1, "x"), (10.8, 1, "out"), (1.8, 3.7, "dx"), (10.8, 3.7, "dout")):
        axis.text(left, top, text, ha="right", va="center", fontsize=large())
    arrow(axis, (6.4, 1), (9.2, 1))
    arrow(axis, (9.2, 3.7), (6.4, 3.7))
    plt.show()


def places(title: str = "") -> None:
    """Draw dw as a sum: the four windows of 2 x 2 that a picture of the numbers 0 to 8 has."""
    x = np.arange(9).reshape(3, 3)
    axis = canvas(19, 5, title)
    cells(axis, x, 0, 1, label="x", size=large())
    for k, (i, j) in enumerate(np.ndindex(2, 2)):
        left = 4.4 + 2.7 * k
        cells(axis, x[i : i + 2, j : j + 2], left, 1.5, label=f"at {i}, {j}", size=large())
        axis.text(
            left + 2.35, 2.5, "+" if k < 3 else "=", ha="center", va="center", fontsize=large()
        )
    cells(axis, [[8, 12], [20, 24]], 15.5, 1.5, fill=PALE_PURPLE, label="dw", size=large())
    plt.show()


def between_zeros(title: str = "") -> None:
    """Draw dout = [1, 10] at stride 2, the same with its zeros, and the dx of w = [1, 2, 3]."""
    axis = canvas(18, 4, title)
    cells(axis, [1, 10], 0, 1, fill=PALE_PURPLE, label="dout", size=large())
    arrow(axis, (2.3, 1.5), (3.3, 1.5))
    dout = [0, 0, 1, 0, 10, 0, 0]
    cells(axis, dout, 3.7, 1, PALE_GREY, [(0, 2), (0, 4)], PURPLE, "with zeros", large())
    cells(axis, [3, 2, 1], 3.7, 2.6, fill=PALE_ORANGE, size=large())
    axis.text(6.9, 3.15, "w flipped, slides to the right", va="center", fontsize=large())
    arrow(axis, (11, 1.5), (12, 1.5))
    cells(axis, [1, 2, 13, 20, 30], 12.4, 1, fill=PALE_PURPLE, label="dx", size=large())
    plt.show()


def stamps(x: ArrayLike, w: ArrayLike, stride: int, title: str = "") -> None:
    """Draw how each number of a line lays a filter down, and the sum: a transposed convolution.

    Args:
        x: numbers, shape (W,).
        w: the filter, shape (WW,).
        stride: cells between neighbouring filters.
        title: of the picture.
    """
    x, w = np.asarray(x), np.asarray(w)
    total = np.zeros((len(x) - 1) * stride + len(w))
    axis = canvas(len(total) + 3.5, 1.1 * len(x) + 2.2, title)
    for k, value in enumerate(x):
        stamp, place = np.full(total.shape, np.nan), slice(k * stride, k * stride + len(w))
        stamp[place] = value * w
        total[place] += value * w
        cells(axis, [value], 0.3, 1.1 * k)
        arrow(axis, (1.5, 1.1 * k + 0.5), (2.8, 1.1 * k + 0.5))
        cells(axis, stamp, 3, 1.1 * k, PALE_ORANGE)
    cells(axis, total, 3, 1.1 * len(x) + 1, PALE_GREEN, label="sum")
    plt.show()
