"""How well the checks of a lesson tell its known mistakes: from right, and from each other."""

from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import alike
import right
from naming import is_named, told

from autograder import mistakes
from autograder.course import Check, Lesson
from autograder.judging import judge, rehearse
from autograder.judging.alike import EXACTLY, likeness
from autograder.judging.outcomes import Watch
from autograder.judging.state import Outcomes
from autograder.mistakes import Mistake

Failures = dict[str, Outcomes]  # by check: what its statements came to
RIGHT_SEEDS = (11, 12, 13)  # of every right version


@dataclass(frozen=True)
class Failed:
    """A check that failed, what it ended in, and the mistake it was told."""

    check: Check
    error: BaseException
    told: str | None


CIRCUMSTANCE = "right only "  # is true of every call that was made, and blames nothing


@dataclass
class Exercise:
    """What was found for one exercise cell.

    Attributes:
        name: the cell's name.
        known: how many known mistakes it has.
        missed: those that kept all points with some seed, with the seed.
        unseen: those that no student can see before handing in.
        unnamed: those that the grader does not name, alone or with one other.
        blamed: those for which the grader names another one that is not there.
        same: pairs that no check tells apart.
        unlisted: those of them that alike.py does not list.
    """

    name: str
    known: int = 0
    missed: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    unnamed: list[str] = field(default_factory=list)
    blamed: list[str] = field(default_factory=list)
    same: list[tuple[str, str]] = field(default_factory=list)
    unlisted: list[tuple[str, str]] = field(default_factory=list)


def measure(lesson: Lesson, name: str, seeds: int) -> Exercise:
    """Try every known mistake of an exercise.

    Args:
        lesson: the lesson.
        name: the exercise.
        seeds: with how many seeds each mistake must lose points.
    """
    known = [m for m in mistakes.known(lesson.name) if m.exercise == name]
    result = Exercise(name, len(known))
    checks = checks_about(lesson, name)
    failures: dict[str, Failures] = {}
    for mistake in known:
        judge.begin(lesson.name, 0)
        names = rehearse.student(lesson, {name: mistakes.source(mistake, lesson)})
        failed = _graded(lesson, names)
        failures[mistake.name] = {
            f.check.id: rehearse.to_the_end(f.check, names, Watch()).outcomes
            for f in failed
            if f.check in checks
        }
        if not any(is_named(f.told, mistake) for f in failed if f.check in checks):
            result.unnamed.append(mistake.name)
        for f in failed:
            if f.told and not is_named(f.told, mistake) and not f.told.startswith(CIRCUMSTANCE):
                result.blamed.append(f"{mistake.name}: {f.check.id} is told {f.told}")
        if not any(rehearse.run(c.shown, names) for c in checks):
            result.unseen.append(mistake.name)
        first = sorted(checks, key=lambda check: check.id not in failures[mistake.name])
        result.missed += _kept(lesson, mistake, first, names, seeds)
    result.same = [
        (one, other)
        for one, other in combinations(failures, 2)
        if _alike(failures[one], failures[other])
    ]
    listed = alike.ALIKE.get((lesson.name, name), {})
    result.unlisted = [pair for pair in result.same if pair not in listed]
    return result


def always_right(lesson: Lesson, seeds: int) -> list[str]:
    """Run the solution with every seed; return the checks that it fails, with the seed."""
    names = rehearse.student(lesson, {})
    found = []
    for seed in range(seeds):
        judge.begin(lesson.name, seed)
        found += [f"{c.id}, seed {seed}" for c in checks_of(lesson) if rehearse.run(c, names)]
    return found


def refused(lesson: Lesson) -> tuple[list[str], int]:
    """Run every right version of every exercise, with each of a few seeds.

    Returns:
        The checks that refuse one, with the version and the seed, and how many versions there are.
    """
    found, count = [], 0
    for exercise, versions in right.versions(lesson).items():
        for style, source in versions.items():
            count += 1
            for seed in RIGHT_SEEDS:
                results = rehearse.rehearse(lesson, {exercise: source}, seed)
                where = f"{exercise}, version {style}, seed {seed}"
                found += [f"{check} with {where}" for check, error in results.items() if error]
    return found, count


def checks_of(lesson: Lesson) -> list[Check]:
    """Return the checks that run by themselves."""
    return [check for check in lesson.checks if not check.manual]


def checks_about(lesson: Lesson, exercise: str) -> list[Check]:
    """Return the checks of the functions that an exercise cell defines."""
    return [c for c in checks_of(lesson) if c.exercise in lesson.functions[exercise]]


def _graded(lesson: Lesson, names: dict[str, Any]) -> list[Failed]:
    """Run every check in order as the grader does, and ask it what it says of each failure."""
    failed = []
    for check in checks_of(lesson):
        error = rehearse.run(check, names)
        if error is None:
            judge.passed(check.id)
        else:
            failed.append(Failed(check, error, told(check, names, error)))
    return failed


def _kept(
    lesson: Lesson, mistake: Mistake, checks: list[Check], names: dict[str, Any], seeds: int
) -> list[str]:
    """Return the first seed with which a mistake keeps all its points, if there is one."""
    for seed in range(seeds):
        judge.begin(lesson.name, seed)
        if not any(rehearse.run(check, names) for check in checks):
            return [f"{mistake.name}, seed {seed}"]
    return []


def _alike(one: Failures, other: Failures) -> bool:
    """Tell whether two mistakes fail the same statements of the same checks in the same way."""
    return set(one) == set(other) and all(
        one[c].keys() == other[c].keys()
        and all(_same(error, other[c][place]) for place, error in one[c].items())
        for c in one
    )


def _same(one: Exception | None, other: Exception | None) -> bool:
    if one is None or other is None:
        return one is other
    return likeness(one, other) >= EXACTLY
