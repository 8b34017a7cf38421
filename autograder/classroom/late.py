"""What lateness costs each student, entered into nbgrader's gradebook.

A day is late as soon as it has begun, counted from the deadline; up to the grace, nothing is late.
Free days are spent in the order of the deadlines, the earliest first: each late lesson takes as
many as it needs of those that are left. Each day more costs `percent_per_day` of all points of the
lesson, up to the cap. So a cost does not move when points are given by hand afterwards.

When one submission comes in anew, another lesson may get or lose free days. So all lessons of a
student are looked at together.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from nbgrader.api import (
    Assignment,
    Gradebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)

from autograder.classroom import gradebook, policy
from autograder.classroom.policy import Policy
from autograder.classroom.room import Classroom
from autograder.course import lessons
from autograder.handin import timestamp

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Late:
    """How late one submission is.

    Attributes:
        days: begun since the deadline.
        free: of these, paid by free days.
        percent: of the lesson's points that the others cost.
    """

    days: int
    free: int
    percent: float


def late(rules: Policy, student: str, handed_in: dict[str, datetime]) -> dict[str, Late]:
    """Say how late each submission of a student is.

    Args:
        rules: the class's policy.
        student: the student's id.
        handed_in: lesson to when, with a time zone.

    Returns:
        Lesson to lateness, for the lessons that have a deadline, in the order of the deadlines.
    """
    due = {lesson: rules.due(student, lesson) for lesson in handed_in}
    known = [(when, lesson) for lesson, when in due.items() if when]
    left, result = rules.free_days, {}
    for when, lesson in sorted(known):
        over = handed_in[lesson] - when
        days = math.ceil(over / DAY) if over > rules.grace else 0
        free = min(days, left)
        left -= free
        percent = min((days - free) * rules.percent_per_day, rules.cap)
        result[lesson] = Late(days, free, percent)
    return result


def costs(rules: Policy, student: str, handed_in: dict[str, datetime]) -> dict[str, float]:
    """Return the points that lateness costs a student, by lesson; arguments as for `late`."""
    found = late(rules, student, handed_in)
    return {lesson: one.percent / 100 * _points(lesson) for lesson, one in found.items()}


def enter(room: Classroom) -> list[str]:
    """Enter deadlines, extensions and penalties of a class by its policy.toml; none without one.

    Returns:
        Students that the policy names and the gradebook does not know.

    Raises:
        CourseError: the policy is not in order.
    """
    rules = policy.read(room.results, lessons())
    with gradebook.opened(room.db_url) as book:
        return charge(book.api, rules or Policy({}, {}))


def charge(api: Gradebook, rules: Policy, student: str | None = None) -> list[str]:
    """Enter a policy into a gradebook.

    Args:
        api: the open gradebook.
        rules: the policy.
        student: the one student to look at; all where None.

    Returns:
        As for `enter`.
    """
    if rules.deadlines:
        _set_due(api, rules)
    entries: dict[str, list[Any]] = {}
    for entry in _submissions(api, student):
        entries.setdefault(entry.student_id, []).append(entry)
    for name, theirs in entries.items():
        _charge_one(api, rules, name, theirs)
    api.db.commit()
    asked = {name for name, _ in rules.extensions}
    known = {name for (name,) in api.db.query(Student.id)}
    return sorted(asked - known)


def _set_due(api: Gradebook, rules: Policy) -> None:
    """Enter the deadlines; a lesson that has none any more has none in the gradebook."""
    for assignment in api.assignments:
        due = rules.deadlines.get(assignment.name)
        wanted = timestamp.naive(due) if due else None
        if assignment.duedate != wanted:
            assignment.duedate = wanted


def _submissions(api: Gradebook, student: str | None) -> Iterable[Any]:
    query = (
        api.db.query(
            SubmittedNotebook.id,
            SubmittedNotebook.late_submission_penalty.label("penalty"),
            SubmittedAssignment.id.label("submission"),
            SubmittedAssignment.student_id,
            SubmittedAssignment.timestamp,
            SubmittedAssignment.extension,
            Assignment.name.label("lesson"),
        )
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
    )
    return query.filter(SubmittedAssignment.student_id == student) if student else query


def _charge_one(api: Gradebook, rules: Policy, student: str, entries: list[Any]) -> None:
    times = {e.lesson: e.timestamp.replace(tzinfo=UTC) for e in entries if e.timestamp}
    points = costs(rules, student, times)
    for entry in entries:
        penalty = points.get(entry.lesson, 0.0)
        if (entry.penalty or 0.0) != penalty:
            _set(api, SubmittedNotebook, entry.id, late_submission_penalty=penalty)
        own = rules.extensions.get((student, entry.lesson))
        extension = own - rules.deadlines[entry.lesson] if own else None
        if entry.extension != extension and entry.lesson in rules.deadlines:
            _set(api, SubmittedAssignment, entry.submission, extension=extension)


def _set(api: Gradebook, table: Any, id: str, **values: Any) -> None:
    api.db.query(table).filter(table.id == id).update(values, synchronize_session=False)


def _points(lesson: str) -> float:
    known = lessons().get(lesson)
    return sum(check.points for check in known.checks) if known else 0.0
