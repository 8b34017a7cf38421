"""The solution of lesson 13's challenge, on the emulator: right, and without a race."""

from pathlib import Path

import numpy as np
import pytest
from machine import needs

from convbook import cuda, layers

SOURCE = Path(__file__).resolve().parents[3] / "bench" / "implicit_gemm.cu"
SHAPES = [  # N, C, H, W, F, HH, WW, pad
    (1, 3, 6, 7, 5, 3, 3, 1),
    (2, 4, 5, 9, 70, 3, 2, 0),
    (1, 2, 8, 9, 3, 1, 1, 0),
    (3, 1, 4, 4, 2, 5, 5, 2),
]


@pytest.mark.slow
@needs("g++")
@pytest.mark.parametrize("shape", SHAPES)
def test_the_fused_kernel_is_the_given_layer(shape: tuple[int, ...]) -> None:
    N, C, H, W, F, HH, WW, pad = shape
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(N, C, H, W)), rng.normal(size=(F, C, HH, WW))
    expected = layers.conv_forward(x, w, np.zeros(F), 1, pad)[0]
    H_out, W_out = expected.shape[2:]
    grid = (-(-N * H_out * W_out // 64), -(-F // 64))
    out = np.zeros(expected.shape, dtype=np.float32)
    args = (x.astype(np.float32), w.astype(np.float32), out, *shape, H_out, W_out)
    ran = cuda.emulate(SOURCE.read_text(), "implicit_gemm", grid, (256,), args, 0, 3)
    assert ran.fault is None, ran.fault.text
    assert ran.arrays[2] is not None
    np.testing.assert_allclose(ran.arrays[2], expected, rtol=1e-3, atol=1e-4)


@needs("g++")
def test_the_lesson_quotes_what_it_asks_of_memory() -> None:
    """Lesson 13 names these as the numbers to beat."""
    x, w = np.ones((1, 8, 16, 16), np.float32), np.ones((64, 8, 3, 3), np.float32)
    sizes = (1, 8, 16, 16, 64, 3, 3, 1, 16, 16)
    args = (x, w, np.zeros((1, 64, 16, 16), np.float32), *sizes)
    ran = cuda.emulate(SOURCE.read_text(), "implicit_gemm", (4, 1), (256,), args)
    flop = 2 * 64 * 256 * 72
    assert (ran.loads, ran.sectors) == (35_360, 13_926)
    assert flop / (32 * ran.sectors) == pytest.approx(5.3, abs=0.05)
