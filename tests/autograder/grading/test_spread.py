"""Work spread over the processors of this machine: in which order, how often tried, and its end."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import pytest

from autograder.course import CourseError
from autograder.grading import spread


def test_each_item_comes_back_with_its_result_and_errors_are_results() -> None:
    items = [(name, name) for name in ("7", "five", "3")]
    with spread.here(2) as pool:
        found = dict(spread.spread(pool, int, items))
    assert (found["7"], found["3"]) == (7, 3)
    assert isinstance(found["five"], ValueError)


def test_a_disk_that_cannot_be_read_is_no_fault_of_the_workers() -> None:
    def items():
        yield "one", 1
        raise OSError("Input/output error")

    with spread.here(2) as pool, pytest.raises(OSError, match="Input/output"):
        list(spread.spread(pool, abs, items()))


def test_a_task_is_tried_three_times() -> None:
    tries: Counter[int] = Counter()

    def fails_at_first(least: int) -> int:
        tries[least] += 1
        if tries[least] < least:
            raise OSError("not yet")
        return tries[least]

    with spread.here(1) as pool:
        found = dict(spread.spread(pool, fails_at_first, [(n, n) for n in (1, 3, 4)]))
    assert (found[1], found[3]) == (1, 3)
    assert isinstance(found[4], OSError) and tries[4] == spread.TRIES == 3


def test_one_worker_does_one_after_the_other_when_the_result_before_is_taken() -> None:
    begun: list[int] = []
    with spread.here(1) as pool:
        results = spread.spread(pool, begun.append, [(n, n) for n in range(4)])
        for taken, _ in enumerate(results, start=1):
            time.sleep(0.02)
            assert begun == list(range(taken))


def test_only_a_few_are_read_ahead() -> None:
    read = 0

    def items():
        nonlocal read
        for number in range(100):
            read += 1
            yield number, number

    with spread.here(3) as pool:
        for taken, _ in enumerate(spread.spread(pool, abs, items()), start=1):
            assert read <= taken + 2 * 3
    assert read == 100


@dataclass(frozen=True)
class Asked(spread.Threads):
    """Notes how often it is asked for its workers, which is a message to another machine."""

    asked: list[int] = field(default_factory=list)

    def workers(self) -> int:
        self.asked.append(self.count)
        return super().workers()


def test_workers_are_counted_once_for_all_that_can_be_sent() -> None:
    with spread.here(4) as pool:
        asked = Asked(pool.threads, pool.count)
        results = spread.spread(asked, abs, [(n, n) for n in range(8)])
        next(results)
        assert len(asked.asked) == 1  # for the first eight
        assert len(list(results)) == 7


def test_who_stops_waits_for_what_runs_and_nothing_else_begins() -> None:
    begun, go_on = [], threading.Event()

    def waits(number: int) -> None:
        begun.append(number)
        assert number == 0 or go_on.wait(10)

    with pytest.raises(KeyboardInterrupt), spread.here(2) as pool:
        for _ in spread.spread(pool, waits, [(n, n) for n in range(9)]):
            threading.Timer(0.1, go_on.set).start()
            raise KeyboardInterrupt
    count = len(begun)
    assert 2 <= count <= 4 and go_on.is_set()  # two had begun, and what waited for their threads
    time.sleep(0.1)
    assert len(begun) == count


class Final(Exception):
    """Nobody tries again after this."""


@dataclass
class Elsewhere:
    """Workers that do not answer, or answer with one error."""

    said: Exception | None = None
    final: tuple[type[Exception], ...] = (Final,)
    tried: int = 0

    def submit(self, work: Callable[[Any], Any], argument: Any) -> Future[Any]:
        self.tried += 1
        future: Future[Any] = Future()
        if self.said:
            future.set_exception(self.said)
        return future

    def workers(self) -> int:
        return 0

    def need_workers(self) -> None:
        raise CourseError("no worker")


def test_after_a_final_error_a_task_is_not_tried_again() -> None:
    pool = Elsewhere(Final("killed"))
    ((_, problem),) = spread.spread(pool, abs, [("one", 1)])
    assert isinstance(problem, Final) and pool.tried == 1


def test_where_nobody_answers_it_is_asked_whether_there_is_a_worker(monkeypatch) -> None:
    monkeypatch.setattr(spread, "WAIT", 0.05)
    with pytest.raises(CourseError, match="no worker"):
        list(spread.spread(Elsewhere(), abs, [("one", 1)]))
