"""What a layer looks at, and where its output goes."""

import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import ArrayLike

from convbook.drawing.cells import (
    BLUE,
    GREEN,
    PALE_BLUE,
    PALE_GREEN,
    PALE_GREY,
    PALE_ORANGE,
    TEXT,
    Places,
    arrow,
    canvas,
    cells,
)


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
    axis.text(0, H + 2, f"strong blue: the depth column  X[{x}, {y}, :]", va="center")
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
    w, x_pad = np.asarray(w), np.pad(x, 1)
    axis = canvas(len(x_pad) + 6.5, 5.2, title)
    cells(axis, [np.nan] * len(x_pad), 3, 0.6, PALE_GREY)
    cells(axis, x_pad, 3, 0.6, "none", [(0, 0), (0, 1), (0, 2)])
    cells(axis, w, 3, 1.9, PALE_ORANGE)
    cells(axis, out, 4, 3.9, PALE_GREEN, [(0, 0)], GREEN)
    for name, height in (("x, padded", 1.1), ("w", 2.4), ("out", 4.4)):
        axis.text(2.7, height, name, ha="right", va="center")
    arrow(axis, (4.5, 3.0), (4.5, 3.8))
    pairs = zip(x_pad[:3], w, strict=True)
    terms = " + ".join(f"{a:g}·({b:g})" if b < 0 else f"{a:g}·{b:g}" for a, b in pairs)
    total = f"{terms} = {np.sum(x_pad[:3] * w):g}"
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


def two_maps(
    arrays: tuple[ArrayLike, ArrayLike],
    names: tuple[str, str],
    on: tuple[Places, Places] = ((), ()),
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
    axis = canvas(right + second.shape[1], tall + 1, title)
    for array, name, places, left, fill, strong in (
        (first, names[0], on[0], 0, PALE_BLUE, BLUE),
        (second, names[1], on[1], right, PALE_GREEN, GREEN),
    ):
        top = 0.8 + (tall - len(array)) / 2
        cells(axis, array, left, top, fill, places, strong, name)
    arrow(axis, (right - 1.7, 0.8 + tall / 2), (right - 0.3, 0.8 + tall / 2))
    plt.show()


def holes(x: ArrayLike, w: ArrayLike, title: str = "") -> None:
    """Draw a filter over the beginning of a line, with dilation 1 and with dilation 2.

    Args:
        x: numbers, shape (W,).
        w: the filter, shape (3,).
        title: of the picture.
    """
    x, w = np.asarray(x), np.asarray(w)
    axis = canvas(2 * len(x) + 3.5, 5.2, title)
    for left, D in ((0.5, 1), (len(x) + 3, 2)):
        seen = range(0, 2 * D + 1, D)
        spread = np.full(2 * D + 1, np.nan)
        spread[::D] = w
        cells(axis, x, left, 0.9, on=[(0, k) for k in seen], label=f"x, D = {D}")
        cells(axis, spread, left, 2.1, PALE_ORANGE)
        cells(axis, [np.sum(x[list(seen)] * w)], left, 4.1, PALE_GREEN)
        arrow(axis, (left + 0.5, 3.2), (left + 0.5, 4.0))
    plt.show()
