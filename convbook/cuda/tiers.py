"""What the lesson of kernels uses: in its checks the emulator, NVIDIA's compiler, and a GPU.

tiers.runs(source, "bias_relu", (3,), (4,), (x, b, out, 10), {2: expected})
"""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from convbook import check, gpu
from convbook.cuda import nvrtc
from convbook.cuda.build import CompileError, compiler
from convbook.cuda.emulator import Fault, Ran, emulate
from convbook.cuda.source import Refused
from convbook.gpu.names import VERSION
from convbook.gpu.tiers import skip

RTOL, ATOL = 2e-4, 2e-5  # float32, sums in another order
FAULTS = "out of bounds, race, barrier, uninitialised, misaligned, stack, crash, endless".split(
    ", "
)
SCHEDULES = 8  # orders of threads that each check tries


def runs(
    source: str,
    name: str,
    grid: tuple[int, ...],
    block: tuple[int, ...],
    args: tuple[Any, ...],
    expected: Mapping[int, Any],
    hint: str = "",
) -> Ran:
    """Check a kernel in every tier there is, and say once which were not run.

    Args:
        source: the kernel's text.
        name: the kernel's name.
        grid, block: blocks, and threads of a block, along x, y and z.
        args: arrays of float32 and int32, and numbers.
        expected: position of an argument to what the array must hold afterwards.
        hint: one sentence to show below a difference.

    Returns:
        What the emulator counted.

    Raises:
        NotYet: a fault, a wrong value, or a text that does not compile.
        NotRun: there is no compiler for the emulator.
    """
    if not isinstance(source, str):
        problem = "the kernel must be a text"
        raise check.not_yet(f"{problem}, not a {type(source).__name__}.", outline=f"{problem}.")
    try:
        ran = emulate(source, name, grid, block, args, 0, SCHEDULES)
    except (Refused, CompileError) as error:
        outline = "[emulator] the kernel does not compile, or holds what is refused."
        raise check.not_yet(str(error), hint, source, outline=outline) from None
    if ran.fault:
        said, seen = f"[emulator] {ran.fault.text}", _seen(ran.fault)
        raise check.not_yet(said, hint, seen, outline=_outline(ran.fault))
    for position, wanted in expected.items():
        _same(ran.arrays[position], wanted, f"[emulator] {name}", hint)
    print(ran.printed, end="")
    for said in filter(None, (_nvrtc(source), _gpu(source, name, grid, block, args, expected))):
        print(said)
    return ran


def look(
    source: str, name: str, grid: tuple[int, ...], block: tuple[int, ...], args: tuple[Any, ...]
) -> Ran:
    """Run a kernel to see what it does: print what it prints, and its fault, and check nothing.

    Args:
        source, name, grid, block, args: as of `runs`.
    """
    try:
        ran = emulate(source, name, grid, block, args)
    except check.NotRun as error:
        print(error)
        return Ran(None, [arg if isinstance(arg, np.ndarray) else None for arg in args])
    print(ran.printed + (ran.fault.text if ran.fault else ""), end="")
    return ran


def with_line(source: str, number: int, text: str) -> str:
    """Return a kernel with another line in the place of one.

    Args:
        source: the kernel's text.
        number: of the line, counted from 1.
        text: the new line.

    Raises:
        NotYet: the kernel has no line of this number.
    """
    lines = source.splitlines()
    if not isinstance(number, int) or not 1 <= number <= len(lines):
        problem = f"Lines are counted from 1 to {len(lines)} here"
        raise check.not_yet(f"{problem}, and {number!r} is none of them.", outline=f"{problem}.")
    lines[number - 1] = str(text)
    return "\n".join(lines)


def few_loads(ran: Ran, most: int) -> None:
    """Check how many numbers a kernel has loaded from global memory.

    Args:
        ran: from `runs`.
        most: how many are enough.

    Raises:
        NotYet: there are more.
    """
    _at_most(
        f"The kernel loads {ran.loads:,} numbers from global memory", ran.loads, f"{most:,}", most
    )


