"""When something was handed in: the timestamp.txt of a submission, as nbgrader writes and reads it.

It holds one line such as `2026-10-12 21:58:03.120000 UTC`. A time without a zone is in UTC.
"""

from datetime import UTC, datetime
from pathlib import Path

from nbgrader.utils import parse_utc

from autograder import disk

FILE = "timestamp.txt"


def read(folder: Path) -> datetime | None:
    """Return when the submission in a folder was handed in, or None where that is not known."""
    try:
        text = (folder / FILE).read_text(encoding="utf-8").strip()
        return parse(text) if text else None
    except (OSError, ValueError):
        return None


def parse(text: str) -> datetime:
    """Return the time that a text as nbgrader writes it says.

    Raises:
        ValueError: it is not a time.
    """
    try:
        return parse_utc(text).replace(tzinfo=UTC)
    except OverflowError as error:
        raise ValueError(str(error)) from None


def naive(when: datetime) -> datetime:
    """Return a time as nbgrader's gradebook keeps it: in UTC, and without saying so."""
    return when.astimezone(UTC).replace(tzinfo=None) if when.tzinfo else when


def write(folder: Path, when: datetime | None) -> None:
    """Write when a submission was handed in; None takes away what is there."""
    if when is None:
        (folder / FILE).unlink(missing_ok=True)
        return
    disk.write(folder / FILE, f"{when.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f UTC}".encode())
