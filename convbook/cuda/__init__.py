"""CUDA C without a GPU: an emulator that checks every access, and NVIDIA's compiler where it is.

    from convbook import cuda

    ran = cuda.emulate(source, "bias_relu", grid=(3,), block=(4,), args=(x, b, out, 10))
    print(ran.fault.text if ran.fault else ran.arrays[2])

The source is the very text that `cupy.RawKernel(source, "bias_relu")` runs on a GPU.
"""

from convbook.cuda import nvrtc
from convbook.cuda.build import CompileError, compiler
from convbook.cuda.emulator import Fault, Ran, emulate
from convbook.cuda.source import Refused
from convbook.cuda.watch import Step, Watched, watch

__all__ = [
    "CompileError",
    "Fault",
    "Ran",
    "Refused",
    "Step",
    "Watched",
    "compiler",
    "emulate",
    "nvrtc",
    "watch",
]
