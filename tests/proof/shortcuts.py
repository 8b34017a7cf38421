"""Try to get points without doing the exercise, and print what each way gets.

    PYTHONPATH=tests/lessons:tests python tests/proof/shortcuts.py              all lessons
    PYTHONPATH=tests/lessons:tests python tests/proof/shortcuts.py 03_backprop  one of them

Measured gradients, loops and calls are handed in through the airlock, everything else being right.
What convbook itself offers, constants and tables of what is shown are tried in this process. Fails
where a way gets points of its exercise, or where a right answer is blamed.
"""

import sys
from collections.abc import Iterator

import given
import loops
import measured
from airlock import graded
from machine import SANDBOX

from autograder.airlock import Airlock
from autograder.course import Lesson, lessons
from autograder.grading.airlocks import open_airlock
from autograder.mistakes import shortcuts

HEAD = "| lesson | exercise | way | points | of | named |\n|---|---|---|---|---|---|"
NAMES = {one.name for one in vars(shortcuts).values() if isinstance(one, shortcuts.Shortcut)}


def handed_in(lesson: Lesson, airlock: Airlock) -> Iterator[tuple[str, str, float, float, str]]:
    """Hand in every shortcut of a lesson: exercise, way, points, of how many, and its name."""
    ways = [(exercise, way, cell, True) for exercise, way, cell in measured.answers(lesson)]
    ways += [(exercise, way, cell, False) for exercise, way, cell in loops.answers(lesson)]
    for exercise, way, cell, is_gradient in ways:
        result = graded(lesson, {exercise: cell}, airlock)
        about = measured.checks if is_gradient else given.checks_of
        ids = {check.id for check in about(lesson, exercise)}
        own = [check for check in result.checks if check.id in ids]
        told = {check.mistake for check in own} & NAMES
        points = sum(check.score for check in own), sum(check.points for check in own)
        yield exercise, way, *points, ", ".join(sorted(told))


def blamed(lesson: Lesson, airlock: Airlock) -> list[str]:
    """Return what is wrong with the solution's own grade."""
    result = graded(lesson, {}, airlock)
    return [
        c.id for c in result.checks if c.mistake or (c.status != "manual" and c.score < c.points)
    ]


def main(names: list[str]) -> int:
    bad = []
    print(HEAD, flush=True)
    for name in names or lessons():
        lesson = lessons()[name]
        with open_airlock(lesson, SANDBOX) as airlock:
            bad += [
                f"{name}: the solution is blamed at {check}" for check in blamed(lesson, airlock)
            ]
            for exercise, way, points, most, told in handed_in(lesson, airlock):
                row = (
                    name,
                    f"`{exercise}`",
                    way,
                    f"{points:g}",
                    f"{most:g}",
                    told or "as a wrong one",
                )
                print(f"| {' | '.join(row)} |", flush=True)
                if points:
                    bad.append(f"{name}, {exercise}: {way} gets {points:g} of {most:g}")
        bad += [f"{name}: {found}" for found in given.unknown(lesson)]
    print(f"\nsandbox: {SANDBOX}", *(bad or ["no shortcut gets a point of its exercise"]), sep="\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
