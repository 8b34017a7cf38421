"""Grades in nbgrader's gradebook: the one place that writes it."""

import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbgrader.api
from nbformat import NotebookNode
from nbgrader.api import BaseCell, Gradebook, InvalidEntry, MissingEntry
from sqlalchemy.exc import DataError, SAWarning, SQLAlchemyError

from autograder.classroom import database, lesson_cells, written
from autograder.course import COURSE_ID, CourseError, Lesson
from autograder.grading.grade import Grade
from autograder.handin import timestamp

NO_ANSWER = "No response."
NONE: Mapping[str, str] = {}
NOTHING: lesson_cells.ByHand = {}


class Book:
    """An open gradebook. Use `opened` to get one."""

    def __init__(self, gradebook: Gradebook, db_url: str) -> None:
        self._gradebook = gradebook
        self._db_url = db_url

    @property
    def api(self) -> Gradebook:
        """nbgrader's own gradebook, for what concerns many entries at once."""
        return self._gradebook

    def register(self, lesson: Lesson, entered: lesson_cells.ByHand = NOTHING) -> None:
        """Enter a lesson's cells and points; arguments as for `lesson_cells.register`."""
        lesson_cells.register(self._gradebook, self._db_url, lesson, entered)

    def save(
        self,
        student: str,
        grade: Grade,
        handed_in: datetime | None,
        answers: Mapping[str, str] = NONE,
    ) -> None:
        """Enter one grade, and when it was handed in. Points that a person gave before are kept.

        Args:
            student: the student's id.
            grade: what the submission came to.
            handed_in: when, in UTC unless it says otherwise, or None where that is not known.
            answers: the key of each written answer that a person gave points for, by its cell. One
                that is still the same needs no second look.
        """
        when = timestamp.naive(handed_in) if handed_in else None
        with self._in_one_piece():
            self._gradebook.update_or_create_student(student)
            self._gradebook.update_or_create_submission(grade.assignment, student, timestamp=when)
        self.enter(student, grade, answers)

    @contextmanager
    def _in_one_piece(self) -> Iterator[None]:
        """Leave to whoever comes next what nbgrader would commit by itself, step by step.

        After each commit everything is read again, which takes most of the time.
        """
        session = self._gradebook.db
        session.commit = session.flush
        try:
            with session.no_autoflush:
                yield
        finally:
            del session.commit

    def came(self, student: str, lesson: str, handed_in: datetime | None) -> None:
        """Enter when a submission that is there was handed in, as for `save`."""
        submission = self._gradebook.find_submission(lesson, student)
        submission.timestamp = timestamp.naive(handed_in) if handed_in else None
        self._gradebook.db.commit()

    def enter(self, student: str, grade: Grade, answers: Mapping[str, str] = NONE) -> None:
        """Enter the points of a grade into what is there of it; arguments as for `save`."""
        lesson = grade.assignment
        there = self._gradebook.find_submission_notebook(lesson, lesson, student)
        grades = self._entries(nbgrader.api.Grade, there)
        comments = self._entries(nbgrader.api.Comment, there)
        same = written.same(grade.cells, answers)
        for check in grade.checks:
            entry = grades[check.id]
            by_hand = check.status == "manual" and check.message == ""
            entry.auto_score = None if by_hand else check.score
            if entry.manual_score is None or check.id not in same:
                entry.needs_manual_grade = by_hand or entry.manual_score is not None
            if check.status == "manual":
                comments[check.id].auto_comment = None if by_hand else NO_ANSWER
        self._gradebook.db.commit()

    def entries(self, lesson: str) -> dict[str, "Entry"]:
        """Return all that is entered for a lesson: student to entry."""
        api = nbgrader.api
        query = (
            self._gradebook.db.query(
                api.SubmittedAssignment,
                api.SubmittedNotebook,
                api.Notebook.name,
                api.BaseCell.name,
                api.Grade,
            )
            .join(api.Assignment, api.SubmittedAssignment.assignment_id == api.Assignment.id)
            .join(
                api.SubmittedNotebook,
                api.SubmittedNotebook.assignment_id == api.SubmittedAssignment.id,
            )
            .join(api.Notebook, api.SubmittedNotebook.notebook_id == api.Notebook.id)
            .outerjoin(api.Grade, api.Grade.notebook_id == api.SubmittedNotebook.id)
            .outerjoin(api.BaseCell, api.Grade.cell_id == api.BaseCell.id)
            .filter(api.Assignment.name == lesson)
        )
        found: dict[str, Entry] = {}
        for submission, notebook, name, cell, grade in query:
            when = submission.timestamp
            entry = found.setdefault(submission.student_id, Entry(when, 0.0, {}))
            entry.penalty = max(entry.penalty, notebook.late_submission_penalty or 0.0)
            if grade is not None:
                points = grade.auto_score, grade.manual_score, grade.extra_credit or 0.0
                entry.points[cell if name == lesson else f"{name}/{cell}"] = points
        return found

    def by_hand(self) -> dict[tuple[str, str, str], tuple[float | None, float]]:
        """Return what people gave: student, lesson and cell to points, or None, and extra."""
        api, grade = nbgrader.api, nbgrader.api.Grade
        query = (
            self._gradebook.db.query(
                api.SubmittedAssignment.student_id,
                api.Assignment.name,
                api.BaseCell.name,
                grade.manual_score,
                grade.extra_credit,
            )
            .select_from(grade)
            .join(api.BaseCell, grade.cell_id == api.BaseCell.id)
            .join(api.SubmittedNotebook, grade.notebook_id == api.SubmittedNotebook.id)
            .join(
                api.SubmittedAssignment,
                api.SubmittedNotebook.assignment_id == api.SubmittedAssignment.id,
            )
            .join(api.Assignment, api.SubmittedAssignment.assignment_id == api.Assignment.id)
            .filter(grade.manual_score.isnot(None) | (grade.extra_credit != 0))
        )
        return {(who, lesson, cell): (m, e or 0.0) for who, lesson, cell, m, e in query}

    def cells(self) -> set[tuple[str, str]]:
        """Return the cells that can have points: lesson and name."""
        api = nbgrader.api
        query = (
            self._gradebook.db.query(api.Assignment.name, api.GradeCell.name)
            .select_from(api.GradeCell)
            .join(api.Notebook, api.GradeCell.notebook_id == api.Notebook.id)
            .join(api.Assignment, api.Notebook.assignment_id == api.Assignment.id)
        )
        return {(lesson, cell) for lesson, cell in query}

    def annotate(self, cells: NotebookNode, lesson: str, student: str) -> None:
        """Write points and comments of the gradebook into a graded notebook."""
        found = self._gradebook.find_submission_notebook(lesson, lesson, student)
        off = found.late_submission_penalty or 0.0
        came = found.assignment.timestamp
        cells.metadata["handed_in"] = {
            "score": max(0.0, found.score - off),
            "off": off,
            "when": f"came {timestamp.shown(came.replace(tzinfo=UTC))}" if came else "",
        }
        grades = self._entries(nbgrader.api.Grade, found)
        comments = self._entries(nbgrader.api.Comment, found)
        for cell in cells.cells:
            mark = cell.metadata.get("nbgrader", {})
            name = mark.get("grade_id", "")
            if mark.get("grade"):
                mark["score"] = None if grades[name].needs_manual_grade else grades[name].score
            if mark.get("solution"):
                mark["comment"] = comments[name].comment

    def holds(
        self,
        student: str,
        grade: Grade,
        handed_in: datetime | None,
        answers: Mapping[str, str] = NONE,
    ) -> bool:
        """Tell whether a grade is entered already, with its time; arguments as for `save`."""
        try:
            lesson = grade.assignment
            there = self._gradebook.find_submission_notebook(lesson, lesson, student)
        except MissingEntry:
            return False
        entered = self._entries(nbgrader.api.Grade, there)
        when = there.assignment.timestamp
        if when != (timestamp.naive(handed_in) if handed_in else None):
            return False
        changed = answers.keys() - written.same(grade.cells, answers)
        return all(
            c.id not in changed or entered[c.id].needs_manual_grade
            if c.status == "manual"
            else c.id in entered and entered[c.id].auto_score == c.score
            for c in grade.checks
        )

    def graded(self, lesson: str) -> list[str]:
        """Return the students who have a grade for a lesson."""
        try:
            return [s.student.id for s in self._gradebook.assignment_submissions(lesson)]
        except MissingEntry:
            return []

    def is_to_blame(self, error: Exception, lesson: str) -> bool:
        """Tell whether an error concerns all grades of a lesson, as where it holds none."""
        if isinstance(error, MissingEntry):
            return not self.graded(lesson)
        return concerns_all(error)

    def scores(self, lesson: str) -> dict[str, float]:
        """Return each student's points for a lesson, written answers included where graded."""
        return {s.student.id: s.score for s in self._gradebook.assignment_submissions(lesson)}

    def _entries(self, kind: Any, notebook: nbgrader.api.SubmittedNotebook) -> "_Entries":
        """Return a student's grades or comments in one query: one for each takes longer."""
        found = self._gradebook.db.query(BaseCell.name, kind).join(
            kind, kind.cell_id == BaseCell.id
        )
        return _Entries(tuple(row) for row in found.filter(kind.notebook_id == notebook.id))


