"""Pictures that several lessons draw."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np

from convbook.compare import ATOL, RTOL


def maps(arrays: Sequence[np.ndarray], titles: Sequence[str], title: str) -> None:
    """Show feature maps side by side, in grey from their smallest to their largest value.

    Args:
        arrays: pictures, each of shape (H, W), or (H, W, 3) with values from 0 to 1.
        titles: one for each picture.
        title: of the whole.
    """
    figure, axes = plt.subplots(1, len(arrays), figsize=(3.2 * len(arrays), 3.4), squeeze=False)
    for axis, array, text in zip(axes[0], arrays, titles, strict=True):
        axis.imshow(array, cmap="gray")
        axis.set_title(text, fontsize=10)
        axis.set_axis_off()
    figure.suptitle(title)
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
