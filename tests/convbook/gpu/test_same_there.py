"""What a student may write, on the simulated device and, where there is one, on a real one."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from machine import needs

from convbook import gpu
from convbook.gpu import cupy as cp
from convbook.gpu import cupyx

X = np.array([[1, -2, 3], [4, 5, -6]], dtype=np.float32)


def uploads_beside_the_work() -> Any:
    host = [cupyx.empty_pinned(X.shape, dtype=np.float32) for _ in range(2)]
    total, upload = cp.zeros(X.shape, dtype=np.float32), cp.cuda.Stream(non_blocking=True)
    main = cp.cuda.get_current_stream()
    for step in range(4):
        upload.synchronize()
        host[step % 2][:] = X + step
        with upload:
            x = cp.asarray(host[step % 2])
            there = upload.record()
        main.wait_event(there)
        total += x
        upload.wait_event(main.record())  # x is freed, and its memory taken again
    return total


def a_download_that_does_not_wait() -> Any:
    out = cupyx.zeros_pinned(X.shape, dtype=np.float32)
    with cp.cuda.Device(0), cp.cuda.Stream(non_blocking=True) as stream:
        cp.asnumpy(cp.asarray(X) * 2, out=out, blocking=False)
        stream.synchronize()
    return out


@cp.fuse
def leaky(x: Any, slope: Any) -> Any:
    return cp.where(x > 0, x, slope * x)


@cp.fuse(kernel_name="norm")
def norm(x: Any) -> Any:
    return cp.sum(x * x)


def elementwise() -> Any:
    kernel = cp.ElementwiseKernel(
        "float32 x, float32 s", "float32 z", "z = x > 0 ? x : s * x", "leaky"
    )
    return kernel(cp.asarray(X), np.float32(0.5))


def the_pool() -> Any:
    pool = cp.get_default_memory_pool()
    before = pool.used_bytes()
    x = cp.zeros(1000, dtype=np.float32)
    taken = pool.used_bytes() - before
    del x
    kept = pool.total_bytes() >= taken and pool.used_bytes() == before
    pool.free_all_blocks()
    return np.array([taken, kept, pool.free_bytes() >= 0])


def handed_over() -> Any:
    x = cp.asarray(X)
    shared = cp.from_dlpack(x)
    shared[0, 0] = 9
    return np.from_dlpack(x, device="cpu")


def benchmarked() -> Any:
    x = cp.asarray(X)
    found = cupyx.profiler.benchmark(lambda: x + 1, n_repeat=3, n_warmup=1)
    return np.array([*found.cpu_times.shape, *found.gpu_times.shape, "GPU-0" in str(found)])


def events() -> Any:
    start, end = cp.cuda.Event(), cp.cuda.Event()
    start.record()
    x = cp.asarray(X) @ cp.asarray(X.T)
    end.record()
    end.synchronize()
    return np.array([x.shape[0], end.done, cp.cuda.get_elapsed_time(start, end) >= 0])


def half() -> Any:
    x = cp.asarray(X, dtype=cp.float16)
    return (x * cp.float16(1e-4) * cp.float16(1e-4)).astype(cp.float32)


def overwritten() -> Any:
    x = cp.zeros(X.shape, dtype=np.float32)
    x.set(X)
    cp.copyto(x, cp.asarray(X) + 1)
    return x[1, 2]


SNIPPETS: dict[str, tuple[Callable[[], Any], Any]] = {
    "uploads beside the work": (uploads_beside_the_work, 4 * X + 6),
    "a download that does not wait": (a_download_that_does_not_wait, 2 * X),
    "fuse": (lambda: leaky(cp.asarray(X), np.float32(0.5)), np.where(X > 0, X, 0.5 * X)),
    "fuse with a sum": (lambda: norm(cp.asarray(X)), 91),
    "ElementwiseKernel": (elementwise, np.where(X > 0, X, 0.5 * X)),
    "the pool": (the_pool, [4096, 1, 1]),
    "DLPack": (handed_over, np.array([[9, -2, 3], [4, 5, -6]])),
    "benchmark": (benchmarked, [3, 1, 3, 1]),
    "events": (events, [2, 1, 1]),
    "float16": (half, np.array([[1, -2, 3], [4, 5, -6]]) * 0 + np.float16(1e-8)),
    "overwritten": (overwritten, -5),
}


def compare(name: str) -> None:
    run, expected = SNIPPETS[name]
    np.testing.assert_allclose(cp.asnumpy(run()), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", SNIPPETS)
def test_it_runs_on_the_simulated_device_without_a_race(name: str) -> None:
    with gpu.simulated(costs=gpu.Costs()), gpu.counting() as seen:
        compare(name)
    assert seen.races == []


@pytest.mark.gpu
@needs("gpu")
@pytest.mark.parametrize("name", SNIPPETS)
def test_it_runs_on_the_real_device(name: str) -> None:
    compare(name)


def test_beside_a_real_device_the_simulated_one_still_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gpu, "real", lambda: np)  # something that stands for it
    assert not gpu.is_simulated()
    with gpu.simulated(), gpu.counting() as seen:
        float(cp.asarray(X).sum())
    assert (seen.uploads, seen.launches, seen.waits) == (1, 1, 1)
    with gpu.counting() as seen:
        pass
    assert str(seen) == "not counted: this is a real device"
    assert gpu.times(seen).total == 0
