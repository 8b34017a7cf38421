"""Grade a class: every submission of a folder, into a gradebook.

What was graded before and has not changed since is kept as it is. So a run that was stopped,
however it was stopped, is gone on with by starting it again: a grade is first written as a
notebook, then as a record, then into the gradebook, and only a record whose notebook fits counts as
a grade. What the gradebook lacks is entered again from there.
"""

from collections.abc import Generator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from autograder import disk
from autograder.airlock import SandboxError
from autograder.classroom import gradebook, record
from autograder.classroom.room import Classroom, read
from autograder.course import CourseError, Lesson, chosen
from autograder.grading import fingerprint, task
from autograder.grading.grade import Grade, kept
from autograder.grading.task import Task
from autograder.handin import spelling
from autograder.handin.reader import SubmissionError
from autograder.shown import one_line


@dataclass(frozen=True)
class NotGraded:
    """A submission that could not be graded through no fault of the student, and why."""

    student: str
    lesson: str
    reason: str


@dataclass(frozen=True)
class Graded:
    """One student's result, and whether it is one from before."""

    student: str
    lesson: str
    grade: Grade
    is_old: bool = False


def grade_class(
    room: Classroom,
    names: list[str],
    sandbox: str | None = None,
    scheduler: str | None = None,
    workers: int | None = None,
    all_cells: bool = False,
) -> Generator[Graded | NotGraded, None, None]:
    """Grade the submissions of a class, lesson by lesson, and enter them into its gradebook.

    Args:
        room: the class.
        names: lessons to grade; all that were handed in if empty.
        sandbox: as for `open_airlock`.
        scheduler, workers: as for `task.graders`. With one worker, submissions run in the order
            of their folders, each when the result before it has been taken.
        all_cells: as for `grade`; what is unchanged is not run for it.

    Yields:
        Each result, as soon as it is in the gradebook; first those that have not changed.

    Raises:
        CourseError: there is nothing to grade, or a lesson's own solution does not get every point.
        SandboxError: there is no sandbox.
    """
    work = {lesson: room.folders(lesson) for lesson in chosen(names)}
    work = {lesson: folders for lesson, folders in work.items() if folders}
    if not work:
        raise CourseError(f"{room.submitted}: holds no STUDENT/LESSON folder of this course")
    with (
        record.opened(room.results) as ledger,
        gradebook.opened(room.db_url) as book,
        ExitStack() as stack,
    ):
        before, grades = record.state(room.results), None
        for lesson, folders in work.items():
            book.register(lesson, before.entered)
            times = yield from _times(room, lesson, folders)
            changed = yield from _those_kept(room, lesson, times, sandbox, before, book, ledger)
            if not changed:
                continue
            if grades is None:
                grades = stack.enter_context(task.graders(scheduler, workers))
            work_of = _tasks(room, changed, lesson, sandbox, all_cells)
            for (student, content), result in grades(work_of):
                try:
                    if isinstance(result, Exception):
                        raise result
                    graded = room.keep(student, lesson, result.cells)
                    came = times[student]
                    ledger.append(record.of(student, result, lesson, content, graded, came))
                    book.save(student, result, came, before.answers.get((student, lesson.name), {}))
                except disk.Refused as error:
                    yield NotGraded(student, lesson.name, f"{room.autograded}: {error}")
                except Exception as error:
                    yield NotGraded(student, lesson.name, fault(error, book))
                else:
                    yield Graded(student, lesson.name, result)


def count(room: Classroom, names: list[str]) -> int:
    """Return how many submissions there are to look at; arguments as in `grade_class`."""
    return sum(len(room.folders(lesson)) for lesson in chosen(names))


def _times(
    room: Classroom, lesson: Lesson, folders: list[Path]
) -> Generator[NotGraded, None, dict[str, datetime | None]]:
    """Return when each handed in; who cannot be graded before a person looks is yielded."""
    times = {}
    for folder in folders:
        student = folder.parent.name
        try:
            if student != spelling.written(student):
                raise CourseError(f"{room.submitted}: give this folder a name of plain letters")
            times[student] = room.came(student, lesson)
        except CourseError as error:
            yield NotGraded(one_line(student), lesson.name, str(error))
    return times


def _those_kept(
    room: Classroom,
    lesson: Lesson,
    times: dict[str, datetime | None],
    sandbox: str | None,
    before: record.State,
    book: gradebook.Book,
    ledger: record.Ledger,
) -> Generator[Graded, None, list[str]]:
    """Yield the grades that stay as they are, and return whose do not."""
    changed = []
    for student, came in times.items():
        known, old = before.grades.get((student, lesson.name)), None
        answers = before.answers.get((student, lesson.name), {})
        try:
            old = _unchanged(room, student, lesson, known, sandbox)
            if known and old and known.handed_in != record.said(came):
                ledger.append(replace(known, handed_in=record.said(came)))
            if old and not book.holds(student, old, came, answers):
                book.save(student, old, came, answers)
        except Exception as error:
            fault(error, book)  # it is graded anew
            old = None
        if old:
            yield Graded(student, lesson.name, old, is_old=True)
        else:
            changed.append(student)
    return changed


def _unchanged(
    room: Classroom, student: str, lesson: Lesson, before: record.Record | None, sandbox: str | None
) -> Grade | None:
    """Return the grade of a student's last record, if all that it depends on is as it was."""
    if before is None or not before.submission:
        return None
    if (before.manifest, before.environment) != task.version(lesson, sandbox):
        return None
    if before.submission != room.handed_in(student, lesson):
        return None
    if room.print_of_graded(student, lesson) != before.graded:
        return None
    cells = read(room.graded(student, lesson))
    return kept(cells, lesson, before.sandbox, before.seed, before.notes)


def _tasks(
    room: Classroom, students: list[str], lesson: Lesson, sandbox: str | None, all_cells: bool
) -> Iterator[tuple[tuple[str, str], Task]]:
    """Read what some students handed in, one at a time.

    Yields:
        A student with the fingerprint of it, '' for nothing, and the task to grade it.
    """
    version = task.version(lesson, sandbox)
    for student in students:
        try:
            found = room.take(student, lesson)
        except (SubmissionError, OSError) as error:
            yield (student, ""), Task(str(error), lesson.name, version, sandbox)
        else:
            content = fingerprint.content(found.content)
            one = Task(found, lesson.name, version, sandbox, all_cells=all_cells)
            yield (student, content), one


def fault(error: Exception, book: gradebook.Book | None = None) -> str:
    """Say what kept a submission from being graded; raise what would keep all others, too.

    Args:
        error: what happened.
        book: the gradebook, where it was being entered; nothing half is left in it.
    """
    of_all = isinstance(error, (CourseError, SandboxError))
    if of_all or disk.is_full(error) or gradebook.concerns_all(error):
        raise error
    if book is not None:
        book.api.db.rollback()
    return one_line(f"{type(error).__name__}: {error}", 500)
