"""Compare a wrong function with the right one on one input."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from convbook.check import compare
from convbook.puzzle.games import Wrong
from convbook.puzzle.inputs import Given


@dataclass(frozen=True)
class Where:
    """Where two functions differ: `text` is '' where they do not.

    Attributes:
        text: what differs, some lines; or why it cannot be told.
        is_no_answer: whether it cannot be told, as the right function has no answer to the input.
    """

    text: str
    is_no_answer: bool = False


@dataclass
class _Outcome:
    """What a call came to: values by name, or the error that it ended in."""

    values: dict[str, Any] = field(default_factory=dict)
    error: Exception | None = None


def difference(wrong: Wrong, made: dict[str, Any], given: Given) -> Where:
    """Say where a wrong function differs from the right one.

    Args:
        wrong: which one.
        made: the wrong functions by name.
        given: the input.
    """
    first, second = wrong.right()
    right = _outcome(wrong, first, second, given)
    if right.error is not None and not isinstance(right.error, ValueError):
        return Where(f"The right function cannot take this: {_said(right.error)}.", True)
    if isinstance(right.error, _OtherShape):
        return Where(str(right.error), True)
    own = _outcome(wrong, made[wrong.forward], made.get(wrong.backward), given)
    if right.error is not None and isinstance(own.error, ValueError):
        return Where(f"Both refuse this: {right.error}.", True)
    if right.error is not None:
        return Where(f"it answers, and the right one refuses: {right.error}.")
    if not all(np.all(np.isfinite(value)) for value in right.values.values()):
        return Where("The right answer is not a number there. Take another input.", True)
    if own.error is not None:
        return Where(f"it ends in {_said(own.error)}.")
    found = (_differs(own.values[name], value, name) for name, value in right.values.items())
    return Where(next(filter(None, found), ""))


class _OtherShape(ValueError):
    """dout does not have the shape of out."""


def _outcome(
    wrong: Wrong, first: Callable[..., Any], second: Callable[..., Any] | None, given: Given
) -> _Outcome:
    """Call a function, and the other with its cache; keep what they return and leave behind."""
    arguments, values = copy.deepcopy(given.arguments), dict[str, Any]()
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parts = _parts(first(**arguments), wrong.returns)
            cache = parts.pop("cache", None)
            values |= parts
            if second is not None and given.dout is not None:
                if given.dout.shape != np.shape(parts["out"]):
                    shapes = f"{given.dout.shape}, and out is {np.shape(parts['out'])}"
                    return _Outcome(error=_OtherShape(f"dout is {shapes}: make them equal."))
                values |= _parts(second(given.dout.copy(), cache), wrong.gradients)
    except Exception as error:
        return _Outcome(error=error)
    return _Outcome(_flat(values | {f"{n} afterwards": v for n, v in arguments.items()}))


def _parts(returned: Any, names: str) -> dict[str, Any]:
    listed = names.split()
    return dict(zip(listed, returned if len(listed) > 1 else (returned,), strict=True))


def _flat(values: dict[str, Any]) -> dict[str, Any]:
    """Return every array under a name, those of a pair, too; whole numbers as others."""
    flat = {}
    for name, value in values.items():
        many = isinstance(value, (tuple, list))
        for k, one in enumerate(value if many else [value]):
            flat[f"{name}[{k}]" if many else name] = np.asarray(one, dtype=np.float64)
    return flat


def _differs(own: Any, right: Any, name: str) -> str:
    """Return what differs between two arrays, or ''."""
    return (compare.difference(own, right, name) or "").replace(": yours ", ": it has ")


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no words'}"
