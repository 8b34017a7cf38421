"""The simulated device: its clock, its names, and where arrays go."""

import subprocess
import sys
from collections import Counter

import numpy as np
import pytest

from convbook import check, gpu
from convbook.gpu import names, tiers

cp = gpu.cupy


def test_the_naive_stopwatch_sees_the_order_and_not_the_work() -> None:
    with gpu.simulated(kernel_ms=20, compile_ms=50):
        x = cp.asarray(np.ones(3, dtype=np.float32))
        times = []
        for _ in range(2):
            start = gpu.clock()
            cp.exp(x)
            times.append(gpu.clock() - start)
        start = gpu.clock()
        cp.cuda.Device().synchronize()
        waited = gpu.clock() - start
    assert times == pytest.approx([0.050005, 0.000005])
    assert waited == pytest.approx(0.039995)


def test_events_measure_the_work_once_they_are_reached() -> None:
    with gpu.simulated(kernel_ms=20):
        x = cp.asarray(np.ones(3, dtype=np.float32))
        start, end = cp.cuda.Event(), cp.cuda.Event()
        start.record()
        for _ in range(10):
            cp.exp(x)
        end.record()
        with pytest.raises(RuntimeError, match="cudaErrorNotReady"):
            cp.cuda.get_elapsed_time(start, end)
        end.synchronize()
        assert cp.cuda.get_elapsed_time(start, end) == pytest.approx(200, rel=1e-3)


def test_device_and_streams_may_stand_in_a_with_statement() -> None:
    with gpu.simulated(), cp.cuda.Device(0), cp.cuda.Stream(non_blocking=True) as stream:
        total = cp.ones(3, dtype=np.float32).sum()
        stream.synchronize()
        cp.cuda.Stream.null.synchronize()
        cp.cuda.get_current_stream().synchronize()
        assert float(total) == 3


def test_a_count_may_be_smaller_and_not_larger(capsys: pytest.CaptureFixture[str]) -> None:
    tiers.at_most(3, 4, "downloads")
    assert capsys.readouterr().out == "downloads: 3, at most 4 as expected.\n"
    with pytest.raises(check.NotYet, match=r"sectors: 18\.67, at most 8 are needed"):
        tiers.at_most(56 / 3, 8, "sectors")


def test_every_name_that_can_be_computed_is_one_of_cupys() -> None:
    for name in names.FUNCTIONS:
        path, _, short = name.rpartition(".")
        assert short in names.SURFACE[path], name
        assert callable(names.function(name))
    assert set(names.SURFACE["ndarray"]) >= names.METHODS
    assert set(names.SURFACE["random"]) >= names.RANDOM


def test_a_name_that_cupy_has_and_the_device_does_not_know_says_so() -> None:
    with gpu.simulated(), pytest.raises(AttributeError, match="does not know it"):
        cp.load  # noqa: B018


def test_values_are_numpys_and_numbers_of_float32_stay_float32() -> None:
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(4, 6)).astype(np.float32), rng.normal(size=(6, 3)).astype(np.float32)
    with gpu.simulated(), gpu.counting() as seen:
        out = cp.exp(cp.asarray(x) @ cp.asarray(w) / 3).sum(axis=1, keepdims=True)
        out -= 1
        assert out.dtype == np.float32 and seen.float64 == 0
        np.testing.assert_array_equal(out.get(), np.exp(x @ w / 3).sum(axis=1, keepdims=True) - 1)


def test_an_order_larger_than_the_memory_is_refused_before_it_is_made() -> None:
    with gpu.simulated(), pytest.raises(MemoryError, match="Out of memory"):
        cp.zeros((10**5, 10**5), dtype=np.float32)


def test_a_check_names_what_moved() -> None:
    with gpu.simulated():
        x = cp.asarray(np.ones((2, 3), dtype=np.float32))
        with gpu.counting() as seen:
            x[np.array([0])]
        with pytest.raises(check.NotYet, match="uploads 1, the first by host index"):
            tiers.quiet(seen, "f")
        with pytest.raises(check.NotYet, match="launches 1, expected 7"):
            tiers.counts(seen, "f", launches=7)
        with pytest.raises(check.NotYet, match="out is not on the device: it is a ndarray"):
            tiers.same(np.ones(2), [1, 1], "out")


def test_a_tier_that_cannot_run_is_named_once_and_counted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(gpu, "real", lambda: None)
    monkeypatch.setattr(tiers, "not_run", Counter())
    assert next(iter(tiers.each())) == "[cpu-sim]"
    list(tiers.each())
    assert capsys.readouterr().out == "[gpu] not run: there is no device here.\n"
    list(tiers.each())
    assert capsys.readouterr().out == ""
    assert tiers.summary() == "Not run: [gpu] 2 times."


def test_without_cupy_nothing_breaks() -> None:
    code = (
        "import sys; sys.modules['cupy'] = None; from convbook import gpu; print(gpu.cupy.ones(2))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "[1. 1.]" in done.stdout


def test_one_number_of_an_array_is_a_view_of_it() -> None:
    with gpu.simulated():
        x = cp.asarray(np.arange(6, dtype=np.float32).reshape(2, 3))
        with gpu.counting() as seen:
            one, also = x[1, 2], x[0, ..., 1]
            assert (one.shape, seen.launches) == ((), 0)
            one[...] = 9
            row = [float(v) for v in x[1]]
        assert row == [3, 4, 9] and float(also) == 1
        assert (seen.launches, seen.downloads) == (1, 3)
        picked = x[0][cp.asarray(2)]
        assert float(picked) == 2
