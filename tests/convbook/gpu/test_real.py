"""On a real device: the timing exercise's solution beside CuPy's own profiler."""

import pytest
from machine import needs

from autograder.course import lessons
from convbook import gpu

pytestmark = [
    pytest.mark.gpu,
    needs("gpu"),
]


def test_gpu_time_agrees_with_cupys_profiler() -> None:
    from cupyx.profiler import benchmark  # type: ignore[import-not-found]

    gpu_time = lessons()["10_gpu"].reference()["gpu_time"]
    x = gpu.cupy.ones((4096, 4096), dtype="float32")
    theirs = 1000 * benchmark(lambda: x @ x, n_repeat=20).gpu_times.mean()
    assert gpu_time(lambda: x @ x, 20) == pytest.approx(theirs, rel=0.2)
