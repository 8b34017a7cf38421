"""A graded notebook, made by hand: nothing runs."""

import nbformat
import pytest
from nbformat import NotebookNode

RESULT = {"id": "check-scale", "exercise": "scale", "points": 3.0, "score": 3.0, "mistake": None}


@pytest.fixture
def graded() -> NotebookNode:
    """A notebook with one check, which passed."""
    check = nbformat.v4.new_code_cell("check.same(1, 1)  # as it is")
    check.metadata["nbgrader"] = {"grade_id": "check-scale", "grade": True, "points": 3}
    check.metadata["convbook"] = RESULT | {"status": "pass", "message": ""}
    book = nbformat.v4.new_notebook(cells=[check])
    return nbformat.from_dict(book)
