"""Grade a class: every submission of a folder, into a gradebook.

What was graded before and has not changed since is kept as it is. So a run that was stopped,
however it was stopped, is gone on with by starting it again: a grade is first written as a
notebook, then as a record, then into the gradebook, and only a record whose notebook fits counts as
a grade. What the gradebook lacks is entered again from there.
"""

from collections.abc import Generator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from autograder import disk
from autograder.airlock import SandboxError
from autograder.classroom import gradebook, record
from autograder.classroom.room import Classroom, read, write
from autograder.course import CourseError, Lesson, chosen
from autograder.grading import fingerprint, task
from autograder.grading.grade import Grade, kept
from autograder.grading.task import Task
from autograder.handin import submission, timestamp
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
        scheduler, workers: as for `cluster.opened`. With one worker, submissions run in the order
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
        before, grades = record.latest(room.results), None
        for lesson, folders in work.items():
            book.register(lesson)
            changed = yield from _those_kept(room, lesson, folders, sandbox, before, book)
            if not changed:
                continue
            if grades is None:
                grades = stack.enter_context(task.graders(scheduler, workers))
            for (folder, content), result in grades(_tasks(changed, lesson, sandbox, all_cells)):
                student = folder.parent.name
                try:
                    if isinstance(result, Exception):
                        raise result
                    graded = write(result.cells, room.notebook(student, lesson))
                    ledger.append(record.of(student, result, lesson, content, graded))
                    book.save(student, result, timestamp.read(folder))
                except Exception as error:
                    yield NotGraded(student, lesson.name, fault(error, book))
                else:
                    yield Graded(student, lesson.name, result)


def count(room: Classroom, names: list[str]) -> int:
    """Return how many submissions there are to look at; arguments as in `grade_class`."""
    return sum(len(room.folders(lesson)) for lesson in chosen(names))


def _those_kept(
    room: Classroom,
    lesson: Lesson,
    folders: list[Path],
    sandbox: str | None,
    before: dict[tuple[str, str], record.Record],
    book: gradebook.Book,
) -> Generator[Graded, None, list[Path]]:
    """Yield the grades that stay as they are, and return the folders of the others."""
    changed = []
    for folder in folders:
        student = folder.parent.name
        try:
            old = _unchanged(room, student, lesson, before.get((student, lesson.name)), sandbox)
            if old and not book.holds(student, old):
                book.save(student, old, timestamp.read(folder))
        except Exception as error:
            fault(error, book)  # it is graded anew
            old = None
        if old:
            yield Graded(student, lesson.name, old, is_old=True)
        else:
            changed.append(folder)
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
    path = room.notebook(student, lesson)
    if fingerprint.file(path) != before.graded:
        return None
    return kept(read(path), lesson, before.sandbox, before.seed, before.notes)


def _tasks(
    folders: list[Path], lesson: Lesson, sandbox: str | None, all_cells: bool
) -> Iterator[tuple[tuple[Path, str], Task]]:
    """Read what is in some folders, one at a time.

    Yields:
        A folder with the fingerprint of what was in it, '' for nothing, and the task to grade it.
    """
    version = task.version(lesson, sandbox)
    for folder in folders:
        try:
            found = submission.take(submission.in_folder(folder, lesson))
        except (SubmissionError, OSError) as error:
            yield (folder, ""), Task(str(error), lesson.name, version, sandbox)
        else:
            content = fingerprint.content(found.content)
            one = Task(found, lesson.name, version, sandbox, all_cells=all_cells)
            yield (folder, content), one


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
