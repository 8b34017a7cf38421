"""Who got what, as lines for a terminal."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from autograder.classroom import gradebook
from autograder.classroom.grade import Graded, NotGraded
from autograder.classroom.gradebook import Entry
from autograder.classroom.late import UNTOLD, Key, Late, Times
from autograder.classroom.room import Classroom
from autograder.grading.grade import Grade
from autograder.handin import left, roster
from autograder.handin.left import Left
from autograder.handin.roster import Student
from autograder.shown import one_line

LONG = 500  # characters of a note or a reason
MOST_NAMED = 40  # students who handed in nothing


@dataclass(frozen=True)
class Standing:
    """What the table says of a class besides what was graded just now.

    Attributes:
        students: the class's list, by folder.
        entries: what the gradebook holds, by student and lesson.
        lates: how late each submission is.
        untold: the submissions of which nothing says when they came.
        left: what came in and could not be used.
    """

    students: dict[str, Student] = field(default_factory=dict)
    entries: dict[Key, Entry] = field(default_factory=dict)
    lates: dict[Key, Late] = field(default_factory=dict)
    untold: frozenset[Key] = frozenset()
    left: tuple[Left, ...] = ()


def standing(room: Classroom, results: Iterable[Graded | NotGraded], times: Times) -> Standing:
    """Read how a class stands in the lessons of some results."""
    with gradebook.opened(room.db_url) as book:
        entries = {
            (student, lesson): entry
            for lesson in {result.lesson for result in results}
            for student, entry in book.entries(lesson).items()
        }
    students = {s.student: s for s in roster.read(room.results).all()}
    return Standing(students, entries, times.lates, times.untold, tuple(left.read(room.results)))


def table(results: Iterable[Graded | NotGraded], known: Standing | None = None) -> Iterator[str]:
    """Lay the results out: a line a student, a column a lesson, then what needs a look."""
    results, known = list(results), known or Standing()
    grades = {(r.student, r.lesson): r.grade for r in results if isinstance(r, Graded)}
    students = {student: one_line(student) for student in sorted({s for s, _ in grades})}
    columns = sorted({lesson for _, lesson in grades})
    heads = _heads(students, known)
    yield "  ".join([heads.pop(""), *columns])
    for student in students:
        cells = (_cell((student, lesson), grades, known).rjust(len(lesson)) for lesson in columns)
        yield "  ".join([heads[student], *cells]).rstrip()
    for (student, lesson), result in sorted(grades.items()):
        late = known.lates.get((student, lesson))
        for note in (*result.notes, *([late] if late and late.days else [])):
            yield f"{students[student]}, {lesson}: {one_line(note, LONG)}"
    for undone in (r for r in results if isinstance(r, NotGraded)):
        whose = f"{one_line(undone.student)}, {undone.lesson}"
        yield f"{whose}: not graded, so run it again: {one_line(undone.reason, LONG)}"
    there = {(result.student, result.lesson) for result in results}
    for lesson in columns:
        nobody = [s for s in sorted(known.students) if (s, lesson) not in there]
        if nobody:
            yield f"{lesson}: nothing came from {len(nobody)}: {_some(nobody)}"
        untold = sorted(s for s, name in known.untold & there if name == lesson)
        if untold:
            yield f"{lesson}: {UNTOLD}, of {len(untold)}: {_some(untold)}"
    for one in known.left:
        yield f"not used: {one_line(one, LONG)}"
    yield (
        "points are by checks, less what lateness costs;"
        " written answers come on top, once they are graded by hand"
    )
    sandboxes = sorted({grade.sandbox for grade in grades.values()} - {""})
    yield f"sandbox: {' and '.join(sandboxes) or 'nothing was run'}"


def _heads(students: dict[str, str], known: Standing) -> dict[str, str]:
    """Return how each line begins: the student, and the name where a list says one; '' is all's."""
    names = {s: one_line(known.students[s].name, 60) for s in students if s in known.students}
    width = max(map(len, ("student", *students.values())))
    heads = {"": "student".ljust(width)} | {s: shown.ljust(width) for s, shown in students.items()}
    if all(name == students[student] for student, name in names.items()):
        return heads
    names[""] = "name"
    width = max(map(len, names.values()))
    return {s: f"{head}  {names.get(s, '').ljust(width)}" for s, head in heads.items()}


def _cell(whose: Key, grades: dict[Key, Grade], known: Standing) -> str:
    grade, entry = grades.get(whose), known.entries.get(whose)
    if grade is None:
        return "-"
    if entry is None:
        return f"{grade.score:g} / {grade.max_score:g}"
    answers = (check for check in grade.checks if check.status == "manual")
    given = sum(c.points for c in answers if entry.points.get(c.id, (0, None))[1] is not None)
    return f"{round(entry.score, 2):g} / {grade.max_score + given:g}"


def _some(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(map(one_line, names[:MOST_NAMED])) + more
