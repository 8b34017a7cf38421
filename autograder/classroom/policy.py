"""policy.toml: deadlines, and what it costs to hand in late.

    percent_per_day = 10    # of the points of the lesson, for each day that was begun
    cap = 50                # percent, the most that lateness can cost
    grace = 15              # minutes after a deadline that do not count
    free_days = 4           # of each student, over the whole course

    [deadlines]
    02_convolution = 2026-10-12T23:59:00+02:00
    03_backprop = 2026-10-19T21:59:00Z

    [extensions.ada]        # one student's own deadlines
    02_convolution = 2026-10-20T23:59:00+02:00

A time has an offset, or a Z for UTC: what would mean another time elsewhere is refused. What the
course's grade is made of stands there, too: see `counting`.
"""

import difflib
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from autograder import disk
from autograder.classroom import counting
from autograder.classroom.counting import Counting
from autograder.classroom.rules import Rules, short
from autograder.course import CourseError
from autograder.handin import given, roster, timestamp
from autograder.handin.timestamp import EXAMPLE

FILE = "policy.toml"
_NUMBERS = {"percent_per_day": 100, "cap": 100, "grace": 7 * 24 * 60, "free_days": 365}
_TABLES = ("deadlines", "extensions", counting.TABLE, *given.PLATFORMS)


@dataclass(frozen=True)
class Policy:
    """What lateness costs, and what counts.

    Attributes:
        deadlines: lesson to when it is due, in the zone in which that was written.
        extensions: student and lesson to that student's own deadline.
        percent_per_day: of a lesson's points, for each day begun.
        cap: percent, at most.
        grace: how long after a deadline nothing counts as late.
        free_days: that each student may be late over the course.
        counting: how lessons make the course's grade.
        titles: platform to lesson, or `counting.COURSE`, to the title of its column there.
    """

    deadlines: dict[str, datetime]
    extensions: dict[tuple[str, str], datetime]
    percent_per_day: float = 0.0
    cap: float = 100.0
    grace: timedelta = timedelta()
    free_days: int = 0
    counting: Counting = field(default_factory=Counting)
    titles: dict[str, dict[str, str]] = field(default_factory=dict)

    def due(self, student: str, lesson: str) -> datetime | None:
        """Return when a lesson is due for a student, or None where it has no deadline."""
        return self.extensions.get((student, lesson), self.deadlines.get(lesson))


def read(
    results: Path, lessons: Collection[str], people: Collection[str] | None = None
) -> Policy | None:
    """Read the policy of a class; None where there is none.

    Args:
        results: the class's folder.
        lessons: the names of the course's lessons.
        people: the folders of the class's students; where None, nobody is looked for among them.

    Raises:
        CourseError: the file is not a policy; the text says what is wrong in which line.
    """
    path = results / FILE
    try:
        text = disk.text(path)
    except FileNotFoundError:
        return None
    except (OSError, disk.Unreadable) as error:
        raise CourseError(f"{path}: {disk.why(error)}") from None
    return _Reader(Rules(path, text), lessons, people).policy()


class _Reader:
    """Reads one file."""

    def __init__(
        self, rules: Rules, lessons: Collection[str], people: Collection[str] | None
    ) -> None:
        self._rules = rules
        self._people = people
        self._lessons = lessons

    def policy(self) -> Policy:
        rules = self._rules
        rules.only("", (*_NUMBERS, *_TABLES))
        numbers = {
            name: rules.number("", name, 0, most)
            for name, most in _NUMBERS.items()
            if name in rules.content
        }
        if numbers.get("free_days", 0) % 1:
            raise rules.error("", "free_days", "free_days are whole days")
        deadlines = self._times("deadlines", rules.content.get("deadlines", {}))
        return Policy(
            deadlines,
            self._extensions(deadlines),
            numbers.get("percent_per_day", 0.0),
            numbers.get("cap", 100.0),
            timedelta(minutes=numbers.get("grace", 0.0)),
            int(numbers.get("free_days", 0)),
            counting.read(rules, self._lessons),
            counting.titles(rules, self._lessons),
        )

    def _extensions(self, deadlines: dict[str, datetime]) -> dict[tuple[str, str], datetime]:
        extensions = {}
        for student, theirs in self._rules.table("extensions").items():
            table = f"extensions.{student}"
            for lesson, due in self._times(table, theirs).items():
                if lesson not in deadlines:
                    what = f"{lesson} has no deadline to be extended"
                    raise self._rules.error(table, lesson, what)
                if due < deadlines[lesson]:
                    raise self._rules.error(table, lesson, "is before the deadline of all others")
                extensions[student, lesson] = due
            if self._people is not None and student not in self._people:
                raise self._rules.error("extensions", student, self._nobody(student))
        return extensions

    def _times(self, table: str, content: Any) -> dict[str, datetime]:
        if not isinstance(content, dict):
            place, _, name = table.rpartition(".")
            raise self._rules.error(
                place, name, f"{short(table)} is a table: write [{short(table)}]"
            )
        times = {}
        for lesson, due in content.items():
            if isinstance(due, dict) and table != "deadlines":
                student = f"{table}.{lesson}".removeprefix("extensions.")
                what = f'a name with a dot needs quotes: [extensions."{short(student)}"]'
                raise self._rules.error(table, lesson, what)
            if lesson not in self._lessons:
                known = ", ".join(self._lessons)
                raise self._rules.error(
                    table, lesson, f"no lesson {short(lesson)}; there are {known}"
                )
            if not isinstance(due, datetime):
                raise self._rules.error(table, lesson, f"a deadline is a time like {EXAMPLE}")
            if due.tzinfo is None:
                said = due.isoformat()
                what = f"which time zone? Write {said}+02:00, or {said}Z for UTC"
                raise self._rules.error(table, lesson, what)
            try:
                timestamp.checked(due.astimezone(UTC))
                times[lesson] = due
            except (ValueError, OverflowError):
                what = f"the year {due.year} cannot be meant: a deadline is a time like {EXAMPLE}"
                raise self._rules.error(table, lesson, what) from None
        return times

    def _nobody(self, student: str) -> str:
        alike = difflib.get_close_matches(student, self._people or (), 1, 0.7)
        meant = f"is {alike[0]} meant? If not, add" if alike else "add"
        return f"there is no student {short(student)}: {meant} a row to {roster.FILE}"
