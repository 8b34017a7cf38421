"""Write the feedback pages of a class."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from autograder import disk
from autograder.classroom import gradebook, late
from autograder.classroom.late import Times
from autograder.classroom.room import Classroom, read
from autograder.course import Lesson, chosen
from autograder.feedback import exchange
from autograder.feedback.maker import Maker
from autograder.handin import roster
from autograder.handin.roster import Roster
from autograder.shown import one_line


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
        for lesson in chosen(names):
            for path in sorted(room.autograded.glob(f"*/{lesson.name}/{lesson.path.name}")):
                student = path.parents[1].name
                target = room.feedback / student / lesson.name / f"{lesson.name}.html"
                is_made = False
                try:
                    problem = times.unread.get((student, lesson.name), "")
                    if not problem:
                        cells = read(room.graded(student, lesson))
                        annotate(cells, student, lesson, book, times, students)
                        content, problem = maker.page(cells, lesson.name)
                        disk.write(target, content, below=room.results)
                        exchange.write(room, student, lesson)
                        is_made = True
                except Exception as error:  # whatever it is, the others' pages are made
                    if disk.is_full(error) or book.is_to_blame(error, lesson.name):
                        raise
                    problem = f"no page ({type(error).__name__}: {error})"
                yield Written(student, lesson.name, target, problem, is_made)


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
