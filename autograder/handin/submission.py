"""Read what a student handed in, and put the lesson's own checks in their place.

The file is not trusted: it is read as plain JSON, and of each cell only kind, text, name, tags and
pictures in a text are kept. The lesson's manifest decides which cells are given, checked and worth
points; an edited, deleted, doubled, unlocked or moved cell changes nothing but a note.
"""

import io
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from autograder.course import CourseError, Lesson, lesson_of
from autograder.handin.archive import ArchiveError, is_archive, notebook_in
from autograder.handin.reader import SubmissionError, new_notebook, parse
from autograder.pictures import attached
from autograder.shown import one_line
from convbook import notebook
from convbook.handout import reconcile as handout
from convbook.notebook import Cells, Node

MOST_NOTES = 40  # of one notebook; a lesson has fewer cells with names


@dataclass
class Submission:
    """A notebook ready to be run.

    Attributes:
        lesson: which lesson it is.
        cells: the student's cells and the lesson's own checks, without outputs.
        notes: what had to be mended, a line each.
    """

    lesson: Lesson
    cells: Cells
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class HandedIn:
    """What was handed in, as it is: the bytes of a file, and its name, which tells its kind."""

    name: str
    content: bytes


def read(path: Path, lesson: Lesson | None = None) -> Submission:
    """Read a notebook file and reconcile it with its lesson.

    Args:
        path: the notebook, or a zip or tar file that holds it.
        lesson: which lesson it was handed in for; read from its cells where not given.

    Raises:
        SubmissionError: it cannot be read, is no notebook, or belongs to no lesson.
    """
    try:
        return understand(take(path), lesson)
    except SubmissionError as error:
        raise SubmissionError(f"{path}: {error}") from None


def take(path: Path) -> HandedIn:
    """Take a file as it is, whatever it holds.

    Raises:
        SubmissionError: it is no file, cannot be read or is too large.
    """
    try:
        if path.is_symlink():
            raise SubmissionError("is a link, not a file")
        if path.is_dir():
            raise SubmissionError("is a folder, not a notebook")
        if path.exists() and not path.is_file():
            raise SubmissionError("is not a file")  # a pipe would never end
        if path.stat().st_size > notebook.MAX_BYTES:
            raise SubmissionError(f"larger than {notebook.MAX_BYTES >> 20} MiB")
        return HandedIn(path.name, path.read_bytes())
    except FileNotFoundError:
        raise SubmissionError("no such file") from None
    except OSError as error:
        raise SubmissionError(f"cannot be read ({type(error).__name__})") from None


def in_folder(folder: Path, lesson: Lesson) -> Path:
    """Find the lesson's notebook in a folder: its own name, the only one, or an archive."""
    named = folder / lesson.path.name
    if named.exists():
        return named
    files = sorted(folder.iterdir())
    found = [p for p in files if p.suffix == ".ipynb"] or [p for p in files if is_archive(p)]
    if len(found) != 1:
        raise SubmissionError(f"{lesson.path.name} was not handed in")
    if found[0].suffix == ".ipynb" and not belongs(found[0], lesson):
        raise SubmissionError(f"{found[0].name} is not a notebook of this lesson")
    return found[0]


def understand(handed_in: HandedIn, lesson: Lesson | None = None) -> Submission:
    """Read the notebook in what was handed in; arguments and errors as for `read`."""
    try:
        cells = parse(_content(handed_in, lesson))
        return reconcile(cells, lesson or lesson_of(cells))
    except CourseError as error:
        raise SubmissionError(str(error)) from None


def belongs(path: Path, lesson: Lesson) -> bool:
    """Tell whether a file can be read and holds a notebook of this lesson."""
    try:
        return lesson_of(parse(_content(take(path), lesson))) is lesson
    except CourseError:
        return False


def _content(handed_in: HandedIn, lesson: Lesson | None) -> bytes:
    """Return the bytes of a notebook, or of the notebook in an archive."""
    if not is_archive(PurePath(handed_in.name)):
        return handed_in.content
    wanted = lesson.path.name if lesson else ""
    file = io.BytesIO(handed_in.content)
    try:
        return notebook_in(file, handed_in.name, wanted, notebook.MAX_BYTES)
    except ArchiveError as error:
        raise SubmissionError(str(error)) from None


def reconcile(cells: Node, lesson: Lesson) -> Submission:
    """Put the lesson's own given cells and checks into a student's notebook.

    Args:
        cells: the student's notebook, from `parse`.
        lesson: the lesson it belongs to.
    """
    notes = handout.reconcile(cells, lesson.handout, lesson.cells)
    for cell in cells.cells:
        if "attachments" in cell:
            cell.attachments = notebook.nodes(attached(cell.attachments))
    return Submission(lesson, new_notebook(cells.cells, lesson.released.metadata), _few(notes))


def _few(notes: list[str]) -> list[str]:
    """Return notes as clean lines, the first of them where there are very many."""
    more = len(notes) - MOST_NOTES
    shown = [one_line(note, 500) for note in notes[:MOST_NOTES]]
    return [*shown, f"and {more} more like these"] if more > 0 else shown
