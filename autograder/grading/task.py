"""Grade one submission, here or on another machine: from the bytes of a file to a grade."""

import platform
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from autograder.airlock import SandboxError
from autograder.course import CourseError, Lesson, lessons
from autograder.grading import airlocks, fingerprint, spread
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
    """Have a function that does tasks; for its results see `spread`.

    Args:
        scheduler: the address of a Dask scheduler; this machine does them where None.
        workers: how many of this machine do them at a time; one for each processor where None.

    Raises:
        CourseError: the scheduler does not answer or has no workers.
    """
    with ExitStack() as stack:
        stack.callback(airlocks.close)
        pool = stack.enter_context(_pool(scheduler, workers))
        stack.callback(airlocks.close)  # what still runs in one then comes to its end
        yield partial(spread.spread, pool, grade_one)


def _pool(scheduler: str | None, workers: int | None) -> AbstractContextManager[spread.Pool]:
    if scheduler is None:
        return spread.here(workers)
    from autograder.grading import cluster  # here, as Dask takes its time to load

    return cluster.joined(scheduler)


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
