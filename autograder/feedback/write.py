"""Write the feedback pages of a class."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from autograder import disk
from autograder.classroom import gradebook
from autograder.classroom.room import Classroom, read
from autograder.course import Lesson, chosen
from autograder.feedback.page import page


def write_feedback(room: Classroom, names: list[str]) -> Iterator[Path]:
    """Write the feedback pages of a graded class, from its gradebook and autograded notebooks.

    Args:
        room: the class.
        names: lessons; all if empty.

    Yields:
        The path of each page.
    """
    with gradebook.opened(room.db_url) as book:
        for lesson in chosen(names):
            for path in sorted(room.autograded.glob(f"*/{lesson.name}/{lesson.path.name}")):
                with suppress(disk.Refused):  # a link is there, which `grade` says
                    yield _write(room, book, lesson, path.parents[1].name)


def _write(room: Classroom, book: gradebook.Book, lesson: Lesson, student: str) -> Path:
    cells = read(room.graded(student, lesson))
    book.annotate(cells, lesson.name, student)
    target = room.feedback / student / lesson.name / f"{lesson.name}.html"
    disk.write(target, page(cells, lesson.name).encode(), below=room.results)
    return target
