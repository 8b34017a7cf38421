"""Convolution on a GPU: the challenge's kernel and im2col + cuBLAS, beside cuDNN.

    make bench-gpu

Needs CuPy and PyTorch with CUDA; elsewhere it says that it was not run. All three work on the same
memory. PyTorch may use TF32 for convolutions, which has ten bits where float32 has 23: both of its
times are printed, with the flag.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np

from autograder.course import lessons
from convbook import gpu

SHAPES = [  # N, C, H, W, F, HH, pad
    (64, 128, 28, 28, 128, 3, 1),
    (64, 64, 56, 56, 64, 3, 1),
    (64, 256, 14, 14, 256, 3, 1),
    (64, 128, 28, 28, 128, 5, 2),
]
SOURCE = Path(__file__).with_name("implicit_gemm.cu").read_text(encoding="ascii")
TILE = 64


def main() -> int:
    cupy = gpu.real()
    try:
        import torch
    except ImportError:
        torch = None
    if not cupy or torch is None or not torch.cuda.is_available():
        print("[gpu] not run: this needs a GPU, CuPy, and PyTorch with CUDA.")
        return 0
    name = cupy.cuda.runtime.getDeviceProperties(0)["name"].decode()
    driver, runtime = cupy.cuda.runtime.driverGetVersion(), cupy.cuda.runtime.runtimeGetVersion()
    print(f"{name}, driver {driver}, CUDA {runtime}, CuPy {cupy.__version__}", end=", ")
    print(f"PyTorch {torch.__version__}, cuDNN {torch.backends.cudnn.version()}\n")
    print("| N, C, H, W, F, HH, pad | cuDNN float32 ms | cuDNN TF32 ms | fused ms | im2col ms |")
    print("|---|---|---|---|---|")
    for shape in SHAPES:
        print(row(cupy, torch, shape), flush=True)
    return 0


def row(cupy: Any, torch: Any, shape: tuple[int, ...]) -> str:
    """Measure one shape; the share in brackets is of cuDNN's float32 speed."""
    N, C, H, W, F, HH, pad = shape
    x, w = cupy.random.randn(N, C, H, W, dtype="f4"), cupy.random.randn(F, C, HH, HH, dtype="f4")
    there = torch.from_dlpack(x), torch.from_dlpack(w)
    conv = lessons()["10_gpu"].reference()["conv_forward"]
    bias = cupy.zeros(F, dtype="f4")
    torch.backends.cudnn.benchmark = True
    ways = {
        "im2col": lambda: conv(x, w, bias, 1, pad)[0],
        "fused": lambda: fused(cupy, x, w, pad),
        "float32": lambda: torch.nn.functional.conv2d(*there, padding=pad),
    }
    times = {}
    torch.backends.cudnn.allow_tf32 = False
    expected = cupy.from_dlpack(ways["float32"]())
    for name, way in ways.items():
        np.testing.assert_allclose(way().get() if name != "float32" else expected.get(),
                                   expected.get(), rtol=1e-3, atol=1e-2)  # fmt: skip
        times[name] = milliseconds(cupy, torch, way)
    torch.backends.cudnn.allow_tf32 = True
    times["tf32"] = milliseconds(cupy, torch, ways["float32"])
    cells = [f"{times['float32']:.3f}", f"{times['tf32']:.3f}"]
    cells += [f"{times[k]:.3f} ({times['float32'] / times[k]:.0%})" for k in ("fused", "im2col")]
    return f"| {', '.join(map(str, shape))} | {' | '.join(cells)} |"


def fused(cupy: Any, x: Any, w: Any, pad: int) -> Any:
    """Run the challenge's kernel: out, shape (N, F, H_out, W_out)."""
    (N, C, H, W), (F, _, HH, WW) = x.shape, w.shape
    H_out, W_out = H + 2 * pad - HH + 1, W + 2 * pad - WW + 1
    out = cupy.empty((N, F, H_out, W_out), dtype=np.float32)
    grid = (-(-N * H_out * W_out // TILE), -(-F // TILE))
    sizes = (N, C, H, W, F, HH, WW, pad, H_out, W_out)
    kernel = cupy.RawKernel(SOURCE, "implicit_gemm")
    kernel(grid, (256,), (x, w, out, *map(np.int32, sizes)))
    return out


def milliseconds(cupy: Any, torch: Any, way: Any, repeat: int = 50) -> float:
    """Return the median of the device's time for one call, after a few that are not counted."""
    for _ in range(5):
        way()
    torch.cuda.synchronize()
    cupy.cuda.Device().synchronize()
    times = []
    for _ in range(repeat):
        start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        start.record()
        way()
        end.record()
        end.synchronize()
        times.append(start.elapsed_time(end))
    return float(np.median(times))


if __name__ == "__main__":
    sys.exit(main())
