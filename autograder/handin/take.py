"""Put what was found into a class, and say of each file what became of it."""

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from autograder import disk
from autograder.course import CourseError, Lesson, lesson_of, lessons
from autograder.handin import archive, reader, roster, timestamp
from autograder.handin.archive import ArchiveError, is_archive, is_leftover, is_notebook
from autograder.handin.find import Found, Source
from autograder.handin.reader import SubmissionError
from autograder.shown import one_line
from convbook import notebook

TAKEN, SAME, OLDER, SKIPPED = "taken", "unchanged", "older", "skipped"


@dataclass(frozen=True)
class Outcome:
    """What became of one file.

    Attributes:
        where: its path in the source, fit to be printed.
        status: taken, unchanged, older or skipped.
        student: whose folder it is, or ''.
        lesson: which lesson it is of, or ''.
        why: why it was not taken; of one that was taken, what to look at.
    """

    where: str
    status: str
    student: str = ""
    lesson: str = ""
    why: str = ""

    def __str__(self) -> str:
        who = f" as {self.student}, {self.lesson}" if self.student else ""
        return f"{self.status}: {self.where}{who}{': ' if self.why else ''}{self.why}"


def collect(source: Path, submitted: Path, results: Path) -> Iterator[Outcome]:
    """Take what lies in a source into a class; the newest of several tries wins.

    Args:
        source: as for `Source`.
        submitted: the class's STUDENT/LESSON/LESSON.ipynb. Nothing newer there is overwritten.
        results: where its students.csv is.

    Yields:
        What became of each file, in the source's order.

    Raises:
        CourseError: the source or students.csv cannot be read.
    """
    students = roster.read(results)
    taken: dict[tuple[str, str], tuple[datetime, int]] = {}
    files = Source(source)
    same = files.same_names()
    try:
        for found in files.found():
            where = one_line(found.member.name)
            try:
                if found.label.name in same:
                    numbers = " and ".join(sorted(same[found.label.name]))
                    raise CourseError(
                        f"several students are called {found.label.name} (Moodle's numbers"
                        f" {numbers}): put their files into {submitted}/STUDENT/LESSON/"
                    )
                work = _notebooks(found)
            except (CourseError, ArchiveError) as error:
                yield Outcome(where, SKIPPED, why=str(error))
                continue
            for lesson, content in work.items():
                try:
                    yield _place(found, lesson, content, submitted, students, taken, where)
                except CourseError as error:
                    yield Outcome(where, SKIPPED, why=str(error))
    finally:
        students.save()


def _notebooks(found: Found) -> dict[Lesson, bytes]:
    """Read the notebooks in a file, by lesson.

    Raises:
        CourseError, ArchiveError: it holds none that can be taken.
    """
    member, name = found.member, found.member.name
    if member.problem:
        raise CourseError(member.problem)
    if is_leftover(name):
        raise CourseError("hidden: its name begins with a dot")
    if not (is_notebook(name) or is_archive(name)):
        raise CourseError("neither a notebook nor an archive")
    content = archive.read(member, notebook.MAX_BYTES)
    if is_notebook(name):
        return {_lesson(content, name): content}
    work: dict[Lesson, bytes] = {}
    inside = io.BytesIO(content)
    for packed in archive.notebooks(inside, name.name, notebook.MAX_BYTES):
        text = archive.read(packed, notebook.MAX_BYTES)
        lesson = _lesson(text, packed.name)
        if lesson in work:
            raise CourseError(f"holds several notebooks of {lesson.name}, and which one counts?")
        work[lesson] = text
    if not work:
        raise CourseError("holds no notebook")
    return work


def _lesson(content: bytes, name: PurePosixPath) -> Lesson:
    """Tell by its cells which lesson a notebook belongs to.

    One without cells, because it is damaged, is taken where its path names a lesson: then it is
    graded, with 0 points and the reason.
    """
    try:
        cells = reader.parse(content)
    except SubmissionError:
        named = [p for p in (name.stem, *name.parts) if p in lessons()]
        if named:
            return lessons()[named[0]]
        raise
    return lesson_of(cells)


def _place(
    found: Found,
    lesson: Lesson,
    content: bytes,
    submitted: Path,
    students: roster.Roster,
    taken: dict[tuple[str, str], tuple[datetime, int]],
    where: str,
) -> Outcome:
    if not found.label.name:
        raise CourseError("whose is it? Put it into a folder that is named after the student")
    student = students.named(found.label.name, found.label.id).student
    folder = submitted / student / lesson.name
    target = folder / lesson.path.name
    outcome = Outcome(where, TAKEN, student, lesson.name, _to_look_at(found))
    if folder.is_symlink() or target.is_symlink() or (target.exists() and not target.is_file()):
        raise CourseError(f"{target} is a link or a folder: look at it, and take it away")
    if target.exists() and target.read_bytes() == content:
        if found.handed_in and timestamp.read(folder) is None:
            timestamp.write(folder, found.handed_in)
        taken.setdefault((student, lesson.name), found.age)
        return replace(outcome, status=SAME)
    there = taken.get((student, lesson.name)) or _age(folder, target)
    if there and found.age <= there:
        return replace(outcome, status=OLDER, why="a newer one is there")
    _write(folder, target, content, found)
    taken[student, lesson.name] = found.age
    return outcome


def _to_look_at(found: Found) -> str:
    if found.label.late and found.handed_in is None:
        return "late, and Canvas does not say by how much: write timestamp.txt if it counts"
    return ""


def _age(folder: Path, target: Path) -> tuple[datetime, int] | None:
    """Return the age of what is there already; among equals, it is the newest."""
    if not target.exists():
        return None
    seen = datetime.fromtimestamp(target.stat().st_mtime, UTC)
    return max(timestamp.read(folder) or seen, seen), 1 << 62


def _write(folder: Path, target: Path, content: bytes, found: Found) -> None:
    """Write notebook and time; stopped between, the next run sees the old time and goes on."""
    with disk.written(target, content) as part:
        seen = found.seen.timestamp()
        os.utime(part, (seen, seen))
        timestamp.write(folder, None)
    timestamp.write(folder, found.handed_in)
