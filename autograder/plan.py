"""course.toml: what a course is called, which lessons are given out, and what of them is dropped.

name = "ConvNets, autumn 2026"
lessons = ["01_volumes", "02_convolution"]    # all where this line is missing

[without]                                     # exercises that give no points in this course
02_convolution = ["shift_gap", "why_flip"]
"""

import re
import tomllib
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder import disk
from autograder.shown import one_line

FILE = "course.toml"
NAME = "The ConvNet workbook"
LONGEST = 80  # characters of a name
WITHOUT = '[without], and below it 02_convolution = ["shift_gap"]'
KEYS = ("name", "lessons", "without")


class CourseError(Exception):
    """The course, or what was handed in, cannot be used; the text says what to do."""


@dataclass(frozen=True)
class Plan:
    """What is given out.

    Attributes:
        name: of the course.
        lessons: the names of its lessons, in teaching order.
        without: what of a lesson gives no points: the names of exercises and written answers.
    """

    name: str
    lessons: tuple[str, ...]
    without: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        """The name as a folder may be called: small letters, figures and hyphens."""
        plain = unicodedata.normalize("NFKD", self.name).encode("ascii", "ignore").decode().lower()
        return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "course"


def read(course: Path, known: Collection[str]) -> Plan:
    """Read the course.toml of a course; without one, all lessons are given out.

    Args:
        course: the course's folder.
        known: the names of its lessons, in teaching order.

    Raises:
        CourseError: the file cannot be understood; the text says what to write.
    """
    path = course / FILE
    try:
        content = tomllib.loads(disk.text(path))
    except FileNotFoundError:
        return Plan(NAME, tuple(known))
    except (OSError, disk.Unreadable) as error:
        raise CourseError(f"{path}: {disk.why(error)}") from None
    except (ValueError, RecursionError) as error:
        what = 'write name = "ConvNets" and lessons = ["01_volumes"]'
        raise CourseError(f"{path}: {one_line(error, 200)}: {what}") from None
    try:
        return _plan(content, known)
    except ValueError as error:
        raise CourseError(f"{path}: {error}") from None


def _plan(content: dict[str, Any], known: Collection[str]) -> Plan:
    for key in content:
        if key not in KEYS:
            raise ValueError(f"there is no {one_line(key, 60)}; there are {', '.join(KEYS)}")
    return Plan(
        _name(content.get("name", NAME)),
        _lessons(content.get("lessons"), known),
        _without(content.get("without", {}), known),
    )


def _name(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError('name is a text in quotes: name = "ConvNets, autumn 2026"')
    name = value.strip()
    if len(name) > LONGEST or one_line(name, 2 * LONGEST) != name:
        raise ValueError(f"name is one line of at most {LONGEST} characters that can be seen")
    return name


def _lessons(value: Any, known: Collection[str]) -> tuple[str, ...]:
    if value is None:
        return tuple(known)
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ValueError('lessons is a list of texts in quotes: lessons = ["01_volumes"]')
    if not value:
        raise ValueError("lessons is empty: name one, or take the line away to give out all")
    _are_known(value, known)
    return tuple(name for name in known if name in value)


def _without(value: Any, known: Collection[str]) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise ValueError(f"without is a table: {WITHOUT}")
    _are_known(value, known)
    for name, dropped in value.items():
        if not isinstance(dropped, list) or not all(isinstance(one, str) for one in dropped):
            raise ValueError(f"{name} of without is a list of texts in quotes: {WITHOUT}")
    return {name: tuple(dropped) for name, dropped in value.items() if dropped}


def _are_known(names: Collection[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            raise ValueError(f"no lesson {one_line(name, 60)}; there are {', '.join(known)}")
