"""Hints one at a time: the idea, what the known mistake's hint says, the lines to look at.

What differs stands in the box from the first failure on. None of the hints is the solution.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from convbook.check.results import Result
from convbook.look import Calls

MOST_LINES = 4  # of a function that makes what is wrong in more places, the last


def ladder(error: BaseException, result: Result, named: Result, line: str) -> tuple[str, ...]:
    """Return the hints of a wrong answer in their order, without what is not there.

    Args:
        error: what the check ended in.
        result: its result; its advice is the check's own hint.
        named: the same with the known mistake's name, once there is one to say.
        line: which lines to look at, or ''.
    """
    if not hasattr(error, "outline"):  # an error of Python's: its arrow shows the line
        return ()
    found = (one.removeprefix("Hint: ") for one in (result.advice, named.advice, line))
    return tuple(dict.fromkeys(filter(None, found)))


def of_line(error: BaseException, calls: Calls, functions: Mapping[str, Any]) -> str:
    """Say which lines of a function make the part of its result that is wrong, or return ''.

    Args:
        error: what the check ended in.
        calls: those of the check.
        functions: the student's, by name.
    """
    found = calls.of_answer(getattr(error, "actual", None))
    if found is None or found[0].name not in functions:
        return ""
    call, part = found
    try:
        source = textwrap.dedent(inspect.getsource(functions[call.name]))
        lines = list(_makers(ast.parse(source).body[0], part))
    except (OSError, TypeError, SyntaxError, IndexError):
        return ""
    if not lines:
        return ""
    texts = source.splitlines()
    shown = "; ".join(f"line {n}: {texts[n - 1].strip()}" for n in lines[-MOST_LINES:])
    return f"What is wrong is made here. In {call.name}, {shown}"


def _makers(function: ast.stmt, part: int) -> Iterator[int]:
    """Yield the lines in which a part of the result gets its numbers."""
    returned = [n.value for n in ast.walk(function) if isinstance(n, ast.Return) and n.value]
    if not returned:
        return
    value = returned[-1]
    wanted = value.elts[part] if isinstance(value, ast.Tuple) else value
    name = next((n.id for n in ast.walk(wanted) if isinstance(n, ast.Name)), "")
    statements = (n for n in ast.walk(function) if isinstance(n, ast.stmt))
    lines = {n.lineno for n in statements if name in _given(n)}
    yield from sorted(lines or {wanted.lineno})


def _given(node: ast.stmt) -> set[str]:
    """Return the names that a statement gives numbers to."""
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, (ast.AugAssign, ast.AnnAssign)):
        targets = [node.target]
    else:
        return set()
    return set().union(*map(_names, targets))


def _names(target: ast.expr) -> set[str]:
    """Return whose numbers a target is: dx of dx[0], dx and dw of dx, dw."""
    if isinstance(target, (ast.Tuple, ast.List)):
        return set().union(*map(_names, target.elts))
    while isinstance(target, (ast.Subscript, ast.Attribute, ast.Starred)):
        target = target.value
    return {target.id} if isinstance(target, ast.Name) else set()
