"""Where an answer differs, as data for the feedback page; it says no more than a student may know.

A check's visible part shows its input and what it expects to everyone. Where that part failed, both
arrays are shown. Where the hidden part failed, only the places are: for each, whether it is right.
The message of the check has told the shape already, and the values at two places.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from convbook import notebook
from convbook.check.compare import ATOL, RTOL, difference

ROWS = COLUMNS = 8  # of the values that are shown
PANELS = 6  # maps of places: one for each picture and channel
SIDE = 24  # rows and columns of a map
MAX_SIZE = 1 << 22  # values; comparing more takes too long for a picture


def of(source: str, error: BaseException) -> dict[str, Any] | None:
    """Return where an answer differs, or None where a picture would show nothing.

    Args:
        source: the check's text, to tell its hidden part.
        error: what it ended in.

    Returns:
        "shape" of the answer; then for a visible part "at", the index of what is shown, "corner",
        its first row and column, "yours" and "expected", rows of numbers as text, and "marks"; for
        a hidden part "maps", a list of pairs (index, marks).
        Marks are a text for each row: "x" where the answer differs and "." where it does not.
    """
    pair = _part(getattr(error, "actual", None), getattr(error, "expected", None))
    if pair is None:
        return None
    got, wanted = pair
    with np.errstate(invalid="ignore"):
        gap = np.where(got == wanted, 0.0, np.abs(got - wanted))
    wrong = _stacked(~(gap <= ATOL + RTOL * np.abs(wanted)))
    is_hidden = _is_hidden(source, error)
    if not wrong.any() or (is_hidden and wrong.all()):  # the message says as much
        return None
    head = {"shape": list(got.shape)}
    if is_hidden:
        return head | {"maps": list(_maps(wrong, got.shape))}
    return head | _values(_stacked(got), _stacked(wanted), wrong, got.shape)


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


def _is_hidden(source: str, error: BaseException) -> bool:
    """Tell whether a check failed in its hidden part; where that cannot be told, it is hidden."""
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_name == "<module>":  # the first is the check's own
            return notebook.is_hidden(source, trace.tb_lineno)
        trace = trace.tb_next
    return True


def _maps(wrong: np.ndarray, shape: tuple[int, ...]) -> Iterator[tuple[list[int], list[str]]]:
    """Mark the places of the first matrices, with the first wrong one among them."""
    first = int(np.argmax(wrong.any(axis=(1, 2))))
    numbers = range(min(PANELS, len(wrong)))
    for number in numbers if first < PANELS else [*numbers[:-1], first]:
        yield _index(number, shape), _marks(wrong[number, :SIDE, :SIDE])


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
