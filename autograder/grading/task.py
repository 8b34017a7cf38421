"""Grade one submission, here or on another machine: from the bytes of a file to a grade."""

import platform
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from autograder.airlock import SandboxError
from autograder.course import CourseError, Lesson, lessons
from autograder.grading import airlocks, cluster, fingerprint
from autograder.grading.airlocks import AirlockFailed
from autograder.grading.grade import Grade, blank, grade
from autograder.handin import submission
from autograder.handin.reader import SubmissionError
from autograder.handin.submission import HandedIn
from autograder.shown import one_line

TRIES = 2  # of a submission over which the grader itself stumbles


@dataclass(frozen=True)
class Task:
    """All that a grade depends on.

    Attributes:
        handed_in: what a student handed in, or why it cannot be taken.
        lesson: the lesson's name.
        version: hashes of the lesson and of what grades it.
        sandbox: as for `open_airlock`.
        seed, all_cells: as for `grade`.
    """

    handed_in: HandedIn | str
    lesson: str
    version: tuple[str, str]
    sandbox: str | None = None
    seed: int | None = None
    all_cells: bool = False


def version(lesson: Lesson, sandbox: str | None) -> tuple[str, str]:
    """Return the hashes of a lesson and of what grades it on this machine."""
    return fingerprint.lesson(lesson), fingerprint.environment(sandbox or "bwrap")


@contextmanager
def graders(
    scheduler: str | None = None, workers: int | None = None
) -> Iterator[Callable[[Iterable[tuple[Any, Task]]], Iterator[tuple[Any, Any]]]]:
    """Have a function that does tasks on a cluster; for arguments and results see `cluster`."""
    try:
        with cluster.opened(scheduler, workers) as client:
            yield partial(cluster.spread, client, grade_one)
    finally:
        airlocks.close()


def grade_one(task: Task) -> Grade:
    """Do a task. What cannot be read, and what fails in a fresh airlock too, gets 0 and the reason.

    Raises:
        CourseError: this machine has another version of the course, or the lesson's own solution
            does not get every point here.
        SandboxError: there is no sandbox here.
        AirlockFailed, OSError: the airlock or the machine failed, which is no student's doing.
    """
    lesson = lessons().get(task.lesson)
    if lesson is None or version(lesson, task.sandbox) != task.version:
        raise CourseError(
            f"the worker on {platform.node()} has another version of {task.lesson}, of a package or"
            " of Python: install there what is here, and start it again"
        )
    if isinstance(task.handed_in, str):
        return blank(lesson, task.handed_in)
    for _ in range(TRIES):
        try:
            return _graded(task, task.handed_in, lesson)
        except (CourseError, SandboxError, AirlockFailed, OSError):
            raise
        except Exception as error:  # a fault of ours, but this submission alone meets it
            problem = one_line(f"{type(error).__name__}: {error}")
    return blank(lesson, f"{one_line(task.handed_in.name)}: it stopped the grader ({problem})")


def _graded(task: Task, handed_in: HandedIn, lesson: Lesson) -> Grade:
    try:
        understood = submission.understand(handed_in, lesson)
    except SubmissionError as error:
        return blank(lesson, one_line(f"{handed_in.name}: {error}", 500))
    with airlocks.airlock(lesson, task.sandbox) as airlock:
        return grade(understood, airlock, task.seed, task.all_cells)
