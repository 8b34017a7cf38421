"""Write the feedback pages of a class."""

from collections.abc import Iterator
from pathlib import Path

from autograder import disk
from autograder.classroom import gradebook
from autograder.classroom.room import Classroom, read
from autograder.course import chosen
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
                student = path.parents[1].name
                cells = read(path)
                book.annotate(cells, lesson.name, student)
                target = room.feedback / student / lesson.name / f"{lesson.name}.html"
                disk.write(target, page(cells, lesson.name).encode())
                yield target
