"""The record of every grade, and of what it depends on besides: sealed lines, see `ledger`.

A grade's line holds what was graded (a hash), by what (the hashes of the lesson and of the
environment), with which seed, when it came in, and what came out. Points that a person enters have
a line each, and the class's list and rules one where they have changed.
"""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder import disk
from autograder.classroom import ledger
from autograder.classroom.ledger import KEY, LINES, WAIT
from autograder.course import CourseError, Lesson
from autograder.grading import fingerprint
from autograder.grading.grade import Grade
from autograder.handin import timestamp

__all__ = ["KEY", "LINES", "WAIT", "Ledger", "Record", "State", "latest", "of", "opened", "read"]

LOCK = "grading.lock"
GIVEN, SEEN = "given", "seen"
Cell = tuple[str, str, str]  # student, lesson and the name of a cell
Points = tuple[float | None, float]  # by hand in place of the checks', or None; and extra


@dataclass(frozen=True)
class Record:
    """One grade.

    Attributes:
        student, lesson: whose, and of what.
        submission: SHA-256 of the file that was handed in; '' where there was none.
        manifest: SHA-256 of the lesson that decided.
        environment: SHA-256 of what graded it.
        sandbox: 'bwrap', 'user', 'none', or '' where nothing could be run.
        seed: of the hidden input.
        checks: check id to score and status.
        notes: what was unusual.
        graded: SHA-256 of the graded notebook; '' where nbgrader's own command wrote it.
        handed_in: when, in UTC, as text; '' where that is not known, None where it is not recorded.
    """

    student: str
    lesson: str
    submission: str
    manifest: str
    environment: str
    sandbox: str
    seed: int
    checks: dict[str, tuple[float, str]]
    notes: tuple[str, ...]
    graded: str
    handed_in: str | None = None


def of(
    student: str,
    grade: Grade,
    lesson: Lesson,
    submission: str,
    graded: str = "",
    handed_in: datetime | None = None,
) -> Record:
    """Make the record of a grade.

    Args:
        student: the student's id.
        grade: what the submission came to.
        lesson: the lesson that decided.
        submission: the fingerprint of the file that was handed in.
        graded: that of the graded notebook.
        handed_in: when, or None where that is not known.
    """
    return Record(
        student,
        lesson.name,
        submission,
        fingerprint.lesson(lesson),
        fingerprint.environment(grade.sandbox),
        grade.sandbox,
        grade.seed,
        {check.id: (check.score, check.status) for check in grade.checks},
        grade.notes,
        graded,
        said(handed_in),
    )


def said(when: datetime | None) -> str:
    """Return a time as records keep it."""
    return timestamp.naive(when).isoformat() if when else ""


def time(said: str) -> datetime | None:
    """Return the time that a record keeps as text."""
    return datetime.fromisoformat(said).replace(tzinfo=UTC) if said else None


