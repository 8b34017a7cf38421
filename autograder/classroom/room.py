"""Where a class is: its folders, its gradebook, and the graded notebooks in them."""

import json
import os
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder import disk
from autograder.build.source import text_of
from autograder.course import CourseError, Lesson, root
from autograder.grading import fingerprint
from autograder.handin import submission, timestamp
from autograder.handin.reader import SubmissionError
from autograder.handin.submission import HandedIn

SETTINGS = "settings.json"  # of a class, in its folder


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

    def notebook(self, student: str, lesson: Lesson) -> Path:
        """Return where a student's graded notebook of a lesson is."""
        return self.autograded / student / lesson.name / lesson.path.name

    def folders(self, lesson: Lesson) -> list[Path]:
        """Return the folders in which something was handed in for a lesson, a student each."""
        found = self.submitted.glob(f"*/{lesson.name}")
        return sorted(p for p in found if p.is_symlink() or p.is_dir())

    def take(self, student: str, lesson: Lesson) -> HandedIn:
        """Take what a student handed in for a lesson, as it is; no link leads to it.

        Raises:
            SubmissionError: there is nothing that can be taken.
        """
        folder = self.submitted / student / lesson.name
        try:
            disk.check(folder, self.submitted)
            return submission.take(submission.in_folder(folder, lesson))
        except OSError as error:
            raise SubmissionError(disk.why(error)) from None

    def came(self, student: str, lesson: Lesson) -> datetime | None:
        """Return when a student handed in, or None where nothing says so, or it is behind a link.

        Raises:
            CourseError: what says so is no time.
        """
        folder = self.submitted / student / lesson.name
        try:
            disk.check(folder, self.submitted)
        except OSError:
            return None
        return timestamp.read(folder, self.submitted)

    def handed_in(self, student: str, lesson: Lesson) -> str:
        """Return the fingerprint of what a student handed in for a lesson; '' for nothing."""
        try:
            return fingerprint.content(self.take(student, lesson).content)
        except SubmissionError:
            return ""

    def keep(self, student: str, lesson: Lesson, cells: NotebookNode) -> str:
        """Write a graded notebook, and return its fingerprint."""
        content = text_of(cells).encode()
        disk.write(self.notebook(student, lesson), content, below=self.results)
        return fingerprint.content(content)

    def graded(self, student: str, lesson: Lesson) -> bytes:
        """Return a graded notebook as it is in its file.

        Raises:
            OSError: it is not there, or no link-free path leads to it.
        """
        return disk.read(self.notebook(student, lesson), below=self.results)

    def print_of_graded(self, student: str, lesson: Lesson) -> str:
        """Return the fingerprint of a graded notebook; '' where it cannot be read."""
        try:
            return fingerprint.content(self.graded(student, lesson))
        except OSError:
            return ""


def class_at(
    results: Path | None = None, submitted: Path | None = None, db_url: str | None = None
) -> Classroom:
    """Return the class whose results lie in a folder.

    Args:
        results: where they are or will be; `folder()` where None.
        submitted: holds STUDENT/LESSON/; results/submitted where None.
        db_url: the gradebook, as for `gradebook.opened`. Where None, the one that was remembered,
            or results/gradebook.db.
    """
    results = results or folder()
    own = f"sqlite:///{results.resolve() / 'gradebook.db'}"
    return Classroom(submitted or results / "submitted", results, db_url or _db(results) or own)


def folder(course: Path | None = None) -> Path:
    """Return where the class is that nobody named: CONVBOOK_CLASS, or class/ of a course."""
    named = os.environ.get("CONVBOOK_CLASS")
    return Path(named) if named else (course or root()) / "class"


def remember(room: Classroom) -> None:
    """Keep a class's gradebook for the next command, unless its address holds a password."""
    from sqlalchemy.engine import make_url  # here, as most commands open no gradebook

    url = make_url(room.db_url)
    if not url.password and not any("password" in name for name in url.query):
        content = json.dumps({"db": room.db_url}).encode()
        disk.write(room.results / SETTINGS, content, mode=0o660, below=room.results)


def _db(results: Path) -> str:
    """Return the gradebook that was remembered for a class, or ''."""
    try:
        return str(json.loads(disk.text(results / SETTINGS))["db"])
    except FileNotFoundError:
        return ""
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise CourseError(
            f"{results / SETTINGS} cannot be read ({type(error).__name__}): take it away, and name"
            " the gradebook once more with --db"
        ) from None


def read(content: bytes) -> NotebookNode:
    """Read a graded notebook, without another look at its form: it is ours."""
    return nbformat.v4.reads(content.decode("utf-8"))
