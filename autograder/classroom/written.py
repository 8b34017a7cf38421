"""What a student wrote as an answer, and how to tell whether it is still the same."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from autograder.classroom.room import Classroom
from autograder.classroom.room import read as notebook_of
from autograder.course import Lesson
from convbook import notebook


@dataclass(frozen=True)
class Written:
    """The text of an answer.

    Attributes:
        text: the Markdown.
        pictures: what was pasted into it, by name.
    """

    text: str
    pictures: dict[str, Any]

    @cached_property
    def normal(self) -> str:
        """The text without capitals, and with one space for several."""
        return " ".join(unicodedata.normalize("NFC", self.text).casefold().split())

    @cached_property
    def key(self) -> str:
        """The fingerprint, which capitals and spaces do not change."""
        return _print([self.normal, self.pictures])

    @property
    def pictures_key(self) -> str:
        """The fingerprint of the pictures; '' where there are none."""
        return _print(self.pictures) if self.pictures else ""


def of(cell: Any) -> Written:
    """Return what stands in a cell."""
    return Written(cell["source"], dict(cell.get("attachments") or {}))


def read(room: Classroom, student: str, lesson: Lesson, name: str) -> Written | None:
    """Return what stands in a cell of a graded notebook; None where that cannot be read."""
    try:
        return of(notebook.by_name(notebook_of(room.graded(student, lesson)))[name])
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


def key(room: Classroom, student: str, lesson: Lesson, name: str) -> str:
    """Return the fingerprint of what stands in such a cell; '' where that cannot be read."""
    found = read(room, student, lesson, name)
    return found.key if found else ""


def same(cells: Any, answers: Mapping[str, str]) -> set[str]:
    """Return the cells of a notebook whose answer has the key that is given for them."""
    there = notebook.by_name(cells)
    return {name for name in answers.keys() & there if of(there[name]).key == answers[name]}


def _print(content: Any) -> str:
    text = json.dumps(content, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
