"""Grade a class: every submission of a folder, into a gradebook, with a table of who got what.

What was graded before and has not changed since is kept as it is. So a run that was stopped,
however it was stopped, is gone on with by starting it again: a grade is first written as a
notebook, then as a record, then into the gradebook, and only a record whose notebook fits counts as
a grade. What the gradebook lacks is entered again from there.
"""

from collections.abc import Generator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder import disk, gradebook, record
from autograder.airlock import SandboxError
from autograder.build.source import text_of
from autograder.course import CourseError, Lesson, lessons, root
from autograder.feedback.page import page
from autograder.grading import fingerprint, task
from autograder.grading.grade import Grade, kept
from autograder.grading.task import Task
from autograder.handin import submission, timestamp
from autograder.handin.submission import SubmissionError


@dataclass(frozen=True)
class Classroom:
    """The folders of a class, and its gradebook.

    Attributes:
        submitted: holds STUDENT/LESSON/LESSON.ipynb.
        results: where autograded/ and feedback/ go.
        db_url: the gradebook, as for `gradebook.opened`; may hold a password.
    """

    submitted: Path
    results: Path
    db_url: str = field(repr=False)

    @property
    def autograded(self) -> Path:
        return self.results / "autograded"

    @property
    def feedback(self) -> Path:
        return self.results / "feedback"


def at(results: Path | None, submitted: Path | None = None, db_url: str | None = None) -> Classroom:
    """Return the class whose results lie in a folder; the course's class/ where None.

    Args:
        results: where they are or will be.
        submitted: holds STUDENT/LESSON/; results/submitted where None.
        db_url: the gradebook, as for `gradebook.opened`; results/gradebook.db where None.
    """
    results = results or root() / "class"
    db_url = db_url or f"sqlite:///{results.resolve() / 'gradebook.db'}"
    return Classroom(submitted or results / "submitted", results, db_url)


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
    work = {lesson: _folders(room, lesson) for lesson in _lessons(names)}
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
                if isinstance(result, Exception):
                    yield NotGraded(student, lesson.name, fault(result))
                    continue
                graded = write(result.cells, autograded(room, student, lesson))
                ledger.append(record.of(student, result, lesson, content, graded))
                book.save(student, result, timestamp.read(folder))
                yield Graded(student, lesson.name, result)


def count(room: Classroom, names: list[str]) -> int:
    """Return how many submissions there are to look at; arguments as in `grade_class`."""
    return sum(len(_folders(room, lesson)) for lesson in _lessons(names))


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
        old = _unchanged(room, student, lesson, before.get((student, lesson.name)), sandbox)
        if old is None:
            changed.append(folder)
            continue
        if not book.holds(student, old):
            book.save(student, old, timestamp.read(folder))
        yield Graded(student, lesson.name, old, is_old=True)
    return changed


def _unchanged(
    room: Classroom, student: str, lesson: Lesson, before: record.Record | None, sandbox: str | None
) -> Grade | None:
    """Return the grade of a student's last record, if all that it depends on is as it was."""
    if before is None or not before.submission:
        return None
    if (before.manifest, before.environment) != task.version(lesson, sandbox):
        return None
    if before.submission != handed_in(room, student, lesson):
        return None
    path = autograded(room, student, lesson)
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
        except SubmissionError as error:
            yield (folder, ""), Task(str(error), lesson.name, version, sandbox)
        else:
            content = fingerprint.content(found.content)
            one = Task(found, lesson.name, version, sandbox, all_cells=all_cells)
            yield (folder, content), one


def handed_in(room: Classroom, student: str, lesson: Lesson) -> str:
    """Return the fingerprint of what a student handed in for a lesson; '' for nothing."""
    try:
        path = submission.in_folder(room.submitted / student / lesson.name, lesson)
        return fingerprint.content(submission.take(path).content)
    except (SubmissionError, OSError):
        return ""


def write_feedback(room: Classroom, names: list[str]) -> Iterator[Path]:
    """Write the feedback pages of a graded class, from its gradebook and autograded notebooks.

    Args:
        room: the class.
        names: lessons; all if empty.

    Yields:
        The path of each page.
    """
    with gradebook.opened(room.db_url) as book:
        for lesson in _lessons(names):
            for path in sorted(room.autograded.glob(f"*/{lesson.name}/{lesson.path.name}")):
                student = path.parents[1].name
                cells = read(path)
                book.annotate(cells, lesson.name, student)
                target = room.feedback / student / lesson.name / f"{lesson.name}.html"
                disk.write(target, page(cells, lesson.name).encode())
                yield target


def _lessons(names: list[str]) -> list[Lesson]:
    known = lessons()
    unknown = [name for name in names if name not in known]
    if unknown:
        raise CourseError(f"no lesson {', '.join(unknown)}; there are {', '.join(known)}")
    return [known[name] for name in names] if names else list(known.values())


def _folders(room: Classroom, lesson: Lesson) -> list[Path]:
    return sorted(p for p in room.submitted.glob(f"*/{lesson.name}") if p.is_dir())


def autograded(room: Classroom, student: str, lesson: Lesson) -> Path:
    """Return where a student's graded notebook of a lesson is."""
    return room.autograded / student / lesson.name / lesson.path.name


def write(cells: NotebookNode, path: Path) -> str:
    """Write a graded notebook, and return its fingerprint."""
    content = text_of(cells).encode()
    disk.write(path, content)
    return fingerprint.content(content)


def read(path: Path) -> NotebookNode:
    """Read a graded notebook, without another look at its form: it is ours."""
    return nbformat.v4.reads(path.read_text(encoding="utf-8"))


def fault(error: Exception) -> str:
    """Say what kept a submission from being graded; raise what would keep all others, too."""
    if isinstance(error, (CourseError, SandboxError)):
        raise error
    return " ".join(f"{type(error).__name__}: {error}".split())
