"""What is being graded: the lesson, the seed of its hidden input, what came of it so far.

There is one in a process. The judge reads it, and so does whoever rehearses a lesson.
"""

import zlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder import course
from autograder.course import Lesson
from autograder.judging.circumstances import Facts
from autograder.mistakes import Mistake

Place = tuple[int, int]  # of a check's statement: its line, and how often it had run before
Outcomes = dict[Place, Exception | None]  # what each ended in, in the order in which they ran


@dataclass
class SoFar:
    """What is known of a submission while its checks run.

    Attributes:
        passed: the checks that it passed.
        failed: the functions whose checks it failed.
        outcomes: what the statements of each check came to that it failed.
        seconds: of the processor that went into the search for names.
        named: the known mistakes that were found in it.
        unexplained: the functions for whose failures nothing was found.
    """

    passed: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    outcomes: dict[str, Outcomes] = field(default_factory=dict)
    seconds: float = 0.0
    named: list[Mistake] = field(default_factory=list)
    unexplained: set[str] = field(default_factory=set)


class _State:
    def __init__(self) -> None:
        self.seed: int | None = None
        self.lesson: Lesson | None = None
        self.reference: dict[str, Any] | None = None
        self.rng = np.random.default_rng()
        self.so_far = SoFar()
        self.circumstances: Facts | None = None  # of the judged call, while somebody notes them


state = _State()


def begin(lesson: str, seed: int) -> None:
    """Start grading one submission of a lesson, with the seed of all its hidden input."""
    state.seed = seed
    state.lesson = course.lessons()[lesson]
    state.reference = state.lesson.reference()
    state.so_far = SoFar()


def begin_check(check_id: str) -> None:
    """Start one check. Its input depends on the seed and its name, not on the checks before it."""
    if state.seed is not None:
        state.rng = np.random.default_rng([state.seed, zlib.crc32(check_id.encode())])
