"""To say why a check failed takes its time, and none of what the check itself may take."""

from types import SimpleNamespace
from typing import Any

import pytest

from autograder.airlock import checker
from autograder.airlock.limits import Limits


class Clock:
    """A deadline whose time passes when it is told to."""

    seconds = 60.0

    def __init__(self, left: float) -> None:
        self._left = left

    def left(self) -> float:
        return self._left

    def pass_by(self, seconds: float) -> None:
        self._left -= seconds


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Have a judge that needs five seconds for each mistake it tries, and finds none."""
    asked: list[int] = []

    def explain(clock: Clock, error: BaseException, every: Any, late: Any) -> None:
        asked.append(0)
        while not late():
            clock.pass_by(5)
            asked[-1] += 1

    monkeypatch.setattr(checker, "judge", SimpleNamespace(explain=explain))
    return asked


def explained(watching: checker.Checker, left: float) -> None:
    clock: Any = Clock(left)
    assert watching._explain(clock, AssertionError("wrong"), lambda: None, clock) == (None, "")


def test_a_search_ends_halfway_through_the_time_of_its_check(asked: list[int]) -> None:
    link: Any = SimpleNamespace(gone=None)
    explained(checker.Checker(link, Limits()), left=50)
    assert asked == [5]


def test_all_searches_together_take_no_longer_than_one_check_may(asked: list[int]) -> None:
    link: Any = SimpleNamespace(gone=None)
    watching = checker.Checker(link, Limits())
    for _ in range(4):
        explained(watching, left=60)
    assert asked == [7, 6, 0, 0]
