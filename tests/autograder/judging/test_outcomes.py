"""A check that failed is run to its end, and each of its statements is noted."""

import contextlib
from typing import Any

from autograder.judging import outcomes
from autograder.judging.outcomes import Watch

SOURCE = """\
import math

def is_even(n):
    assert n % 2 == 0
for n in (2, 3, 5):
    is_even(n)
half = missing / 2
with judge.derived("f"):
    raise RuntimeError("never run")
judge.no_loops("f", missing)
if half is None:
    raise ValueError("no half")
total = math.fsum([half, 1])
"""


def run(source: str, **names: Any) -> dict[tuple[int, int], str]:
    watch = Watch()
    exec(outcomes.to_the_end(source, "<check>"), names | {outcomes.WATCH: watch})
    return {place: type(error).__name__ for place, error in watch.outcomes.items()}


def test_each_statement_is_noted_and_the_next_one_runs() -> None:
    assert run(SOURCE, half=None) == {
        (6, 0): "NoneType",
        (6, 1): "AssertionError",
        (6, 2): "AssertionError",
        (7, 0): "NameError",
        (12, 0): "ValueError",
        (13, 0): "TypeError",
    }


def test_only_what_failed_is_listed_in_its_order() -> None:
    watch = Watch()
    exec(outcomes.to_the_end("1\n1 / 0\n2\n[][0]", "<check>"), {outcomes.WATCH: watch})
    assert outcomes.failing(watch.outcomes) == [(2, 0), (4, 0)]


def test_a_process_that_is_gone_ends_the_run() -> None:
    class Gone(BaseException):
        pass

    watch, names = Watch(), {"Gone": Gone}
    with contextlib.suppress(Gone):
        exec(outcomes.to_the_end("1\nraise Gone\n2", "<check>"), names | {outcomes.WATCH: watch})
    assert list(watch.outcomes) == [(1, 0)]
