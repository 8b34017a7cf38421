"""Grade one exercise of a lesson again for all, after its check was mended.

Each notebook runs again with the seed of its record, so that it meets the same hidden input. Only
the points of the one exercise are taken from that run; those of all other exercises stay, and so
does all that was given by hand. The record that is added says so.

Afterwards the lesson as it is now counts as the one that graded: `autograder grade` finds nothing
that has changed. Without a regrade, `autograder grade` grades a lesson that was changed anew, whole
and for all.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder import classroom, fingerprint, gradebook, record, submission
from autograder.airlock import Airlock
from autograder.classroom import Classroom
from autograder.course import CourseError, Lesson, lessons
from autograder.grade import CheckResult, Grade, canary, grade, kept, open_airlock
from autograder.gradebook import Book
from autograder.record import Record
from convbook import notebook


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
        raise CourseError(f"{exercise} is graded by hand, in nbgrader's Formgrader")
    there = sorted({c.exercise for x in known for c in x.checks if not c.manual})
    raise CourseError(
        f"no exercise {name} in what was graded"
        + (f"; there are {', '.join(there)}" if there else "")
    )


def regrade(
    lesson: Lesson, exercise: str, room: Classroom, sandbox: str | None = None
) -> Iterator[Change]:
    """Grade an exercise again for all who were graded.

    Args:
        lesson, exercise: from `find`.
        room: the class.
        sandbox: as for `open_airlock`.

    Yields:
        What became of each student, in the order of their names.

    Raises:
        CourseError: the lesson's own solution does not get every point; then nothing is changed.
    """
    with record.opened(room.results) as ledger, gradebook.opened(room.db_url) as book:
        before = {
            s: r for (s, name), r in record.latest(room.results).items() if name == lesson.name
        }
        book.register(lesson)
        with open_airlock(lesson, sandbox) as airlock:
            canary(lesson, airlock)
            work = partial(_again, exercise=exercise, lesson=lesson, room=room, airlock=airlock)
            for old, outcome in _in_parallel(work, sorted(before.values(), key=_name)):
                points = _sum_of(old, lesson, exercise)
                if isinstance(outcome, _Left):
                    yield Change(old.student, points, points, str(outcome))
                    continue
                path = classroom.autograded(room, old.student, lesson)
                graded = classroom._write(outcome.cells, path)
                ledger.append(record.of(old.student, outcome, lesson, old.submission, graded))
                ours = tuple(c for c in outcome.checks if c.exercise == exercise)
                book.save(old.student, replace(outcome, checks=ours), None)
                after = sum(check.score for check in ours)
                yield Change(old.student, points, after, _by_hand(book, old.student, lesson, ours))


def table(changes: list[Change], exercise: str) -> Iterator[str]:
    """Lay out what changed: who, before, after; then who was left, and why."""
    moved = [c for c in changes if c.before != c.after]
    width = max(map(len, ("student", *(c.student for c in moved))))
    if moved:
        yield f"{'student'.ljust(width)}  before  after"
    for change in moved:
        yield f"{change.student.ljust(width)}  {change.before:6g}  {change.after:5g}"
    for change in changes:
        if change.note:
            yield f"{change.student}: {change.note}"
    yield f"{exercise}: {len(moved)} of {len(changes)} changed"


def _name(old: Record) -> str:
    return old.student


def _sum_of(old: Record, lesson: Lesson, exercise: str) -> float:
    names = [check.id for check in lesson.checks if check.exercise == exercise]
    return sum(old.checks[name][0] for name in names if name in old.checks)


def _in_parallel(work: partial, items: list[Record]) -> Iterator[tuple[Record, Grade | _Left]]:
    """Do work on each, a few at a time, so that a large class does not fill the memory."""
    workers = classroom._processors()
    todo = iter(items)
    with ThreadPoolExecutor(workers) as pool:
        while batch := list(islice(todo, 4 * workers)):
            yield from zip(batch, pool.map(work, batch), strict=True)


def _again(
    old: Record, exercise: str, lesson: Lesson, room: Classroom, airlock: Airlock
) -> Grade | _Left:
    """Run a student's notebook again, and put the exercise's new results into the old grade."""
    try:
        path = _same_file(old, lesson, room)
        cells = _same_notebook(old, lesson, room)
        was = _old_grade(old, cells, lesson, exercise)
        now = grade(submission.read(path, lesson), airlock, old.seed)
    except (_Left, CourseError) as error:
        return _Left(str(error).removeprefix(f"{room.submitted}/"))
    results = tuple(
        new if new.exercise == exercise else next(c for c in was.checks if c.id == new.id)
        for new in now.checks
    )
    note = f"regraded: {exercise}"
    notes = (*(n for n in old.notes if n != note), note)
    return replace(now, checks=results, notes=notes, cells=_merged(cells, now.cells, exercise))


def _same_file(old: Record, lesson: Lesson, room: Classroom) -> Path:
    if not old.submission:
        raise _Left("nothing was handed in")
    if classroom.handed_in(room, old.student, lesson) != old.submission:
        raise _Left("not what was graded is handed in now: run autograder grade first")
    return classroom._notebook_in(room.submitted / old.student / lesson.name, lesson)


def _same_notebook(old: Record, lesson: Lesson, room: Classroom) -> NotebookNode:
    path = classroom.autograded(room, old.student, lesson)
    if not old.graded or fingerprint.file(path) != old.graded:
        raise _Left("the graded notebook is not the recorded one: run autograder grade first")
    return nbformat.read(path, as_version=4)


def _old_grade(old: Record, cells: NotebookNode, lesson: Lesson, exercise: str) -> Grade:
    """Return the grade as it was, if the checks of all other exercises are as they were."""
    if set(old.checks) != {check.id for check in lesson.checks}:
        raise _Left("the lesson has other checks now: run autograder grade")
    was = kept(cells, lesson, old.sandbox, old.seed, old.notes)

    def points(checks: tuple) -> list[tuple[str, float]]:
        return [(c.id, c.points) for c in checks if c.exercise != exercise]

    if points(was.checks) != points(lesson.checks):
        raise _Left("other checks give other points now: run autograder grade")
    return was


def _merged(old: NotebookNode, new: NotebookNode, exercise: str) -> NotebookNode:
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