class Ledger:
    """The records of a class, for the one program that grades it. Use `opened` to get one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def append(self, record: Record) -> None:
        """Write one record, so that it outlives a crash of the machine."""
        ledger.append(self._folder, "record", asdict(record))


@contextmanager
def opened(folder: Path) -> Iterator[Ledger]:
    """Open the records of a class for grading; one program at a time, others wait a little.

    Points that are entered by hand are recorded meanwhile.

    Args:
        folder: the class's results.

    Raises:
        CourseError: another program is grading.
    """
    said = f"{folder} is being graded by another program: wait until it is done"
    try:
        with disk.locked(folder / LOCK, said, WAIT):
            ledger.check(folder)
            yield Ledger(folder)
    except BlockingIOError as error:
        raise CourseError(str(error)) from None


def read(folder: Path) -> Iterator[tuple[int, Record | None, str]]:
    """Read the records of a class.

    Args:
        folder: the class's results.

    Yields:
        The line's number, its record, and what is wrong with it, or ''. A line that cannot be
        read, or is of another kind, has no record.
    """
    for line in ledger.read(folder):
        record = _record(line.body) if line.kind == "record" else None
        problem = "cannot be read" if line.kind == "record" and record is None else line.problem
        yield line.number, record, problem


def latest(folder: Path) -> dict[tuple[str, str], Record]:
    """Return the last sound record of each student and lesson."""
    return {(r.student, r.lesson): r for _, r, problem in read(folder) if r and not problem}


def enter(
    folder: Path,
    whose: Cell,
    points: Points,
    how: str = GIVEN,
    wait: float = WAIT,
    answer: str = "",
) -> None:
    """Write that a person gave points.

    Args:
        folder: the class's results.
        whose: student, lesson and cell.
        points: for the cell, and extra.
        how: GIVEN where they were given just now, SEEN where they stood in the gradebook.
        wait: as for `ledger.append`.
        answer: the key of the written answer that they are for, as in `written`; '' for none.
    """
    body = {"whose": whose, "points": points, "how": how, "at": _now(), "by": _user()}
    body |= {"answer": answer} if answer else {}
    ledger.append(folder, "entered", body, wait)


def set_class(folder: Path, students: dict[str, list[str] | None], policy: str) -> None:
    """Write how the class's list and rules are now.

    Args:
        folder: the class's results.
        students: folder to name, id and email of each who has changed; None for one who is gone.
        policy: SHA-256 of policy.toml; '' where there is none.
    """
    ledger.append(folder, "class", {"students": students, "policy": policy, "at": _now()})


@dataclass
class State:
    """What all sound lines come to.

    Attributes:
        grades: student and lesson to the last record.
        entered: cell to the points that a person gave.
        by: cell to who gave them, by the name of the account, and when.
        answers: student and lesson to the keys of the written answers that points were given
            for, by cell.
        seen: cell to when such points were seen that nobody had given in Formgrader.
        students: folder to name, id and email.
        policy: SHA-256 of policy.toml; '' where there is none.
        has_class: whether students and policy were ever recorded.
        seals: of all lines.
        problems: line number to what is wrong with it.
    """

    grades: dict[tuple[str, str], Record] = field(default_factory=dict)
    entered: dict[Cell, Points] = field(default_factory=dict)
    by: dict[Cell, tuple[str, str]] = field(default_factory=dict)
    answers: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    seen: dict[Cell, str] = field(default_factory=dict)
    students: dict[str, list[str]] = field(default_factory=dict)
    policy: str = ""
    has_class: bool = False
    seals: set[str] = field(default_factory=set)
    problems: dict[int, str] = field(default_factory=dict)


def state(folder: Path) -> State:
    """Read all lines of a class, in their order."""
    found = State()
    for line in ledger.read(folder):
        found.seals.add(line.seal)
        if line.problem:
            found.problems[line.number] = line.problem
            continue
        try:
            _take(found, line.kind, line.body)
        except (KeyError, TypeError, ValueError, AttributeError):
            found.problems[line.number] = "cannot be read"
    return found


def _take(found: State, kind: str, body: dict[str, Any]) -> None:
    """Go one line on."""
    if kind == "record":
        record = _record(body)
        if record is None:
            raise ValueError
        found.grades[record.student, record.lesson] = record
    elif kind == "entered":
        student, lesson, cell = body["whose"]
        manual, extra = body["points"]
        found.entered[student, lesson, cell] = manual, extra
        found.by[student, lesson, cell] = str(body.get("by", "")), str(body["at"])
        found.answers.setdefault((student, lesson), {})[cell] = str(body.get("answer", ""))
        found.seen.pop((student, lesson, cell), None)
        if body["how"] == SEEN:
            found.seen[student, lesson, cell] = body["at"]
    elif kind == "class":
        for student, row in body["students"].items():
            found.students.pop(student, None)
            if row is not None:
                found.students[student] = row
        found.policy, found.has_class = body["policy"], True
    else:
        raise ValueError


def _record(body: dict[str, Any]) -> Record | None:
    try:
        checks = {name: (score, status) for name, (score, status) in body["checks"].items()}
        return Record(**body | {"checks": checks, "notes": tuple(body["notes"])})
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _user() -> str:
    """Return the name of the account that this program runs in; '' where it has none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
