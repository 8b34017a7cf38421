"""Compile a kernel with NVIDIA's own compiler, where its wheels are installed. No GPU is needed.

pip install cuda-bindings nvidia-cuda-nvrtc
"""

import re
from dataclasses import dataclass
from typing import Any

from convbook.check import NotRun
from convbook.cuda.build import CompileError

ARCHITECTURE = "sm_80"


@dataclass(frozen=True)
class Compiled:
    """What the compiler says of a kernel.

    Attributes:
        registers: of one thread.
        shared_bytes: of one block.
        spilled_bytes: local variables of one thread that found no register.
        log: its warnings.
    """

    registers: int
    shared_bytes: int
    spilled_bytes: int
    log: str


def version() -> str:
    """Return the version of NVRTC, or '' where it is not installed."""
    try:
        return ".".join(map(str, _ask(_nvrtc().nvrtcVersion())))
    except NotRun:
        return ""


def compile(source: str) -> Compiled:
    """Compile the text that cupy.RawKernel would get.

    Raises:
        NotRun: the compiler's wheels are not installed.
        CompileError: the source does not compile; the text is the compiler's.
    """
    nvrtc = _nvrtc()
    program = _ask(nvrtc.nvrtcCreateProgram(source.encode(), b"kernel.cu", 0, [], []))
    options = [f"--gpu-architecture={ARCHITECTURE}", "--std=c++17", "--ptxas-options=-v"]
    (status,) = nvrtc.nvrtcCompileProgram(program, len(options), [o.encode() for o in options])
    log = b" " * _ask(nvrtc.nvrtcGetProgramLogSize(program))
    _ask(nvrtc.nvrtcGetProgramLog(program, log))
    text = log.decode().rstrip("\0").strip()
    if int(status):
        raise CompileError(f"NVIDIA's compiler refuses the kernel.\n{text}")

    def number(pattern: str) -> int:
        found = re.search(pattern, text)
        return int(found.group(1)) if found else 0

    registers, shared = number(r"Used (\d+) registers"), number(r"(\d+) bytes smem")
    return Compiled(registers, shared, number(r"(\d+) bytes spill stores"), text)


def _nvrtc() -> Any:
    try:
        from cuda.bindings import nvrtc

        nvrtc.nvrtcVersion()
        return nvrtc
    except (ImportError, RuntimeError):
        raise NotRun(
            "[nvrtc] not run: NVIDIA's compiler is not installed"
            " (pip install cuda-bindings nvidia-cuda-nvrtc)."
        ) from None


def _ask(answer: tuple) -> Any:
    """Return what a call gave besides its status."""
    status, *rest = answer
    if int(status):
        raise RuntimeError(f"NVRTC: {status}")
    return rest[0] if len(rest) == 1 else rest
