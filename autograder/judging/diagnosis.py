"""Name the mistake behind a failed check, by making each known mistake on the very same input.

A known mistake explains a failure when it fails the same check at the same place with the same
answer, and passes the checks that the submission has passed. Where one alone does, it is named.
Where two do, where all there is to see is an exception, or where the time did not last for all, the
text says "looks like". Where none does, nothing is said.

A right function that calls a wrong one fails too. So what was found in another exercise comes
first: where that explains the failure, nothing else is looked for.
"""

import re
import time
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from autograder import mistakes
from autograder.course import Check, Lesson
from autograder.judging import rehearse
from autograder.judging.state import SoFar
from autograder.mistakes import Mistake
from convbook.check import NotYet

SECONDS = 5.0  # of the processor, for all replays of one check: a busy machine names no less
CLOSE = 1e-6  # how near two answers are that come from the same mistake, written differently
AT_MOST = 2  # more mistakes than this explain nothing


@dataclass(frozen=True)
class Diagnosis:
    """What explains a failure.

    Attributes:
        name: of the mistake, or of several with "or" between them.
        text: a line that says what it is, and one with a hint.
        mistakes: the mistakes themselves.
    """

    name: str
    text: str
    mistakes: tuple[Mistake, ...]


def diagnose(
    lesson: Lesson, check_id: str, error: BaseException, so_far: SoFar | None = None
) -> Diagnosis | None:
    """Find the known mistakes that fail a check just as a student's function did.

    Args:
        lesson: the lesson being graded; the judge has begun it, with its seed.
        check_id: the check that failed.
        error: what it ended in.
        so_far: what the checks before it came to.
    """
    so_far = so_far or SoFar()
    check = next(c for c in lesson.checks if c.id == check_id)
    deadline = time.thread_time() + SECONDS
    elsewhere = [m for m in so_far.named if check.exercise not in lesson.functions[m.exercise]]
    here = [
        m for m in mistakes.known(lesson.name) if check.exercise in lesson.functions[m.exercise]
    ]
    explaining = partial(_explaining, lesson, check, error, so_far.passed, deadline)
    found, _ = explaining(elsewhere)
    where = f" of {found[0].exercise}" if found else ""
    all_tried = True
    if not found:
        found, all_tried = explaining(here)
    if not 0 < len(found) <= AT_MOST:
        return None
    sure = all_tried and len(found) == 1 and getattr(error, "actual", None) is not None
    name = " or ".join(mistake.name for mistake in found)
    lead = "This is a known mistake" if sure else "This looks like a known mistake"
    said = "; or ".join(f"{mistake.name} ({mistake.symptom})" for mistake in found)
    hint = f"\n  Hint: {found[0].hint}" if len(found) == 1 else ""  # two may contradict each other
    text = f"  {lead}{where}: {said}.{hint}"
    return Diagnosis(name, text, tuple(found))


def _explaining(
    lesson: Lesson,
    check: Check,
    error: BaseException,
    passed: set[str],
    deadline: float,
    candidates: list[Mistake],
) -> tuple[list[Mistake], bool]:
    """Return the candidates that explain a failure, and whether the time lasted for all."""
    found: list[Mistake] = []
    for mistake in candidates:
        if time.thread_time() > deadline:
            return found, False
        if _fails(lesson, mistake, check, error) and _passes(lesson, mistake, passed):
            found.append(mistake)
    return found, True


def _fails(lesson: Lesson, mistake: Mistake, check: Check, error: BaseException) -> bool:
    """Tell whether a mistake fails a check as the student's function did."""
    replayed = rehearse.run(check, _names(lesson, mistake))
    return replayed is not None and alike(error, replayed)


def _passes(lesson: Lesson, mistake: Mistake, passed: set[str]) -> bool:
    """Tell whether a mistake passes what the submission has passed."""
    names, own = _names(lesson, mistake), lesson.functions[mistake.exercise]
    checks = (c for c in lesson.checks if c.id in passed and c.exercise in own)
    return not any(rehearse.run(check, names) for check in checks)


def _names(lesson: Lesson, mistake: Mistake) -> dict[str, Any]:
    return rehearse.student(lesson, {mistake.exercise: mistakes.source(mistake, lesson)})


def alike(error: BaseException, replayed: BaseException) -> bool:
    """Tell whether two failures of one check are the same: place, and answer or exception.

    Args:
        error: a student's failure.
        replayed: that of a known mistake, on the same input.
    """
    actual = getattr(error, "actual", None)
    if actual is None:
        kinds = (getattr(error, "kind", type(error).__name__), type(replayed).__name__)
        return kinds[0] == kinds[1] and _words(error) == _words(replayed)
    return _place(error) == _place(replayed) and _equal(actual, getattr(replayed, "actual", None))


def _words(error: BaseException) -> list[str]:
    """Return the words of an exception, of a check's own only those of the first line.

    The airlock puts a student's text on one line: NumPy's often end in a space.
    """
    text = str(error)
    return (text.split("\n")[0] if isinstance(error, NotYet) else text).split()


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
