"""Judge a function with the lesson's own in place of what it calls, where that has failed before.

A mistake costs its points once. So a check that fails runs again on the same input: first with the
lesson's own functions of other exercises, then also with its own of the same cell, such as the
forward function whose cache a backward function gets.
"""

import ast
import inspect
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from types import FunctionType
from typing import Any

from autograder.airlock.remote import Remote
from autograder.course import Lesson


def functions(
    lesson: Lesson, check_id: str, failed: set[str], reference: dict[str, Any]
) -> Iterator[dict[str, Callable[..., Any]]]:
    """Give what to put in the place of a student's functions, one try after the other.

    Args:
        lesson: the lesson being graded.
        check_id: the check that failed.
        failed: the functions whose checks have failed before. One without a check of its own may
            be at fault, too.
        reference: the lesson's own functions.

    Yields:
        Names of the student's, and the lesson's own functions for them.
    """
    check = next(c for c in lesson.checks if c.id == check_id)
    cells = {name: cell for cell, own in lesson.functions.items() for name in own}
    if check.exercise not in cells:
        return
    here = cells[check.exercise]
    needed = _needed(lesson, check.source)
    suspect = failed | (lesson.student_names - {c.exercise for c in lesson.checks})
    others = {n for n in needed if cells[n] != here and lesson.functions[cells[n]] & suspect}
    same = _in_order(lesson, here, check.exercise) & needed & suspect
    for names in (others, others | same) if same else (others,):
        own = {n: reference[n] for n in sorted(names) if isinstance(reference[n], FunctionType)}
        if own:
            yield own


def _needed(lesson: Lesson, source: str) -> set[str]:
    """Return the functions of the lesson that a check calls, and what their solutions call."""
    calls, found = _calls(lesson), _names(ast.parse(source)) & lesson.student_names
    while more := set().union(*(calls[name] for name in found)) - found:
        found |= more
    return found


@contextmanager
def in_place(function: Any, ours: dict[str, Callable[..., Any]]) -> Iterator[None]:
    """Let functions of ours stand for a student's of these names.

    Args:
        function: one of the student's, by which the others are found.
        ours: names of the student's, and what stands for them.
    """
    if type(function) is Remote:
        link = object.__getattribute__(function, "_link")
        link.put_in_place(ours)
        try:
            yield
        finally:
            link.put_back()
        return
    names = inspect.unwrap(function).__globals__  # of a rehearsal, or of a notebook
    before = {name: names[name] for name in ours}
    names.update(ours)
    try:
        yield
    finally:
        names.update(before)


def clock_of(function: Any) -> Callable[[], float]:
    """Return the clock that counts what the processor does where a function runs."""
    if type(function) is Remote:
        clock: Callable[[], float] = object.__getattribute__(function, "_link").processor_time
        return clock
    return time.thread_time


def helpers(lesson: Lesson, name: str, reference: dict[str, Any]) -> dict[str, Callable[..., Any]]:
    """Return the functions of other exercises that a function of the solution calls."""
    here = next(own for own in lesson.functions.values() if name in own)
    return {n: reference[n] for n in sorted(_needed(lesson, name) - here)}


@cache
def _calls(lesson: Lesson) -> dict[str, set[str]]:
    """Return, for each function of the solution, the others that its body names."""
    calls: dict[str, set[str]] = {name: set() for name in lesson.student_names}
    for source in lesson.solutions.values():
        for statement in ast.parse(source).body:
            if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
                calls[statement.name] = _names(statement) & lesson.student_names
    return calls


def _in_order(lesson: Lesson, cell: str, name: str) -> set[str]:
    """Return the functions that stand before one in its cell."""
    body = ast.parse(lesson.solutions[cell]).body
    names = [s.name for s in body if isinstance(s, ast.FunctionDef)]
    return set(names[: names.index(name)]) if name in names else set()


def _names(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
