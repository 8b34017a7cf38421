"""Read the JSON of a notebook that nobody trusts, as the student's own tools read it."""

from typing import Any

from autograder.course import CourseError
from convbook import notebook
from convbook.notebook import Node


class SubmissionError(CourseError):
    """A file that cannot be graded; the text says why, in one line."""


def parse(content: bytes | str) -> Node:
    """Rebuild a notebook; see `convbook.notebook.parse`.

    Raises:
        SubmissionError: it is no notebook.
    """
    try:
        return notebook.parse(content)
    except notebook.NotebookError as error:
        raise SubmissionError(str(error)) from None


def new_notebook(cells: list[Node], metadata: Any = None) -> Node:
    """Return a notebook of these cells."""
    return Node(cells=cells, metadata=Node(metadata or {}), nbformat=4, nbformat_minor=5)
