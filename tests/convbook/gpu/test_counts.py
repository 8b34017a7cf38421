"""Bytes, memory and the pool of the simulated device."""

from typing import Any

import numpy as np
import pytest

from convbook import gpu
from convbook.gpu import current, work

cp, cupyx = gpu.cupy, gpu.cupyx
KB = np.ones((16, 16), dtype=np.float32)  # 1,024 bytes


@pytest.fixture(autouse=True)
def fresh() -> Any:
    with gpu.simulated(costs=gpu.Costs()):
        yield


def test_bytes_over_the_bus_and_memory_at_most() -> None:
    with gpu.counting() as seen:
        x = cp.asarray(KB)
        y = x * 2
        del y
        z = x[:4].T + 1  # a view takes no memory
        z.get()
    assert (seen.bytes_up, seen.bytes_down) == (1024, 256)
    assert (seen.peak, seen.memory) == (2048, 1024 + 256)
    assert str(seen) == (
        "launches 2, uploads 1 (1,024 bytes), downloads 1 (256 bytes), waits 1, float64 0,"
        " peak 2,048 bytes"
    )
    with gpu.counting() as seen:
        z[0]
    assert str(seen) == "launches 0, uploads 0, downloads 0, waits 0, float64 0"


def test_what_was_there_before_does_not_count() -> None:
    old = cp.asarray(KB)
    with gpu.counting() as seen:
        _ = old + 1
    assert (seen.peak, seen.memory) == (1024, 1024)


def test_nobody_counts_while_nobody_looks() -> None:
    with gpu.counting() as seen:
        cp.ones(3)
    cp.ones(3)
    assert seen.launches == len(seen.log) == 1
    assert current().counts.log == [], "a long training would fill the memory"


WORK = {  # bytes and FLOP of float32 arrays x (16, 16), w (16, 4), v (16,)
    "x + 1": (2048, 256),
    "x + v": (2048 + 64, 256),
    "x.sum()": (1024 + 4, 256),
    "cp.add.reduce(x)": (1024 + 64, 256),
    "x @ w": (1024 + 256 + 256, 2 * 16 * 16 * 4),
    "cp.tensordot(x, w, axes=(1, 0))": (1536, 2 * 16 * 16 * 4),
    "cp.einsum('nk,kf->nf', x, w)": (1536, 2 * 16 * 16 * 4),
    "cp.einsum('nk,nk->n', x, x)": (2 * 1024 + 64, 2 * 256),
    "x.reshape(4, 2, 8, 4) @ w[:4]": (1024 + 64 + 1024, 2 * 256 * 4),
    "v @ v": (128 + 4, 2 * 16),
    "x[cp.arange(2)]": (2 * 128 + 16, 32),
    "x.T.copy()": (2048, 256),
    "cp.zeros_like(x)": (2048, 256),
    "cp.broadcast_to(v, (9, 16)) + 1": (64 + 9 * 64, 9 * 16),
}


@pytest.mark.parametrize("text", WORK)
def test_the_work_of_a_kernel(text: str) -> None:
    given = {"x": cp.asarray(KB), "w": cp.asarray(KB[:, :4]), "v": cp.asarray(KB[0])}
    with gpu.counting() as seen:
        eval(text, {"cp": cp}, given)
    assert (seen.log[-1].bytes, seen.log[-1].flops) == WORK[text]


def test_writing_a_part_moves_that_part_alone() -> None:
    x = cp.asarray(KB)
    with gpu.counting() as seen:
        x[:2] = 0
        x += 1
    assert [entry.bytes for entry in seen.log] == [128, 2048]


def test_a_view_that_shows_each_number_often_reads_it_once() -> None:
    windows = np.lib.stride_tricks.sliding_window_view(np.ones(10, np.float32), 3)
    assert work.span_bytes(windows) == 40 < windows.nbytes
    assert work.span_bytes(windows[:0]) == 0


def test_windows_are_a_view_and_take_no_memory() -> None:
    x = cp.asarray(KB)
    with gpu.counting() as seen:
        windows = np.lib.stride_tricks.sliding_window_view(x, (4, 4))
        assert windows.nbytes > x.nbytes
        assert (seen.memory, seen.peak) == (0, 0)
    pool = cp.get_default_memory_pool()
    del x
    assert pool.used_bytes() == 1024, "the view still needs it"
    del windows
    assert pool.used_bytes() == 0


def test_the_pool_keeps_what_is_freed() -> None:
    pool = cp.get_default_memory_pool()
    x = cp.asarray(KB)
    small = cp.ones(1)
    assert (pool.used_bytes(), pool.total_bytes()) == (1024 + 512, 1024 + 512)
    view = x[0]
    del x
    assert pool.used_bytes() == 1536, "the view still needs it"
    del view
    assert (pool.used_bytes(), pool.total_bytes(), pool.free_bytes()) == (512, 1536, 1024)
    again = cp.asarray(KB)
    assert pool.total_bytes() == 1536, "it is given out again"
    del again
    pool.free_all_blocks()
    assert pool.total_bytes() == 512 and small.size == 1


def test_the_pool_has_a_limit_where_one_is_set() -> None:
    pool = cp.get_default_memory_pool()
    pool.set_limit(size=2048)
    assert pool.get_limit() == 2048
    x = cp.asarray(KB)
    with pytest.raises(MemoryError, match=r"Out of memory allocating 1,536 bytes \(allocated so f"):
        cp.ones((20, 16), dtype=np.float32)
    assert x.sum() == 256
