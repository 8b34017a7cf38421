"""The solution of lesson 10's challenge, on the emulator: right, and without a race."""

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
