"""Automatic mutants of the solutions: each is another program, and some check should tell.

The changes are cosmic-ray's: another arithmetic sign, a number one off, a comparison turned round,
a loop that never runs. One that no check catches is either the same function, and stands in
equivalent.py with the reason, or a hole in the checks.
"""

import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import FrameType

import cosmic_ray.plugins
from cosmic_ray.mutating import mutate_code
from equivalent import EQUIVALENT, PATTERNS
from known import checks_about

from autograder.course import Check, Lesson
from autograder.judging import judge, rehearse

SECONDS = 2  # of the processor; all checks of an exercise take a tenth. Longer is without end
SEEDS = (0, 1)
# These two want to be told which variables to change.
LEFT_OUT = {"core/VariableReplacer", "core/VariableInserter"}


class Endless(BaseException):
    """A mutant has run for too long. No check may catch this."""


@dataclass
class Mutants:
    """What became of the mutants of one exercise cell.

    Attributes:
        made: how many there are.
        equivalent: how many are listed as being the same function.
        survived: the changed lines of the others that no check caught.
    """

    made: int = 0
    equivalent: int = 0
    survived: list[str] = field(default_factory=list)


def measure(lesson: Lesson, exercise: str) -> Mutants:
    """Make every mutant of an exercise's solution and run its checks on each."""
    source = lesson.solutions[exercise]
    checks = checks_about(lesson, exercise)
    result = Mutants()
    for mutant in _mutants(source):
        result.made += 1
        if not _caught(lesson, exercise, mutant, checks):
            line = changed(source, mutant)
            if _is_listed(line, lesson, exercise):
                result.equivalent += 1
            else:
                result.survived.append(line)
    return result


def _is_listed(line: str, lesson: Lesson, exercise: str) -> bool:
    own = EQUIVALENT.get((lesson.name, exercise), {})
    return line in own or any(pattern.search(line) for pattern in PATTERNS)


def changed(before: str, after: str) -> str:
    """Return what a mutant made of the line that it changed."""
    pairs = zip(before.splitlines(), after.splitlines(), strict=True)
    return next(new.strip() for old, new in pairs if old != new)


def _mutants(source: str) -> Iterator[str]:
    found = {source}
    for name in sorted(set(cosmic_ray.plugins.operator_names()) - LEFT_OUT):
        operator = cosmic_ray.plugins.get_operator(name)()
        occurrence = 0
        while (mutant := mutate_code(source, operator, occurrence)) is not None:
            occurrence += 1
            if mutant not in found:
                found.add(mutant)
                yield mutant


def _caught(lesson: Lesson, exercise: str, mutant: str, checks: list[Check]) -> bool:
    signal.signal(signal.SIGPROF, _stop)
    for seed in SEEDS:
        signal.setitimer(signal.ITIMER_PROF, SECONDS, SECONDS)
        try:
            judge.begin(lesson.name, seed)
            names = rehearse.student(lesson, {exercise: mutant})
            if any(rehearse.run(check, names) for check in checks):
                return True
        except (Exception, Endless, KeyboardInterrupt):
            return True  # it does not define its function, never ends, or interrupts itself
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    return False


def _stop(signum: int, frame: FrameType | None) -> None:
    raise Endless
