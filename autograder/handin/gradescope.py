"""Whose a submission is in Gradescope's export: its submission_metadata.yml says so.

submission_123:
  :submitters:
  - :name: Ada Lovelace
    :sid: '77'
    :email: ada@example.org
  :created_at: 2026-10-12 21:58:03.120000000 Z
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from autograder import disk
from autograder.course import CourseError
from autograder.handin import timestamp
from autograder.handin.names import Label

FILE = "submission_metadata.yml"
_FOLDER = re.compile(r"submission_\d+", re.ASCII)
_EXPORT = re.compile(r"assignment_\d+_export", re.ASCII)
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # all is text, and no object is made


def is_folder(part: str) -> bool:
    """Tell whether a folder is named as one submission is."""
    return bool(_FOLDER.fullmatch(part))


def is_export(part: str) -> bool:
    """Tell whether a folder is named as Gradescope names a whole export."""
    return bool(_EXPORT.fullmatch(part))


def read(content: bytes) -> dict[str, tuple[Label, ...]]:
    """Read the file: folder to those who handed it in.

    Raises:
        CourseError: it is not one of these.
    """
    try:
        if len(content) > disk.WRITTEN_BY_HAND:
            raise ValueError("too large")
        found = yaml.load(disk.decoded(content), Loader=_LOADER)
        return {str(name): tuple(_labels(one)) for name, one in found.items()}
    except (yaml.YAMLError, ValueError, AttributeError, TypeError, LookupError, RecursionError):
        raise CourseError(f"{FILE} cannot be read: export the submissions anew") from None


def _labels(one: dict[str, Any]) -> Iterator[Label]:
    said, when, problem = _text(one, ":created_at"), None, ""
    try:
        when = timestamp.parse(_MICRO.sub(r"\1", said)) if said else None
    except ValueError as error:
        problem = str(error)
    for who in one[":submitters"]:
        name, email = _text(who, ":name"), _text(who, ":email")
        yield Label(name or email, "gradescope", email=email, time=when, problem=problem)


def _text(where: dict[str, Any], name: str) -> str:
    """Return a text; what is none could be a knot without end."""
    found = where.get(name)
    return found if isinstance(found, str) else ""


_MICRO = re.compile(r"(\.\d{6})\d+")  # it says nanoseconds
