"""What a check's calls were given and gave back, kept until the check has ended.

A failed check says which answer is wrong. The call that gave it is the one whose result is, or
holds, that very object; the forward call behind a backward one gave it its cache.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import numpy as np

MOST_CALLS = 64  # of one check; later ones take the place of the first
MOST_NUMBERS = 20_000  # of an argument; larger ones are not drawn


@dataclass(frozen=True)
class Call:
    """A call: its function's name, its arguments as they were before it, and its result."""

    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    result: Any

    def part_that_is(self, answer: Any) -> int | None:
        """Return which part of the result an object is, 0 for all of it, or None."""
        parts = self.result if isinstance(self.result, (tuple, list)) else (self.result,)
        return next((k for k, part in enumerate(parts) if part is answer), None)


class Calls:
    """The last calls of a check."""

    def __init__(self) -> None:
        self.made: list[Call] = []

    def copied(self, args: tuple, kwargs: dict[str, Any]) -> tuple[tuple, dict[str, Any]]:
        """Copy the arguments of a call that is about to be made, for `note`."""
        return tuple(map(_copied, args)), {key: _copied(arg) for key, arg in kwargs.items()}

    def note(self, name: str, args: tuple, kwargs: dict[str, Any], result: Any) -> None:
        """Keep a call."""
        self.made = [*self.made[1 - MOST_CALLS :], Call(name, args, kwargs, result)]

    def of_answer(self, answer: Any) -> tuple[Call, int] | None:
        """Return the call that gave an answer, and which part of its result it is."""
        if answer is None:
            return None
        found = ((call, call.part_that_is(answer)) for call in reversed(self.made))
        return next(((call, part) for call, part in found if part is not None), None)

    def behind(self, call: Call) -> Call | None:
        """Return the forward call whose cache a backward call was given."""
        cache = call.args[-1] if call.args else call.kwargs.get("cache")
        if cache is None:
            return None
        return next((c for c in reversed(self.made) if c.part_that_is(cache) is not None), None)


def noting(names: Mapping[str, Any], wanted: Iterable[str], calls: Calls) -> dict[str, Any]:
    """Return functions that note their calls, to stand for some while a check runs.

    Args:
        names: what is defined, by name.
        wanted: names of the functions; those that are not defined are left out.
        calls: where their calls are noted.
    """
    found = {name: names[name] for name in wanted if isinstance(names.get(name), FunctionType)}
    return {name: _noting(name, function, calls) for name, function in found.items()}


def _noting(name: str, function: Callable[..., Any], calls: Calls) -> Callable[..., Any]:
    @functools.wraps(function)
    def noted(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True  # IPython shows no frame of ours
        before = calls.copied(args, kwargs)
        result = function(*args, **kwargs)
        calls.note(name, *before, result)
        return result

    return noted


def _copied(value: Any) -> Any:
    """Copy an array; a large one is let go, as what it belongs to is not drawn."""
    if isinstance(value, np.ndarray):
        return value.copy() if value.size <= MOST_NUMBERS else None
    return value
