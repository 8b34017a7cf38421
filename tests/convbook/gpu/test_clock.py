"""The cost model: times that one can check by hand, and that the device's own clock agrees with."""

from typing import Any

import numpy as np
import pytest

from convbook import check, gpu
from convbook.gpu import pinned, tiers
from convbook.gpu.clock import Costs, Entry, measure, schedule

cp, cupyx = gpu.cupy, gpu.cupyx
ROUND = Costs(launch=1.0, bus=10.0, copy=5.0, memory=100.0, speed=1000.0)
WORK = Entry("launch", "f", bytes=400)  # 4 seconds


def spans(*log: Entry) -> list[tuple]:
    return [(s.lane, s.kind, s.start, s.end) for s in schedule(log, ROUND)]


def test_the_host_orders_and_the_gpu_works_meanwhile() -> None:
    assert spans(WORK, WORK, Entry("wait", "w", None)) == [
        ("host", "order", 0, 1),
        ("gpu", "launch", 1, 5),
        ("host", "order", 1, 2),
        ("gpu", "launch", 5, 9),
        ("host", "wait", 2, 9),
    ]


def test_a_kernel_takes_as_long_as_the_longer_of_its_bytes_and_its_flops() -> None:
    times = [measure([Entry("launch", "f", bytes=b, flops=f)], ROUND).gpu
             for b, f in ((400, 0), (400, 3000), (400, 5000), (0, 0))]  # fmt: skip
    assert times == pytest.approx([4000, 4000, 5000, 0.002])


def test_from_plain_memory_the_host_copies_first_and_from_pinned_it_goes_on() -> None:
    plain, pinned = Entry("upload", "x", bytes=20), Entry("upload", "x", bytes=20, pinned=True)
    assert spans(plain) == [
        ("host", "copy", 0, 4),
        ("host", "order", 4, 5),
        ("bus", "upload", 5, 7),
    ]
    assert spans(pinned) == [("host", "order", 0, 1), ("bus", "upload", 1, 3)]


@pytest.mark.parametrize(
    "streams,starts",
    [((0, 0), 5), ((0, 1), 2), ((0, -1), 5), ((-1, 0), 5), ((-1, -2), 2), ((1, -2), 2)],
)
def test_which_streams_wait_for_which(streams: tuple[int, int], starts: float) -> None:
    first, second = streams
    log = [WORK._replace(stream=first), Entry("upload", "x", second, 20, pinned=True)]
    assert spans(*log)[-1] == ("bus", "upload", starts, starts + 2)


def test_kernels_and_transfers_of_two_streams_run_one_after_the_other() -> None:
    other = WORK._replace(stream=1)
    assert [s[2:] for s in spans(WORK, other) if s[0] == "gpu"] == [(1, 5), (5, 9)]
    batch = Entry("upload", "x", 0, 20, pinned=True)
    assert [s[2:] for s in spans(batch, batch._replace(stream=1)) if s[0] == "bus"] == [
        (1, 3),
        (3, 5),
    ]


def test_a_stream_that_follows_a_mark_begins_behind_it() -> None:
    log = [
        Entry("upload", "x", 1, 50, pinned=True),
        Entry("record", "r", 1, mark=1),
        Entry("follow", "f", 0, mark=1),
        WORK,
        Entry("wait", "w", None, mark=1),
    ]
    assert spans(*log) == [
        ("host", "order", 0, 1),
        ("bus", "upload", 1, 6),
        ("host", "order", 1, 2),
        ("gpu", "launch", 6, 10),
        ("host", "wait", 2, 6),
    ]


def test_everybody_is_busy_or_waits_and_an_overlap_counts_once() -> None:
    log = [WORK, Entry("upload", "x", 1, 20, pinned=True), Entry("wait", "w", None)]
    times = measure(log, ROUND)
    assert (times.total, times.host, times.bus, times.gpu) == (5000, 2000, 2000, 4000)
    assert (times.host_idle, times.bus_idle, times.gpu_idle) == (3000, 3000, 1000)
    assert times.overlap == 2000
    assert str(times).startswith("5000.000 ms: host busy 2000.000, bus busy 2000.000, GPU busy")


def batches(pinned: bool, beside: bool, steps: int = 4) -> Any:
    """Upload a batch and work on it, step after step."""
    make = cupyx.empty_pinned if pinned else np.empty
    host = make((512, 512), dtype=np.float32)
    host[:] = 1
    w = cp.ones((512, 512), dtype=np.float32)
    stream = cp.cuda.Stream(non_blocking=True) if beside else cp.cuda.Stream.null

    def upload() -> Any:
        with stream:
            return cp.asarray(host), stream.record()

    with gpu.counting() as seen:
        following = upload()
        for step in range(steps):
            x, there = following
            if step < steps - 1:
                following = upload()
            main = cp.cuda.get_current_stream()
            main.wait_event(there)
            h = x
            for _ in range(4):
                h = h @ w
            stream.wait_event(main.record())  # the next but one takes the memory of x
    assert seen.races == []
    return seen


