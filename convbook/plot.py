"""Pictures that several lessons draw."""

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from convbook.check.compare import ATOL, RTOL


def maps(arrays: Sequence[np.ndarray], titles: Sequence[str], title: str) -> None:
    """Show feature maps side by side, in frames.

    A map runs in grey from its smallest to its largest value. One with negative values has 0 in the
    middle of its grey, and a bar that says so.

    Args:
        arrays: pictures, each of shape (H, W), or (H, W, 3) with values from 0 to 1.
        titles: one for each picture.
        title: of the whole.
    """
    tallest = min(1.0, max(len(array) / np.shape(array)[1] for array in arrays))
    wide = min(3.2, 11 / len(arrays))  # a wider figure is made smaller by the page, words and all
    size = (
        wide * len(arrays),
        0.6 + (wide - 0.2) * tallest + 0.6 * any(np.min(a) < 0 for a in arrays),
    )
    figure, axes = plt.subplots(1, len(arrays), figsize=size, squeeze=False, layout="constrained")
    for axis, array, text in zip(axes[0], arrays, titles, strict=True):
        signed = np.min(array) < 0
        most = np.abs(array).max()
        limits = {"vmin": -most, "vmax": most} if signed else {}
        image = axis.imshow(array, cmap="gray", **limits)
        if signed:
            figure.colorbar(image, ax=axis, orientation="horizontal", shrink=0.8)
        axis.set_title(text, fontsize=10)
        axis.set(xticks=[], yticks=[], anchor="N")
        axis.spines[:].set_color("0.5")  # white maps end somewhere, too
    figure.suptitle(title)
    plt.show()


def histograms(
    rows: Sequence[Sequence[np.ndarray]],
    row_names: Sequence[str],
    column_names: Sequence[str],
    title: str,
    xlabel: str = "value",
    limit: float = 4.0,
    top: float = 0.25,
) -> None:
    """Show how numbers are spread: a grid of histograms on one axis, each with its deviation.

    Args:
        rows: for each row of the grid its arrays, of any shape, one for each column.
        row_names: one for each row.
        column_names: one for each column.
        title: of the whole.
        xlabel: what the values are.
        limit: the axis runs from -limit to limit; what lies beyond is counted, and not seen.
        top: the largest share that is shown.
    """
    size = 2.6 * len(column_names), 0.6 + 1.9 * len(row_names)
    figure, axes = plt.subplots(
        len(row_names), len(column_names), figsize=size, sharex=True, sharey=True, squeeze=False
    )
    edges = np.linspace(-limit, limit, 42)
    for line, arrays, name in zip(axes, rows, row_names, strict=True):
        for axis, array, column in zip(line, arrays, column_names, strict=True):
            values = np.asarray(array).ravel()
            axis.hist(values, edges, weights=np.full(values.size, 1 / values.size))
            std = np.format_float_positional(values.std(), 2, fractional=False, trim="-")
            axis.set_title(f"{column}, std {std}", fontsize=10)
        line[0].set_ylabel(f"{name}\nshare of values")
    axes[0, 0].set_ylim(0, top)
    for axis in axes[-1]:
        axis.set_xlabel(xlabel)
    figure.suptitle(title)
    figure.tight_layout()
    plt.show()


def montage(
    x: np.ndarray, y: np.ndarray, classes: Sequence[str], title: str, each: int = 12
) -> None:
    """Show labelled pictures, a row for each class with its name beside it.

    Args:
        x: pictures, shape (N, C, H, W) with C = 1 or 3, uint8, or floats from 0 to 1.
        y: their classes, shape (N,).
        classes: the name of each class.
        title: of the whole.
        each: pictures in a row; the first of each class.
    """
    H, W = x.shape[2:]
    gap = 1 + H // 16  # transparent pixels between pictures
    sheet = np.zeros((len(classes), H + gap, each, W + gap, 4), dtype=np.float32)
    for k in range(len(classes)):
        row = x[y == k][:each].transpose(0, 2, 3, 1)  # (each or fewer, H, W, C)
        row = row / np.float32(255) if row.dtype == np.uint8 else row
        sheet[k, :H, : len(row), :W, :3] = row.transpose(1, 0, 2, 3)
        sheet[k, :H, : len(row), :W, 3] = 1
    picture = sheet.reshape(len(classes) * (H + gap), each * (W + gap), 4)[:-gap, :-gap]
    figure, axis = plt.subplots(figsize=(2 + 0.55 * each, 0.7 + 0.55 * len(classes)))
    axis.imshow(picture)
    axis.set_yticks(np.arange(len(classes)) * (H + gap) + H / 2, classes)
    axis.set_xticks([])
    axis.tick_params(length=0)
    axis.spines[:].set_visible(False)
    axis.set_title(title)
    figure.tight_layout()
    plt.show()


