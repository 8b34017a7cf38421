"""Points and comments that a person gives for a written answer, as the gradebook holds them."""

from dataclasses import dataclass

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    SubmittedAssignment,
    SubmittedNotebook,
)

from autograder.classroom.gradebook import Book


@dataclass(frozen=True)
class Given:
    """What stands there for one answer.

    Attributes:
        points: that a person gave, or None.
        comment: a person's, or ''.
        is_done: whether nobody has to look at it: not before it was graded, nor once it was handed
            in anew.
    """

    points: float | None
    comment: str
    is_done: bool


@dataclass(frozen=True)
class Entry:
    """What stands there, and whose it is.

    Attributes:
        id: of the entry; nothing can be told from it.
        student: the student's id.
        given: what stands there.
    """

    id: str
    student: str
    given: Given


def entries(book: Book, lesson: str, cell: str) -> list[Entry]:
    """Return what is entered for a written answer, a student each."""
    query = (
        book.api.db.query(
            Grade.id,
            SubmittedAssignment.student_id,
            Grade.manual_score,
            Grade.needs_manual_grade,
            Comment.manual_comment,
        )
        .select_from(Grade)
        .join(BaseCell, Grade.cell_id == BaseCell.id)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .outerjoin(
            # To nbgrader the cell is two of the same name: one has points, the other comments.
            Comment,
            (Comment.notebook_id == Grade.notebook_id) & Comment.cell.has(name=cell),
        )
        .filter(Assignment.name == lesson, BaseCell.name == cell)
    )
    return [
        Entry(id, student, Given(points, comment or "", not waits))
        for id, student, points, waits, comment in query
    ]


def give(book: Book, id: str, given: Given) -> None:
    """Enter what a person gave; `taken_down.watch` has it recorded.

    Args:
        book: the gradebook.
        id: of the entry.
        given: what is to stand there.
    """
    db = book.api.db
    grade = book.api.find_grade_by_id(id)
    found = db.query(Comment).filter(
        Comment.notebook_id == grade.notebook_id, Comment.cell.has(name=grade.name)
    )
    comment = found.one()
    if given.points != grade.manual_score or given.is_done:
        grade.manual_score = given.points
    grade.needs_manual_grade = not given.is_done
    comment.manual_comment = given.comment or None
    db.commit()
