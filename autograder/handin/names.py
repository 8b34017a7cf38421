"""How learning platforms and teachers name what was handed in.

Moodle: `Ada Lovelace_12345_assignsubmission_file_/work.ipynb`, without the last underscore since
4.1, or in one folder `Ada Lovelace_12345_assignsubmission_file_work.ipynb`. The number is of the
student in this one assignment: it is another one in the next, so the name has to do.

Canvas: `lovelaceada_LATE_12345_67890_work-2.ipynb`: the name, whether it is late, the number of the
student, the number of the file, which grows. Where names are hidden: `anon_x7dR2_67890_work.ipynb`.

nbgrader's exchange: `ada+02_convolution+2026-10-12 21:58:03.120000 UTC+c2VjcmV0/`.

A name alone proves nothing, as students name files too: `layout` decides for a whole download.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from autograder.course import CourseError
from autograder.handin import timestamp
from autograder.handin.archive import NOTEBOOKS, SUFFIXES
from autograder.shown import one_line

STUDENT = "{student}"  # in a rule for names
_MOODLE = re.compile(r"(?P<name>[^_/]+)_(?P<number>\d{1,18})_assignsubmission_[a-z]+(_.*)?", re.S)
_CANVAS = re.compile(r"(?P<name>.+?)(?P<late>_LATE)?_(?P<id>\d{1,18})_(?P<file>\d{1,18})_.+", re.S)
_CANVAS_HIDDEN = re.compile(
    r"(?P<late>LATE_)?(?P<id>anon_[^_]+)_(?P<file>\d{1,18})_.+", re.S | re.ASCII
)
_INBOUND = re.compile(
    r"(?P<name>.+)\+[^+]+\+(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[^+]*)(\+[^+]*)?", re.S
)


@dataclass(frozen=True)
class Label:
    """Who handed in a file, as its place in the download says.

    Attributes:
        name: of the student, as the source writes it; '' where it does not say.
        source: 'moodle', 'canvas', 'gradescope', 'exchange' or 'folder'.
        id: the platform's own number of the student, or ''.
        email: of the student, where the source says it.
        number: Moodle's number of the student in this assignment, or ''.
        order: grows with each try, where the source numbers them.
        late: whether Canvas says that it came late.
        time: when it was handed in, where the source says so.
        download: the folder of the download in which the number counts.
        given: what the platform called the file or folder of the student.
        problem: why it is nobody's, or ''.
    """

    name: str
    source: str
    id: str = ""
    email: str = ""
    number: str = ""
    order: int = 0
    late: bool = False
    time: datetime | None = None
    download: str = ""
    given: str = ""
    problem: str = ""


def moodle(part: str) -> Label | None:
    """Read a name as Moodle gives them to a file or folder; None where it is none."""
    found = _MOODLE.fullmatch(part)
    return Label(found["name"], "moodle", number=found["number"]) if found else None


def canvas(part: str) -> Label | None:
    """Read a name as Canvas gives them to a file; None where it is none."""
    found = _CANVAS_HIDDEN.fullmatch(part) or _CANVAS.fullmatch(part)
    if not found:
        return None
    name = found["id"] if found["id"].startswith("anon_") else found["name"]
    late, order = bool(found["late"]), int(found["file"])
    return Label(name, "canvas", id=found["id"], order=order, late=late)


def exchange(part: str) -> Label | None:
    """Read the name of a folder in nbgrader's exchange; None where it is none."""
    found = _INBOUND.fullmatch(part)
    if not found:
        return None
    try:
        return Label(found["name"], "exchange", time=timestamp.parse(found["time"]))
    except ValueError as error:
        return Label(found["name"], "exchange", problem=f"{error}; {timestamp.HOWTO}")


def ruled(label: Label, rule: str) -> Label:
    """Read the name of a folder by a rule such as lab2-{student}.

    Raises:
        CourseError: the rule does not say where the student stands.
    """
    before, found, after = rule.partition(STUDENT)
    if not found or STUDENT in after:
        raise CourseError(f"--name {one_line(rule)}: write {STUDENT} once, as lab2-{STUDENT}")
    name = label.name
    if len(name) > len(before + after) and name.startswith(before) and name.endswith(after):
        return replace(label, name=name[len(before) : len(name) - len(after)])
    return label if label.problem else replace(label, problem=f"is not named as {one_line(rule)}")


def stem_of(name: str) -> str:
    """Return a file's name without the ending of a notebook or an archive."""
    for suffix in sorted((*NOTEBOOKS, *SUFFIXES), key=len, reverse=True):
        if name.lower().endswith(suffix):
            return name[: -len(suffix)]
    return name
