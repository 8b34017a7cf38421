"""How well the checks of a lesson tell its known mistakes: from right, and from each other."""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import combinations

from autograder import diagnosis, judge, mistakes, rehearse
from autograder.course import Check, Lesson
from autograder.mistakes import Mistake
from convbook import notebook

Failures = dict[str, Exception]  # by check


@dataclass
class Exercise:
    """What was found for one exercise cell.

    Attributes:
        name: the cell's name.
        known: how many known mistakes it has.
        missed: those that kept all points with some seed, with the seed.
        seen: how many a student can see before handing in.
        named: how many are named, alone or with one other.
        same: pairs that no check tells apart.
    """

    name: str
    known: int = 0
    missed: list[str] = field(default_factory=list)
    seen: int = 0
    named: int = 0
    same: list[tuple[str, str]] = field(default_factory=list)


def measure(lesson: Lesson, seeds: int) -> list[Exercise]:
    """Try every known mistake of a lesson.

    Args:
        lesson: the lesson.
        seeds: with how many seeds each mistake must lose points.
    """
    by_exercise = defaultdict(list)
    for mistake in mistakes.known(lesson.name):
        by_exercise[mistake.exercise].append(mistake)
    return [_exercise(lesson, name, by_exercise[name], seeds) for name in lesson.exercises]


def always_right(lesson: Lesson, seeds: int) -> list[str]:
    """Return the checks that the solution itself fails, with the seed."""
    judge.begin(lesson.name, 0)
    names = rehearse.student(lesson, {})
    found = []
    for seed in range(seeds):
        judge.begin(lesson.name, seed)
        found += [f"{c.id}, seed {seed}" for c in _checks(lesson) if rehearse.run(c, names)]
    return found


def checks_about(lesson: Lesson, exercise: str) -> list[Check]:
    """Return the checks of the functions that an exercise cell defines."""
    return [check for check in _checks(lesson) if check.exercise in lesson.functions[exercise]]


def _exercise(lesson: Lesson, name: str, known: list[Mistake], seeds: int) -> Exercise:
    result = Exercise(name, len(known))
    checks = checks_about(lesson, name)
    failures: dict[str, Failures] = {}
    for mistake in known:
        judge.begin(lesson.name, 0)
        names = rehearse.student(lesson, {name: mistakes.source(mistake, lesson)})
        failures[mistake.name] = _failures(checks, names)
        result.seen += any(rehearse.run(_visible(c), names) for c in checks)
        for seed in range(seeds):
            judge.begin(lesson.name, seed)
            if not any(rehearse.run(check, names) for check in checks):
                result.missed.append(f"{mistake.name}, seed {seed}")
                break
    result.same = [
        (one, other)
        for one, other in combinations(failures, 2)
        if _alike(failures[one], failures[other])
    ]
    result.named = sum(_is_named(one, failures) for one in failures)
    return result


def _failures(checks: list[Check], names: dict) -> Failures:
    results = {check.id: rehearse.run(check, names) for check in checks}
    return {check: error for check, error in results.items() if error}


def _alike(one: Failures, other: Failures) -> bool:
    return set(one) == set(other) and all(diagnosis.alike(one[c], other[c]) for c in one)


def _is_named(mistake: str, failures: dict[str, Failures]) -> bool:
    """Tell whether some check's diagnosis names a mistake: as many explain it as may."""
    return any(
        sum(c in other and diagnosis.alike(error, other[c]) for other in failures.values())
        <= diagnosis.AT_MOST
        for c, error in failures[mistake].items()
    )


def _checks(lesson: Lesson) -> list[Check]:
    return [check for check in lesson.checks if not check.manual]


def _visible(check: Check) -> Check:
    """Return what a student has of a check."""
    return Check(check.id, check.exercise, check.points, notebook.public(check.source), False)