def test_an_upload_beside_the_work_needs_another_stream_and_pinned_memory_to_be_fast() -> None:
    with gpu.simulated(costs=gpu.Costs()):
        counted = {how: batches(*how) for how in np.ndindex(2, 2)}
    found = {how: gpu.times(seen) for how, seen in counted.items()}
    fastest = found.pop((1, 1))
    assert all(times.total > 1.4 * fastest.total for times in found.values())
    assert fastest.overlap == pytest.approx(fastest.bus * 3 / 4), "all batches but the first"
    assert found[0, 0].overlap == found[1, 0].overlap == 0, "one stream does one thing at a time"
    # From plain memory the host copies, and orders nothing meanwhile.
    spans = [s for s in schedule(counted[0, 1].log, gpu.Costs()) if s.lane == "host"]
    copies = [s for s in spans if s.kind == "copy"]
    orders = [s for s in spans if s.kind == "order"]
    assert len(copies) == 4
    assert not any(c.start < o.end and o.start < c.end for c in copies for o in orders)


def test_the_clock_of_the_device_is_that_of_its_log() -> None:
    with gpu.simulated(costs=gpu.Costs()):
        start = gpu.clock()
        seen = batches(True, True)
        cp.cuda.Device().synchronize()
        assert 1000 * (gpu.clock() - start) == pytest.approx(gpu.times(seen).total, rel=0.05)
    slower = gpu.times(seen, gpu.Costs(bus=1e9))
    assert slower.bus == pytest.approx(20 * gpu.times(seen).bus)


@pytest.mark.parametrize("how", ["event", "host", "null waits", "not at all"])
def test_what_another_stream_may_not_have_done_yet_is_a_race(how: str) -> None:
    with gpu.simulated(), gpu.counting() as seen:
        stream = cp.cuda.Stream(non_blocking=how != "null waits")
        with stream:
            x = cp.asarray(np.ones(4, dtype=np.float32))
        if how == "event":
            cp.cuda.Stream.null.wait_event(stream.record())
        if how == "host":
            stream.synchronize()
        y = x * 2
        y += 1
    assert seen.races == (["multiply"] if how == "not at all" else [])


def test_overwriting_what_another_stream_still_reads_is_a_race() -> None:
    with gpu.simulated():
        x = cp.ones(4, dtype=np.float32)
        cp.cuda.Device().synchronize()
        with gpu.counting() as seen:
            with cp.cuda.Stream(non_blocking=True):
                x * 2  # reads only
            x * 3  # so does this
            assert seen.races == []
            x[:] = 0
    assert seen.races == ["setitem"] and "races 1" in str(seen)
    with pytest.raises(check.NotYet, match="races 1, the first by setitem"):
        tiers.quiet(seen, "f")


@pytest.mark.parametrize("how", ["too soon", "waited", "kept"])
def test_memory_that_is_freed_and_taken_again_before_it_was_read_is_a_race(how: str) -> None:
    host = cupyx.zeros_pinned(1000, np.float32)
    upload, kept = cp.cuda.Stream(non_blocking=True), []
    with gpu.simulated(costs=gpu.Costs()), gpu.counting() as seen:
        main = cp.cuda.get_current_stream()
        for _ in range(3):
            with upload:
                x = cp.asarray(host)
            main.wait_event(upload.record())
            x + 1
            if how == "waited":
                upload.wait_event(main.record())
            if how == "kept":
                kept.append(x)
            del x
    assert seen.races == (["asarray"] * 2 if how == "too soon" else [])


def test_what_was_before_counting_began_makes_no_race() -> None:
    host = cupyx.zeros_pinned(1000)
    with gpu.simulated(costs=gpu.Costs()):
        x = cp.asarray(host)
        del x
        host[:] = 1
        with gpu.counting() as seen:
            y = cp.empty(1000)
            y.set(host, stream=cp.cuda.Stream(non_blocking=True))
    assert seen.races == []


def test_pinned_memory_that_is_gone_is_no_other() -> None:
    places = set()
    for _ in range(50):
        host = cupyx.zeros_pinned(1000)
        places |= set(pinned.place(host).values())
        del host
    assert len(places) == 50


@pytest.mark.parametrize("how", ["too soon", "same numbers", "waited", "two buffers", "slices"])
def test_pinned_memory_that_is_filled_before_its_upload_is_done_is_a_race(how: str) -> None:
    host = cupyx.zeros_pinned((2, 4), np.float32)
    with gpu.simulated(), gpu.counting() as seen, cp.cuda.Stream(non_blocking=True) as stream:
        for step in range(4):
            part = host[step % 2] if how in ("two buffers", "slices") else host[0]
            if how not in ("same numbers", "slices"):
                part[:] = step
            cp.asarray(part)
            if how == "waited" or (how == "two buffers" and step):
                stream.synchronize()
    assert seen.races == (["pinned memory"] * 3 if how == "too soon" else [])
