"""A file of rules that a person wrote in TOML, and in which line of it things stand."""

import re
import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any

from autograder.course import CourseError
from autograder.handin.timestamp import EXAMPLE
from autograder.shown import one_line

HOWTO = "docs/class.md"


class Rules:
    """A file that was read.

    Args:
        path: of the file.
        text: what it holds.

    Raises:
        CourseError: that is no TOML; the text says where, and how it is written.
    """

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._lines = text.split("\n")
        try:
            self.content = tomllib.loads(text)
        except RecursionError:
            raise CourseError(f"{path}: too many brackets in brackets; see {HOWTO}") from None
        except ValueError as error:  # TOML's own, or a number of thousands of digits
            raise CourseError(self._not_toml(one_line(error))) from None

    def table(self, name: str) -> dict[str, Any]:
        """Return a table by its whole name; an empty one where it is not there.

        Raises:
            CourseError: it is no table.
        """
        found: Any = self.content
        for part in name.split(".") if name else ():
            found = found.get(part, {})
            if not isinstance(found, dict):
                around, _, last = name.rpartition(".")
                raise self.error(around, last, f"{name} is a table: write [{name}]")
        return found

    def only(self, table: str, known: Collection[str]) -> None:
        """Refuse what is not known in a table.

        Raises:
            CourseError: something else stands there.
        """
        for name in self.table(table):
            if name not in known:
                what = f"there is no {short(name)}; there are {', '.join(known)}"
                raise self.error(table, name, what)

    def number(self, table: str, name: str, least: float, most: float) -> float:
        """Return a number.

        Raises:
            CourseError: it is none, or less than the least or more than the most.
        """
        value = self.table(table)[name]
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.error(table, name, f"{name} is a number, not {shown(value)}")
        if not least <= value <= most:
            what = f"{name} is between {least:g} and {most:g}, not {shown(value)}"
            raise self.error(table, name, what)
        return float(value)

    def error(self, table: str, name: str, what: str) -> CourseError:
        """Return an error that says in which line of the file a name of a table stands."""
        line = self._line(table, name)
        place = f"{self._path}, line {line}" if line else str(self._path)
        return CourseError(f"{place}: {what}")

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


def short(name: str) -> str:
    """Return a name fit to be printed."""
    return one_line(name, 60)


def shown(value: Any) -> str:
    """Return a value as it may be printed."""
    try:
        return one_line(repr(value), 60)
    except (ValueError, RecursionError):  # a number of thousands of digits
        return "what stands there"


def _bare(key: str) -> str:
    """Return a key without quotes and spaces."""
    return ".".join(part.strip().strip("\"'") for part in key.split("."))
