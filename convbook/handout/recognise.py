"""Cells that lost their name, their kind or their place are recognised by what stands in them.

Some editors drop the metadata of cells, people delete a cell and write it anew, merge two, or
answer in the cell below. What a student wrote is found by the lesson's text, by the functions that
it defines and by its place; what was decided is a note.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from convbook import notebook
from convbook.handout import first
from convbook.handout.lesson import SHORT, Handout

Cell = Any
# What a prediction's text goes on with in a solution; students have it no more.
_ASKED = re.compile(r"^<!-- guess \d|^<details><summary>Answer</summary>$", re.MULTILINE)
FARTHEST = 200  # cells from the end that are looked at for a lost answer: each may cost some time


def recognise(cells: Cell, lesson: Handout, own: dict[str, Cell]) -> list[str]:
    """Give cells the names, kinds and limits that they have lost, in place.

    Args:
        cells: the student's notebook, from `notebook.parse`.
        lesson: the lesson it belongs to.
        own: its own cells by name: a check in full stands in a notebook that is read twice.

    Returns:
        A line for each that was decided.
    """
    first.take_out(cells)
    return [
        *_kinds(cells),
        *_merged(cells, lesson, own),
        *_by_text(cells, lesson),
        *_by_function(cells, lesson),
        *_answers(cells, lesson),
    ]


def _kinds(cells: Cell) -> Iterator[str]:
    """Tell which cells were of another kind than their names say; the reader has turned them."""
    for cell in cells.cells:
        if was := cell.metadata.get("nbgrader", {}).get("was"):
            kind = notebook.KINDS[cell.cell_type]
            yield f"{notebook.grade_id(cell)} was made {notebook.KINDS[was]}: it is taken as {kind}"


def _merged(cells: Cell, lesson: Handout, own: dict[str, Cell]) -> Iterator[str]:
    """Cut the lesson's own text out of cells that hold more: the rest is the student's."""
    texts = lesson.stripped.union(cell.source.strip() for cell in own.values())
    prose = [c.source for c in lesson.notebook.cells if c.cell_type != "code"]
    for cell in list(cells.cells):
        name = notebook.grade_id(cell)
        if name.startswith(notebook.LOCKED):
            inside = [lesson.cells[name].source] if name in lesson.cells else []
        else:
            inside = prose if cell.cell_type == "markdown" and not name else []
        if not inside or cell.source.strip() in texts or _ASKED.search(cell.source):
            continue
        found = next((t for t in inside if len(t) > SHORT and t in cell.source), None)
        if found is None:
            continue
        before, _, after = cell.source.partition(found)
        if not (("\n" + before).endswith("\n") and (after + "\n").startswith("\n")):
            continue  # in the middle of a line
        at = next(i for i, c in enumerate(cells.cells) if c is cell)
        parts = [_like(cell, text) for text in (before, after)]
        cell.source = found
        cells.cells[at : at + 1] = [p for p in (parts[0], cell, parts[1]) if p.source]
        if name:
            yield f"{name} was merged with another cell: they are taken apart"


def _like(cell: Cell, text: str) -> Cell:
    """Return a nameless cell of the same kind with another text."""
    fresh = type(cell)(cell)
    fresh |= {"metadata": type(cell)(), "source": text.strip("\n")}
    return fresh


def _by_text(cells: Cell, lesson: Handout) -> Iterator[str]:
    """Name the cells that hold what the lesson gave, as it gave it."""
    there = {notebook.grade_id(cell) for cell in cells.cells}
    missing = [name for name in lesson.cells if name not in there]
    named = 0
    for cell in _nameless(cells):
        name = next((n for n in missing if lesson.cells[n].source == cell.source), "")
        if name and cell.cell_type == lesson.cells[name].cell_type:
            missing.remove(name)
            _name(cell, name)
            named += 1
    if named:
        yield f"{named} cells had lost their names: they were known by their text"


def _by_function(cells: Cell, lesson: Handout) -> Iterator[str]:
    """Find the exercises that are written elsewhere than in their cell: the last place counts."""
    for name, asked in lesson.asked.items():
        bearing = [c for c in cells.cells if notebook.grade_id(c) == name]
        blank = [c for c in bearing if _is_blank(c, lesson)]
        if bearing and not blank:
            continue  # it stands where it should, as most do
        if len(blank) < len(bearing):
            yield f"{name} stands twice: the one that was not written in is left out"
        else:
            set_aside = {id(cell) for cell in blank}
            own = (c for c in reversed(cells.cells) if id(c) not in set_aside)
            found = next((c for c in own if _defines(c, asked)), None)
            if found is None:
                continue
            yield _taken(cells, found, name, bool(blank))
        for cell in blank:
            cell.source = ""
            cell.metadata.pop("nbgrader", None)


def _taken(cells: Cell, found: Cell, name: str, is_blank: bool) -> str:
    """Take a cell for an exercise, and say so."""
    other = notebook.grade_id(found)
    if other:  # two were merged: the name goes to a cell without text below
        at = next(i for i, c in enumerate(cells.cells) if c is found)
        cells.cells.insert(at + 1, _like(found, ""))
        _name(cells.cells[at + 1], name)
        return f"{name} stands in the cell of {other}: it is taken from there"
    _name(found, name)
    if is_blank:
        return f"{name} was written in another cell: that one is taken"
    return f"{name} had lost its name: it was known by its function"


def _defines(cell: Cell, names: frozenset[str]) -> bool:
    """Tell whether a cell of the student's that grading runs defines one of the functions."""
    if cell.cell_type != "code" or notebook.is_shown_only(cell):
        return False
    if notebook.grade_id(cell).startswith(notebook.LOCKED):
        return False
    # By its text, not by its syntax: it is the student's even if it is broken.
    found = re.findall(r"^(?:async\s+)?(?:def|class)\s+(\w+)|^(\w+)\s*=[^=]", cell.source, re.M)
    return not names.isdisjoint(n for pair in found for n in pair)


