"""Read what a class came to: one student's work at a time, however many there are.

From the graded notebooks come the results of the checks, from the records the sandbox and the
notes, from nbgrader's gradebook the times, the due dates and the points given by hand.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from nbgrader.api import (
    Assignment,
    Grade,
    Gradebook,
    GradeCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)

from autograder.classroom import gradebook, late, record
from autograder.classroom.late import Late, Times
from autograder.classroom.room import Classroom
from autograder.course import CourseError, Lesson
from autograder.grading.grade import UNGRADED, CheckResult
from autograder.report.grades import Grades, timed

AGAIN = "run autograder grade again"


@dataclass(frozen=True)
class Work:
    """What one student did in a lesson.

    Attributes:
        student: the student's id.
        results: of the checks and written answers; none where nothing could be graded.
        sources: the code cells of the graded notebook: name, or '', and text.
        problem: why nothing could be graded, or ''.
        sandbox: 'bwrap', 'user', 'none', or '' where nothing could be run.
        notes: what was unusual.
        by_hand: points that a person gave, by cell; they count instead of the check's.
        handed_in: when, in UTC, or None where that is not known.
        due: when it was due, in UTC, this student's extension included, or None.
        penalty: points taken off for lateness.
        late: how late it is by the class's rules; None where they set no deadline.
        no_time: why it is not known when it came, where there is a deadline: '' where nothing says
            so; None where it is known.
    """

    student: str
    results: tuple[CheckResult, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()
    problem: str = ""
    sandbox: str = ""
    notes: tuple[str, ...] = ()
    by_hand: dict[str, float] = field(default_factory=dict)
    handed_in: datetime | None = None
    due: datetime | None = None
    penalty: float = 0.0
    late: Late | None = None
    no_time: str | None = None


@dataclass(frozen=True)
class _Entry:
    """What the gradebook knows of one submission."""

    handed_in: datetime | None
    due: datetime | None
    penalty: float
    by_hand: dict[str, float]


class Class:
    """A graded class, open for reading. Use `opened` to get one."""

    def __init__(self, room: Classroom, api: Gradebook, times: Times) -> None:
        self.room = room
        self._times = times
        self._api, self._db = api, api.db
        self._runs = {  # the last sound record of each; the whole records would take ten times this
            (r.student, r.lesson): (r.sandbox, r.notes)
            for _, r, problem in record.read(room.results)
            if r and not problem
        }

    def students(self) -> list[str]:
        """Return the ids of all students that the gradebook knows."""
        return [name for (name,) in self._db.query(Student.id).order_by(Student.id)]

    def grades(self) -> Grades:
        """Return the grades of all lessons."""
        return timed(self.room, self._times, self._api)

    def due(self, lesson: Lesson) -> datetime | None:
        """Return when a lesson is due, in UTC, if the gradebook says so."""
        found = self._db.query(Assignment.duedate).filter(Assignment.name == lesson.name).first()
        return found[0] if found else None

    def works(self, lesson: Lesson) -> Iterator[Work]:
        """Read every student's work of a lesson, in the order of their names."""
        entries = self._entries(lesson)
        folders = self.room.autograded.glob(f"*/{lesson.name}/{lesson.path.name}")
        paths = {path.parents[1].name for path in folders}
        for student in sorted(entries.keys() | paths):
            entry = entries.get(student, _Entry(None, self.due(lesson), 0.0, {}))
            sandbox, notes = self._runs.get((student, lesson.name), ("", ()))
            found = self._notebook(student, lesson) if student in paths else None
            results, sources, problem = _graded(found, lesson, notes)
            yield Work(
                student,
                results,
                sources,
                problem,
                sandbox,
                notes,
                entry.by_hand,
                entry.handed_in,
                entry.due,
                entry.penalty,
                self._times.lates.get((student, lesson.name)),
                self._no_time(student, lesson),
            )

    def _no_time(self, student: str, lesson: Lesson) -> str | None:
        key = student, lesson.name
        return self._times.unread.get(key, "" if key in self._times.untold else None)

    def sources(self, lesson: Lesson, student: str) -> tuple[tuple[str, str], ...]:
        """Return the code cells of one student's graded notebook: name, or '', and text."""
        return _graded(self._notebook(student, lesson), lesson, ())[1]

    def _notebook(self, student: str, lesson: Lesson) -> bytes:
        """Return a graded notebook; nothing where it cannot be read."""
        try:
            return self.room.graded(student, lesson)
        except OSError:
            return b""

    def _entries(self, lesson: Lesson) -> dict[str, _Entry]:
        submitted = (
            self._db.query(
                SubmittedAssignment.student_id,
                SubmittedAssignment.timestamp,
                SubmittedAssignment.extension,
                SubmittedNotebook.late_submission_penalty,
            )
            .select_from(SubmittedAssignment)
            .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
            .outerjoin(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .filter(Assignment.name == lesson.name)
        )
        due, by_hand = self.due(lesson), self._by_hand(lesson)
        return {
            student: _Entry(
                when,
                due and due + (extension or timedelta()),
                penalty or 0.0,
                by_hand.get(student, {}),
            )
            for student, when, extension, penalty in submitted
        }

    def _by_hand(self, lesson: Lesson) -> dict[str, dict[str, float]]:
        """Return the points that a person gave: student to cell to points."""
        given = (
            self._db.query(
                SubmittedAssignment.student_id,
                GradeCell.name,
                Grade.manual_score,
                Grade.extra_credit,
                Grade.auto_score,
            )
            .select_from(Grade)
            .join(GradeCell, Grade.cell_id == GradeCell.id)
            .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
            .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
            .filter(Assignment.name == lesson.name)
            .filter(Grade.manual_score.isnot(None) | (Grade.extra_credit > 0))
        )
        found: dict[str, dict[str, float]] = {}
        for student, cell, manual, extra, auto in given:
            points = manual if manual is not None else auto or 0.0
            found.setdefault(student, {})[cell] = points + (extra or 0.0)
        return found


@contextmanager
def opened(room: Classroom) -> Iterator[Class]:
    """Open a graded class.

    Raises:
        CourseError: it was not graded, or its list or rules are not in order.
    """
    if not (room.results / record.LINES).exists():
        raise CourseError(f"{room.results}: holds no {record.LINES}; run autograder grade first")
    times = late.enter(room)
    with gradebook.opened(room.db_url) as book:
        yield Class(room, book.api, times)


def _graded(
    content: bytes | None, lesson: Lesson, notes: tuple[str, ...]
) -> tuple[tuple[CheckResult, ...], tuple[tuple[str, str], ...], str]:
    """Read a graded notebook.

    Returns:
        The results, the code cells, and what is wrong. Where something is, there are no results.
    """
    if content is None:
        return (), (), f"its graded notebook is missing: {AGAIN}"
    try:
        cells = json.loads(content)["cells"]
        marks = {c["metadata"]["convbook"]["id"]: c for c in cells if "convbook" in c["metadata"]}
        results = tuple(CheckResult(**marks[c.id]["metadata"]["convbook"]) for c in lesson.checks)
        sources = tuple(_sources(cells))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return (), (), f"its graded notebook cannot be read: {AGAIN}"
    said = "".join(cells[0]["source"]) if cells else ""
    if said.startswith(UNGRADED) and {r.status for r in results} <= {"missing", "manual"}:
        return (), (), " ".join(notes) or "what was handed in could not be graded"
    return results, sources, ""


def _sources(cells: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for cell in cells:
        if cell["cell_type"] == "code":
            name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
            yield name, "".join(cell["source"])
