"""Grade the one notebook that a platform handed over, and say what each check came to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from autograder.airlock import Limits, SandboxError, sandbox, user
from autograder.course import CourseError, Lesson, chosen
from autograder.grading.airlocks import open_airlock
from autograder.grading.grade import CheckResult, Grade, canary, grade
from autograder.handin import submission
from autograder.handin.reader import SubmissionError
from autograder.handin.submission import HandedIn, Submission
from autograder.shown import one_line, plain
from convbook import notebook

# A container has ten minutes. Two sessions end before, so that there is a result that says so.
LIMITS = Limits(session_seconds=240.0)
TEXT = 8000  # characters of what is said of a check
NOT_HERE = "{} and {}; have the container start as root, or allow user namespaces"
HOW = {"bwrap": "", "user": " (weaker than bubblewrap: docs/security.md)", "none": " (unprotected)"}


@dataclass(frozen=True)
class Checked:
    """One check, as a platform shows it.

    Attributes:
        name: the check's.
        points, score: the most it can give, and what it gave.
        said: what was wrong, with the known mistake behind it; '' where nothing was.
        shown_said: the same of the part of the check that students have.
        passed, shown_passed: whether the check was, and that part of it.
    """

    name: str
    points: float
    score: float
    said: str
    shown_said: str
    passed: bool
    shown_passed: bool


@dataclass(frozen=True)
class Work:
    """What a hand-in came to.

    Attributes:
        lesson: its name.
        sandbox: in which it ran; '' where nothing could be run.
        tests: one for each check; those that a person grades are left out.
        notes: what is to be said of the whole, a line each.
        readable: whether there was a notebook of this lesson.
    """

    lesson: str
    sandbox: str
    tests: tuple[Checked, ...]
    notes: tuple[str, ...]
    readable: bool = True

    @property
    def score(self) -> float:
        return sum(test.score for test in self.tests)

    @property
    def points(self) -> float:
        return sum(test.points for test in self.tests)


def of(folder: Path, lesson: Lesson, kind: str, secrets: tuple[Path, ...] = ()) -> Work:
    """Grade what lies in a folder.

    Args:
        folder: where the platform lays the hand-in.
        lesson: for which it was handed in.
        kind: the sandbox, from `sandbox_here`.
        secrets: what a student's process must not read besides the course; it is closed to others.

    Raises:
        SandboxError: it cannot be run safely here, which is no student's doing.
    """
    try:
        handed_in = _taken(folder, lesson)
        whole = submission.understand(handed_in, lesson)
    except SubmissionError as error:
        return _unreadable(lesson, str(error))
    if kind == "user":
        for secret in secrets:
            _close(secret)
        user.need(secrets)
    try:
        return _graded(handed_in, whole, kind)
    except (CourseError, SandboxError, OSError):
        raise
    except Exception as error:  # a fault of ours, but this hand-in alone meets it
        return _unreadable(lesson, f"it stopped the grader ({type(error).__name__}: {error})")


def _graded(handed_in: HandedIn, whole: Submission, kind: str) -> Work:
    with open_airlock(whole.lesson, kind, LIMITS, many=False) as airlock:
        full = grade(whole, airlock)
        if all(check.status in ("pass", "manual") for check in full.checks):
            return _work(full, full)
        return _work(full, grade(_shown_part(handed_in, whole.lesson), airlock))


def try_out(lesson: Lesson, kind: str) -> None:
    """Grade the lesson's own solution, as a platform's image is made.

    Raises:
        CourseError: it does not get every point: the image must not be used.
    """
    with open_airlock(lesson, kind, LIMITS, many=False) as airlock:
        canary(lesson, airlock)


def sandbox_here() -> str:
    """Return the better of the two sandboxes that keep a hand-in from the rest.

    Raises:
        SandboxError: neither works here.
    """
    if not (problem := sandbox.problem()):
        return "bwrap"
    if other := user.problem():
        raise SandboxError(NOT_HERE.format(problem, other))
    return "user"


def lesson_called(name: str) -> Lesson:
    """Return the lesson of a name.

    Raises:
        CourseError: there is none.
    """
    return chosen([name])[0]


def _close(path: Path) -> None:
    """Let nobody but its owner and group get at a file, or into a folder, if it is there."""
    if path.exists() and not path.is_symlink():
        path.chmod(path.stat().st_mode & 0o770)


def _taken(folder: Path, lesson: Lesson) -> HandedIn:
    try:
        return submission.take(submission.in_folder(folder, lesson))
    except OSError as error:
        raise SubmissionError(f"{folder}: cannot be read ({type(error).__name__})") from None


def _unreadable(lesson: Lesson, why: str) -> Work:
    """Say why nothing was graded; every check gives nothing."""
    todo = f"Hand in {lesson.path.name}, saved in Jupyter, or the file that convbook hand-in makes."
    tests = (
        Checked(c.id, c.points, 0.0, "not run", "not run", False, False) for c in _checks(lesson)
    )
    return Work(lesson.name, "", tuple(tests), (one_line(why, 500), todo), readable=False)


def _checks(lesson: Lesson) -> list[CheckResult]:
    return [
        CheckResult(c.id, c.exercise, c.points, 0.0, "missing", "")
        for c in lesson.checks
        if not c.manual
    ]


def _shown_part(handed_in: HandedIn, lesson: Lesson) -> Submission:
    """Return the notebook with the checks that students have, in place of the whole ones."""
    found = submission.understand(handed_in, lesson)
    shown = notebook.by_name(lesson.released)
    for cell in filter(notebook.is_check, found.cells.cells):
        cell.source = shown[notebook.grade_id(cell)].source
    return found


def _work(full: Grade, shown: Grade) -> Work:
    tests = tuple(
        Checked(
            check.id,
            check.points,
            check.score,
            _said(check),
            _said(seen),
            check.status == "pass",
            seen.status == "pass",
        )
        for check, seen in zip(full.checks, shown.checks, strict=True)
        if check.status != "manual"
    )
    notes = [one_line(note, 500) for note in full.notes]
    if full.answers:
        notes.append(f"Written answers, graded by hand, can add {full.answers:g} points.")
    notes.append(f"Sandbox: {full.sandbox}{HOW[full.sandbox]}.")
    return Work(full.assignment, full.sandbox, tests, tuple(notes))


def _said(check: CheckResult) -> str:
    named = check.mistake or ""
    more = "" if named in check.message else f"\nThis is a known mistake: {named}."
    return plain(f"{check.message}{more}".strip(), TEXT)
