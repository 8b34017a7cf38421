"""Pack feedback pages in the shape in which a platform takes them back.

Canvas: Grades, "Upload Submissions": files named as in the download of submissions. It reads the
numbers of the student and of the file that was handed in, and no file whose name ends in a part
that begins with "link". Moodle: "Upload multiple feedback files in a zip": folders named as in the
download, with any files in them; since 4.1 without the last underscore, and both are read.
"""

import re
import time
import zipfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder import disk, shown
from autograder.classroom.room import Classroom
from autograder.feedback.write import Written
from autograder.handin import given

FOLDER = "return"  # of a class, in its folder
_MOODLE = re.compile(r"([^_]+_\d+_assignsubmission_[a-z]+_?).*", re.S)


@dataclass(frozen=True)
class Packed:
    """The pages of one lesson on their way back.

    Attributes:
        path: the zip, or the folder.
        students: whose pages are in it.
        left: whose are not, as nobody knows what the platform calls them.
    """

    path: Path
    students: list[str]
    left: list[str]


def pack(room: Classroom, lesson: str, kind: str, pages: Iterable[Written]) -> Packed:
    """Pack the pages of one lesson, in place of what was packed before.

    Args:
        room: the class.
        lesson: the lesson.
        kind: 'canvas', 'moodle' or 'folder'.
        pages: the lesson's pages.

    Raises:
        CourseError: the names of the class cannot be read.
        OSError: a page cannot be read, or the zip not be written.
    """
    made = {page.student: page.path for page in pages if page.is_made}
    if kind == "folder":
        return _folders(room, lesson, made)
    names = _names(room, lesson, kind)
    path = room.results / FOLDER / f"{lesson}-{kind}.zip"
    inside = {student: names[student] for student in made if student in names}
    if inside:
        with (
            disk.made(path, below=room.results) as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed,
        ):
            for student, name in inside.items():
                info = zipfile.ZipInfo(name, time.localtime()[:6])
                info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                packed.writestr(info, disk.read(made[student], below=room.results))
    else:
        disk.remove(path, below=room.results)
    return Packed(path, list(inside), [student for student in made if student not in inside])


def _folders(room: Classroom, lesson: str, made: dict[str, Path]) -> Packed:
    """Put each page into a folder of its student."""
    place = room.results / FOLDER / "folder"
    for student, page in made.items():
        content = disk.read(page, below=room.results)
        disk.write(place / student / f"{lesson}.html", content, below=room.results)
    return Packed(place, list(made), [])


def _names(room: Classroom, lesson: str, kind: str) -> dict[str, str]:
    """Return student to a page's path in the zip, where it is certain to be that student's."""
    said = given.read(room.results)[kind].get(lesson, {})
    paths = {student: _PATHS[kind](_plain(name), lesson) for student, name in said.items()}
    times = Counter(paths.values())
    return {student: path for student, path in paths.items() if path and times[path] == 1}


def _canvas(name: str, lesson: str) -> str:
    """Return how a page is named: as the file, with an ending of its own."""
    stem = Path(name).stem
    if stem.rpartition("_")[2].startswith("link"):
        stem += f"_{lesson}"
    return f"{stem}.html"


def _moodle(name: str, lesson: str) -> str:
    """Return the path of a page: in the student's folder; '' where it is not named as Moodle's."""
    found = _MOODLE.fullmatch(name)
    return f"{found[1]}/{lesson}.html" if found else ""


_PATHS = {"canvas": _canvas, "moodle": _moodle}


def _plain(name: str) -> str:
    """Return a name as a zip can hold it: no part of a path, and nothing that cannot be seen."""
    return re.sub(r"[\\/\t\n]", "_", shown.visible(name))
