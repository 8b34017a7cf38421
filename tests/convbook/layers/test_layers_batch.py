"""The batch is split over two threads where that wins, and the results are the same."""

import multiprocessing
import platform
import subprocess
import sys
import threading

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from convbook import layers
from convbook.layers import batch

X = np.random.default_rng(0).normal(size=(5, 4, 90, 90))  # over WORTH_BYTES, and an odd batch
W = np.random.default_rng(1).normal(size=(6, 4, 3, 3))
B = np.arange(6.0)
FC = np.random.default_rng(2).normal(size=(4 * 90 * 90, 6))  # over WORTH_BYTES too


@pytest.fixture(params=[1, 2], ids=["BLAS has one thread", "BLAS has two"])
def threads(request: pytest.FixtureRequest) -> int:
    if request.param == 2 and batch._threads() < 2:
        pytest.skip("one processor: BLAS has one thread")
    return request.param


def names_of_threads(x: np.ndarray) -> list[tuple[slice, int]]:
    both = threading.Barrier(2, timeout=20)

    def work(half: slice) -> tuple[slice, int]:
        if half != slice(0, len(x)):
            both.wait()  # passes only if the other half is at work too
            assert batch._threads() == 1
        return half, threading.get_ident()

    return batch.in_halves(work, x)


def test_two_threads_where_blas_has_two(threads: int) -> None:
    with threadpool_limits(threads, user_api="blas"):
        done = names_of_threads(X)
        assert batch._threads() == threads
    assert [half for half, _ in done] == [[slice(0, 5)], [slice(0, 2), slice(2, 5)]][threads - 1]
    assert len({name for _, name in done}) == threads


@pytest.mark.parametrize("x", [X[:, :, :9, :9].copy(), X[:1], np.zeros((0, 3))], ids=len)
def test_what_is_small_is_left_whole(x: np.ndarray) -> None:
    assert names_of_threads(x) == [(slice(0, len(x)), threading.get_ident())]


@pytest.mark.parametrize(("N", "expected"), [(0, 2), (1, 2), (2, 1), (5, 1)])
def test_blas_keeps_its_threads_for_a_batch_of_one_alone(N: int, expected: int) -> None:
    if batch._threads() < 2:
        pytest.skip("one processor: BLAS has one thread")
    with threadpool_limits(2, user_api="blas"):
        assert batch.in_halves(lambda _: batch._threads(), X[:N, :1, :9, :9]) == [expected]
        assert batch._threads() == 2


def count_parts(answers: "multiprocessing.Queue[int]") -> None:
    answers.put(len(batch.in_halves(lambda half: half, X)))


def test_a_forked_process_has_a_second_thread_too() -> None:
    if batch._threads() < 2 or "fork" not in multiprocessing.get_all_start_methods():
        pytest.skip("one processor, or a system that does not fork")
    batch.in_halves(lambda half: half, X)  # the parent's second thread is there
    forking = multiprocessing.get_context("fork")
    answers = forking.Queue()
    child = forking.Process(target=count_parts, args=(answers,), daemon=True)
    child.start()
    try:
        assert answers.get(timeout=20) == 2
    finally:
        child.kill()
        child.join()  # or it stays, ended, among the children that later tests look at


@pytest.mark.parametrize("number", [0, 1])
def test_an_error_of_either_half_comes_back(number: int, threads: int) -> None:
    def work(half: slice) -> None:
        if half.start == number * (len(X) // 2) or threads == 1:
            raise ZeroDivisionError

    with threadpool_limits(threads, user_api="blas"), pytest.raises(ZeroDivisionError):
        batch.in_halves(work, X)


def results(stride: int, pad: int) -> list[np.ndarray]:
    out, cache = layers.conv_forward(X, W, B, stride, pad)
    scores, fc_cache = layers.affine_forward(X, FC, B)
    return [
        out,
        *layers.conv_backward(out, cache),
        scores,
        *layers.affine_backward(scores, fc_cache),
    ]


@pytest.mark.parametrize(("stride", "pad"), [(1, 1), (3, 0)])
def test_the_results_are_those_of_one_thread(stride: int, pad: int, threads: int) -> None:
    with threadpool_limits(1, user_api="blas"):
        whole = results(stride, pad)
    with threadpool_limits(threads, user_api="blas"):
        for own, expected in zip(results(stride, pad), whole, strict=True):
            np.testing.assert_allclose(own, expected, rtol=1e-10, atol=1e-9)


TRAINED = """
import resource
import numpy as np
from convbook import layers

x, w, b = np.ones((64, 32, 32, 32), np.float32), np.ones((32, 32, 3, 3), np.float32), np.zeros(32)

def fetched():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def step():
    maps, rectified = layers.relu_forward(layers.conv_forward(x, w, b, pad=1)[0])
    layers.relu_backward(maps, rectified)

for _ in range(3):
    step()
before = fetched()
for _ in range(5):
    step()
print((fetched() - before) // 5)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="of glibc alone: what it keeps")
def test_a_step_takes_the_memory_that_the_one_before_gave_back() -> None:
    done = subprocess.run([sys.executable, "-c", TRAINED], capture_output=True, text=True)
    assert int(done.stdout) < 100, done.stderr  # pages; without LARGEST_BYTES thousands
