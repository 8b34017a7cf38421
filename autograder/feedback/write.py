"""Write the feedback pages of a class."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from nbformat import NotebookNode

from autograder import disk
from autograder.classroom import gradebook, late
from autograder.classroom.late import Times
from autograder.classroom.room import Classroom, read
from autograder.course import CourseError, Lesson, chosen
from autograder.feedback import exchange
from autograder.feedback.maker import Made, Maker
from autograder.handin import roster
from autograder.handin.roster import Roster
from autograder.shown import one_line

Result = TypeVar("Result")


@dataclass(frozen=True)
class Written:
    """A student's page.

    Attributes:
        student, lesson: whose it is.
        path: where it is, or would be.
        problem: why it is not the whole page, or not there; '' as a rule.
        is_made: whether there is a page, as of now.
    """

    student: str
    lesson: str
    path: Path
    problem: str = ""
    is_made: bool = True

    def __str__(self) -> str:
        if not self.problem:
            return f"wrote {one_line(self.path, 4096)}"
        return f"{one_line(self.student)}, {self.lesson}: feedback: {one_line(self.problem, 500)}"


def write_feedback(room: Classroom, names: list[str]) -> Iterator[Written]:
    """Write the feedback pages of a graded class, from its gradebook and autograded notebooks.

    Args:
        room: the class.
        names: lessons; all if empty.

    Yields:
        Each page, also one that could not be written.

    Raises:
        CourseError: the class's list or rules are not in order.
    """
    times, students = late.enter(room), roster.read(room.results)
    with gradebook.opened(room.db_url) as book, Maker() as maker:
        pages = _Pages(room, times, students, book, maker)
        for lesson in chosen(names):
            yield from pages.of(lesson)


@dataclass(frozen=True)
class _Pages:
    """What the pages of a class are made of."""

    room: Classroom
    times: Times
    students: Roster
    book: gradebook.Book
    maker: Maker

    def of(self, lesson: Lesson) -> Iterator[Written]:
        """Write the pages of a lesson: while one is made, the next notebook is prepared."""
        graded = sorted(self.room.autograded.glob(f"*/{lesson.name}/{lesson.path.name}"))
        students = [path.parents[1].name for path in graded]
        notebooks = (_tried(self._notebook, student, lesson) for student in students)
        notebook = next(notebooks, None)
        for student in students:
            page = _tried(self._begun, notebook, lesson)
            notebook = next(notebooks, None)
            yield self._written(student, lesson, page)

    def _notebook(self, student: str, lesson: Lesson) -> NotebookNode:
        if problem := self.times.unread.get((student, lesson.name)):
            raise CourseError(problem)
        cells = read(self.room.graded(student, lesson))
        annotate(cells, student, lesson, self.book, self.times, self.students)
        return cells

    def _begun(self, notebook: Future[NotebookNode], lesson: Lesson) -> Callable[[], Made]:
        return self.maker.begin(notebook.result(), lesson.name)

    def _written(self, student: str, lesson: Lesson, page: Future[Callable[[], Made]]) -> Written:
        target = self.room.feedback / student / lesson.name / f"{lesson.name}.html"
        problem = self.times.unread.get((student, lesson.name), "")
        is_made = False
        try:
            if not problem:
                content, problem = page.result()()
                disk.write(target, content, below=self.room.results)
                exchange.write(self.room, student, lesson)
                is_made = True
        except Exception as error:  # whatever it is, the others' pages are made
            if disk.is_full(error) or self.book.is_to_blame(error, lesson.name):
                raise
            problem = f"no page ({type(error).__name__}: {error})"
        return Written(student, lesson.name, target, problem, is_made)


def _tried(work: Callable[..., Result], *arguments: Any) -> Future[Result]:
    """Do something now, and keep what comes of it, also an exception, for later."""
    done: Future[Result] = Future()
    try:
        done.set_result(work(*arguments))
    except Exception as error:
        done.set_exception(error)
    return done


def annotate(
    cells: NotebookNode,
    student: str,
    lesson: Lesson,
    book: gradebook.Book,
    times: Times,
    students: Roster,
) -> None:
    """Write into a graded notebook its points and comments, whose it is, and when it came.

    Args:
        cells: the notebook.
        student, lesson: whose and which it is.
        book: the gradebook.
        times: from `late.enter`.
        students: the class's list.
    """
    book.annotate(cells, lesson.name, student)
    said = cells.metadata["handed_in"]
    said["student"] = students.of(student).name
    said["when"] = str(times.lates.get((student, lesson.name), said["when"]))