def few_shared(ran: Ran, most: int) -> None:
    """Check how many numbers a kernel has loaded from shared memory.

    Args:
        ran: from `runs`.
        most: how many are enough.

    Raises:
        NotYet: there are more.
    """
    loads = ran.shared_loads
    _at_most(f"The kernel loads {loads:,} numbers from shared memory", loads, f"{most:,}", most)


def few_accesses(ran: Ran, most: int) -> None:
    """Check that the work is shared out: how often the busiest thread reads or writes memory.

    Args:
        ran: from `runs`.
        most: how many are enough.

    Raises:
        NotYet: there are more.
    """
    sentence = f"The busiest thread reads or writes memory {ran.longest:,} times"
    _at_most(sentence, ran.longest, f"{most:,}", most)


def few_sectors(ran: Ran, most: int) -> None:
    """Check how many sectors a warp's access takes, on average.

    Args:
        ran: from `runs`.
        most: how many are enough.

    Raises:
        NotYet: there are more.
    """
    found = ran.sectors_per_request
    _at_most(f"Each access of a warp takes {found:.1f} sectors", found, str(most), most)


def _at_most(sentence: str, found: float, shown: str, most: float) -> None:
    if found > most:
        outline = f"{re.sub('[0-9][0-9.,]*', 'too many', sentence)}; {shown} are enough."
        raise check.not_yet(f"{sentence}; {shown} are enough.", outline=outline)
    print(f"{sentence}; up to {shown} are fine.")


def _outline(fault: Fault) -> str:
    """Name a fault, and its line where a kernel has so many; neither can hold much."""
    kind = fault.kind if fault.kind in FAULTS else "a fault"
    return f"[emulator] {kind}" + (f", in line {fault.line}." if 0 < fault.line < 1000 else ".")


def _seen(fault: Fault) -> str:
    """Say what was seen and not where: a mistake is the same however the kernel is written."""
    return re.sub(r" in line \d+", "", fault.text.split("\n")[0])


def _same(actual: Any, wanted: Any, name: str, hint: str = "") -> None:
    wanted = np.asarray(wanted, dtype=np.float64)
    actual = np.asarray(actual, dtype=np.float64).reshape(wanted.shape)
    check.same(actual, wanted, name, hint, rtol=RTOL, atol=ATOL)


def _nvrtc(source: str) -> str:
    try:
        made = nvrtc.compile(source)
        return f"[nvrtc] {made.registers} registers, {made.shared_bytes} bytes shared."
    except check.NotRun:
        return skip("[nvrtc]", "not installed")
    except CompileError as error:
        raise check.not_yet(f"[nvrtc] {error}", outline="[nvrtc] it does not compile.") from None


def _gpu(source: str, name: str, grid: Any, block: Any, args: Any, expected: Any) -> str:
    cupy = gpu.real()
    if not cupy:
        return skip("[gpu]", "no device here")
    there = [_to_gpu(cupy, arg) for arg in args]
    cupy.RawKernel(source, name)(grid, block, tuple(there))
    for position, wanted in expected.items():
        _same(cupy.asnumpy(there[position]), wanted, f"[gpu] {name}")
    return "[gpu] right."


def _to_gpu(cupy: Any, arg: Any) -> Any:
    if isinstance(arg, np.ndarray):
        return cupy.asarray(arg)
    return np.int32(arg) if isinstance(arg, (int, np.integer)) else np.float32(arg)


def banner() -> str:
    """Say what this machine can show about kernels."""
    found = gpu.named()
    return "\n".join(
        [
            f"GPU: {found or 'none. Points come from the tiers below, wherever you are'}.",
            f"[cpu-sim]   a simulated device with the names of CuPy {VERSION}: yes",
            f"[emulator]  CUDA C on the processor: {compiler() or 'no, for want of g++'}",
            f"[nvrtc]     NVIDIA's compiler: {nvrtc.version() or 'no, not installed'}",
            f"[gpu]       a real device: {'yes' if found else 'no'}",
        ]
    )
