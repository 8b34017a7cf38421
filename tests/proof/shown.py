"""List the known mistakes that the shown part of a check cannot tell apart.

    PYTHONPATH=tests/proof python tests/proof/shown.py                  all lessons
    PYTHONPATH=tests/proof python tests/proof/shown.py 05_pooling       one

A notebook knows no more than what is shown. Fails where too few mistakes could be named there.
"""

import sys
import warnings

import numpy as np

from autograder.course import Lesson, lessons
from autograder.judging import at_home

NAMED = 0.95  # of what fails a shown check: alone, or with one other


def confused(lesson: Lesson) -> tuple[list[list[str]], int, int]:
    """Return the groups of mistakes with one answer, how many answers there are and are named."""
    answers = [sorted(found) for found in at_home.known(lesson).values()]
    named = sum(len(group) <= at_home.AT_MOST for group in answers)
    return [group for group in answers if len(group) > 1], len(answers), named


def main(names: list[str]) -> int:
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    total = told = 0
    for name in names or lessons():
        groups, answers, named = confused(lessons()[name])
        total, told = total + answers, told + named
        print(f"**{name}**: {answers} wrong answers to what is shown, {named} named", "", sep="\n")
        print(*(f"- {', '.join(group)}" for group in groups), "", sep="\n", flush=True)
    print(f"{total} wrong answers, {told / total:.1%} named alone or with one other")
    return 0 if told >= NAMED * total else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
