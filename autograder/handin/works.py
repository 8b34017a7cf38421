"""Which notebooks a file holds that somebody handed in, by lesson."""

import io
import re
from collections import defaultdict
from pathlib import PurePosixPath
from typing import Any

from autograder.course import CourseError, Lesson, lesson_of, lessons
from autograder.handin import archive, reader
from autograder.handin.archive import Member, is_archive, is_leftover, is_notebook
from autograder.handin.names import stem_of
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
    found: dict[Lesson, dict[PurePosixPath, bytes]] = defaultdict(dict)
    problem = CourseError("holds no notebook")
    inside = io.BytesIO(content)
    for packed in archive.notebooks(inside, name.name, notebook.MAX_BYTES):
        text = archive.read(packed, notebook.MAX_BYTES)
        try:
            found[_lesson(text, packed.name)][packed.name] = text
        except CourseError as error:
            problem = error
    if not found:
        raise problem
    return {lesson: _counts(lesson, several) for lesson, several in found.items()}


def is_named(name: PurePosixPath, lesson: Lesson) -> bool:
    """Tell whether a notebook has its lesson's name, with what platforms put around it.

    Beside such a one, a notebook of another name is a copy, such as 02_convolution-Copy1.
    """
    return bool(re.fullmatch(rf"(.*_)?{re.escape(lesson.name)}(-\d+)?", stem_of(name.name), re.S))


def _counts(lesson: Lesson, several: dict[PurePosixPath, bytes]) -> bytes:
    """Return, of the notebooks of a lesson in one archive, the one that counts.

    Raises:
        CourseError: nobody can tell.
    """
    if len(several) == 1:
        return next(iter(several.values()))
    named = [text for name, text in several.items() if is_named(name, lesson)]
    if len(named) != 1:
        raise CourseError(f"holds several notebooks of {lesson.name}, and which one counts?")
    return named[0]


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
        named = [p for p in (stem_of(name.name), *name.parts) if p in lessons()]
        if named:
            return lessons()[named[0]]
        raise
    return lesson_of(cells)