def _answers(cells: Cell, lesson: Handout) -> Iterator[str]:
    """Find written answers that stand elsewhere than in their cell."""
    for name in (n for n in lesson.cells if n.startswith(notebook.ANSWER)):
        at = next((i for i, c in enumerate(cells.cells) if notebook.grade_id(c) == name), None)
        if at is not None and not _is_blank(cells.cells[at], lesson):
            continue  # it stands where it should, as most do: nothing else is looked at
        start = _before(cells, lesson, name) if at is None else at
        below = cells.cells[start + 1 :]
        found = list(takewhile(lambda cell: _is_own_prose(cell, lesson.stripped), below))
        if at is not None and found:
            _gather(found, cells.cells[at])
            yield f"{name}: the answer stood in the cell below"
        elif at is None:
            last = cells.cells[: -FARTHEST - 1 : -1]
            found = found or [c for c in last if _is_own_prose(c, lesson.stripped)][:1]
            if found:
                _as_text(found[0])
                _gather(found, found[0])
                _name(found[0], name)
                yield f"{name} had lost its name: the student's own text is taken for it"


def _before(cells: Cell, lesson: Handout, name: str) -> int:
    """Return where the cell stands that comes before a missing one in the lesson; -1 for none."""
    order = lesson.notebook.cells
    place = next(i for i, c in enumerate(order) if notebook.grade_id(c) == name)
    for given in reversed(order[:place]):
        for i, cell in enumerate(cells.cells):
            named = notebook.grade_id(given)
            if (named and notebook.grade_id(cell) == named) or cell.source == given.source:
                return i
    return -1


def _gather(found: list[Cell], target: Cell) -> None:
    """Move the texts of some cells, and the pictures in them, into one cell."""
    text = "\n\n".join(cell.source for cell in found)
    pictures = {k: v for cell in found for k, v in cell.pop("attachments", {}).items()}
    for cell in found:
        cell.source = ""
    target.source = text
    if pictures:
        target["attachments"] = type(target)(pictures)


def _as_text(cell: Cell) -> None:
    cell.cell_type = "markdown"
    for key in ("execution_count", "outputs"):
        cell.pop(key, None)


def _is_blank(cell: Cell, lesson: Handout) -> bool:
    return cell.source.strip() in ("", lesson.cells[notebook.grade_id(cell)].source.strip())


def _is_own_prose(cell: Cell, texts: frozenset[str]) -> bool:
    """Tell whether a nameless cell holds a student's text: Markdown, or what is no Python."""
    text = cell.source.strip()
    if not text or text in texts or notebook.grade_id(cell) or _ASKED.search(text):
        return False
    return cell.cell_type != "code" or bool(notebook.syntax_error(cell.source))


def _nameless(cells: Cell) -> list[Cell]:
    return [cell for cell in cells.cells if not notebook.grade_id(cell)]


def _name(cell: Cell, name: str) -> None:
    cell.metadata["nbgrader"] = type(cell)(grade_id=name)
