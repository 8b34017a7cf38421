"""NVIDIA's own compiler, where its wheels are: it takes every kernel that the emulator takes."""

import pytest
from kernels import KERNELS, Kernel
from machine import needs

from convbook import check, cuda
from convbook.cuda import nvrtc


@needs("nvrtc")
@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
def test_the_real_compiler_takes_the_same_text(kernel: Kernel) -> None:
    if kernel.fault == "compile":
        with pytest.raises(cuda.CompileError):
            nvrtc.compile(kernel.source)
        return
    made = nvrtc.compile(kernel.source)
    assert 4 <= made.registers <= 255 and made.spilled_bytes == 0
    assert (made.shared_bytes > 0) == ("__shared__" in kernel.source)


@needs("nvrtc")
def test_its_errors_name_the_line() -> None:
    with pytest.raises(cuda.CompileError, match=r"kernel.cu\(2\): error: identifier \"y\""):
        nvrtc.compile('extern "C" __global__ void f(float* x) {\n    x[0] = y;\n}')


@pytest.mark.skipif(bool(nvrtc.version()), reason="NVRTC is installed")
def test_without_it_the_check_says_not_run() -> None:
    with pytest.raises(check.NotRun, match="pip install cuda-bindings nvidia-cuda-nvrtc"):
        nvrtc.compile("")
