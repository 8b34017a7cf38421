"""Who handed in a file, read from its path: how learning platforms and teachers name things.

Moodle: `Ada Lovelace_12345_assignsubmission_file_/work.ipynb`, without the last underscore since
4.1, or in one folder `Ada Lovelace_12345_assignsubmission_file_work.ipynb`. The number is of the
student in this one assignment: it is another one in the next, so the name has to do.

Canvas: `lovelaceada_LATE_12345_67890_work-2.ipynb`: the name, whether it is late, the number of the
student, the number of the file, which grows. Where names are hidden: `anon_x7dR2_67890_work.ipynb`.

nbgrader's exchange: `ada+02_convolution+2026-10-12 21:58:03.120000 UTC+c2VjcmV0/`.

By hand: the first folder that is not named after a lesson is the student's, else the file's name
is: `ada/02_convolution/work.ipynb`, `02_convolution/ada/work.ipynb`, `ada/work.zip`, `ada.ipynb`.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from autograder.handin import timestamp
from autograder.handin.archive import SUFFIXES

_MOODLE = re.compile(r"(?P<name>[^_/]+)_(?P<number>\d+)_assignsubmission_[a-z]+(_.*)?")
_CANVAS = re.compile(r"(?P<name>.+?)(?P<late>_LATE)?_(?P<id>\d+)_(?P<file>\d+)_.+")
_CANVAS_HIDDEN = re.compile(r"(?P<late>LATE_)?(?P<id>anon_[^_]+)_(?P<file>\d+)_.+")
_INBOUND = re.compile(
    r"(?P<name>.+)\+[^+]+\+(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[^+]*)(\+[^+]*)?"
)
_WRAPPERS = {"submitted"}  # nbgrader's own folder of all students


@dataclass(frozen=True)
class Label:
    """What the path of a file says.

    Attributes:
        name: of the student, as the source writes it; '' where the path does not say.
        source: 'moodle', 'canvas', 'exchange' or 'folder'.
        id: Canvas's number of the student, or ''.
        number: Moodle's number of the student in this assignment, or ''.
        order: grows with each try, where the source numbers them.
        late: whether Canvas says that it came late.
        time: when it was handed in, where the path says so.
    """

    name: str
    source: str
    id: str = ""
    number: str = ""
    order: int = 0
    late: bool = False
    time: datetime | None = None


def label(parts: tuple[str, ...], lessons: Collection[str]) -> Label:
    """Read who handed in a file.

    Args:
        parts: its path below the source, folder by folder.
        lessons: the names of the course's lessons.
    """
    for part in parts:
        if found := _MOODLE.fullmatch(part):
            return Label(found["name"], "moodle", number=found["number"])
    if found := _INBOUND.fullmatch(parts[0]) if len(parts) > 1 else None:
        try:
            return Label(found["name"], "exchange", time=timestamp.parse(found["time"]))
        except ValueError:
            pass
    found = _CANVAS_HIDDEN.fullmatch(parts[0]) or _CANVAS.fullmatch(parts[0])
    if found and len(parts) == 1:
        name = found["id"] if found["id"].startswith("anon_") else found["name"]
        late, order = bool(found["late"]), int(found["file"])
        return Label(name, "canvas", id=found["id"], order=order, late=late)
    return Label(_by_hand(parts, lessons), "folder")


def _by_hand(parts: tuple[str, ...], lessons: Collection[str]) -> str:
    own = [p for p in parts[:-1] if p not in lessons and p not in _WRAPPERS]
    if own:
        return own[0]
    stem = stem_of(parts[-1])
    return "" if stem in lessons else stem


def stem_of(name: str) -> str:
    """Return a file's name without the ending of a notebook or an archive."""
    for suffix in (".ipynb", *sorted(SUFFIXES, key=len, reverse=True)):
        if name.lower().endswith(suffix):
            return name[: -len(suffix)]
    return name
