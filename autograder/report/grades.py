"""The grades of a class, as they stand in its gradebook, with lateness as it is now."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from nbgrader.api import (
    Assignment,
    Grade,
    Gradebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import Integer, cast, func

from autograder.classroom import gradebook, late
from autograder.classroom.late import Key, Times
from autograder.classroom.policy import Policy
from autograder.classroom.room import Classroom
from autograder.handin import left, roster
from autograder.handin.left import Left


@dataclass(frozen=True)
class Entry:
    """One submission's grade.

    Attributes:
        handed_in: when, in UTC, as text; '' where that is not known.
        points: of checks and by hand, before lateness.
        penalty: points that lateness costs.
        waits: whether something in it still waits for a person's grade.
        late: how late it is, with the reason; '' where there is no deadline.
    """

    handed_in: str
    points: float
    penalty: float
    waits: bool
    late: str = ""

    @property
    def score(self) -> float:
        return max(0.0, self.points - self.penalty)


@dataclass(frozen=True)
class Grades:
    """The grades of a class.

    Attributes:
        students: who, in the order of their folders.
        lessons: lesson to the points that it gives.
        due: lesson to its deadline in UTC, as text; '' where it has none.
        entries: student and lesson to what was handed in.
        unread: student and lesson to why nobody can tell when it came; they have no entry.
        left: what came in and could not be used.
        rules: what counts for the course's grade, and what columns are called.
    """

    students: list[roster.Student]
    lessons: dict[str, float]
    due: dict[str, str]
    entries: dict[Key, Entry]
    unread: dict[Key, str] = field(default_factory=dict)
    left: tuple[Left, ...] = ()
    rules: Policy = field(default_factory=lambda: Policy({}, {}))

    def columns(self) -> "list[Column]":
        """Return a column for each lesson."""
        return [
            Column(lesson, most, {s: e.score for (s, x), e in self.entries.items() if x == lesson})
            for lesson, most in self.lessons.items()
        ]


@dataclass(frozen=True)
class Column:
    """One column of a platform's gradebook.

    Attributes:
        name: a lesson, or `counting.COURSE`.
        most: what it gives.
        scores: student to what is given; who has handed in nothing is not in it.
    """

    name: str
    most: float
    scores: dict[str, float]


def of_class(room: Classroom, only: Iterable[str] = (), who: Iterable[str] = ()) -> Grades:
    """Read the grades of a class, with lateness as it is now; arguments as for `read`.

    Raises:
        CourseError: the class's list or rules are not in order.
    """
    times = late.enter(room)
    with gradebook.opened(room.db_url) as book:
        return timed(room, times, book.api, only, who)


def timed(
    room: Classroom, times: Times, api: Gradebook, only: Iterable[str] = (), who: Iterable[str] = ()
) -> Grades:
    """Read the grades of a class whose lateness was worked out; other arguments as for `read`."""
    found = read(api, roster.read(room.results), only, who)
    entries = {
        key: replace(
            entry, late=late.UNTOLD if key in times.untold else str(times.lates.get(key, ""))
        )
        for key, entry in found.entries.items()
        if key not in times.unread
    }
    unsettled, rules = tuple(left.read(room.results)), late.rules_of(room) or Policy({}, {})
    return replace(found, entries=entries, unread=times.unread, left=unsettled, rules=rules)


def read(
    api: Gradebook, students: roster.Roster, only: Iterable[str] = (), who: Iterable[str] = ()
) -> Grades:
    """Read the grades that a gradebook holds.

    Args:
        api: the open gradebook.
        students: who is who.
        only: lessons; all that are in the gradebook if empty.
        who: students; all if empty.
    """
    only, who = set(only), set(who)
    names = {id for (id,) in api.db.query(Student.id)} | {s.student for s in students.all()}
    wanted = sorted(names & who if who else names)
    lessons = [x for x in api.assignments if not only or x.name in only]
    lessons.sort(key=lambda x: x.name)
    return Grades(
        [students.of(name) for name in wanted],
        {x.name: x.max_score for x in lessons},
        {x.name: _time(x.duedate) for x in lessons},
        {
            (row.student_id, row.name): Entry(
                _time(row.timestamp), row.points or 0.0, row.penalty or 0.0, bool(row.waits)
            )
            for row in _rows(api)
        },
    )


def _rows(api: Gradebook) -> Any:
    return (
        api.db.query(
            SubmittedAssignment.student_id,
            Assignment.name,
            SubmittedAssignment.timestamp,
            func.sum(Grade.score).label("points"),
            func.max(SubmittedNotebook.late_submission_penalty).label("penalty"),
            func.sum(cast(Grade.needs_manual_grade, Integer)).label("waits"),
        )
        .select_from(SubmittedAssignment)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .group_by(SubmittedAssignment.id, Assignment.name)
    )


def _time(when: Any) -> str:
    return f"{when:%Y-%m-%d %H:%M:%S} UTC" if when else ""
