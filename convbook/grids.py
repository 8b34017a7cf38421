"""Pictures of numbered cells, for lessons and for their decks.

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
BLUE, GREEN = COLOURS[0], COLOURS[2]
PALE_BLUE, PALE_ORANGE, PALE_GREEN, PALE_GREY = (COLOURS[k] for k in (5, 6, 7, 9))
TEXT, PAPER = "#1b1f24", "#fffffe"  # on pale cells, and on strong ones

Places = Collection[tuple[int, int]]


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
    how = dict(arrowstyle="-|>,head_width=0.35,head_length=0.6", color=COLOURS[4], linewidth=2)
    axis.annotate("", xy=end, xytext=start, arrowprops=how)


def column_and_slice(X: np.ndarray, x: int, y: int, d: int, title: str = "") -> None:
    """Draw a volume slice by slice, with one depth column and one depth slice marked.

    Args:
        X: the volume, shape (H, W, D).
        x: row of the depth column.
        y: column of the depth column.
        d: the depth slice.
        title: of the picture.
    """
    H, W, D = X.shape
    axis = canvas(D * (W + 1.5) - 1, H + 3.4, title)
    for k in range(D):
        fill = PALE_GREEN if k == d else PALE_BLUE
        cells(axis, X[:, :, k], k * (W + 1.5), 1, fill, [(x, y)], label=f"X[:, :, {k}]")
    axis.text(0, H + 2, f"blue: the depth column  X[{x}, {y}, :]", va="center")
    axis.text(0, H + 3, f"green: the depth slice  X[:, :, {d}]", va="center")
    plt.show()


def stops(W: int, F: int, S: int, title: str = "") -> None:
    """Draw a line of W cells, and below it every stop of a window of F with stride S."""
    axis = canvas(W + 8, 1.4 + (W - F) // S + 1, title)
    cells(axis, np.arange(W), 3.5)
    axis.text(3.2, 0.5, f"W = {W}", ha="right", va="center")
    axis.text(3.2, 1.8, f"F = {F}, S = {S}", ha="right", va="center")
    for k in range((W - F) // S + 1):
        cells(axis, [np.nan] * F, 3.5 + S * k, 1.3 + k, PALE_ORANGE)
        middle = 3.5 + S * k + F / 2
        axis.text(middle, 1.8 + k, f"from {S * k}", ha="center", va="center", color=TEXT)
    count = f"({W} \N{MINUS SIGN} {F})/{S} + 1 = {(W - F) // S + 1}"
    axis.text(W + 4, 0.5, count, va="center")
    plt.show()


def full_depth(C: int, K: int, size: int, F: int, title: str = "") -> None:
    """Draw one window at full depth, and the column of neurons that look through it.

    Args:
        C: slices of the input.
        K: slices of the output.
        size: height and width of the input.
        F: height and width of the window; its stride is 1.
        title: of the picture.
    """
    place = (1, 1)  # of the window's corner, and of the neurons
    window = [(place[0] + i, place[1] + j) for i, j in np.ndindex(F, F)]
    out = size - F + 1
    left, gap = 0.0, 1.4
    axis = canvas(C * (size + 0.6) + gap + K * (out + 0.6), size + 1.4, title)
    for c in range(C):
        cells(axis, np.full((size, size), np.nan), left, 1, on=window, label=f"x, slice {c}")
        left += size + 0.6
    arrow(axis, (left - 0.3, 1 + size / 2), (left + gap - 0.6, 1 + size / 2))
    left += gap
    for k in range(K):
        empty = np.full((out, out), np.nan)
        cells(axis, empty, left, 1, PALE_GREEN, [place], GREEN, f"out, {k}")
        left += out + 0.6
    plt.show()


def first_stop(x: ArrayLike, w: ArrayLike, out: ArrayLike, title: str = "") -> None:
    """Draw a line with a zero at each end, a filter of three over its beginning, and all outputs.

    Args:
        x: numbers, shape (W,).
        w: the filter, shape (3,).
        out: what the filter gives at each stop, shape (W,).
        title: of the picture.
    """
    x, w = np.asarray(x), np.asarray(w)
    W = len(x)
    axis = canvas(W + 8.5, 5.2, title)
    cells(axis, [np.nan] * (W + 2), 3, 0.6, PALE_GREY)
    cells(axis, np.pad(x, 1), 3, 0.6, "none", [(0, 0), (0, 1), (0, 2)])
    cells(axis, w, 3, 1.9, PALE_ORANGE)
    cells(axis, out, 4, 3.9, PALE_GREEN, [(0, 0)], GREEN)
    for name, height in (("x, padded", 1.1), ("w", 2.4), ("out", 4.4)):
        axis.text(2.7, height, name, ha="right", va="center")
    arrow(axis, (4.5, 3.0), (4.5, 3.8))
    pairs = zip(np.pad(x, 1)[:3], w, strict=True)
    terms = " + ".join(f"{a:g}·({b:g})" if b < 0 else f"{a:g}·{b:g}" for a, b in pairs)
    total = f"{terms} = {np.sum(np.pad(x, 1)[:3] * w):g}"
    axis.text(6.4, 2.4, total.replace("-", "\N{MINUS SIGN}"), va="center")
    plt.show()


def one_window(x: np.ndarray, w: np.ndarray, out: np.ndarray, i: int, j: int, title: str) -> None:
    """Draw a picture, a filter and its output, with one entry of the output and what it sees.

    Args:
        x: the picture, shape (H, W).
        w: the filter, shape (HH, WW).
        out: the output at stride 1, shape (H - HH + 1, W - WW + 1).
        i: row of the entry.
        j: column of the entry.
        title: of the picture.
    """
    (H, W), (HH, WW) = x.shape, w.shape
    axis = canvas(W + WW + out.shape[1] + 4, H + 1, title)
    seen = [(i + u, j + v) for u, v in np.ndindex(HH, WW)]
    cells(axis, x, 0.5, 1, on=seen, label="x")
    cells(axis, w, W + 2, 1, PALE_ORANGE, label="w")
    cells(axis, out, W + WW + 3.5, 1, PALE_GREEN, [(i, j)], GREEN, "out")
    plt.show()