def difference(actual: np.ndarray, expected: np.ndarray) -> None:
    """Show where two arrays differ: the last two axes as a picture, a cross on every difference.

    Args:
        actual: the answer, up to four axes.
        expected: what it should be, of the same shape.
    """
    gap = np.abs(np.asarray(actual, dtype=float) - expected)
    wrong = ~(gap <= ATOL + RTOL * np.abs(expected))
    gap, wrong = _as_one_picture(gap), _as_one_picture(wrong)
    figure, axis = plt.subplots(figsize=(5, 4))
    image = axis.imshow(gap, cmap="cividis")
    rows, columns = np.nonzero(wrong)
    axis.plot(columns, rows, "rx", markersize=5)
    axis.set_title(f"{wrong.sum():g} of {wrong.size} values differ, each marked by a cross")
    axis.set_xlabel("last axis, slices side by side")
    axis.set_ylabel("last axis but one")
    figure.colorbar(image, label="absolute difference")
    plt.show()


def _as_one_picture(array: np.ndarray) -> np.ndarray:
    """Lay the leading axes out: one picture of shape (A * H, B * W)."""
    four = array.reshape((1,) * (4 - array.ndim) + array.shape)  # (A, B, H, W)
    A, B, H, W = four.shape
    return four.transpose(0, 2, 1, 3).reshape(A * H, B * W)


def volumes(shapes: Sequence[tuple[int, int, int]], names: Sequence[str], title: str) -> None:
    """Draw the volumes of a net as boxes, side by side.

    The depth of a box runs from left to right, its height upwards, its width to the back. Edges are
    as long as the cube roots of the sizes, so that one pixel can still be seen beside 4096
    channels; the depth is drawn at half the scale.

    Args:
        shapes: the volumes, each (C, H, W).
        names: what to write below each box, above its shape.
        title: of the whole.
    """
    edges = box_edges(shapes)  # (layers, 3)
    tallest = edges[:, 1].max()
    slots = np.maximum(edges[:, 0] + 0.5 * edges[:, 2] + 1, 5.4)  # room for a box and its text
    inch = 0.19
    size = (inch * slots.sum() + 0.4, inch * 1.4 * tallest + 1.6)
    figure, axis = plt.subplots(figsize=size)
    left = 0.0
    for (C, H, W), edge, slot, name in zip(shapes, edges, slots, names, strict=True):
        box(axis, left, edge, ("#9ecae1", "#deebf7", "#6baed6"), edgecolor="#08306b", linewidth=0.8)
        axis.text(left, -0.4, f"{name}\n{C}\n{H} x {W}", va="top", fontsize=12)
        left += slot
    axis.set_title(title)
    axis.set_xlim(-0.5, left)
    axis.set_ylim(-4.4, 1.4 * tallest)
    axis.set_aspect("equal")
    axis.set_axis_off()
    figure.tight_layout()
    plt.show()


def box_edges(shapes: Sequence[tuple[int, int, int]]) -> np.ndarray:
    """Return the edges of volumes as `volumes` draws them.

    Args:
        shapes: the volumes, each (C, H, W).

    Returns:
        Depth, height and width of each, shape (volumes, 3).
    """
    return np.cbrt(np.array(shapes, dtype=float)) * [0.5, 1, 1]


