"""Grade a class: every submission of a folder, into a gradebook, with a table of who got what.

What was graded before and has not changed since is kept as it is. So a run that was stopped,
however it was stopped, is gone on with by starting it again: a grade is first written as a
notebook, then as a record, then into the gradebook, and only a record whose notebook fits counts as
a grade. What the gradebook lacks is entered again from there.
"""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder import fingerprint, gradebook, record, submission, timestamp
from autograder.airlock import Airlock
from autograder.archive import is_archive
from autograder.build.source import text_of
from autograder.course import CourseError, Lesson, lessons, root
from autograder.feedback.page import page
from autograder.grade import Grade, blank, canary, grade, kept, open_airlock
from autograder.submission import SubmissionError


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
class Graded:
    """One student's result, and whether it is one from before."""

    student: str
    lesson: str
    grade: Grade
    is_old: bool = False


def grade_class(
    room: Classroom, names: list[str], sandbox: str | None = None, workers: int | None = None
) -> Iterator[Graded]:
    """Grade the submissions of a class, lesson by lesson, and enter them into its gradebook.

    Args:
        room: the class.
        names: lessons to grade; all that were handed in if empty.
        sandbox: as for `open_airlock`.
        workers: how many submissions run at a time; one for each processor where None. With 1 they
            run in the order of their folders, each when the result before it has been taken.

    Yields:
        Each result, as soon as it is in the gradebook; first those that have not changed.

    Raises:
        CourseError: there is nothing to grade, or a lesson's own solution does not get every point.
    """
    work = {lesson: _folders(room, lesson) for lesson in _lessons(names)}
    work = {lesson: folders for lesson, folders in work.items() if folders}
    if not work:
        raise CourseError(f"{room.submitted}: holds no STUDENT/LESSON folder of this course")
    with record.opened(room.results) as ledger, gradebook.opened(room.db_url) as book:
        before = record.latest(room.results)
        for lesson, folders in work.items():
            book.register(lesson)
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
            if not changed:
                continue
            with open_airlock(lesson, sandbox) as airlock:
                canary(lesson, airlock)
                for folder, taken, result in _in_parallel(changed, lesson, airlock, workers):
                    student = folder.parent.name
                    graded = _write(result.cells, autograded(room, student, lesson))
                    ledger.append(record.of(student, result, lesson, taken, graded))
                    book.save(student, result, timestamp.read(folder))
                    yield Graded(student, lesson.name, result)


def count(room: Classroom, names: list[str]) -> int:
    """Return how many submissions there are to look at; arguments as in `grade_class`."""
    return sum(len(_folders(room, lesson)) for lesson in _lessons(names))


def _unchanged(
    room: Classroom, student: str, lesson: Lesson, before: record.Record | None, sandbox: str | None
) -> Grade | None:
    """Return the grade of a student's last record, if all that it depends on is as it was."""
    if before is None or not before.submission:
        return None
    environment = fingerprint.environment(sandbox or "bwrap")
    now = (handed_in(room, student, lesson), fingerprint.lesson(lesson), environment)
    if (before.submission, before.manifest, before.environment) != now:
        return None
    path = autograded(room, student, lesson)
    if fingerprint.file(path) != before.graded:
        return None
    cells = nbformat.read(path, as_version=4)
    return kept(cells, lesson, before.sandbox, before.seed, before.notes)


def _in_parallel(
    folders: list[Path], lesson: Lesson, airlock: Airlock, workers: int | None
) -> Iterator[tuple[Path, str, Grade]]:
    """Grade folders, several at a time; few wait for their turn, however large the class.

    Yields:
        A folder, the fingerprint of what was in it, and its grade, in the order in which they end.
    """
    workers = workers or _processors()
    if workers == 1:
        yield from ((folder, *_grade_folder(folder, lesson, airlock)) for folder in folders)
        return
    todo = iter(folders)
    with ThreadPoolExecutor(workers) as pool:
        running: dict[Future[tuple[str, Grade]], Path] = {}
        try:
            while True:
                for folder in todo:
                    running[pool.submit(_grade_folder, folder, lesson, airlock)] = folder
                    if len(running) >= 2 * workers:
                        break
                if not running:
                    return
                for done in wait(running, return_when=FIRST_COMPLETED).done:
                    yield running.pop(done), *done.result()
        finally:
            for waiting in running:
                waiting.cancel()


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


