"""When work came in, what lateness costs each student, and why: worked out here alone.

It is worked out anew each time that a class is graded, reported on, exported or fed back, from what
lies there: timestamp.txt of each hand-in and policy.toml. The gradebook gets what came of it.

A day is late as soon as it has begun, counted from the deadline; up to the grace, nothing is late.
Free days are spent in the order of the deadlines, the earliest first: each late lesson takes as
many as it needs of those that are left. Each day more costs `percent_per_day` of all points of the
lesson, up to the cap. So a cost does not move when points are given by hand afterwards.

When one submission comes in anew, another lesson may get or lose free days. So all lessons of a
student are looked at together.
"""

import math
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from nbgrader.api import Assignment, Gradebook, SubmittedAssignment, SubmittedNotebook

from autograder.classroom import gradebook, policy, record
from autograder.classroom.policy import Policy
from autograder.classroom.room import Classroom
from autograder.course import CourseError, lessons
from autograder.handin import roster, timestamp
from autograder.shown import one_line

DAY = timedelta(days=1)
Key = tuple[str, str]  # student and lesson


@dataclass(frozen=True)
class Late:
    """How late one submission is; as text, with the reason.

    Attributes:
        came: when, with a time zone.
        due: when it was due for this student, in the zone in which that was written.
        days: begun since the deadline.
        free: of these, paid by free days.
        percent: of the lesson's points that the others cost.
        points: that lateness costs.
    """

    came: datetime
    due: datetime
    days: int
    free: int
    percent: float
    points: float

    def __str__(self) -> str:
        zone = self.due.tzinfo
        when = f"came {timestamp.shown(self.came, zone)}, was due {timestamp.shown(self.due, zone)}"
        if not self.days:
            return f"in time: {when}" + (", within the grace" if self.came > self.due else "")
        spent = f", {_days(self.free, 'free day')} spent" if self.free else ""
        cost = f"{self.percent:g} % off ({self.points:g} points)" if self.points else "nothing off"
        return f"{_days(self.days, 'day')} late: {when}{spent}, {cost}"


@dataclass(frozen=True)
class Times:
    """What `enter` found.

    Attributes:
        lates: how late each submission is, where its lesson has a deadline.
        unread: of each submission whose time cannot be read, the file, the line, what to write.
        moved: a line for each that came at another time than its record says.
    """

    lates: dict[Key, Late]
    unread: dict[Key, str]
    moved: list[str]


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
        points = percent / 100 * _points(lesson)
        result[lesson] = Late(handed_in[lesson], when, days, free, percent, points)
    return result


def rules_of(room: Classroom) -> Policy | None:
    """Read the policy of a class; None where there is none.

    Raises:
        CourseError: it is not in order, or names somebody who is not in the class.
    """
    people = {student.student for student in roster.read(room.results).all()}
    if room.submitted.is_dir():
        people.update(os.listdir(room.submitted))
    return policy.read(room.results, lessons(), people)


def enter(room: Classroom) -> Times:
    """Enter into the gradebook of a class who is who, when work came in, and what lateness costs.

    Raises:
        CourseError: the policy is not in order.
    """
    rules = rules_of(room)
    with gradebook.opened(room.db_url) as book:
        book.name(roster.read(room.results).all())
        came, unread = _read(room, book.api)
        moved = _move(room, came)
        if rules is None and not _had_rules(room):
            found = _charge(book.api, Policy({}, {}))  # the deadlines are nbgrader's own
        else:
            found = charge(book.api, rules or Policy({}, {}))
    return Times({key: one for key, one in found.items() if key not in unread}, unread, moved)


def charge(api: Gradebook, rules: Policy, student: str | None = None) -> dict[Key, Late]:
    """Enter deadlines, extensions and penalties into a gradebook, by the times that it holds.

    Args:
        api: the open gradebook.
        rules: the policy.
        student: the one student to look at; all where None.
    """
    for assignment in api.assignments:
        due = rules.deadlines.get(assignment.name)
        wanted = timestamp.naive(due) if due else None
        if assignment.duedate != wanted:
            assignment.duedate = wanted
    for entry in _submissions(api, student):
        own = rules.extensions.get((entry.student_id, entry.lesson))
        extension = own - rules.deadlines[entry.lesson] if own else None
        if entry.extension != extension:
            _set(api, SubmittedAssignment, entry.submission, extension=extension)
    return _charge(api, rules, student)


def _charge(api: Gradebook, rules: Policy, student: str | None = None) -> dict[Key, Late]:
    entries: dict[str, list[Any]] = {}
    for entry in _submissions(api, student):
        entries.setdefault(entry.student_id, []).append(entry)
    found: dict[Key, Late] = {}
    for name, theirs in entries.items():
        times = {e.lesson: e.timestamp.replace(tzinfo=UTC) for e in theirs if e.timestamp}
        lates = late(rules, name, times)
        found |= {(name, lesson): one for lesson, one in lates.items()}
        for entry in theirs:
            penalty = lates[entry.lesson].points if entry.lesson in lates else 0.0
            if (entry.penalty or 0.0) != penalty:
                _set(api, SubmittedNotebook, entry.id, late_submission_penalty=penalty)
    api.db.commit()
    return found


def _read(room: Classroom, api: Gradebook) -> tuple[dict[Key, datetime | None], dict[Key, str]]:
    """Enter when each submission came in by its folder; return those times, and what is none.

    Where there is no folder any more, the time that was entered stands.
    """
    came: dict[Key, datetime | None] = {}
    unread: dict[Key, str] = {}
    for entry in _submissions(api, None):
        key = entry.student_id, entry.lesson
        folder = room.submitted.joinpath(*key)
        if entry.lesson not in lessons() or not folder.is_dir():
            continue
        try:
            came[key] = room.came(entry.student_id, lessons()[entry.lesson])
        except CourseError as error:
            unread[key] = str(error)
            continue
        when = came[key]
        naive = timestamp.naive(when) if when else None
        if entry.timestamp != naive:
            _set(api, SubmittedAssignment, entry.submission, timestamp=naive)
    api.db.commit()
    return came, unread


def _move(room: Classroom, came: dict[Key, datetime | None]) -> list[str]:
    """Record the times that are not as they were recorded; return a line for each."""

    def differing() -> dict[Key, record.Record]:
        known = record.latest(room.results) if came else {}
        return {k: r for k, r in known.items() if k in came and r.handed_in != record.said(came[k])}

    if not differing():
        return []
    moved = []
    with record.opened(room.results) as ledger:  # nobody grades meanwhile
        for key, known in sorted(differing().items()):
            ledger.append(replace(known, handed_in=record.said(came[key])))
            if known.handed_in is not None:
                whose = ", ".join(map(one_line, key))
                moved.append(f"{whose}: came {_shown(came[key])}; {_was(known)} was recorded")
    return moved


def _had_rules(room: Classroom) -> bool:
    """Tell whether the class had a policy when it was recorded last."""
    return bool(record.state(room.results).policy)


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


def _set(api: Gradebook, table: Any, id: str, **values: Any) -> None:
    api.db.query(table).filter(table.id == id).update(values, synchronize_session=False)


def _points(lesson: str) -> float:
    known = lessons().get(lesson)
    return sum(check.points for check in known.checks) if known else 0.0


def _days(number: int, word: str) -> str:
    return f"{number} {word}{'s' * (number != 1)}"


def _shown(when: datetime | None) -> str:
    return timestamp.shown(when) if when else "at a time that nothing says"


def _was(known: record.Record) -> str:
    said = known.handed_in
    return timestamp.shown(datetime.fromisoformat(said).replace(tzinfo=UTC)) if said else "no time"
