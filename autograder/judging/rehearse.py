"""Run a lesson's checks in this process, on functions that are trusted.

For proving the checks: no sandbox, no other process, thousands of runs a minute. Never for grading.
"""

import contextlib
import io
from functools import lru_cache
from types import CodeType
from typing import Any

from autograder.course import Check, Lesson
from autograder.judging import outcomes, state
from autograder.judging.outcomes import Watch

REPLACED = "<replaced>"  # the file of a cell that stands in for another, in tracebacks


def rehearse(lesson: Lesson, cells: dict[str, str], seed: int) -> dict[str, BaseException | None]:
    """Run every check of a lesson against its solution, with some cells replaced.

    Args:
        lesson: the lesson.
        cells: exercise name to the source that stands in its place.
        seed: of the hidden input.

    Returns:
        Check id to the exception it ended in, or None where it passed.
    """
    names = student(lesson, cells)
    state.begin(lesson.name, seed)
    return {c.id: run(c, names) for c in lesson.checks if not c.manual}


def student(lesson: Lesson, cells: dict[str, str]) -> dict[str, Any]:
    """Return the solution's names, with some cells replaced."""
    names = lesson.reference()
    with contextlib.redirect_stdout(io.StringIO()):
        for source in (*lesson.given, *cells.values()):
            exec(compiled(source, REPLACED), names)
    return names


def run(check: Check, names: dict[str, Any]) -> BaseException | None:
    """Run one check on trusted functions; return the exception it ended in, or None."""
    state.begin_check(check.id)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compiled(check.source, f"<{check.id}>"), dict(names))
    except (Exception, KeyboardInterrupt) as error:  # a loop that is to be stopped raises the other
        return error
    return None


def to_the_end(check: Check, names: dict[str, Any], watch: Watch) -> Watch:
    """Run every statement of a check on trusted functions, and return what has watched them."""
    state.begin_check(check.id)
    code = outcomes.to_the_end(check.source, f"<{check.id}>")
    with contextlib.redirect_stdout(io.StringIO()):
        exec(code, names | {outcomes.WATCH: watch})
    return watch


@lru_cache(maxsize=4096)
def compiled(source: str, file: str) -> CodeType:
    """Compile a cell, once in a process and in those that are forked from it."""
    return compile(source, file, "exec")
