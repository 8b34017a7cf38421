"""Where an answer differs, as data for the feedback page; it says no more than a student may know.

A check's visible part shows its input and what it expects to everyone. Where that part failed, both
arrays are shown. Of an answer to a hidden call no value is, nor each place: which are wrong is for
the student's code to choose, and could spell out what it was called with. What stays is what helps:
whether corners, edges and the inside are right, over all pictures and channels together.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from convbook.check.compare import ATOL, RTOL, difference

ROWS = COLUMNS = 8  # of the values that are shown
MAX_SIZE = 1 << 22  # values; comparing more takes too long for a picture


def of(error: BaseException, hidden: bool) -> dict[str, Any] | None:
    """Return where an answer differs, or None where a picture would show nothing.

    Args:
        error: what a check ended in.
        hidden: whether it may have been the check's hidden part.

    Returns:
        For a visible part "shape" of the answer, "at", the index of what is shown, "corner", its
        first row and column, "yours" and "expected", rows of numbers as text, and "marks"; for a
        hidden part "zones", marks of the first row, those between and the last, each in the first
        column, those between and the last.
        Marks are a text for each row: "x" where the answer differs and "." where it does not.
    """
    pair = _part(getattr(error, "actual", None), getattr(error, "expected", None))
    if pair is None:
        return None
    got, wanted = pair
    with np.errstate(invalid="ignore"):
        gap = np.where(got == wanted, 0.0, np.abs(got - wanted))
    wrong = _stacked(~(gap <= ATOL + RTOL * np.abs(wanted)))
    if not wrong.any():
        return None
    if hidden:
        zones = _zones(np.asarray(wrong.any(axis=0)))
        return None if zones.all() else {"zones": _marks(zones)}  # the message says as much
    return {"shape": list(got.shape), **_values(_stacked(got), _stacked(wanted), wrong, got.shape)}


def _part(actual: Any, expected: Any) -> tuple[np.ndarray, np.ndarray] | None:
    """Find the first array that differs, and what it should be, in answers of many parts."""
    if isinstance(expected, dict):
        if not isinstance(actual, dict) or set(actual) != set(expected):
            return None
        pairs: Iterator[tuple[Any, Any]] = ((actual[key], expected[key]) for key in expected)
        return next((_part(a, e) for a, e in pairs if difference(a, e, "")), None)
    if expected is None or isinstance(expected, (str, bool)):
        return None
    got, wanted = _array(actual), _array(expected)
    if wanted is None and isinstance(expected, (list, tuple)):
        if not isinstance(actual, (list, tuple)) or len(actual) != len(expected):
            return None
        pairs = zip(actual, expected, strict=True)
        return next((_part(a, e) for a, e in pairs if difference(a, e, "")), None)
    if got is None or wanted is None or got.shape != wanted.shape or got.ndim == 0:
        return None
    return (got, wanted) if 1 < got.size <= MAX_SIZE else None


def _array(values: Any) -> np.ndarray | None:
    """Return numbers as an array of floats, and None for whatever else."""
    try:
        array = np.asarray(values)
    except (TypeError, ValueError):
        return None
    return array.astype(np.float64) if array.dtype.kind in "biuf" else None


def _stacked(array: np.ndarray) -> np.ndarray:
    """Return an array as a stack of matrices: all leading axes in one, (number, rows, columns)."""
    return array.reshape(-1, *(1, 1, *array.shape)[-2:])


def _index(number: int, shape: tuple[int, ...]) -> list[int]:
    """Return the leading index of a matrix in the stack."""
    return [int(i) for i in np.unravel_index(number, shape[:-2])] if len(shape) > 2 else []


def _zones(wrong: np.ndarray) -> np.ndarray:
    """Join the rows between the first and the last, and the columns, to one of each: any wrong."""
    for axis in (0, 1):
        starts = sorted({0, min(1, wrong.shape[axis] - 1), wrong.shape[axis] - 1})
        wrong = np.logical_or.reduceat(wrong, starts, axis=axis)
    return wrong


def _values(
    got: np.ndarray, wanted: np.ndarray, wrong: np.ndarray, shape: tuple[int, ...]
) -> dict[str, Any]:
    """Cut out the matrix with the first wrong value, around that value."""
    number, row, column = (int(i) for i in np.argwhere(wrong)[0])
    top = _corner(row, got.shape[1], ROWS)
    left = _corner(column, got.shape[2], COLUMNS)
    part = np.s_[number, top : top + ROWS, left : left + COLUMNS]
    for digits in (4, 9, 17):
        yours, expected = _texts(got[part], digits), _texts(wanted[part], digits)
        if (yours != expected)[wrong[part]].all():  # what differs must look different
            break
    return {
        "at": _index(number, shape),
        "corner": [top, left],
        "yours": yours.tolist(),
        "expected": expected.tolist(),
        "marks": _marks(wrong[part]),
    }


def _texts(array: np.ndarray, digits: int) -> np.ndarray:
    return np.array([[f"{value + 0.0:.{digits}g}" for value in row] for row in array])


def _corner(place: int, size: int, window: int) -> int:
    """Return where a window starts that holds a place, as near to the beginning as can be."""
    return 0 if place < window else min(place - window // 2, size - window)


def _marks(wrong: np.ndarray) -> list[str]:
    return ["".join("x" if value else "." for value in row) for row in wrong]
