"""Put the lesson's own cells into what a student handed in, so that both count the same.

The lesson decides which cells are given, checked and worth points; an edited, deleted, doubled,
unlocked or moved cell changes nothing but a note. The grader does this with its own checks, hidden
parts included, and a student's tools with those that are shown.
"""

from __future__ import annotations

import copy
from collections import Counter
from typing import Any

from convbook import notebook
from convbook.handout.lesson import Handout, known, lesson_of
from convbook.handout.recognise import recognise

# A Node, or what nbformat has read.
Cell = Any


def reconcile(cells: Cell, lesson: Handout, own: dict[str, Cell] | None = None) -> list[str]:
    """Put the lesson's own given cells and checks into a student's notebook, in place.

    Args:
        cells: the student's notebook, from `notebook.parse`.
        lesson: the lesson it belongs to.
        own: the lesson's own cells by name, in order; those that were handed out if None.

    Returns:
        What had to be mended, a line each.
    """
    own = lesson.cells if own is None else own
    notes = [*recognise(cells, lesson, own), *_notes(cells, lesson, own)]
    kept, places = _kept(cells, own)
    there = {notebook.grade_id(cell) for cell in kept}
    for name in own:
        if not name.startswith(notebook.CHECK) and name not in there:
            kept.append(copy.deepcopy(lesson.cells[name]))
    cells.cells = _with_checks(_given_first(kept, list(own)), places, own)
    for number, cell in enumerate(cells.cells):
        cell.id = notebook.grade_id(cell) or f"cell-{number}"
    return notes


def brought_back(cells: Cell) -> tuple[Handout | None, list[str]]:
    """Reconcile a notebook, as a student's tools can, with the lesson that its cells tell of.

    Returns:
        The lesson, and what `reconcile` says; None where the course has no such lesson, and then
        the notebook is left as it is.
    """
    for check in filter(notebook.is_check, cells.cells):
        check.source = notebook.public(check.source)  # a solution's hidden part is not tried here
    lesson = lesson_of(cells, known().values())
    return lesson, reconcile(cells, lesson) if lesson else []


def _kept(cells: Cell, own: dict[str, Cell]) -> tuple[list[Cell], dict[str, int]]:
    """Return the student's own cells with their true marks, and where each check stood.

    Given cells get their official text. Of a doubled name, the last cell bears it.
    """
    last = {notebook.grade_id(cell): cell for cell in cells.cells}
    kept: list[Cell] = []
    places: dict[str, int] = {}
    for cell in cells.cells:
        name = notebook.grade_id(cell)
        if name.startswith(notebook.CHECK) and name in own:
            places.setdefault(name, len(kept))
            continue
        official = own.get(name) if last[name] is cell else None
        if official is not None and official.cell_type == cell.cell_type:
            if name.startswith(notebook.GIVEN):
                cell.source = official.source
            cell.metadata["nbgrader"] = copy.deepcopy(official.metadata["nbgrader"])
        else:
            cell.metadata.pop("nbgrader", None)
        kept.append(cell)
    return kept, places


def _given_first(kept: list[Cell], order: list[str]) -> list[Cell]:
    """Put each given cell before the exercises that it stands before in the lesson."""
    for name in reversed(order):
        if not name.startswith(notebook.GIVEN):
            continue
        later = set(order[order.index(name) :]) - {name}
        here = next(i for i, cell in enumerate(kept) if notebook.grade_id(cell) == name)
        first = next((i for i, c in enumerate(kept) if notebook.grade_id(c) in later), len(kept))
        if here > first:
            kept.insert(first, kept.pop(here))
    return kept


def _with_checks(kept: list[Cell], places: dict[str, int], own: dict[str, Cell]) -> list[Cell]:
    """Insert each official check where the student's stood, but after the cells it is about."""
    index = {notebook.grade_id(c): i for i, c in enumerate(kept) if notebook.grade_id(c)}
    after: dict[int, list[Cell]] = {}
    ready = 0
    for name in own:  # in the lesson's order
        if name in index:
            ready = max(ready, index[name] + 1)
        elif name.startswith(notebook.CHECK):
            place = min(max(ready, places.get(name, 0)), len(kept))
            after.setdefault(place, []).append(_clean(own[name]))
    result = list(after.get(0, []))
    for i, cell in enumerate(kept, start=1):
        result += [cell, *after.get(i, [])]
    return result


def _clean(check: Cell) -> Cell:
    fresh = copy.deepcopy(check)
    fresh |= {"execution_count": None, "outputs": []}
    fresh.metadata = type(check)(nbgrader=fresh.metadata["nbgrader"])
    return fresh


def _notes(cells: Cell, lesson: Handout, own: dict[str, Cell]) -> list[str]:
    """Say what is unusual about the cells that have names."""
    names = [notebook.grade_id(cell) for cell in cells.cells if notebook.grade_id(cell)]
    texts = {(n, c.source.strip()) for given in (own, lesson.cells) for n, c in given.items()}
    notes = [f"{n} was deleted: the lesson's own is used" for n in lesson.cells if n not in names]
    notes += [f"{n} stands twice: both are run" for n, k in Counter(names).items() if k > 1]
    for cell in cells.cells:
        name = notebook.grade_id(cell)
        if name and name not in lesson.cells:
            notes.append(f"{name} is not a cell of this lesson: it is not graded")
        elif name.startswith(notebook.LOCKED) and (name, cell.source.strip()) not in texts:
            notes.append(f"{name} was edited: the lesson's own is used")
    return notes
