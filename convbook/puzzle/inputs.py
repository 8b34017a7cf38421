"""Take an input that somebody chose: bounded, of the kinds that layers take, and counted."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from convbook.puzzle.games import Wrong

MOST = 500  # numbers in all arrays together: no call takes longer than a moment
LARGEST = 1000.0  # of a number
STEPS = 16  # of a stride, a padding, a window
EPS = 1e-5  # less, and what differs may be rounding


class NoInput(ValueError):
    """What was given is no input for the function; the text says why."""


@dataclass(frozen=True)
class Given:
    """An input.

    Attributes:
        arguments: by name.
        dout: what the backward function gets, or None.
        size: how many numbers the arrays have.
    """

    arguments: dict[str, Any]
    dout: np.ndarray | None
    size: int


def bound(
    wrong: Wrong,
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
    named: dict[str, Any],
    dout: Any,
) -> Given:
    """Return the input that arguments make.

    Args:
        wrong: what is asked about.
        function: the one that they are for.
        arguments, named: as they were given.
        dout: the gradient that a backward function gets, or None.

    Raises:
        NoInput: they are none.
    """
    try:
        taken = inspect.signature(function).bind(*arguments, **named).arguments
    except TypeError as error:
        raise NoInput(f"These are not its arguments: {error}.") from None
    found = {name: _value(name, value) for name, value in taken.items()}
    back = None if dout is None else _array("dout", dout)
    for name, value in (*found.items(), ("dout", back)):
        _fits(wrong, name, value, found.get("x"))
    if not wrong.whole:
        found = {name: _floating(value) for name, value in found.items()}
    size = sum(map(_size, [*found.values(), back]))
    if size > MOST:
        raise NoInput(f"The arrays have {size} numbers together: at most {MOST}, and few is best.")
    return Given(found, back, size)


def _fits(wrong: Wrong, name: str, value: Any, x: Any) -> None:
    """Refuse arrays of other shapes than the function asks for."""
    if isinstance(value, tuple):
        for one in value:
            _fits(wrong, name, one, x)
    elif name in ("x", "w", "dout"):
        axes = wrong.axes
        if value is not None and axes and np.ndim(value) != axes:
            raise NoInput(f"{name} has {np.ndim(value)} axes: it must have {axes}.")
    elif name in ("gamma", "beta", "running") and np.shape(value) != np.shape(x)[1:2]:
        raise NoInput(f"{name} has the shape {np.shape(value)}: one number for each feature of x.")


def _floating(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_floating, value))
    return value.astype(np.float64) if isinstance(value, np.ndarray) else value


def _size(value: Any) -> int:
    """Count the numbers of an array, or of a pair of them; an option counts for nothing."""
    if isinstance(value, tuple):
        return sum(map(_size, value))
    return value.size if isinstance(value, np.ndarray) else 0


def _value(name: str, value: Any) -> Any:
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, float, np.integer, np.floating)):
        return _number(name, value)
    if name == "running" and isinstance(value, tuple):
        return tuple(_array(name, one) for one in value)
    return _array(name, value)


def _number(name: str, value: Any) -> Any:
    if isinstance(value, (int, np.integer)) and name in ("stride", "HH", "WW", "pad"):
        least = 0 if name == "pad" else 1
        if not least <= value <= STEPS:
            raise NoInput(f"{name} is {value}: at least {least}, at most {STEPS}.")
        return int(value)
    if not abs(value) <= LARGEST:
        raise NoInput(f"{name} is {value}: at most {LARGEST:g} in size.")
    if name == "eps" and value < EPS:
        raise NoInput(f"eps is {value}: at least {EPS:g} here, or rounding decides.")
    return value


def _array(name: str, value: Any) -> np.ndarray:
    try:
        array = np.array(value)
    except ValueError:
        raise NoInput(f"{name} is no array: its rows differ in length.") from None
    if array.dtype.kind not in "iuf":
        raise NoInput(f"{name} is no array of numbers.")
    if array.size == 0 or array.size > MOST:
        raise NoInput(f"{name} has {array.size} numbers: at least 1, at most {MOST}.")
    if not np.all(np.abs(array) <= LARGEST):
        raise NoInput(f"{name} holds a number that is larger than {LARGEST:g}, or is none.")
    return array.astype(np.float64 if array.dtype.kind == "f" else np.int64)
