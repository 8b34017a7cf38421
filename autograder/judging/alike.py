"""Tell whether two failures of the same statement of a check are the same failure."""

import re
from typing import Any

import numpy as np

CLOSE = 1e-6  # how near two answers are that come from the same mistake, written differently
NOT, ROUGHLY, EXACTLY, CLOSELY = 0, 1, 2, 3  # how much two failures are alike


def likeness(error: BaseException, replayed: BaseException) -> int:
    """Tell how much two failures are alike.

    Two answers are the same or not. Two exceptions of one class are roughly alike: their words are
    those of whoever wrote the function.

    Args:
        error: a student's failure.
        replayed: that of a known mistake, on the same input.

    Returns:
        NOT, ROUGHLY or EXACTLY; or CLOSELY, where two came to the same which need not have.
    """
    actual, other = getattr(error, "actual", None), getattr(replayed, "actual", None)
    if actual is None:
        return _of_exceptions(error, replayed) if other is None else NOT
    if is_refusal(error) and is_refusal(replayed):  # what came back matters little
        return NOT if other is None else CLOSELY if _form(actual) == _form(other) else EXACTLY
    same = _place(error) == _place(replayed) and equal(actual, other)
    return CLOSELY if same else NOT


def _form(answer: Any) -> tuple[int, ...] | None:
    """Return the shape of an answer, or of the first part of a pair."""
    first = answer[0] if type(answer) is tuple and answer else answer
    return np.shape(first) if is_number(first) else None


def _of_exceptions(error: BaseException, replayed: BaseException) -> int:
    if _kind(error) != _kind(replayed):
        return NOT
    return EXACTLY if _words(error) == _words(replayed) else ROUGHLY


def _kind(error: BaseException) -> tuple[type, bool]:
    """Return the nearest class that is Python's own, and whether a check raised it by itself."""
    built_in = next(kind for kind in type(error).__mro__ if kind.__module__ == "builtins")
    return built_in, hasattr(error, "outline")


def is_refusal(error: BaseException) -> bool:
    """Tell whether an exception of some class was expected, and did not come."""
    expected = getattr(error, "expected", None)
    return isinstance(expected, type) and issubclass(expected, Exception)


def _words(error: BaseException) -> list[str]:
    """Return the words of an exception, of a check's own only those of the first line.

    The airlock puts a student's text on one line: NumPy's often end in a space.
    """
    text = str(error)
    return (text.split("\n")[0] if hasattr(error, "outline") else text).split()


def _place(error: BaseException) -> str:
    """Return the first line of a failure's text without its numbers: what was called, and how."""
    return re.sub(r"[\d.e+-]+", "#", str(error).split("\n")[0])


def equal(one: Any, other: Any) -> bool:
    """Compare two answers that are plain data; whatever else a student returns is never equal."""
    kind = type(one)  # never isinstance: an object of the student's would be asked
    if kind in (list, tuple):
        return kind is type(other) and len(one) == len(other) and all(map(equal, one, other))
    if kind is dict:
        alike = kind is type(other) and set(one) == set(other)
        return alike and all(equal(value, other[key]) for key, value in one.items())
    if kind in (bool, str):
        return kind is type(other) and one == other
    if not (is_number(one) and is_number(other)):
        return False
    one, other = np.asarray(one), np.asarray(other)
    if one.shape != other.shape or one.dtype.kind != other.dtype.kind:
        return False
    return bool(np.allclose(one, other, rtol=CLOSE, atol=CLOSE, equal_nan=True))


def is_number(value: Any) -> bool:
    """Tell whether a value is a number or an array of numbers, without asking an object."""
    kind = type(value)
    if kind is np.ndarray:
        return value.dtype.kind in "biufc"
    return issubclass(kind, (int, float, complex, np.number, np.bool_))
