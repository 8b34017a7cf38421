"""When something was handed in: the timestamp.txt of a submission, as nbgrader writes it.

It holds one line such as `2026-10-12 21:58:03.120000 UTC`. A time without a zone is in UTC.
nbgrader itself takes `-0500` for 500 seconds, and a zone that it does not know for UTC. Here what
is not clear is an error: a zone's letters, such as CST, which are of several zones, or a day that
may be a month.
"""

import re
import time
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from autograder import disk
from autograder.course import CourseError
from autograder.shown import one_line

FILE = "timestamp.txt"
EXAMPLE = "2026-10-12T23:59:00+02:00"  # nbgrader reads this one in the same way
HOWTO = f"write a time like {EXAMPLE}, or 2026-10-12 21:59:00 UTC"
YEARS = range(1970, 3000)  # no other year is meant
_TIME = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d|\d\d?\.\d\d?\.\d{4})[ T]+"
    r"(?P<clock>\d\d:\d\d(:\d\d)?)(?P<part>\.\d{1,6})?\s*(?P<zone>\S*)",
    re.ASCII,
)
_SLASHES = re.compile(r"\d\d?/\d\d?/\d{2,4}\b.*", re.ASCII | re.S)
_OFFSET = re.compile(r"([+-])(0\d|1[0-4]):?([0-5]\d)?", re.ASCII)


def read(folder: Path, below: Path | None = None) -> datetime | None:
    """Return when the submission in a folder was handed in, or None where nothing is said.

    Args:
        folder: the submission's.
        below: as for `disk.read`.

    Raises:
        CourseError: what is said is no time; the text says what to write.
    """
    path = folder / FILE
    try:
        text = disk.text(path, below)
    except FileNotFoundError:
        return None
    except (OSError, disk.Unreadable) as error:
        raise CourseError(f"{path}: {disk.why(error)}; {HOWTO}") from None
    try:
        return parse(text) if text.strip() else None
    except ValueError as error:
        line = text[: len(text) - len(text.lstrip())].count("\n") + 1
        raise CourseError(f"{path}, line {line}: {error}; {HOWTO}") from None


def parse(text: str, needs_zone: bool = False) -> datetime:
    """Return the time that a text says.

    Args:
        text: what is said.
        needs_zone: whether a time without a zone is refused, and not taken for UTC.

    Raises:
        ValueError: it is not clear which time is meant; the text says why.
    """
    said = repr(one_line(text, 60))
    found = _TIME.fullmatch(text.strip())
    if not found:
        why = (
            "may have the day or the month first" if _SLASHES.match(text.strip()) else "is no time"
        )
        raise ValueError(f"{said} {why}")
    if not found["zone"] and (needs_zone or "." in found["day"]):
        raise ValueError(f"{said} says no time zone")
    zone = _zone(found["zone"])
    if zone is None:
        raise ValueError(f"the time zone of {said} is not known here, or not the same everywhere")
    try:
        when = datetime.fromisoformat(f"{_day(found['day'])} {found['clock']}").replace(tzinfo=zone)
        part = timedelta(seconds=float(found["part"] or 0))
        return checked((when + part).astimezone(UTC))
    except (ValueError, OverflowError):
        raise ValueError(f"{said} is no time that can be") from None


def _day(said: str) -> str:
    """Return a day as 2026-10-12; one with dots has the day first."""
    if "." not in said:
        return said
    day, month, year = said.split(".")
    return f"{year}-{month:0>2}-{day:0>2}"


def _zone(name: str) -> tzinfo | None:
    """Return the time zone of an offset or a name; UTC where nothing is said."""
    if name in ("", "Z"):
        return UTC
    if found := _OFFSET.fullmatch(name):
        size = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        return timezone(-size if found[1] == "-" else size)
    try:
        return ZoneInfo(name)
    except (ValueError, LookupError, OSError):
        pass
    here = dict(zip(time.tzname, (time.timezone, time.altzone), strict=True))
    return timezone(timedelta(seconds=-here[name])) if name in here else None


def checked(when: datetime) -> datetime:
    """Return a time whose year can be meant.

    Raises:
        ValueError: nobody means it.
    """
    if when.year not in YEARS:
        raise ValueError(f"the year {when.year} cannot be meant")
    return when


def naive(when: datetime) -> datetime:
    """Return a time as nbgrader's gradebook keeps it: in UTC, and without saying so."""
    return when.astimezone(UTC).replace(tzinfo=None) if when.tzinfo else when


def shown(when: datetime, zone: tzinfo | None = UTC) -> str:
    """Return a time as people read it, such as 2026-10-12 23:59 +02:00, in a zone."""
    there = when.astimezone(zone or UTC)
    return f"{there:%Y-%m-%d %H:%M} {there.isoformat()[-6:] if there.utcoffset() else 'UTC'}"


def write(folder: Path, when: datetime | None, below: Path | None = None) -> None:
    """Write when a submission was handed in; None takes away what is there."""
    if when is None:
        disk.remove(folder / FILE, below)
        return
    disk.write(folder / FILE, line(when).encode(), below=below)


def line(when: datetime) -> str:
    """Return a time as nbgrader writes it."""
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC"
