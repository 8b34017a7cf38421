"""Read the JSON of a notebook that nobody trusts: of each cell, kind, text, name and tags stay."""

import json
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.course import CourseError
from convbook import notebook

MAX_CELLS = 2000


class SubmissionError(CourseError):
    """A file that cannot be graded; the text says why, in one line."""


def parse(text: str) -> NotebookNode:
    """Rebuild a notebook from JSON text: kinds, texts, names and tags of its cells, nothing else.

    Raises:
        SubmissionError: the text is no notebook.
    """
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        raise SubmissionError("not a notebook (it is not valid JSON)") from None
    if isinstance(raw, dict) and raw.get("nbformat") in (1, 2, 3):
        raw = _upgraded(raw)
    if not isinstance(raw, dict) or not isinstance(raw.get("cells"), list):
        raise SubmissionError("not a notebook (it has no list of cells)")
    if len(raw["cells"]) > MAX_CELLS:
        raise SubmissionError(f"has {len(raw['cells'])} cells, more than {MAX_CELLS}")
    cells = [_cell(cell, number) for number, cell in enumerate(raw["cells"], start=1)]
    return new_notebook(cells)


def _upgraded(raw: dict[str, Any]) -> Any:
    try:
        return nbformat.convert(nbformat.from_dict(raw), 4)
    except Exception:
        raise SubmissionError("a notebook of an old format that cannot be converted") from None


def _cell(raw: Any, number: int) -> NotebookNode:
    """Rebuild one cell from what JSON holds."""
    source = raw.get("source", "") if isinstance(raw, dict) else None
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str) or raw.get("cell_type") not in ("code", "markdown", "raw"):
        raise SubmissionError(f"not a notebook (cell {number} is malformed)")
    source = source.encode("utf-8", "replace").decode("utf-8")
    cell = _new_cell(raw["cell_type"], source, f"cell-{number}")
    metadata = raw.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    name = notebook.grade_id(nbformat.from_dict({"metadata": metadata}))
    if name:
        cell.metadata["nbgrader"] = {"grade_id": name}
    tags = metadata.get("tags")
    if isinstance(tags, list) and not notebook.SHOW_TAGS.isdisjoint(filter(_is_text, tags)):
        cell.metadata["tags"] = sorted(notebook.SHOW_TAGS.intersection(filter(_is_text, tags)))
    return cell


def new_notebook(cells: list[NotebookNode], metadata: Any = None) -> NotebookNode:
    """Return a notebook as nbformat makes it; see `_new_cell`."""
    return NotebookNode(
        cells=cells, metadata=NotebookNode(metadata or {}), nbformat=4, nbformat_minor=5
    )


def _new_cell(kind: str, source: str, id: str) -> NotebookNode:
    """Return a cell as nbformat makes it, without its validation, which takes most of the time."""
    cell = NotebookNode(cell_type=kind, id=id, metadata=NotebookNode(), source=source)
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return cell


def _is_text(value: Any) -> bool:
    return isinstance(value, str)
