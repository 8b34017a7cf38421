"""What the checks read from a log: gaps, races, and uploads that cannot travel beside the work."""

from collections.abc import Callable

import numpy as np
import pytest

from convbook import check, gpu
from convbook.gpu import Counts, tiers

cp, cupyx = gpu.cupy, gpu.cupyx
FOUR = np.ones(4, dtype=np.float32)


def counted(work: Callable[[], object]) -> Counts:
    with gpu.simulated(kernel_ms=0.01), gpu.counting() as seen:  # on a device of its own
        work()
    return seen


def test_a_wait_between_two_kernels_leaves_a_gap_and_one_behind_them_does_not() -> None:
    def ask_at_the_end() -> None:
        float((cp.ones(4) * 2).sum())

    def ask_between() -> None:
        x = cp.ones(4) * 2
        float(x.sum())
        x.sum()

    tiers.steady(counted(ask_at_the_end), "at the end")
    with pytest.raises(check.NotYet, match="stands still 1 times between its first kernel"):
        tiers.steady(counted(ask_between), "between")


def upload(stream: Callable[[], object], pinned: bool) -> Counts:
    def work() -> None:
        host = cupyx.empty_like_pinned(FOUR) if pinned else FOUR
        cp.empty(4, dtype=np.float32).set(host, stream=stream())

    return counted(work)


@pytest.mark.parametrize(
    ("stream", "pinned", "problem"),
    [
        (lambda: cp.cuda.Stream(non_blocking=True), False, "memory that is not pinned"),
        (lambda: None, True, "goes to the stream of the work"),
        (lambda: cp.cuda.Stream(), True, "waits for the stream of the work"),
    ],
)
def test_what_keeps_an_upload_from_travelling_beside_the_work_is_named(
    stream: Callable[[], object], pinned: bool, problem: str
) -> None:
    with pytest.raises(check.NotYet, match=problem):
        tiers.beside(upload(stream, pinned), "work")


def test_a_pinned_upload_on_its_own_stream_is_beside_the_work() -> None:
    tiers.beside(upload(lambda: cp.cuda.Stream(non_blocking=True), True), "work")


@pytest.mark.parametrize("waits", [True, False])
def test_a_stream_that_does_not_wait_for_the_other_is_a_race(waits: bool) -> None:
    def work() -> None:
        copying = cp.cuda.Stream(non_blocking=True)
        there = cp.empty(4, dtype=np.float32)
        there.set(FOUR, stream=copying)
        if waits:
            cp.cuda.get_current_stream().wait_event(copying.record())
        there.sum()

    if waits:
        tiers.ordered(counted(work), "work")
    else:
        with pytest.raises(check.NotYet, match="a race, the first at sum"):
            tiers.ordered(counted(work), "work")


def test_memory_without_numbers_needs_no_kernel() -> None:
    seen = counted(lambda: (cp.empty(4), cp.empty_like(cp.zeros(4))))
    assert seen.names("launches") == ["zeros"]


def test_the_banner_says_that_there_is_no_device_where_there_is_none() -> None:
    if gpu.real() is None:
        assert tiers.banner().splitlines()[0].startswith("GPU: none.")
