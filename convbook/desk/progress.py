"""How far a student is: the points of each lesson by the checks in their own notebook.

`of` tells it of one notebook, `show` prints it for all. Its cells run as in grading, in a
process of its own, so that an endless loop or a crash costs that one lesson.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from convbook import notebook
from convbook.handout.reconcile import brought_back
from convbook.points import said
from convbook.running.process import (
    AT,
    BLANK,
    DIFFERS,
    ENDED,
    FAILED,
    MISSING,
    NOT_RUN,
    RIGHT,
    WRONG,
    outcomes,
)

if TYPE_CHECKING:
    from convbook.handout.lesson import Handout
    from convbook.notebook import Node

SECONDS = 60.0  # for all checks of a lesson; those of a right one take under five
WORKERS = 4
TODO = {
    BLANK: "write {}",
    MISSING: "{} is missing: run its cell and look at the error",
    WRONG: "{} does not pass its check yet",
    ENDED: "{} ends Python: look for what does that",
}


@dataclass(frozen=True)
class Check:
    """What one check came to.

    Attributes:
        name: the check's.
        points: the most that it can give.
        outcome: one of those of `running.process`; '' where it did not come to its end.
        why: what differs, or why it was not run, in some lines; or ''.
    """

    name: str
    points: float
    outcome: str = ""
    why: str = ""


@dataclass(frozen=True)
class Lesson:
    """How far one lesson is.

    Attributes:
        path: its notebook.
        title: the heading of the notebook, or its name where it cannot be read.
        points: what the visible checks give.
        most: what they can give.
        answers: what written answers can give, which a person grades.
        not_run: the part of `most` whose checks this machine cannot run.
        errors: what cells ended in, a line each.
        checks: what each check came to.
        exercise: the first one that is not done, or ''.
        todo: what to do about it, or '' where everything is done.
    """

    path: Path
    title: str
    points: float = 0.0
    most: float = 0.0
    answers: float = 0.0
    not_run: float = 0.0
    exercise: str = ""
    todo: str = ""
    errors: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()


def of(path: Path, seconds: float = SECONDS) -> Lesson:
    """Run the visible checks of a notebook, as it was last saved. Never raises for its content.

    Args:
        path: the notebook.
        seconds: how long all its checks may take.
    """
    try:
        cells = notebook.read(path)
    except notebook.NotebookError as error:
        reason = str(error).removeprefix(f"{path}: ")
        return Lesson(path, path.stem, todo=f"{reason}; get this notebook from the course again")
    title = title_of(cells, path.stem)
    lesson, _ = brought_back(cells)
    points = points_of(cells)
    if not points:
        return Lesson(path, title, todo="no checks in it; get this notebook from the course again")
    if lesson and _is_untouched(cells, lesson):
        told, stopped = dict.fromkeys(points, BLANK), ""
    else:
        told, stopped = outcomes(cells.cells, seconds)
    checks = tuple(
        Check(name, worth, told.get(name, ""), told.get(f"{DIFFERS} {name}", ""))
        for name, worth in points.items()
    )
    exercise, todo = _next(checks, stopped, told.get(AT, ""))
    broken = (
        notebook.syntax_error(c.source) for c in cells.cells if notebook.grade_id(c) == exercise
    )
    todo = next((f"{exercise} has {error}" for error in broken if exercise and error), todo)
    return Lesson(
        path,
        title,
        sum(check.points for check in checks if check.outcome == RIGHT),
        sum(points.values()),
        lesson.written if lesson else 0.0,
        sum(check.points for check in checks if check.outcome == NOT_RUN),
        exercise,
        todo,
        tuple(f"{x.removeprefix(FAILED).strip()}: {told[x]}" for x in told if x.startswith(FAILED)),
        checks,
    )


def _is_untouched(cells: Node, lesson: Handout) -> bool:
    """Tell whether all that would run is as it was handed out, so that it need not run."""
    given = {cell.source for cell in lesson.notebook.cells}
    return all(cell.source in given for cell in notebook.run_by_grading(cells.cells))


def all_of(paths: Sequence[Path], seconds: float = SECONDS) -> Iterator[Lesson]:
    """Tell how far each of these notebooks is, a few at a time, in their order."""
    with ThreadPoolExecutor(min(WORKERS, os.cpu_count() or 1)) as pool:
        yield from pool.map(lambda path: of(path, seconds), paths)


def show(found: Iterable[Lesson], say: Callable[[str], object] = print) -> list[Lesson]:
    """Print a line for each lesson as it comes, the sum, and what is next; return the lessons."""
    lessons = []
    for lesson in found:
        lessons.append(lesson)
        say(line(lesson))
    points, most = sum(x.points for x in lessons), sum(x.most for x in lessons)
    say(f"\n{said(points, most, sum(x.answers for x in lessons))}.")
    say("Counted are the checks that you can see, in what was saved; grading has hidden ones.")
    todo = next((x for x in lessons if x.todo), None)
    say(f"Next: {todo.title}: {todo.todo}." if todo else "Next: nothing, every check passes.")
    return lessons


def line(lesson: Lesson) -> str:
    """Return the line of one lesson in the terminal."""
    if not lesson.most:
        return f"{lesson.title:<37} {lesson.todo}"
    not_run = f"{lesson.not_run:g} not run on this machine; " if lesson.not_run else ""
    todo = f"next: {lesson.todo}" if lesson.todo else "done"
    return f"{lesson.title:<37} {lesson.points:>3g} of {lesson.most:g} points   {not_run}{todo}"


def title_of(cells: Node, name: str) -> str:
    """Return the heading of a notebook, or the name where it has none."""
    first = next((c.source for c in cells.cells if c.cell_type == "markdown"), "")
    heading = first.split("\n")[0]
    return heading.removeprefix("#").strip() if heading.startswith("# ") else name


def points_of(cells: Node) -> dict[str, float]:
    """Return the points of each check. A check that was copied counts once."""
    points: dict[str, float] = {}
    for cell in filter(notebook.is_check, cells.cells):
        worth = cell.metadata["nbgrader"].get("points")
        points[notebook.grade_id(cell)] = worth if isinstance(worth, (int, float)) else 0.0
    return points


def _next(checks: Iterable[Check], stopped: str, at: str) -> tuple[str, str]:
    """Return the first exercise that is not done, and what to do about it.

    Args:
        checks: what each came to, in their order.
        stopped: how everything ended, if it ended too early.
        at: the cell that was running then.
    """
    for check in checks:
        exercise = notebook.exercise_of(check.name)
        if check.outcome in TODO:
            return exercise, TODO[check.outcome].format(exercise)
        if not check.outcome:
            return exercise, f"{at or 'the first cell'} {stopped}, and later checks were not run"
    return "", ""
