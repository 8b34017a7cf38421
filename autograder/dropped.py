"""A lesson without the points of some exercises, which a course drops: they stay, to be tried.

Nothing that students see speaks of points that do not count, and what is hidden of a check goes, as
nobody grades it. An answer that is dropped is an empty cell of text.
"""

import ast
import re
from collections.abc import Collection, Mapping
from itertools import pairwise

from autograder import worth
from autograder.plan import CourseError
from autograder.released import NO_ANSWER
from convbook import notebook
from convbook.notebook import Node

NOTHING = "no points in this course"
LOCKED = {"editable": False, "deletable": False, "tags": ["experiment"]}
_HIDDEN = re.compile(r" Hidden: .*")  # in the first line of a check
_Functions = Mapping[str, Collection[str]]


def without(cells: Node, names: Collection[str], functions: _Functions) -> Node:
    """Return a solution notebook in which some exercises give no points.

    Args:
        cells: the notebook, which stays as it is.
        names: the exercises and written answers that are dropped.
        functions: the names that each exercise's cell defines.

    Raises:
        CourseError: there is nothing of a name, what is kept needs it, or nothing would be left.
    """
    gone = _exercises(cells, names, functions)
    _may_go(cells, gone, functions)
    new = notebook.nodes(cells)
    left = {name: _points(new, own) for name, own in functions.items() if name not in gone}
    for above, cell in pairwise(new.cells):
        name = notebook.grade_id(cell)
        if notebook.is_check(cell) and _cell_of(name, functions) in gone:
            cell.source, cell.metadata = _unpaid(cell.source), notebook.nodes(LOCKED)
        elif name.startswith(notebook.ANSWER) and name in gone:
            cell.source, cell.metadata = NO_ANSWER, notebook.nodes({})
            above.source = worth.QUESTION.sub(f"({NOTHING})", above.source)
    by_hand = sum(_worth(c) for n, c in notebook.by_name(new).items() if _is_answer(n))
    for cell in new.cells:
        if cell.cell_type == "markdown" and not notebook.grade_id(cell):
            cell.source = _retold(cell.source, functions, left, by_hand)
    return new


def _exercises(cells: Node, names: Collection[str], functions: _Functions) -> set[str]:
    """Return the names of the cells that are meant: those of exercises, and of answers."""
    answers = {name for name in notebook.by_name(cells) if _is_answer(name)}
    known = {name.removeprefix(notebook.ANSWER): name for name in answers}
    known |= {function: cell for cell, own in functions.items() for function in own}
    known |= {name: name for name in (*functions, *answers)}
    for name in names:
        if name not in known:
            listed = sorted([*functions, *(a.removeprefix(notebook.ANSWER) for a in answers)])
            raise CourseError(f"no exercise {name}; there are {', '.join(listed)}")
    return {known[name] for name in names}


def _may_go(cells: Node, gone: set[str], functions: _Functions) -> None:
    """Refuse to drop what others need, and to drop everything."""
    lost = set().union(*(functions[name] for name in gone if name in functions))
    kept = 0
    for cell in cells.cells:
        name = notebook.grade_id(cell)
        exercise = _cell_of(name, functions)
        if not exercise or exercise in gone:
            continue
        kept += notebook.is_check(cell)
        names = {n.id for n in ast.walk(ast.parse(cell.source)) if isinstance(n, ast.Name)}
        if needed := sorted(lost & names):
            raise CourseError(
                f"{exercise} needs {', '.join(needed)}: drop {exercise}, too, or keep what it needs"
            )
    if not kept:
        raise CourseError("no exercise is left: take the lesson out of lessons instead")


def _cell_of(name: str, functions: _Functions) -> str:
    """Return the exercise that a cell of this name is or checks, or ''."""
    function = notebook.exercise_of(name) if name.startswith(notebook.CHECK) else name
    return next((cell for cell, own in functions.items() if function in (cell, *own)), "")


def _unpaid(source: str) -> str:
    """Return the shown part of a check, with a first line of no points."""
    first, *rest = notebook.public(source).split("\n")
    first = worth.COMMENT.sub(f"# {worth.said(0)}", first)
    return "\n".join([_HIDDEN.sub("", first), *rest])


def _retold(source: str, functions: _Functions, left: Mapping[str, float], by_hand: float) -> str:
    """Return a text with the points that are left in its headings and its table.

    Args:
        source: the text.
        functions: the names that each exercise's cell defines.
        left: the points of each exercise that still has some.
        by_hand: those of written answers.
    """

    def points(text: str) -> float:
        return sum(left.get(name, 0.0) for name in worth.named(functions, text))

    def heading(found: re.Match[str]) -> str:
        text = found[0]
        return worth.AT_END.sub(f"({worth.said(points(text)) if points(text) else NOTHING})", text)

    def row(found: re.Match[str]) -> str:
        right = by_hand if worth.BY_HAND in found[1] else points(found[1])
        before, after = found.start(2) - found.start(), found.end(2) - found.start()
        return f"{found[0][:before]} {right:g} {found[0][after:]}"

    def table(found: re.Match[str]) -> str:
        rows = worth.ROW.sub(row, found[1])
        return found[0][: found.start(1) - found.start()] + rows

    return worth.TABLE.sub(table, worth.HEADING.sub(heading, source))


def _points(cells: Node, functions: Collection[str]) -> float:
    named = notebook.by_name(cells)
    checks = {n: c for n, c in named.items() if n.startswith(notebook.CHECK)}
    return sum(_worth(c) for n, c in checks.items() if notebook.exercise_of(n) in functions)


def _worth(cell: Node) -> float:
    return float(cell.metadata["nbgrader"].get("points", 0))


def _is_answer(name: str) -> bool:
    return name.startswith(notebook.ANSWER)
