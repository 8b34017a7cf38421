"""Rules that a lesson must keep; each finding is one line that says what to do."""

import ast
from collections import Counter
from collections.abc import Iterator

from nbformat import NotebookNode

from autograder.build import points, prose
from autograder.build.names import origins
from autograder.course import Check, Lesson, defined
from convbook import notebook

POINTS = 20
HIDDEN = ("BEGIN SOLUTION", "END SOLUTION", "BEGIN HIDDEN", "END HIDDEN")
# A check may end in a call of one of these, which return nothing.
SILENT = {"check", "judge", "print", "plt"}


def lint(lesson: Lesson, cells: NotebookNode) -> Iterator[str]:
    """Find what is wrong with a solution notebook.

    Args:
        lesson: the lesson, for its checks and exercises.
        cells: its notebook.

    Yields:
        One line a finding.
    """
    names = Counter(filter(None, map(notebook.grade_id, cells.cells)))
    for name, times in names.items():
        if times > 1:
            yield f"the name {name} stands {times} times: a name is for one cell"
    if lesson.max_score != POINTS:
        yield f"the checks give {lesson.max_score:g} points: they must give {POINTS}"
    yield from points.lint(lesson, cells)
    yield from _stored_outputs(cells)
    for item in lesson.checks:
        if not item.manual:
            yield from _lint_check(item, lesson)
    yield from _lint_given(lesson)
    yield from prose.lint(lesson, cells)


def lint_released(cells: NotebookNode) -> Iterator[str]:
    """Find what a released notebook must not hold: solutions, hidden checks, outputs."""
    for number, cell in enumerate(cells.cells, start=1):
        for word in HIDDEN:
            if word in cell.source:
                yield f"cell {number} of the released notebook holds '{word}'"
        if "autograder" in cell.source and cell.cell_type == "code":
            yield f"cell {number} of the released notebook uses the autograder"
    yield from _stored_outputs(cells)


def _stored_outputs(cells: NotebookNode) -> Iterator[str]:
    for number, cell in enumerate(cells.cells, start=1):
        if cell.get("outputs") or cell.get("execution_count"):
            yield f"cell {number} holds a stored output: clear all outputs"


def _lint_check(item: Check, lesson: Lesson) -> Iterator[str]:
    if item.exercise not in lesson.student_names:
        yield f"{item.id}: no exercise cell defines {item.exercise}"
    for name, origin in origins(item, lesson).items():
        if not origin:
            yield f"{item.id}: {name} comes from nowhere: define it in the check or a given cell"
    last = ast.parse(item.source).body[-1]
    if isinstance(last, ast.Expr) and not _gives_no_score(last.value):
        yield f"{item.id}: ends in an expression: partial credit is written float(score)"


def _gives_no_score(value: ast.expr) -> bool:
    """Tell whether a last expression is a silent call, or the float(...) of partial credit."""
    if isinstance(value, ast.Constant) and value.value is None:
        return True
    if not isinstance(value, ast.Call):
        return False
    root = value.func
    while isinstance(root, ast.Attribute):
        root = root.value
    return isinstance(root, ast.Name) and root.id in SILENT | {"float"}


def _lint_given(lesson: Lesson) -> Iterator[str]:
    for source in lesson.given:
        for name in defined(source) & lesson.student_names:
            yield f"a given cell defines {name}, which an exercise asks for"
