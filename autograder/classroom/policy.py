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

A time has an offset, or a Z for UTC: what would mean another time elsewhere is refused.
"""

import difflib
import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from autograder import disk
from autograder.course import CourseError
from autograder.handin import roster, timestamp
from autograder.handin.timestamp import EXAMPLE
from autograder.shown import one_line

FILE = "policy.toml"
HOWTO = "docs/class.md"
_NUMBERS = {"percent_per_day": 100, "cap": 100, "grace": 7 * 24 * 60, "free_days": 365}
_TABLES = ("deadlines", "extensions")


@dataclass(frozen=True)
class Policy:
    """What lateness costs.

    Attributes:
        deadlines: lesson to when it is due, in the zone in which that was written.
        extensions: student and lesson to that student's own deadline.
        percent_per_day: of a lesson's points, for each day begun.
        cap: percent, at most.
        grace: how long after a deadline nothing counts as late.
        free_days: that each student may be late over the course.
    """

    deadlines: dict[str, datetime]
    extensions: dict[tuple[str, str], datetime]
    percent_per_day: float = 0.0
    cap: float = 100.0
    grace: timedelta = timedelta()
    free_days: int = 0

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
    return _Reader(path, text, lessons, people).policy()


class _Reader:
    """Reads one file, and knows in which line things stand."""

    def __init__(
        self, path: Path, text: str, lessons: Collection[str], people: Collection[str] | None
    ) -> None:
        self._path = path
        self._people = people
        self._lines = text.split("\n")
        self._lessons = lessons
        try:
            self._content = tomllib.loads(text)
        except RecursionError:
            raise CourseError(f"{path}: too many brackets in brackets; see {HOWTO}") from None
        except ValueError as error:  # TOML's own, or a number of thousands of digits
            raise CourseError(self._not_toml(one_line(error))) from None

    def policy(self) -> Policy:
        for name in self._content:
            if name not in (*_NUMBERS, *_TABLES):
                known = ", ".join((*_NUMBERS, *_TABLES))
                raise self._error("", name, f"there is no {_short(name)}; there are {known}")
        numbers = {name: self._number(name) for name in _NUMBERS if name in self._content}
        if numbers.get("free_days", 0) % 1:
            raise self._error("", "free_days", "free_days are whole days")
        deadlines = self._times("deadlines", self._content.get("deadlines", {}))
        extensions = {}
        for student, theirs in self._table("extensions").items():
            table = f"extensions.{student}"
            for lesson, due in self._times(table, theirs).items():
                if lesson not in deadlines:
                    raise self._error(table, lesson, f"{lesson} has no deadline to be extended")
                if due < deadlines[lesson]:
                    raise self._error(table, lesson, "is before the deadline of all others")
                extensions[student, lesson] = due
            if self._people is not None and student not in self._people:
                raise self._error("extensions", student, self._nobody(student))
        return Policy(
            deadlines,
            extensions,
            numbers.get("percent_per_day", 0.0),
            numbers.get("cap", 100.0),
            timedelta(minutes=numbers.get("grace", 0.0)),
            int(numbers.get("free_days", 0)),
        )

    def _number(self, name: str) -> float:
        value, most = self._content[name], _NUMBERS[name]
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self._error("", name, f"{name} is a number, not {_value(value)}")
        if not 0 <= value <= most:
            raise self._error("", name, f"{name} is between 0 and {most}, not {_value(value)}")
        return float(value)

    def _table(self, name: str) -> dict[str, Any]:
        value = self._content.get(name, {})
        if not isinstance(value, dict):
            raise self._error("", name, f"{name} is a table: write [{name}]")
        return value

    def _times(self, table: str, content: Any) -> dict[str, datetime]:
        if not isinstance(content, dict):
            place, _, name = table.rpartition(".")
            raise self._error(place, name, f"{_short(table)} is a table: write [{_short(table)}]")
        times = {}
        for lesson, due in content.items():
            if isinstance(due, dict) and table != "deadlines":
                student = f"{table}.{lesson}".removeprefix("extensions.")
                what = f'a name with a dot needs quotes: [extensions."{_short(student)}"]'
                raise self._error(table, lesson, what)
            if lesson not in self._lessons:
                known = ", ".join(self._lessons)
                raise self._error(table, lesson, f"no lesson {_short(lesson)}; there are {known}")
            if not isinstance(due, datetime):
                raise self._error(table, lesson, f"a deadline is a time like {EXAMPLE}")
            if due.tzinfo is None:
                said = due.isoformat()
                what = f"which time zone? Write {said}+02:00, or {said}Z for UTC"
                raise self._error(table, lesson, what)
            try:
                timestamp.checked(due.astimezone(UTC))
                times[lesson] = due
            except (ValueError, OverflowError):
                what = f"the year {due.year} cannot be meant: a deadline is a time like {EXAMPLE}"
                raise self._error(table, lesson, what) from None
        return times

    def _nobody(self, student: str) -> str:
        alike = difflib.get_close_matches(student, self._people or (), 1, 0.7)
        meant = f"is {alike[0]} meant? If not, add" if alike else "add"
        return f"there is no student {_short(student)}: {meant} a row to {roster.FILE}"

    def _not_toml(self, why: str) -> str:
        """Say where a file is no TOML, and how it is written."""
        if found := re.search(r"\(at line (\d+)", why):
            line = one_line(self._lines[int(found[1]) - 1], 60)
            why = f"{why[: found.start()].strip()} in {line!r}"
        place = f"{self._path}, line {found[1]}" if found else str(self._path)
        return (
            f"{place}: {why}. Write NAME = VALUE, a time as {EXAMPLE}, and a student's name with"
            f' a dot or an @ in quotes, "ada@x.org"; see {HOWTO}'
        )

    def _error(self, table: str, name: str, what: str) -> CourseError:
        line = self._line(table, name)
        place = f"{self._path}, line {line}" if line else str(self._path)
        return CourseError(f"{place}: {what}")

    def _line(self, table: str, name: str) -> int:
        """Find the line of a key, or of the table of that name; 0 where it is written oddly."""
        here, full = "", f"{table}.{name}".lstrip(".")
        for number, line in enumerate(self._lines, start=1):
            if line.lstrip().startswith("["):
                here = _bare(line.rsplit("#", 1)[0].strip().strip("[]"))
                if here == full or here.startswith(f"{full}."):
                    return number
            elif "=" in line and f"{here}.{_bare(line.split('=')[0])}".lstrip(".") == full:
                return number
        return 0


def _short(name: str) -> str:
    return one_line(name, 60)


def _value(value: Any) -> str:
    try:
        return one_line(repr(value), 60)
    except (ValueError, RecursionError):  # a number of thousands of digits
        return "what stands there"


def _bare(key: str) -> str:
    """Return a key without quotes and spaces."""
    return ".".join(part.strip().strip("\"'") for part in key.split("."))