def handed_in(room: Classroom, student: str, lesson: Lesson) -> str:
    """Return the fingerprint of what a student handed in for a lesson; '' for nothing."""
    try:
        return fingerprint.file(_notebook_in(room.submitted / student / lesson.name, lesson))
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
                cells = nbformat.read(path, as_version=4)
                book.annotate(cells, lesson.name, student)
                target = room.feedback / student / lesson.name / f"{lesson.name}.html"
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(page(cells, lesson.name), encoding="utf-8")
                yield target


def table(results: Iterable[Graded]) -> Iterator[str]:
    """Lay the results out: a line a student, a column a lesson, then what needs a look."""
    grades = {(r.student, r.lesson): r.grade for r in results}
    students = sorted({student for student, _ in grades})
    columns = sorted({lesson for _, lesson in grades})
    width = max(map(len, ("student", *students)))
    yield "  ".join(["student".ljust(width), *columns])
    for student in students:
        cells = (_cell(grades.get((student, lesson)), len(lesson)) for lesson in columns)
        yield "  ".join([student.ljust(width), *cells]).rstrip()
    for (student, lesson), result in grades.items():
        for note in result.notes:
            yield f"{student}, {lesson}: {note}"


def _cell(result: Grade | None, width: int) -> str:
    text = "-" if result is None else f"{result.score:g} / {result.max_score:g}"
    return text.rjust(width)


def _lessons(names: list[str]) -> list[Lesson]:
    known = lessons()
    unknown = [name for name in names if name not in known]
    if unknown:
        raise CourseError(f"no lesson {', '.join(unknown)}; there are {', '.join(known)}")
    return [known[name] for name in names] if names else list(known.values())


def _folders(room: Classroom, lesson: Lesson) -> list[Path]:
    return sorted(p for p in room.submitted.glob(f"*/{lesson.name}") if p.is_dir())


def _grade_folder(folder: Path, lesson: Lesson, airlock: Airlock) -> tuple[str, Grade]:
    """Grade what one student handed in for a lesson; what cannot be read gets 0 and the reason.

    Returns:
        The fingerprint of what was handed in, '' for nothing, and the grade.
    """
    taken = ""
    try:
        path = _notebook_in(folder, lesson)
        taken = fingerprint.file(path)
        return taken, grade(submission.read(path, lesson), airlock)
    except SubmissionError as error:
        return taken, blank(lesson, str(error).removeprefix(f"{folder}{os.sep}"))


def _notebook_in(folder: Path, lesson: Lesson) -> Path:
    """Find the lesson's notebook in a folder: its own name, the only one, or an archive."""
    named = folder / lesson.path.name
    if named.exists():
        return named
    files = sorted(folder.iterdir())
    found = [p for p in files if p.suffix == ".ipynb"] or [p for p in files if is_archive(p)]
    if len(found) != 1:
        raise SubmissionError(f"{lesson.path.name} was not handed in")
    if found[0].suffix == ".ipynb" and not submission.belongs(found[0], lesson):
        raise SubmissionError(f"{found[0].name} is not a notebook of this lesson")
    return found[0]


def autograded(room: Classroom, student: str, lesson: Lesson) -> Path:
    """Return where a student's graded notebook of a lesson is."""
    return room.autograded / student / lesson.name / lesson.path.name


def _write(cells: NotebookNode, path: Path) -> str:
    """Write a graded notebook, and return its fingerprint."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = text_of(cells).encode()
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.replace(path)  # the old one stays whole until the new one is
    return fingerprint.content(content)
