"""Which notebooks a file holds that somebody handed in, by lesson."""

import io
from pathlib import PurePosixPath
from typing import Any

from autograder.course import CourseError, Lesson, lesson_of, lessons
from autograder.handin import archive, reader
from autograder.handin.archive import Member, is_archive, is_leftover, is_notebook
from autograder.handin.reader import SubmissionError
from convbook import notebook
from convbook.handout import first


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


def is_same(content: bytes, before: bytes) -> bool:
    """Tell whether two notebooks hold the same work: outputs, numbers and empty cells are none."""
    try:
        return content == before or _work(content) == _work(before)
    except SubmissionError:
        return False


def is_blank(content: bytes, lesson: Lesson) -> bool:
    """Tell whether a notebook is as it was given out, nothing written in it."""
    given = [(cell.cell_type, cell.source) for cell in lesson.released.cells]
    try:
        cells = [(cell["cell_type"], cell["source"]) for cell in _work(content)]
    except SubmissionError:
        return False
    added = [cell for cell in cells if cell not in given]
    return not added and all(cell in cells for cell in given if cell[1].strip())


def _work(content: bytes) -> list[dict[str, Any]]:
    """Return what counts of a notebook: kind, text, name and pasted pictures of each cell.

    Raises:
        SubmissionError: it is none.
    """
    parsed = reader.parse(content)
    first.take_out(parsed)
    return [
        {key: value for key, value in cell.items() if key not in ("id", "execution_count")}
        for cell in parsed.cells
        if cell.source.strip() or notebook.grade_id(cell)
    ]


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
