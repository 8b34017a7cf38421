"""Read the JSON of a notebook that nobody trusts, as the student's own tools read it."""

from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.course import CourseError
from convbook import notebook


class SubmissionError(CourseError):
    """A file that cannot be graded; the text says why, in one line."""


def parse(content: bytes | str) -> NotebookNode:
    """Rebuild a notebook; see `convbook.notebook.parse`.

    Raises:
        SubmissionError: it is no notebook.
    """
    try:
        return nbformat.from_dict(notebook.parse(content))
    except notebook.NotebookError as error:
        raise SubmissionError(str(error)) from None


def new_notebook(cells: list[NotebookNode], metadata: Any = None) -> NotebookNode:
    """Return a notebook as nbformat makes it, without its validation, which takes most time."""
    return NotebookNode(
        cells=cells, metadata=NotebookNode(metadata or {}), nbformat=4, nbformat_minor=5
    )
