"""Cells of the course as a checker runs them: their two parts, their names, what they are worth."""

from __future__ import annotations

import ast
import builtins
import math
from dataclasses import dataclass
from functools import cache
from types import CodeType
from typing import Any

from convbook import notebook

from .link import Lent, Link
from .remote import Remote

GIVEN = "<given>"  # the file of all given cells, in tracebacks
SHOWN, HIDDEN = 0, 1  # the two parts of a check


class Names(dict[str, Any]):
    """The globals of check cells: their own, then builtins, then the student's names."""

    link: Link | None = None  # None while the prelude runs: it must not depend on a student
    student_names: frozenset[str] = frozenset()  # never taken from the builtins

    def __missing__(self, name: str) -> Any:
        ours = hasattr(builtins, name) and name not in self.student_names
        if ours or name.startswith("__") or self.link is None:
            raise KeyError(name)
        value = self.link.ask(name, "get", name)[0]
        if type(value) is Remote:  # a function is asked for once in a check
            self[name] = value
        return value


@cache
def compiled(source: str, file: str) -> tuple[tuple[CodeType, ...], tuple[CodeType, ...]]:
    """Compile the two parts of a cell of the course: what everybody sees, and what is hidden.

    What is compiled in the fork server costs a checker nothing. Such cells are plain Python. As in
    a notebook, the value of a last expression is displayed.
    """
    border, statements = notebook.first_hidden(source), ast.parse(source, file).body
    last = [statements.pop()] if statements and isinstance(statements[-1], ast.Expr) else []

    def code(hidden: bool) -> tuple[CodeType, ...]:
        some, end = ([s for s in part if _ends(s, border) != hidden] for part in (statements, last))
        shown = [compile(ast.Interactive([one]), file, "single") for one in end]
        return (compile(ast.Module(some, []), file, "exec"), *shown)

    return code(hidden=False), code(hidden=True)


def _ends(statement: ast.stmt, border: float) -> bool:
    """Tell whether a statement ends before a line."""
    return (statement.end_lineno or 0) < border


@dataclass
class Shown:
    """What the shown part of a check has left."""

    error: BaseException | None  # that ended it
    names: dict[str, Any]
    value: Any
    outputs: list[dict[str, Any]]
    lent: Lent
    left: float  # seconds of the check's time


def grade(value: Any, points: float) -> tuple[str, float]:
    """Turn the value of the last expression into a status and a score.

    A float is a partial score (NumPy's float64 is a float). Anything else means full marks.
    """
    if not isinstance(value, float):
        return "pass", float(points)
    if not math.isfinite(value) or value < 0:
        return "partial", 0.0
    return ("pass", float(points)) if value >= points else ("partial", float(value))