@dataclass
class Entry:
    """What is entered of one submission.

    Attributes:
        handed_in: when, in UTC, or None.
        penalty: points that lateness costs.
        points: cell to the points of the checks, those by hand, or None, and extra.
    """

    handed_in: datetime | None
    penalty: float
    points: dict[str, tuple[float | None, float | None, float]]

    @property
    def score(self) -> float:
        """All points, those by hand in place of the checks', less what lateness costs."""
        given = (auto if hand is None else hand for auto, hand, _ in self.points.values())
        extra = sum(extra for _, _, extra in self.points.values())
        return max(0.0, sum(points or 0.0 for points in given) + extra - self.penalty)


class _Entries(dict[str, Any]):
    """Grades or comments by the name of their cell."""

    def __missing__(self, name: str) -> Any:
        raise MissingEntry(f"no cell {name}")


def concerns_all(error: Exception) -> bool:
    """Tell whether the database as a whole has a problem, and not one student's entry."""
    if isinstance(error, DataError):
        return False
    return isinstance(error, (SQLAlchemyError, InvalidEntry, MissingEntry))


@contextmanager
def opened(db_url: str) -> Iterator[Book]:
    """Open a gradebook, made anew where there is none.

    Args:
        db_url: as SQLAlchemy writes it, for example sqlite:///class/gradebook.db or
            postgresql://user@host/name.

    Raises:
        CourseError: there is no such database, or it stops working; no text shows a password.
    """
    nbgrader.api.get_alembic_version = schema_version
    nbgrader.api.app_log.setLevel(logging.CRITICAL)  # what it says in pages, we say in a line
    url = database.address(db_url)
    if path := database.file(url):
        if path.is_symlink():
            raise CourseError(f"{path} is a link: name the gradebook itself with --db")
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch()  # SQLite itself would let no group write
    with warnings.catch_warnings(), database.explained(url):
        # nbgrader reads its own half-made objects; SQLAlchemy warns of each.
        warnings.simplefilter("ignore", SAWarning)
        try:
            gradebook = Gradebook(database.whole(url), COURSE_ID)
        except ImportError as error:
            raise database.driver_missing(url, error) from None
        with gradebook:
            yield Book(gradebook, database.whole(url))


def schema_version() -> str:
    """Return the version of nbgrader's tables, as its own function does.

    That one starts the alembic command, which has to be on the PATH and takes seconds.
    """
    from alembic.script import ScriptDirectory  # here, as only a new gradebook needs it

    scripts = Path(nbgrader.api.__file__).with_name("alembic")
    return ScriptDirectory(str(scripts)).get_current_head() or ""
