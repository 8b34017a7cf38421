"""Grade one exercise of a lesson again for all, after its check was mended.

Each notebook runs again with the seed of its record, so that it meets the same hidden input. Only
the points of the one exercise are taken from that run; those of all other exercises stay, and so
does all that was given by hand. The record that is added says so.

Afterwards the lesson as it is now counts as the one that graded: `autograder grade` finds nothing
that has changed. Without a regrade, `autograder grade` grades a lesson that was changed anew, whole
and for all.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from autograder.classroom import gradebook, record
from autograder.classroom.grade import fault
from autograder.classroom.gradebook import Book
from autograder.classroom.record import Record
from autograder.classroom.room import Classroom, read
from autograder.course import CourseError, Lesson, lessons
from autograder.grading import fingerprint, task
from autograder.grading.grade import CheckResult, Grade, kept
from autograder.grading.task import Task
from autograder.handin.submission import HandedIn
from autograder.shown import one_line
from convbook import notebook
from convbook.notebook import Cells


@dataclass(frozen=True)
class Change:
    """What a regrade did to one student.

    Attributes:
        student: the student's id.
        before, after: points that the checks of the exercise gave.
        note: why nothing was done, or what else to know; '' as a rule.
    """

    student: str
    before: float
    after: float
    note: str = ""


class _Left(Exception):
    """A student who is not regraded; the text says why."""


def find(name: str, room: Classroom) -> tuple[Lesson, str]:
    """Find an exercise by its name, or by LESSON/EXERCISE.

    Raises:
        CourseError: there is none, it is graded by hand, or it is in several graded lessons.
    """
    lesson_name, _, exercise = name.rpartition("/")
    graded = {lesson for _, lesson in record.latest(room.results)}
    known = [lessons()[lesson] for lesson in sorted(graded) if lesson in lessons()]
    if lesson_name:
        known = [lesson for lesson in known if lesson.name == lesson_name]
    found = [x for x in known if any(c.exercise == exercise and not c.manual for c in x.checks)]
    if len(found) == 1:
        return found[0], exercise
    if found:
        choices = " or ".join(f"{lesson.name}/{exercise}" for lesson in found)
        raise CourseError(f"{exercise} is in several lessons: say {choices}")
    if any(c.exercise == exercise for x in known for c in x.checks):
        raise CourseError(f"{exercise} is graded by hand, with autograder answers")
    there = sorted({c.exercise for x in known for c in x.checks if not c.manual})
    raise CourseError(
        f"no exercise {name} in what was graded"
        + (f"; there are {', '.join(there)}" if there else "")
    )


def regrade(
    lesson: Lesson,
    exercise: str,
    room: Classroom,
    sandbox: str | None = None,
    scheduler: str | None = None,
) -> Iterator[Change]:
    """Grade an exercise again for all who were graded.

    Args:
        lesson, exercise: from `find`.
        room: the class.
        sandbox: as for `open_airlock`.
        scheduler: as for `task.graders`.

    Yields:
        What became of each student; at the end, who was left as he was.

    Raises:
        CourseError: the lesson's own solution does not get every point; then nothing is changed.
        SandboxError: there is no sandbox.
    """
    left: list[Change] = []
    with (
        record.opened(room.results) as ledger,
        gradebook.opened(room.db_url) as book,
        task.graders(scheduler) as grades,
    ):
        book.register(lesson, record.state(room.results).entered)
        for was, now in grades(_tasks(lesson, exercise, room, sandbox, left)):
            if isinstance(now, Exception):
                left.append(_unchanged(was.record, lesson, exercise, fault(now)))
                continue
            mended = _mended(was, now, exercise)
            student = was.record.student
            ours = tuple(c for c in mended.checks if c.exercise == exercise)
            try:
                graded = room.keep(student, lesson, mended.cells)
                again = record.of(student, mended, lesson, was.record.submission, graded)
                ledger.append(replace(again, handed_in=was.record.handed_in))
                book.enter(student, replace(mended, checks=ours))
            except Exception as error:
                left.append(_unchanged(was.record, lesson, exercise, fault(error, book)))
                continue
            points = _sum_of(was.record, lesson, exercise), sum(check.score for check in ours)
            yield Change(student, *points, _by_hand(book, student, lesson, ours))
    yield from left


def table(changes: list[Change], exercise: str) -> Iterator[str]:
    """Lay out what changed: who, before, after; then who was left, and why."""
    changes = [replace(c, student=one_line(c.student)) for c in changes]
    changes.sort(key=lambda change: change.student)
    moved = [c for c in changes if c.before != c.after]
    width = max(map(len, ("student", *(c.student for c in moved))))
    if moved:
        yield f"{'student'.ljust(width)}  before  after"
    for change in moved:
        yield f"{change.student.ljust(width)}  {change.before:6g}  {change.after:5g}"
    for change in changes:
        if change.note:
            yield f"{change.student}: {one_line(change.note, 500)}"
    yield f"{exercise}: {len(moved)} of {len(changes)} changed"


@dataclass(frozen=True)
class _Was:
    """A grade before the regrade: its record, and what is written in the graded notebook."""

    record: Record
    grade: Grade


def _tasks(
    lesson: Lesson, exercise: str, room: Classroom, sandbox: str | None, left: list[Change]
) -> Iterator[tuple[_Was, Task]]:
    """Make the task of each student; who cannot be regraded is entered into left."""
    version = task.version(lesson, sandbox)
    for (_, name), old in sorted(record.latest(room.results).items()):
        if name != lesson.name:
            continue
        try:
            handed_in = _same_file(old, lesson, room)
            was = _old_grade(old, _same_notebook(old, lesson, room), lesson, exercise)
        except (_Left, CourseError) as error:
            reason = str(error).removeprefix(f"{room.submitted}/")
            left.append(_unchanged(old, lesson, exercise, reason))
            continue
        yield _Was(old, was), Task(handed_in, lesson.name, version, sandbox, old.seed)


def _unchanged(old: Record, lesson: Lesson, exercise: str, reason: str) -> Change:
    points = _sum_of(old, lesson, exercise)
    return Change(old.student, points, points, reason)


def _sum_of(old: Record, lesson: Lesson, exercise: str) -> float:
    names = [check.id for check in lesson.checks if check.exercise == exercise]
    return sum(old.checks[name][0] for name in names if name in old.checks)


def _mended(was: _Was, now: Grade, exercise: str) -> Grade:
    """Put the exercise's new results into the old grade."""
    old = {check.id: check for check in was.grade.checks}
    results = tuple(c if c.exercise == exercise else old[c.id] for c in now.checks)
    note = f"regraded: {exercise}"
    notes = (*(n for n in was.record.notes if n != note), note)
    cells = _merged(was.grade.cells, now.cells, exercise)
    return replace(now, checks=results, notes=notes, cells=cells)


