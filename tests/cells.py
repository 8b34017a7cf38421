"""Find and write cells of notebooks, for tests."""

from pathlib import Path

import nbformat
from nbformat import NotebookNode

from convbook import notebook


def named(cells: NotebookNode, name: str) -> NotebookNode:
    """Return the cell of that nbgrader name."""
    return next(cell for cell in cells.cells if notebook.grade_id(cell) == name)


def write(cells: NotebookNode, path: Path) -> Path:
    """Write a notebook file, and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(cells, path)
    return path
