"""Write the feedback pages of a class."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder import disk
from autograder.classroom import gradebook
from autograder.classroom.room import Classroom, read
from autograder.course import Lesson, chosen
from autograder.feedback.maker import Maker
from autograder.shown import one_line


@dataclass(frozen=True)
class Written:
    """A student's page.

    Attributes:
        student, lesson: whose it is.
        path: where it is, or would be.
        problem: why it is not the whole page, or not there; '' as a rule.
    """

    student: str
    lesson: str
    path: Path
    problem: str = ""

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
    """
    with gradebook.opened(room.db_url) as book, Maker() as maker:
        for lesson in chosen(names):
            for path in sorted(room.autograded.glob(f"*/{lesson.name}/{lesson.path.name}")):
                student = path.parents[1].name
                target = room.feedback / student / lesson.name / f"{lesson.name}.html"
                try:
                    problem = _write(room, student, target, lesson, book, maker)
                except Exception as error:  # whatever it is, the others' pages are made
                    if disk.is_full(error) or book.is_to_blame(error, lesson.name):
                        raise
                    problem = f"no page ({type(error).__name__}: {error})"
                yield Written(student, lesson.name, target, problem)


def _write(
    room: Classroom,
    student: str,
    target: Path,
    lesson: Lesson,
    book: gradebook.Book,
    maker: Maker,
) -> str:
    """Write one page, and return what is wrong with it, or ''."""
    cells = read(room.graded(student, lesson))
    book.annotate(cells, lesson.name, student)
    content, problem = maker.page(cells, lesson.name)
    disk.write(target, content, below=room.results)
    return problem
