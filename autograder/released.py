"""What students are given of a solution notebook: no solutions, no hidden checks, no model answers.

Nor what is true of the predictions that they commit to: see `asking`.

nbgrader clears the same cells in the same way when `autograder build` writes notebooks/; tests hold
the two to each other. The grader never reads that folder, since people work in it, and to load
nbgrader takes longer than to grade.
"""

import re

from autograder import asking
from convbook import notebook
from convbook.notebook import Cells, Node

STUB = "raise NotImplementedError"  # in the place of a solution, as nbgrader_config.py has it
NO_ANSWER = "YOUR ANSWER HERE"  # nbgrader's own
SOLUTION = re.compile(r"^([ \t]*)### BEGIN SOLUTION.*?### END SOLUTION[^\n]*", re.DOTALL | re.M)
HIDDEN = re.compile(
    r"\n?^[ \t]*### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS[^\n]*", re.DOTALL | re.M
)


def released(solution: Node) -> Node:
    """Return the notebook that students are given.

    Args:
        solution: the lesson's solution notebook, which stays as it is.
    """
    cells = notebook.nodes(solution)
    for cell in cells.cells:
        mark = cell.metadata.get("nbgrader", {})
        if mark.get("solution") or mark.get("grade"):
            cell.source = _cleared(cell.source, cell.cell_type, mark)
    cells.metadata.pop("convbook", None)  # the seal of the solution notebook
    finish(cells)
    return cells


def finish(cells: Cells) -> None:
    """Do what nbgrader knows nothing of, in place: cut the answers of predictions, fold code.

    JupyterLab shows the first line of what is folded: checks, and the cells that ask for a guess.
    """
    asking.cut(cells)
    for cell in cells.cells:
        if notebook.is_check(cell) or asking.TAG in cell.metadata.get("tags", ()):
            cell.metadata["jupyter"] = {"source_hidden": True}


def _cleared(source: str, kind: str, mark: Node) -> str:
    """Return the text of a cell that students or checks write in."""
    if not mark.get("solution"):
        return HIDDEN.sub("", source)
    cleared, times = SOLUTION.subn(rf"\1{STUB}", source)
    if times:
        return cleared
    return NO_ANSWER if kind == "markdown" else STUB
