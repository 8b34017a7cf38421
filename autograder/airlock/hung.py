"""Calls that gave no answer in time: a submission is not waited for so long twice.

An endless loop would otherwise cost the limit of a call in each check that comes to it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

LESS = 4  # by which the limit of a call is divided once one has hung
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

    def seconds(self, limit: float) -> float:
        """Return for how many seconds to wait for a call that may usually take as many as limit."""
        return limit / LESS if self.calls else limit

    def knows(self, function: str, arguments: Any) -> bool:
        """Tell whether a call of this kind has hung before."""
        return bool(self.calls) and (function, kind(arguments)) in self.calls
