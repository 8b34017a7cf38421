"""A lesson's cells in the gradebook, also where students handed in for others.

A lesson may change while a class works on it: an exercise is dropped, a check added. nbgrader
refuses that as soon as there is a submission.
"""

from collections.abc import Mapping

import nbformat
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import (
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    MissingEntry,
    Notebook,
    SolutionCell,
    SourceCell,
)
from nbgrader.preprocessors import ComputeChecksums, SaveCells
from sqlalchemy import text

from autograder.course import Lesson
from convbook import notebook

ByHand = Mapping[tuple[str, str, str], tuple[float | None, float]]
# Of what is asked most, a submission's notebooks, grades and comments, nbgrader has no index.
BY_SUBMISSION = (
    ("submitted_notebook", "assignment_id"),
    ("grade", "notebook_id"),
    ("comment", "notebook_id"),
)
_OF = {GradeCell: Grade, SolutionCell: Comment}  # what each submission has of such a cell


def register(book: Gradebook, db_url: str, lesson: Lesson, entered: ByHand) -> None:
    """Enter a lesson's cells and points, as nbgrader's generate_assignment does.

    Args:
        book: the gradebook.
        db_url: its address.
        lesson: the lesson.
        entered: what people gave, by student, lesson and cell: it is entered again for a cell that
            was taken away, and comes back.
    """
    _find_by_submission(book)
    book.update_or_create_assignment(lesson.name)
    cells = nbformat.from_dict(lesson.notebook)
    _follow(book, lesson.name, cells, entered)
    names = {"assignment": lesson.name, "notebook": lesson.name, "db_url": db_url}
    cells, resources = ComputeChecksums().preprocess(cells, {"nbgrader": names})
    SaveCells().preprocess(cells, resources)


def _find_by_submission(book: Gradebook) -> None:
    """Have the database find what belongs to a submission without looking through everybody's."""
    for table, column in BY_SUBMISSION:
        name = f"of_{table}_by_{column}"
        book.db.execute(text(f"CREATE INDEX IF NOT EXISTS {name} ON {table} ({column})"))
    book.db.commit()


def _follow(book: Gradebook, lesson: str, cells: NotebookNode, entered: ByHand) -> None:
    """Take away the cells that a lesson no longer has, and add those that are new."""
    try:
        there = book.find_notebook(lesson, lesson)
    except MissingEntry:
        return
    if not there.submissions:
        return  # nbgrader does it
    known = (*there.grade_cells, *there.solution_cells, *there.task_cells, *there.source_cells)
    old = {(type(cell), cell.name): cell for cell in known}
    new = {
        (kind, notebook.grade_id(cell)): cell for cell in cells.cells for kind in _kinds_of(cell)
    }
    for key in old.keys() - new.keys():
        _take_away(book, old[key])
    for kind, name in new.keys() - old.keys():
        _add(book, there, kind, name, new[kind, name])
        if kind is GradeCell:
            _give_back(there, name, entered)
    book.db.commit()


def _kinds_of(cell: NotebookNode) -> list[type[BaseCell]]:
    """Return what a cell is to nbgrader: one may be several."""
    kinds = {GradeCell: utils.is_grade(cell), SolutionCell: utils.is_solution(cell)}
    kinds[SourceCell] = any(kinds.values()) or utils.is_locked(cell)
    return [kind for kind, is_one in kinds.items() if is_one]


def _take_away(book: Gradebook, cell: BaseCell) -> None:
    for entry in (Grade, Comment):
        book.db.query(entry).filter(entry.cell_id == cell.id).delete()
    book.db.delete(cell)
    book.db.flush()


def _add(
    book: Gradebook, there: Notebook, kind: type[BaseCell], name: str, cell: NotebookNode
) -> None:
    """Add a cell, with an entry for each submission; SaveCells fills in the rest."""
    more = {GradeCell: {"max_score": 0.0, "cell_type": cell.cell_type}, SolutionCell: {}}
    added = kind(name=name, notebook=there, **more.get(kind, {"cell_type": cell.cell_type}))
    book.db.add(added)
    book.db.flush()
    if kind in _OF:
        book.db.add_all(_OF[kind](cell_id=added.id, notebook=one) for one in there.submissions)
        book.db.flush()


def _give_back(there: Notebook, name: str, entered: ByHand) -> None:
    """Enter what people gave for a cell that came back."""
    for submission in there.submissions:
        key = (submission.student.id, there.assignment.name, name)
        for grade in submission.grades:
            if grade.name == name and key in entered:
                grade.manual_score, grade.extra_credit = entered[key]
