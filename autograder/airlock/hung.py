"""Calls and cells that did not end in time: a submission is not waited for so long twice.

An endless loop would otherwise cost the limit of a call in each check that comes to it, and that of
a cell in each one that tries the same function.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np

LESS = 4  # by which the limit of a call is divided once one has hung
LESS_OF_A_CELL = 12  # and that of a cell, where one that calls the same function has hung
CELL = "in a cell"  # the kind of what a student's own cell called
ITEMS, DEPTH, CHARS = 16, 3, 40  # of arguments, as far as they are told apart

Call = tuple[str, str]  # what was called, and the kind of its arguments


def kind(arguments: Any, depth: int = 0) -> str:
    """Say of what kind arguments are: their values, but of an array dtype and shape alone."""
    if isinstance(arguments, np.ndarray):
        return f"{arguments.dtype}{arguments.shape}"
    if isinstance(arguments, dict):
        arguments = sorted(arguments.items(), key=lambda item: repr(item[0]))
    if isinstance(arguments, (list, tuple)) and depth < DEPTH:
        items = (kind(item, depth + 1) for item in arguments[:ITEMS])
        return f"{len(arguments)}({', '.join(items)})"
    plain = isinstance(arguments, (bool, int, float, str, np.generic, type(None)))
    return repr(arguments)[:CHARS] if plain else type(arguments).__name__


class Hung:
    """The calls of a submission that have hung so far."""

    def __init__(self, calls: list[list[str]] | None = None) -> None:
        self.calls: set[Call] = {(function, what) for function, what in calls or []}

    def seconds(self, function: str, limit: float) -> float:
        """Return for how many seconds to wait for a call that may usually take as many as limit."""
        called = any(what != CELL for _, what in self.calls)
        return limit / LESS if called or (function, CELL) in self.calls else limit

    def knows(self, function: str, arguments: Any) -> bool:
        """Tell whether a call of this kind has hung before."""
        return bool(self.calls) and (function, kind(arguments)) in self.calls


class Cells:
    """The functions that were named by cells which did not end in time."""

    def __init__(self, functions: Iterable[str]) -> None:
        self.known = frozenset(functions)
        self.hung: set[str] = set()

    def seconds(self, source: str, limit: float) -> float:
        """Return for how many seconds to wait for a cell that may usually take as many as limit."""
        return limit / LESS_OF_A_CELL if self.hung & self._named(source) else limit

    def add(self, source: str) -> None:
        """Remember a cell that did not end."""
        self.hung |= self._named(source)

    @property
    def calls(self) -> list[list[str]]:
        """The functions, as `Hung` takes them."""
        return [[name, CELL] for name in sorted(self.hung)]

    def _named(self, source: str) -> frozenset[str]:
        return self.known.intersection(re.findall(r"\w+", source))
