"""A lesson's text source and its solution notebook, each made from the other."""

import hashlib
import json
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.build import licence, marks
from convbook.notebook import Cells

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
HEADER = """\
# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---
"""


def to_notebook(source: str, lesson: str) -> NotebookNode:
    """Build the solution notebook of a lesson from its text source; it ends with its licence.

    Args:
        source: py:percent text with the marks of `marks`.
        lesson: its name, from which unnamed cells get their ids.

    Raises:
        marks.MarkError: a mark cannot be understood; the text names the cell.
    """
    import jupytext  # here and below, as it takes its time to load

    cells = jupytext.reads(source, fmt="py:percent").cells
    for number, cell in enumerate(cells, start=1):
        cell.metadata.pop("lines_to_next_cell", None)
        cell.metadata.pop("lines_to_end_of_cell_marker", None)
        try:
            cell.metadata = nbformat.from_dict(marks.expand(cell.metadata))
        except marks.MarkError as error:
            raise marks.MarkError(f"{lesson}, cell {number}: {error}") from None
        hashed = hashlib.sha256(f"{lesson}:{number}".encode()).hexdigest()[:8]
        cell.id = marks.cell_id(cell, hashed)
    cells.append(nbformat.v4.new_markdown_cell(licence.LINE, id="licence"))
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL})
    return sealed(notebook)


def to_source(notebook: NotebookNode) -> str:
    """Write a solution notebook as text source; the inverse of `to_notebook`."""
    plain = nbformat.from_dict(notebook)
    plain.cells = [cell for cell in plain.cells if cell.source != licence.LINE]
    for cell in plain.cells:
        cell.metadata = nbformat.from_dict(marks.contract(cell.metadata))
        cell.pop("attachments", None)
    plain.metadata = nbformat.from_dict({"kernelspec": KERNEL})
    import jupytext

    text = jupytext.writes(plain, fmt="py:percent")
    body = text.split("# ---\n", 2)[2]
    return HEADER + body


def fingerprint(notebook: NotebookNode) -> str:
    """Hash what a person can edit: the cells' kinds, sources and names; not their outputs."""
    parts = [
        (c.cell_type, c.source, c.metadata.get("nbgrader", {}).get("grade_id", ""))
        for c in notebook.cells
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def sealed(notebook: NotebookNode) -> NotebookNode:
    """Put the fingerprint into the notebook, so that a later edit by hand shows."""
    notebook.metadata["convbook"] = {"built": fingerprint(notebook)}
    return notebook


def edited_by_hand(path: Path) -> bool:
    """Tell whether a built notebook was changed after it was built."""
    if not path.exists():
        return False
    notebook = nbformat.read(path, as_version=4)
    built = notebook.metadata.get("convbook", {}).get("built")
    return built != fingerprint(notebook)


def text_of(notebook: Cells) -> str:
    """Return a notebook as the text of its file, without another look at its form: it is ours."""
    return nbformat.v4.writes(notebook) + "\n"
