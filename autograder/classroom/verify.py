"""Compare a class's records with its gradebook and files, and say what does not fit."""

from collections.abc import Iterator

from autograder.classroom import gradebook, record
from autograder.classroom.gradebook import Book
from autograder.classroom.record import Record
from autograder.classroom.room import Classroom
from autograder.course import CourseError, lessons
from autograder.grading import fingerprint


def verify(room: Classroom) -> Iterator[str]:
    """Find what was changed behind the grader's back.

    Args:
        room: a graded class.

    Yields:
        One line a finding.

    Raises:
        CourseError: the class has no records.
    """
    if not (room.results / record.LINES).exists():
        raise CourseError(f"{room.results}: holds no {record.LINES}; was it graded?")
    for number, _, problem in record.read(room.results):
        if problem:
            yield f"{record.LINES}, line {number}: {problem}"
    known = record.latest(room.results)
    with gradebook.opened(room.db_url) as book:
        for (student, lesson), entry in sorted(known.items()):
            for problem in _problems(room, book, entry):
                yield f"{student}, {lesson}: {problem}"
        for lesson in lessons():
            for student in book.graded(lesson):
                if (student, lesson) not in known:
                    yield f"{student}, {lesson}: is in the gradebook and has no record"


def _problems(room: Classroom, book: Book, entry: Record) -> Iterator[str]:
    scores = book.auto_scores(entry.lesson, entry.student)
    for name, (score, status) in entry.checks.items():
        held = scores.get(name)
        if status != "manual" and held != score:
            yield f"{name} has {held} points in the gradebook and {score:g} in its record"
    lesson = lessons().get(entry.lesson)
    if lesson is None:
        yield "the course has no such lesson"
        return
    if fingerprint.lesson(lesson) != entry.manifest:
        yield "the lesson was changed since this was graded"
    if entry.submission != room.handed_in(entry.student, lesson):
        yield "what was handed in was changed since this was graded"
    if entry.graded and entry.graded != fingerprint.file(room.notebook(entry.student, lesson)):
        yield "the graded notebook was changed"
