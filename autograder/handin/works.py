"""Which notebooks a file holds that somebody handed in, by lesson."""

import io
from pathlib import PurePosixPath

from autograder.course import CourseError, Lesson, lesson_of, lessons
from autograder.handin import archive, reader
from autograder.handin.archive import Member, is_archive, is_leftover, is_notebook
from autograder.handin.reader import SubmissionError
from convbook import notebook


def is_work(member: Member) -> bool:
    """Tell by its name whether a file may be somebody's work."""
    name = member.name
    return not member.problem and (is_notebook(name) or is_archive(name)) and not is_leftover(name)


def works(member: Member) -> dict[Lesson, bytes]:
    """Read the notebooks in a file, by lesson.

    Raises:
        CourseError, ArchiveError: it holds none that can be taken.
    """
    name = member.name
    if member.problem:
        raise CourseError(member.problem)
    if is_leftover(name):
        raise CourseError("hidden: its name begins with a dot")
    if not (is_notebook(name) or is_archive(name)):
        raise CourseError("neither a notebook nor an archive")
    content = archive.read(member, notebook.MAX_BYTES)
    if is_notebook(name):
        return {_lesson(content, name): content}
    found: dict[Lesson, bytes] = {}
    inside = io.BytesIO(content)
    for packed in archive.notebooks(inside, name.name, notebook.MAX_BYTES):
        text = archive.read(packed, notebook.MAX_BYTES)
        lesson = _lesson(text, packed.name)
        if lesson in found:
            raise CourseError(f"holds several notebooks of {lesson.name}, and which one counts?")
        found[lesson] = text
    if not found:
        raise CourseError("holds no notebook")
    return found


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
