"""Who got what, as lines for a terminal."""

from collections.abc import Iterable, Iterator

from autograder.classroom.grade import Graded, NotGraded
from autograder.grading.grade import Grade
from autograder.shown import one_line

LONG = 500  # characters of a note or a reason


def table(results: Iterable[Graded | NotGraded]) -> Iterator[str]:
    """Lay the results out: a line a student, a column a lesson, then what needs a look."""
    results = list(results)
    grades = {(r.student, r.lesson): r.grade for r in results if isinstance(r, Graded)}
    students = {student: one_line(student) for student in sorted({s for s, _ in grades})}
    columns = sorted({lesson for _, lesson in grades})
    width = max(map(len, ("student", *students.values())))
    yield "  ".join(["student".ljust(width), *columns])
    for student, name in students.items():
        cells = (_cell(grades.get((student, lesson)), len(lesson)) for lesson in columns)
        yield "  ".join([name.ljust(width), *cells]).rstrip()
    for (student, lesson), result in sorted(grades.items()):
        for note in result.notes:
            yield f"{students[student]}, {lesson}: {one_line(note, LONG)}"
    for left in (r for r in results if isinstance(r, NotGraded)):
        whose = f"{one_line(left.student)}, {left.lesson}"
        yield f"{whose}: not graded, so run it again: {one_line(left.reason, LONG)}"
    yield "points are by checks; written answers come on top, once they are graded by hand"
    sandboxes = sorted({grade.sandbox for grade in grades.values()} - {""})
    yield f"sandbox: {' and '.join(sandboxes) or 'nothing was run'}"


def _cell(result: Grade | None, width: int) -> str:
    text = "-" if result is None else f"{result.score:g} / {result.max_score:g}"
    return text.rjust(width)