def box(
    axis: Axes, left: float, edges: Sequence[float], colors: tuple[str, str, str], **line: Any
) -> None:
    """Draw one volume as a box that stands on 0.

    Args:
        axis: where.
        left: of its near lower left corner.
        edges: its depth, height and width.
        colors: of its front, top and side.
        line: edgecolor and linewidth.
    """
    depth, height, width = edges
    back = np.array([width / 2, width / 3])  # from a near corner to the far one behind it
    near = np.array([[left, 0], [left + depth, 0], [left + depth, height], [left, height]])
    top = np.array([near[3], near[2], near[2] + back, near[3] + back])
    side = np.array([near[1], near[2], near[2] + back, near[1] + back])
    for corners, color in zip((near, top, side), colors, strict=True):
        axis.fill(*corners.T, facecolor=color, **line)


def filters(w: np.ndarray, title: str, columns: int = 8) -> None:
    """Show the filters of a first layer, each as a small picture; grey is a weight of 0.

    Args:
        w: filters, shape (F, C, HH, WW) with C = 1 or 3.
        title: of the whole.
        columns: filters in a row.
    """
    rows = -(-len(w) // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(0.9 * columns, 0.95 * rows + 0.5), squeeze=False
    )
    for axis in axes.ravel():
        axis.set_axis_off()
    for axis, one in zip(axes.ravel(), w, strict=False):
        picture = 0.5 + 0.5 * one.transpose(1, 2, 0) / np.abs(one).max()  # (HH, WW, C), 0 to 1
        axis.imshow(picture[..., 0] if len(one) == 1 else picture, cmap="gray", vmin=0, vmax=1)
    figure.suptitle(title)
    figure.tight_layout()
    plt.show()


def activations(
    picture: np.ndarray,
    volumes: Sequence[np.ndarray],
    names: Sequence[str],
    scores: np.ndarray,
    classes: Sequence[str],
    title: str,
    each: int = 8,
) -> None:
    """Show what a ConvNet makes of a picture: a column of maps for each layer, and the scores.

    Args:
        picture: shape (H, W) or (H, W, 3).
        volumes: the output of each layer, shape (C, H, W).
        names: of the layers.
        scores: of the classes, shape (K,).
        classes: their names.
        title: of the whole.
        each: maps shown of each layer, the first ones.
    """
    width = [3.0, *[1.0] * len(volumes), 2.4]
    figure = plt.figure(figsize=(sum(width) + 1, each + 0.8))
    grid = figure.add_gridspec(each, len(width), width_ratios=width, wspace=0.08, hspace=0.08)
    axis = figure.add_subplot(grid[:, 0])
    axis.imshow(picture, cmap="gray")
    axis.set_title("picture", fontsize=10)
    axis.set_axis_off()
    for k, (volume, name) in enumerate(zip(volumes, names, strict=True), start=1):
        for i, one in enumerate(volume[:each]):
            axis = figure.add_subplot(grid[i, k])
            axis.imshow(one, cmap="gray")
            axis.set_axis_off()
            if i == 0:
                axis.set_title(name, fontsize=10)
    axis = figure.add_subplot(grid[:, -1])
    axis.barh(np.arange(len(classes)), scores)
    axis.set_yticks(np.arange(len(classes)), classes)
    axis.yaxis.tick_right()
    axis.invert_yaxis()
    axis.set_title("scores", fontsize=10)
    axis.set_xlabel("score")
    figure.suptitle(title, y=0.95)
    plt.show()


def confusion(counts: np.ndarray, classes: Sequence[str], title: str) -> None:
    """Show a confusion matrix, the number in every field.

    Args:
        counts: shape (K, K); row by right class, column by guess.
        classes: the name of each class.
        title: of the whole.
    """
    K = len(classes)
    figure, axis = plt.subplots(figsize=(0.55 * K + 2, 0.5 * K + 1.8))
    image = axis.imshow(counts, cmap="cividis", vmin=0)
    for i, j in np.ndindex(K, K):
        color = "white" if counts[i, j] < 0.6 * counts.max() else "black"
        axis.text(j, i, str(counts[i, j]), ha="center", va="center", color=color, fontsize=9)
    axis.set_xticks(np.arange(K), classes, rotation=45, ha="right")
    axis.set_yticks(np.arange(K), classes)
    axis.set_title(title)
    axis.set_xlabel("guess")
    axis.set_ylabel("class")
    figure.colorbar(image, label="pictures")
    figure.tight_layout()
    plt.show()
