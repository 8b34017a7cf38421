"""Where a class is: its folders, its gradebook, and the graded notebooks in them."""

import json
import os
import stat
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
from convbook.notebook import Cells

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

    def folders(self, lesson: Lesson, student: str | None = None) -> list[Path]:
        """Return the folders in which something was handed in for a lesson, a student each.

        Args:
            lesson: the lesson.
            student: the one who is looked at; all where None.
        """
        one = [self.submitted / student / lesson.name] if student is not None else None
        found = one or self.submitted.glob(f"*/{lesson.name}")
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

    def keep(self, student: str, lesson: Lesson, cells: Cells) -> str:
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
        submitted: holds STUDENT/LESSON/. Where None, what was remembered, or results/submitted.
        db_url: the gradebook, as for `gradebook.opened`. Where None, the one that was remembered,
            or results/gradebook.db.
    """
    results = results or folder()
    share(results)
    kept = _settings(results, needs_none=bool(db_url))
    there = Path(kept["submitted"]) if "submitted" in kept else results / "submitted"
    return Classroom(submitted or there, results, db_url or kept.get("db") or _own(results))


def folder(course: Path | None = None) -> Path:
    """Return where the class is that nobody named.

    That is CONVBOOK_CLASS, or the class in whose folder this runs, or class/ of a course.
    """
    named = os.environ.get("CONVBOOK_CLASS")
    if named:
        return Path(named)
    here = Path.cwd()
    is_class = any((here / name).is_file() for name in (SETTINGS, "students.csv", "grades.jsonl"))
    return here if is_class else (course or root()) / "class"


def share(results: Path) -> None:
    """Let a group write what is made from now on, where it may write the class's folder."""
    if hasattr(os, "umask") and results.is_dir() and results.stat().st_mode & stat.S_IWGRP:
        os.umask(os.umask(0o077) & ~stat.S_IRWXG)


def remember(room: Classroom, db_url: str | None, submitted: Path | None) -> None:
    """Keep a class's gradebook and hand-ins for the next command; no address with a password.

    Args:
        room: the class.
        db_url, submitted: where these are, as for `class_at`; None where that stays as it was.
    """
    from sqlalchemy.engine import make_url  # here, as most commands open no gradebook

    kept = _settings(room.results, needs_none=bool(db_url))
    if submitted:
        kept["submitted"] = str(submitted.resolve())
    url = make_url(db_url) if db_url else None
    if url and not url.password and not any("password" in name for name in url.query):
        kept["db"] = str(db_url)
    if kept:
        content = json.dumps(kept).encode()
        disk.write(room.results / SETTINGS, content, mode=0o660, below=room.results)


def _own(results: Path) -> str:
    """Return the address of a class's own gradebook, whatever its folder is called."""
    from sqlalchemy.engine import URL

    path = str(results.resolve() / "gradebook.db")
    return URL.create("sqlite", database=path).render_as_string()


def _settings(results: Path, needs_none: bool = False) -> dict[str, str]:
    """Return what was remembered of a class: `db` and `submitted`, where they are elsewhere.

    Args:
        results: the class's folder.
        needs_none: whether settings that cannot be read do no harm.
    """
    try:
        found = json.loads(disk.text(results / SETTINGS))
        return {name: str(found[name]) for name in ("db", "submitted") if name in found}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        if needs_none:
            return {}
        raise CourseError(
            f"{results / SETTINGS} cannot be read ({type(error).__name__}): take it away, and name"
            " the gradebook once more with --db"
        ) from None


def read(content: bytes) -> NotebookNode:
    """Read a graded notebook, without another look at its form: it is ours."""
    return nbformat.v4.reads(content.decode("utf-8"))
