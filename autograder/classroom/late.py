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

from autograder.classroom import gradebook, people, policy, record
from autograder.classroom.policy import Policy
from autograder.classroom.room import Classroom
from autograder.course import CourseError, lessons
from autograder.handin import roster, timestamp
from autograder.shown import one_line

DAY = timedelta(days=1)
UNTOLD = "nothing says when it came, so nothing is taken off"
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
        untold: the submissions with a deadline of which nothing says when they came.
    """

    lates: dict[Key, Late]
    unread: dict[Key, str]
    moved: list[str]
    untold: frozenset[Key] = frozenset()


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
    known = {student.student for student in roster.read(room.results).all()}
    if room.submitted.is_dir():
        known.update(os.listdir(room.submitted))
    return policy.read(room.results, lessons(), known)


def standing(room: Classroom) -> Times:
    """Say how late each submission is that lies in a class, graded or not; nothing is entered.

    Raises:
        CourseError: the policy is not in order.
    """
    rules, (came, unread) = rules_of(room), came_of(room)
    found = lates(rules or Policy({}, {}), {key: when for key, when in came.items() if when})
    return Times(found, unread, [], _untold(rules, came))


def enter(room: Classroom, student: str | None = None) -> Times:
    """Enter into the gradebook of a class who is who, when work came in, and what lateness costs.

    Args:
        room: the class.
        student: the one whose times are read anew; all where None.

    Raises:
        CourseError: the policy is not in order.
    """
    rules, (came, unread) = rules_of(room), came_of(room, student)
    with gradebook.opened(room.db_url) as book:
        people.enter(book.api, roster.read(room.results).all())
        is_ruled = rules or _had_rules(room)  # else the deadlines are nbgrader's own
        found = (charge if is_ruled else _charge)(book.api, rules or Policy({}, {}), came)
        moved = _move(room, came)
    found = {key: one for key, one in found.items() if key not in unread}
    return Times(found, unread, moved, _untold(rules, came))


def came_of(
    room: Classroom, student: str | None = None
) -> tuple[dict[Key, datetime | None], dict[Key, str]]:
    """Read when each submission came in that lies in a class; arguments as for `enter`.

    Returns:
        Student and lesson to when, None where nothing says so; and to why that cannot be read.
    """
    came: dict[Key, datetime | None] = {}
    unread: dict[Key, str] = {}
    for lesson in lessons().values():
        for folder in room.folders(lesson, student):
            key = folder.parent.name, lesson.name
            try:
                came[key] = room.came(key[0], lesson)
            except CourseError as error:
                unread[key] = str(error)
    return came, unread


def _untold(rules: Policy | None, came: dict[Key, datetime | None]) -> frozenset[Key]:
    due = (key for key, when in came.items() if when is None and rules and rules.due(*key))
    return frozenset(due)


def lates(rules: Policy, came: dict[Key, datetime]) -> dict[Key, Late]:
    """Say how late each submission of a class is; rules as for `late`."""
    whose: dict[str, dict[str, datetime]] = {}
    for (student, lesson), when in came.items():
        whose.setdefault(student, {})[lesson] = when
    return {
        (student, lesson): one
        for student, theirs in whose.items()
        for lesson, one in late(rules, student, theirs).items()
    }


def charge(api: Gradebook, rules: Policy, came: dict[Key, datetime | None]) -> dict[Key, Late]:
    """Enter deadlines, extensions, times and penalties into a gradebook.

    Args:
        api: the open gradebook.
        rules: the policy.
        came: when submissions came in; the gradebook's own time stands for all others.

    Returns:
        How late each submission is.
    """
    for assignment in api.assignments:
        due = rules.deadlines.get(assignment.name)
        wanted = timestamp.naive(due) if due else None
        if assignment.duedate != wanted:
            assignment.duedate = wanted
    for entry in _submissions(api):
        own = rules.extensions.get((entry.student_id, entry.lesson))
        extension = own - rules.deadlines[entry.lesson] if own else None
        if entry.extension != extension:
            _set(api, SubmittedAssignment, entry.submission, extension=extension)
    return _charge(api, rules, came)


def _charge(api: Gradebook, rules: Policy, came: dict[Key, datetime | None]) -> dict[Key, Late]:
    entries = {(entry.student_id, entry.lesson): entry for entry in _submissions(api)}
    times = {key: e.timestamp.replace(tzinfo=UTC) for key, e in entries.items() if e.timestamp}
    times |= came
    found = lates(rules, {key: when for key, when in times.items() if when})
    for key, entry in entries.items():
        when = times.get(key)
        naive = timestamp.naive(when) if when else None
        if entry.timestamp != naive:
            _set(api, SubmittedAssignment, entry.submission, timestamp=naive)
        penalty = found[key].points if key in found else 0.0
        if (entry.penalty or 0.0) != penalty:
            _set(api, SubmittedNotebook, entry.id, late_submission_penalty=penalty)
    api.db.commit()
    return found


def _move(room: Classroom, came: dict[Key, datetime | None]) -> list[str]:
    """Record the times of graded work that are not as recorded; return a line for each."""

    def differing() -> dict[Key, record.Record]:
        known = record.latest(room.results) if came else {}
        moved = {k: r for k, r in known.items() if k in came and _is_other(r, came[k])}
        return {
            key: one
            for key, one in moved.items()
            if key[1] in lessons() and one.submission == room.handed_in(key[0], lessons()[key[1]])
        }

    if not differing():
        return []
    moved = []
    with record.opened(room.results) as ledger:  # nobody grades meanwhile
        for key, known in sorted(differing().items()):
            ledger.append(replace(known, handed_in=record.said(came[key])))
            if known.handed_in is not None:
                whose = ", ".join(map(one_line, key))
                before = came_at(record.time(known.handed_in))
                moved.append(f"{whose}: {came_at(came[key])}; recorded was: {before}")
    return moved


def _is_other(known: record.Record, when: datetime | None) -> bool:
    return known.handed_in != record.said(when)


def came_at(when: datetime | None) -> str:
    """Say when something came in."""
    return f"came {timestamp.shown(when)}" if when else "came at a time that nothing says"


def _had_rules(room: Classroom) -> bool:
    """Tell whether the class had a policy when it was recorded last."""
    return bool(record.state(room.results).policy)


def _submissions(api: Gradebook) -> Iterable[Any]:
    return (
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


def _set(api: Gradebook, table: Any, id: str, **values: Any) -> None:
    api.db.query(table).filter(table.id == id).update(values, synchronize_session=False)


def _points(lesson: str) -> float:
    known = lessons().get(lesson)
    return sum(check.points for check in known.checks) if known else 0.0


def _days(number: int, word: str) -> str:
    return f"{number} {word}{'s' * (number != 1)}"
