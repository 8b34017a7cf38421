"""Cells that lost their name or their kind are recognised by what stands in them.

Some editors drop the metadata of cells, people delete a cell and write it anew, or answer in the
cell below. What a student wrote is found by the lesson's text, by the functions that it defines and
by its place; what was decided is a note.
"""

import re
from collections.abc import Iterator

from nbformat import NotebookNode

from autograder.course import Lesson
from convbook import notebook

FARTHEST = 200  # cells from the end that are looked at for a lost answer: each may cost some time


def recognise(cells: NotebookNode, lesson: Lesson) -> list[str]:
    """Give cells the names and kinds that they have lost, in place.

    Args:
        cells: the student's notebook, from `reader.parse`.
        lesson: the lesson it belongs to.

    Returns:
        A line for each that was decided.
    """
    released = {notebook.grade_id(c): c for c in lesson.released.cells if notebook.grade_id(c)}
    texts = {c.source.strip() for c in [*lesson.released.cells, *lesson.notebook.cells]}
    return [
        *_kinds(cells),
        *_by_text(cells, released),
        *_by_function(cells, lesson),
        *_answers(cells, released, texts),
    ]


def _kinds(cells: NotebookNode) -> Iterator[str]:
    """Tell which cells were of another kind than their names say; the reader has turned them."""
    for cell in cells.cells:
        if was := cell.metadata.get("nbgrader", {}).get("was"):
            kind = notebook.KINDS[cell.cell_type]
            yield f"{notebook.grade_id(cell)} was made {notebook.KINDS[was]}: it is taken as {kind}"


def _by_text(cells: NotebookNode, released: dict[str, NotebookNode]) -> Iterator[str]:
    """Name the cells that hold what the lesson gave, as it gave it."""
    missing = _missing(cells, released)
    named = 0
    for cell in _nameless(cells):
        name = next((n for n in missing if released[n].source == cell.source), "")
        if name and cell.cell_type == released[name].cell_type:
            missing.remove(name)
            _name(cell, name)
            named += 1
    if named:
        yield f"{named} cells had lost their names: they were known by their text"


def _by_function(cells: NotebookNode, lesson: Lesson) -> Iterator[str]:
    """Name the cell in which a missing exercise was written anew: the last that defines it."""
    there = {notebook.grade_id(cell) for cell in cells.cells}
    for name in lesson.exercises:
        asked = lesson.functions[name] & lesson.asked
        own = [c for c in _nameless(cells) if c.cell_type == "code" and _defines(c, asked)]
        if name not in there and own:
            _name(own[-1], name)
            yield f"{name} had lost its name: it was known by its function"


def _defines(cell: NotebookNode, names: frozenset[str]) -> bool:
    """Tell whether a cell that grading runs defines one of the functions, even if it is broken."""
    found = re.findall(r"^(?:async\s+)?(?:def|class)\s+(\w+)|^(\w+)\s*=[^=]", cell.source, re.M)
    return not notebook.is_shown_only(cell) and not names.isdisjoint(
        n for pair in found for n in pair
    )


def _answers(
    cells: NotebookNode, released: dict[str, NotebookNode], texts: set[str]
) -> Iterator[str]:
    """Find written answers that stand elsewhere than in their cell."""
    for name in (n for n in released if n.startswith(notebook.ANSWER)):
        at = next((i for i, c in enumerate(cells.cells) if notebook.grade_id(c) == name), None)
        if at is not None and not _is_blank(cells.cells[at], released[name]):
            continue  # it stands where it should, as most do: nothing else is looked at
        found = _own_text(cells, at, texts)
        if found is None:
            continue
        if at is None:
            _as_text(found)
            _name(found, name)
            yield f"{name} had lost its name: the last text of the student's own is taken for it"
        else:
            _move(found, cells.cells[at])
            yield f"{name}: the answer stood in the cell below"


def _own_text(cells: NotebookNode, at: int | None, texts: set[str]) -> NotebookNode | None:
    """Return a text of the student's own: the one below a cell, or the last of all."""
    if at is None:
        near = _nameless(cells)[: -FARTHEST - 1 : -1]
    else:
        near = [c for c in cells.cells[at + 1 : at + 2] if not notebook.grade_id(c)]
    return next((c for c in near if c.source.strip() not in texts and _is_prose(c)), None)


def _move(source: NotebookNode, target: NotebookNode) -> None:
    """Move a text, and the pictures in it."""
    target.source, source.source = source.source, ""
    if "attachments" in source:
        target.attachments = source.pop("attachments")


def _as_text(cell: NotebookNode) -> None:
    cell.cell_type = "markdown"
    for key in ("execution_count", "outputs"):
        cell.pop(key, None)


def _is_blank(cell: NotebookNode, released: NotebookNode) -> bool:
    return cell.source.strip() in ("", released.source.strip())


def _is_prose(cell: NotebookNode) -> bool:
    """Tell whether a cell holds text for a reader: Markdown, or what is no Python."""
    if not cell.source.strip():
        return False
    return cell.cell_type != "code" or bool(notebook.syntax_error(cell.source))


def _nameless(cells: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in cells.cells if not notebook.grade_id(cell)]


def _missing(cells: NotebookNode, released: dict[str, NotebookNode]) -> list[str]:
    there = {notebook.grade_id(cell) for cell in cells.cells}
    return [name for name in released if name not in there]


def _name(cell: NotebookNode, name: str) -> None:
    cell.metadata["nbgrader"] = NotebookNode(grade_id=name)
