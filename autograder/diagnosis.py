"""Name the mistake behind a failed check, by making each known mistake on the very same input.

A known mistake explains a failure when it fails the same check at the same place with the same
answer. Where one alone does, it is named. Where several do, or where all there is to see is an
exception, the text says "looks like". Where none does, nothing is said.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder import mistakes, rehearse
from autograder.course import Lesson
from autograder.mistakes import Mistake

SECONDS = 5.0  # for all replays of one check
CLOSE = 1e-6  # how near two answers are that come from the same mistake, written differently
AT_MOST = 2  # more mistakes than this explain nothing


@dataclass(frozen=True)
class Diagnosis:
    """What explains a failure.

    Attributes:
        name: of the mistake, or of several with "or" between them.
        text: a line that says what it is, and one with a hint.
    """

    name: str
    text: str


def diagnose(lesson: Lesson, check_id: str, error: BaseException) -> Diagnosis | None:
    """Find the known mistakes that fail a check just as a student's function did.

    Args:
        lesson: the lesson being graded; the judge has begun it, with its seed.
        check_id: the check that failed.
        error: what it ended in.
    """
    found = list(_explaining(lesson, check_id, error))
    if not 0 < len(found) <= AT_MOST:
        return None
    sure = len(found) == 1 and getattr(error, "actual", None) is not None
    name = " or ".join(mistake.name for mistake in found)
    lead = "This is a known mistake" if sure else "This looks like a known mistake"
    said = "; or ".join(f"{mistake.name} ({mistake.symptom})" for mistake in found)
    return Diagnosis(name, f"  {lead}: {said}.\n  Hint: {found[0].hint}")


def _explaining(lesson: Lesson, check_id: str, error: BaseException) -> Iterator[Mistake]:
    check = next(c for c in lesson.checks if c.id == check_id)
    deadline = time.monotonic() + SECONDS
    for mistake in mistakes.known(lesson.name):
        if time.monotonic() > deadline:
            return
        if check.exercise in lesson.functions[mistake.exercise]:
            names = rehearse.student(lesson, {mistake.exercise: mistakes.source(mistake, lesson)})
            replayed = rehearse.run(check, names)
            if replayed is not None and alike(error, replayed):
                yield mistake


def alike(error: BaseException, replayed: BaseException) -> bool:
    """Tell whether two failures of one check are the same: place, and answer or exception.

    Args:
        error: a student's failure.
        replayed: that of a known mistake, on the same input.
    """
    actual = getattr(error, "actual", None)
    if actual is None:
        kinds = (getattr(error, "kind", type(error).__name__), type(replayed).__name__)
        return kinds[0] == kinds[1] and str(error) == str(replayed)
    return _place(error) == _place(replayed) and _equal(actual, getattr(replayed, "actual", None))


def _place(error: BaseException) -> str:
    """Return the first line of a failure's text without its numbers: what was called, and how."""
    return re.sub(r"[\d.e+-]+", "#", str(error).split("\n")[0])


def _equal(one: Any, other: Any) -> bool:
    """Compare two answers that are plain data; whatever else a student returns is never equal."""
    kind = type(one)  # never isinstance: an object of the student's would be asked
    if kind in (list, tuple):
        return kind is type(other) and len(one) == len(other) and all(map(_equal, one, other))
    if kind is dict:
        alike = kind is type(other) and list(one) == list(other)
        return alike and all(map(_equal, one.values(), other.values()))
    if kind in (bool, str):
        return kind is type(other) and one == other
    if not (_is_number(one) and _is_number(other)):
        return False
    one, other = np.asarray(one), np.asarray(other)
    if one.shape != other.shape or one.dtype.kind != other.dtype.kind:
        return False
    return bool(np.allclose(one, other, rtol=CLOSE, atol=CLOSE, equal_nan=True))


def _is_number(value: Any) -> bool:
    kind = type(value)
    if kind is np.ndarray:
        return value.dtype.kind in "biufc"
    return issubclass(kind, (int, float, complex, np.number, np.bool_))
