"""Write the report of a graded class: count lesson by lesson, look for similar work, write."""

from collections.abc import Iterator
from pathlib import Path

from autograder.classroom.room import Classroom
from autograder.course import CourseError, Lesson, lessons
from autograder.report import read, similar
from autograder.report.page import Writer
from autograder.report.tally import Tally


def write(room: Classroom, names: list[str]) -> Iterator[Path]:
    """Write the report of a class.

    Args:
        room: a graded class.
        names: lessons; all that were graded if empty. The course's page is of these.

    Yields:
        The path of each page.

    Raises:
        CourseError: the class or a lesson was not graded, or there is no such lesson.
    """
    known = lessons()
    unknown = [name for name in names if name not in known]
    if unknown:
        raise CourseError(f"no lesson {', '.join(unknown)}; there are {', '.join(known)}")
    with read.opened(room) as graded:
        writer, tallies, students = Writer(room), [], graded.students()
        for lesson in [known[name] for name in names] or list(known.values()):
            counted, pieces = _count(graded, lesson)
            if not counted.rows:
                continue
            counted.add_absent(students)
            pairs = _pairs(graded, lesson, pieces) if pieces.is_enough else None
            yield from writer.lesson(counted, pairs, graded.due(lesson) is not None)
            tallies.append(counted)
        if not tallies:
            wanted = ", ".join(names) or "any lesson"
            raise CourseError(f"{room.results}: holds no grades of {wanted}")
        yield writer.grades(graded.grades())
        yield writer.course(tallies)


def _count(graded: read.Class, lesson: Lesson) -> tuple[Tally, similar.Pieces]:
    """Go through a lesson's work once."""
    counted, pieces = Tally(lesson), similar.Pieces(lesson)
    for work in graded.works(lesson):
        counted.add(work)
        if work.results:
            pieces.add(work.student, work.sources)
    return counted, pieces


def _pairs(graded: read.Class, lesson: Lesson, pieces: similar.Pieces) -> list[similar.Pair]:
    return similar.pairs(pieces, lambda student: graded.sources(lesson, student))
