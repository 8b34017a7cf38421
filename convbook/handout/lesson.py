"""One lesson as it is handed out: its cells by name, what is asked in them, and for how much."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Protocol, TypeVar

from convbook import notebook

LESSONS = Path(__file__).parent / "lessons"
SHORT = 40  # characters: a shorter cell may stand in any notebook
K = TypeVar("K", bound="Known")
ENOUGH = 3  # cells of a lesson's own text, by which it is known where all names are lost


class Handout:
    """A lesson, read from the notebook that students are given.

    Args:
        name: the lesson's.
        cells: that notebook; as `convbook.notebook` or nbformat has read it.
    """

    def __init__(self, name: str, cells: Any) -> None:
        self.name = name
        self.notebook = cells

    @cached_property
    def cells(self) -> dict[str, Any]:
        """The cells that have names, in order."""
        return notebook.by_name(self.notebook)

    @cached_property
    def asked(self) -> dict[str, frozenset[str]]:
        """The functions that each exercise leaves blank for the student to write."""
        written = {n: c for n, c in self.cells.items() if n.isidentifier()}
        return {name: frozenset(_blank(cell.source)) for name, cell in written.items()}

    @cached_property
    def written(self) -> float:
        """What the written answers can give, which a person grades."""
        answers = (c for n, c in self.cells.items() if n.startswith(notebook.ANSWER))
        return sum(float(c.metadata["nbgrader"].get("points", 0)) for c in answers)

    @cached_property
    def texts(self) -> frozenset[str]:
        """The texts of its cells, but for the shortest."""
        return frozenset(c.source for c in self.notebook.cells if len(c.source) > SHORT)

    @cached_property
    def stripped(self) -> frozenset[str]:
        """The texts of all its cells, without what is blank around them."""
        return frozenset(c.source.strip() for c in self.notebook.cells)


def _blank(source: str) -> set[str]:
    statements = ast.parse(source).body
    functions = (s for s in statements if isinstance(s, (ast.FunctionDef, ast.ClassDef)))
    return {f.name for f in functions if "NotImplementedError" in ast.unparse(f)}


@cache
def known() -> dict[str, Handout]:
    """Return the lessons of the course by name, in teaching order."""
    return {
        path.stem: Handout(path.stem, notebook.read(path)) for path in sorted(LESSONS.glob("*"))
    }


class Known(Protocol):
    """What a lesson is known by: the names of its cells, and their texts."""

    @property
    def cells(self) -> dict[str, Any]: ...
    @property
    def texts(self) -> frozenset[str]: ...


def lesson_of(cells: Any, lessons: Iterable[K]) -> K | None:
    """Tell which of some lessons a notebook belongs to, or None.

    The names of its cells tell; where all are lost, the lesson's own text.

    Args:
        cells: the notebook.
        lessons: those that it may belong to.
    """
    names = {notebook.grade_id(cell) for cell in cells.cells}
    texts = {cell.source for cell in cells.cells}

    def alike(lesson: K) -> tuple[int, int]:
        by_name = len(names.intersection(lesson.cells))
        return by_name, len(texts & lesson.texts) if not any(names) else 0

    best = max(lessons, key=alike, default=None)
    return best if best and alike(best) >= (0, ENOUGH) else None
