"""Make the folder that Classroom 50 grades an assignment with: shown checks, and nothing else.

Everybody can read it there. What is hidden stays with the teacher, who collects the repositories.
"""

from __future__ import annotations

import zlib
from pathlib import Path

from autograder.build.source import text_of
from autograder.course import CourseError, Lesson, lessons, root
from autograder.release import folder, lock, scan, wheel
from autograder.release.secrets import Secrets

SCRIPT = Path(__file__).parent / "student" / "classroom50.py"
SETUP = "scripts/setup.py"
MOST = 10 << 20  # bytes that the platform downloads, packed


def write(lesson: Lesson, target: Path) -> None:
    """Write what checks one lesson, or replace what was written before.

    Args:
        lesson: the assignment's.
        target: CLASSROOM/autograders/ASSIGNMENT in the platform's repository.

    Raises:
        CourseError: there are files of others, or it is more than the platform takes.
    """
    before = folder.sums(target)
    files = folder.with_sums(_files(lesson))
    folder.check(target, before, files)
    if sum(len(zlib.compress(content)) for content in files.values()) > MOST:
        raise CourseError(f"{lesson.name}: more than the 10 MiB that Classroom 50 downloads")
    scan.check(files, Secrets(root(), lessons().values(), [lesson.name]))
    folder.write(target, before, files)


def _files(lesson: Lesson) -> dict[str, bytes]:
    name, built = wheel.build(root(), {lesson.name: text_of(lesson.released).encode()})
    return {
        "autograder.py": SCRIPT.read_bytes(),
        name: built,
        "requirements.lock": lock.for_students(root()).encode(),
        SETUP: (root() / SETUP).read_bytes(),
    }