def _same_file(old: Record, lesson: Lesson, room: Classroom) -> HandedIn:
    if not old.submission:
        raise _Left("nothing was handed in")
    found = room.take(old.student, lesson)
    if fingerprint.content(found.content) != old.submission:
        raise _Left("not what was graded is handed in now: run autograder grade first")
    return found


def _same_notebook(old: Record, lesson: Lesson, room: Classroom) -> Cells:
    if not old.graded or room.print_of_graded(old.student, lesson) != old.graded:
        raise _Left("the graded notebook is not the recorded one: run autograder grade first")
    return read(room.graded(old.student, lesson))


def _old_grade(old: Record, cells: Cells, lesson: Lesson, exercise: str) -> Grade:
    """Return the grade as it was, if the checks of all other exercises are as they were."""
    if set(old.checks) != {check.id for check in lesson.checks}:
        raise _Left("the lesson has other checks now: run autograder grade")
    was = kept(cells, lesson, old.sandbox, old.seed, old.notes)

    def points(checks: tuple) -> list[tuple[str, float]]:
        return [(c.id, c.points) for c in checks if c.exercise != exercise]

    if points(was.checks) != points(lesson.checks):
        raise _Left("other checks give other points now: run autograder grade")
    return was


def _merged(old: Cells, new: Cells, exercise: str) -> Cells:
    """Put an exercise's check cells as they ran now into the graded notebook from before."""
    again = {notebook.grade_id(cell): cell for cell in notebook.checks_of(new, exercise)}
    old.cells = [again.get(notebook.grade_id(cell), cell) for cell in old.cells]
    return old


def _by_hand(book: Book, student: str, lesson: Lesson, checks: tuple[CheckResult, ...]) -> str:
    """Say where a person gave points for a check, which count in place of ours."""
    entered = book.api.find_submission_notebook(lesson.name, lesson.name, student).grades
    given = {g.name: g.manual_score for g in entered if g.manual_score is not None}
    said = [f"{c.id} keeps the {given[c.id]:g} given by hand" for c in checks if c.id in given]
    return "; ".join(said)
