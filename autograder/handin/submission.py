"""Read what a student handed in, and put the lesson's own checks in their place.

The file is not trusted: it is read as plain JSON, and of each cell only kind, text, name, tags and
pictures in a text are kept. The lesson's manifest decides which cells are given, checked and worth
points; an edited, deleted, doubled, unlocked or moved cell changes nothing but a note.
"""

import io
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path, PurePath

import nbformat
from nbformat import NotebookNode

from autograder.course import CourseError, Lesson, lesson_of
from autograder.handin.archive import ArchiveError, is_archive, notebook_in
from autograder.handin.reader import SubmissionError, new_notebook, parse
from autograder.handin.recognise import recognise
from autograder.pictures import attached
from autograder.shown import one_line
from convbook import notebook

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
    cells: NotebookNode
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


def reconcile(cells: NotebookNode, lesson: Lesson) -> Submission:
    """Put the lesson's own given cells and checks into a student's notebook.

    Args:
        cells: the student's notebook, from `parse`.
        lesson: the lesson it belongs to.
    """
    official = {notebook.grade_id(c): c for c in lesson.notebook.cells if notebook.grade_id(c)}
    notes = _few([*recognise(cells, lesson), *_notes(cells, lesson)])
    kept, places = _kept(cells, official)
    for name in _missing(kept, official):
        kept.append(_restored(name, lesson))
    kept = _given_first(kept, lesson)
    placed = _with_checks(kept, places, official)
    result = new_notebook(placed, lesson.released.metadata)
    for number, cell in enumerate(result.cells):
        cell.id = notebook.grade_id(cell) or f"cell-{number}"
    return Submission(lesson, result, notes)


def _kept(
    cells: NotebookNode, official: dict[str, NotebookNode]
) -> tuple[list[NotebookNode], dict[str, int]]:
    """Return the student's own cells with their true marks, and where each check stood.

    Given cells get their official text. Of a doubled name, the last cell bears it.
    """
    last = {notebook.grade_id(cell): cell for cell in cells.cells}
    kept: list[NotebookNode] = []
    places: dict[str, int] = {}
    for cell in cells.cells:
        name = notebook.grade_id(cell)
        if name.startswith(notebook.CHECK) and name in official:
            places.setdefault(name, len(kept))
            continue
        own = official.get(name) if last[name] is cell else None
        if own is not None and own.cell_type == cell.cell_type:
            if name.startswith("given-"):
                cell.source = own.source
            cell.metadata["nbgrader"] = dict(own.metadata["nbgrader"])
        else:
            cell.metadata.pop("nbgrader", None)
        if "attachments" in cell:
            cell.attachments = nbformat.from_dict(attached(cell.attachments))
        kept.append(cell)
    return kept, places


def _given_first(kept: list[NotebookNode], lesson: Lesson) -> list[NotebookNode]:
    """Put each given cell before the exercises that it stands before in the lesson."""
    for name in reversed(lesson.order):
        if not name.startswith("given-"):
            continue
        later = set(lesson.order[lesson.order.index(name) :]) - {name}
        here = next(i for i, cell in enumerate(kept) if notebook.grade_id(cell) == name)
        first = next((i for i, c in enumerate(kept) if notebook.grade_id(c) in later), len(kept))
        if here > first:
            kept.insert(first, kept.pop(here))
    return kept


def _missing(kept: list[NotebookNode], official: dict[str, NotebookNode]) -> list[str]:
    """Name the cells that must be there besides checks, and are not."""
    there = {notebook.grade_id(cell) for cell in kept}
    return [n for n in official if not n.startswith(notebook.CHECK) and n not in there]


def _restored(name: str, lesson: Lesson) -> NotebookNode:
    """Make a fresh copy of a cell, as it was released."""
    cell = next(c for c in lesson.released.cells if notebook.grade_id(c) == name)
    return nbformat.from_dict(cell)


def _with_checks(
    kept: list[NotebookNode],
    places: dict[str, int],
    official: dict[str, NotebookNode],
) -> list[NotebookNode]:
    """Insert each official check where the student's stood, but after the cells it is about."""
    index = {notebook.grade_id(c): i for i, c in enumerate(kept) if notebook.grade_id(c)}
    after: dict[int, list[NotebookNode]] = {}
    ready = 0
    for name in official:  # in the manifest's order
        if name in index:
            ready = max(ready, index[name] + 1)
        elif name.startswith(notebook.CHECK):
            place = min(max(ready, places.get(name, 0)), len(kept))
            after.setdefault(place, []).append(_clean_check(official[name]))
    result = list(after.get(0, []))
    for i, cell in enumerate(kept, start=1):
        result += [cell, *after.get(i, [])]
    return result


def _clean_check(cell: NotebookNode) -> NotebookNode:
    fresh = nbformat.v4.new_code_cell(cell.source)
    fresh.metadata["nbgrader"] = dict(cell.metadata["nbgrader"])
    return fresh


def _notes(cells: NotebookNode, lesson: Lesson) -> list[str]:
    """Say what is unusual about the cells that have names."""
    names = [notebook.grade_id(cell) for cell in cells.cells if notebook.grade_id(cell)]
    released = {notebook.grade_id(c): c for c in lesson.released.cells if notebook.grade_id(c)}
    own = {(notebook.grade_id(c), c.source) for c in lesson.notebook.cells + lesson.released.cells}
    notes = [f"{n} was deleted: the lesson's own is used" for n in released if n not in names]
    notes += [f"{one_line(n)} stands twice" for n, times in Counter(names).items() if times > 1]
    for cell in cells.cells:
        name = notebook.grade_id(cell)
        if name and name not in released:
            notes.append(f"{one_line(name)} is not a cell of this lesson")
        elif name and _locked(released[name]) and (name, cell.source) not in own:
            notes.append(f"{name} was edited: the lesson's own is used")
    return notes


def _few(notes: list[str]) -> list[str]:
    """Return notes, the first of them where there are very many."""
    more = len(notes) - MOST_NOTES
    return [*notes[:MOST_NOTES], f"and {more} more like these"] if more > 0 else notes


def _locked(cell: NotebookNode) -> bool:
    return bool(cell.metadata["nbgrader"]["locked"])
