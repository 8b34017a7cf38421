"""What wrong values have in common: one true sentence about how an answer differs, or none."""

from collections.abc import Callable

import numpy as np

SAME = 1e-6  # how near a pattern must fit, as a part of the values
FEWEST = 4  # values; fewer fit too many patterns


def pattern(got: np.ndarray, wanted: np.ndarray, wrong: np.ndarray, digits: int = 6) -> str:
    """Say what the difference looks like.

    Args:
        got: the answer, of the same shape as wanted.
        wanted: what it should be, finite.
        wrong: where the two differ.
        digits: that are shown of a number.

    Returns:
        One sentence that is true of all values, or ''.
    """
    if got.size < FEWEST or not np.isfinite(got).all() or np.ptp(wanted) == 0:
        return ""
    found = _factor(got, wanted, digits) or _offset(got, wanted, digits) or _moved(got, wanted)
    return found or _place(wrong)


def _factor(got: np.ndarray, wanted: np.ndarray, digits: int) -> str:
    """A constant factor; values that should be zero must be zero, and two or more are not."""
    if np.count_nonzero(wanted) < 2:
        return ""
    largest = np.argmax(np.abs(wanted))
    factor = got.flat[largest] / wanted.flat[largest]
    if factor == 0 or not _close(got, factor * wanted):
        return ""
    if abs(factor + 1) < SAME:
        return "Every sign is the other way round."
    inverse = f", or divided by {1 / factor:.{digits}g}" if abs(factor) < 1 else ""
    return f"Every value is multiplied by {factor:.{digits}g}{inverse}."


def _offset(got: np.ndarray, wanted: np.ndarray, digits: int) -> str:
    shift = float(np.mean(got - wanted))
    if not _close(got - shift, wanted):
        return ""
    return f"Every value is {abs(shift):.{digits}g} too {'large' if shift > 0 else 'small'}."


def _moved(got: np.ndarray, wanted: np.ndarray) -> str:
    """The right values in other places."""
    if got.ndim < 2:
        return "The order is reversed." if _close(got[::-1], wanted) else ""
    ways: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "Rows and columns have changed places.": lambda a: a.swapaxes(-1, -2),
        "Every row is reversed.": lambda a: a[..., ::-1],
        "The rows are in reverse order.": lambda a: a[..., ::-1, :],
        "It is rotated by 180 degrees: both axes are reversed.": lambda a: a[..., ::-1, ::-1],
    }
    for text, way in ways.items():
        back = way(got)
        if back.shape == wanted.shape and _close(back, wanted):
            return text
    return ""


def _place(wrong: np.ndarray) -> str:
    """Where it is wrong, if that is a part with a name."""
    for axis in range(min(2, wrong.ndim - 1)):
        others = tuple(k for k in range(wrong.ndim) if k != axis)
        hit = np.asarray(wrong.any(axis=others))
        if len(hit) > 1 and not hit[0] and hit[1:].all():
            return f"Along axis {axis}, number 0 is right and all others are wrong."
        if len(hit) > 1 and hit[0] and not hit[1:].any():
            return f"Along axis {axis}, only number 0 is wrong."
    if wrong.ndim >= 2 and min(wrong.shape[-2:]) >= 3 and not wrong[..., 1:-1, 1:-1].any():
        return "Only values along the border are wrong."
    return ""


def _close(a: np.ndarray, b: np.ndarray) -> bool:
    scale = float(np.abs(b).max())
    return bool(np.abs(a - b).max() <= SAME * scale)
