"""Run a kernel of CUDA C on the processor, one thread after the other, and watch every access.

The compiler calls the machine in machine/runtime.cpp before each access to memory. So an index out
of bounds, a race, a barrier that some threads miss and shared memory that nobody has written are
all found, with the line and the thread, on any order of threads. It says nothing about speed.
"""

import re
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from convbook.cuda.build import build
from convbook.cuda.source import Parameter, check, parameters

SECONDS = 10  # of the processor, for one run
WAIT_SECONDS = 60  # by the clock, until it has had them: a busy machine is not the kernel's fault
FILE_BYTES = 256 << 20  # of one array
THREADS = 1024  # of one block, on every GPU
LAUNCH = 1 << 20  # threads of a whole launch that the emulator takes on
# What runs a launch instead, with the arguments of `emulate`: the grader sets it in its checker.
elsewhere: Callable[..., Any] | None = None


@dataclass(frozen=True)
class Fault:
    """What a kernel did wrong.

    Attributes:
        kind: out of bounds, race, barrier, uninitialised, misaligned, stack, crash or endless.
        line: of the source, or 0 where it is not known.
        other_line: of the other access of a race, or 0.
        text: what happened, one or two lines, with line, thread and element.
    """

    kind: str
    line: int
    other_line: int
    text: str


# What is counted of a launch, in the order in which the program prints it.
COUNTED = ("loads", "stores", "shared_loads", "shared_stores", "requests", "sectors", "longest")


@dataclass(frozen=True, repr=False)
class Ran:
    """What came of a launch.

    Attributes:
        fault: the first fault, or None.
        arrays: for each argument the array as it is afterwards, or None for a number.
        loads, stores: accesses to global memory, by all threads of one launch.
        shared_loads, shared_stores: accesses to shared memory.
        requests: accesses to global memory as a warp makes them, its 32 threads together.
        sectors: pieces of 32 bytes that all requests take.
        longest: accesses to any memory of the thread that makes the most.
        printed: what the kernel printed, in order of blocks and threads, cut where it is long. In
            grading it is thrown away.
    """

    fault: Fault | None
    arrays: list[np.ndarray | None]
    loads: int = 0
    stores: int = 0
    shared_loads: int = 0
    shared_stores: int = 0
    requests: int = 0
    sectors: int = 0
    longest: int = 0
    printed: str = ""

    @property
    def sectors_per_request(self) -> float:
        """Pieces for one access of a warp; 4 is what 32 neighbours in float32 need."""
        return self.sectors / max(self.requests, 1)

    def __repr__(self) -> str:
        if self.fault:
            return self.fault.text
        return (
            f"The kernel ran. Global memory: {self.loads:,} loads and {self.stores:,} stores, in"
            f" {self.requests:,} requests of {self.sectors_per_request:.1f} sectors. Shared memory:"
            f" {self.shared_loads:,} loads and {self.shared_stores:,} stores."
        )


def emulate(
    source: str, name: str, grid: Any, block: Any, args: Any, schedule: int = 0, schedules: int = 1
) -> Ran:
    """Run a kernel.

    Args:
        source: the text that cupy.RawKernel(source, name) gets.
        name: the kernel's.
        grid: blocks along x, y and z, one to three numbers.
        block: threads along x, y and z.
        args: float32 and int32 arrays and numbers, one for each parameter. They are not changed.
        schedule: 0 runs threads and blocks in order; another number shuffles them.
        schedules: how many orders to try, until one finds a fault.

    Raises:
        NotRun: there is no compiler here.
        Refused: the source holds what the emulator does not take.
        CompileError: the source does not compile.
        ValueError: grid, block or arguments do not fit the kernel.
    """
    if elsewhere is not None:
        return elsewhere(source, name, grid, block, args, schedule, schedules)
    return launch(source, name, grid, block, args, schedule, schedules)[0]


def launch(
    source: str,
    name: str,
    grid: Any,
    block: Any,
    args: Any,
    schedule: int = 0,
    schedules: int = 1,
    watched: Path | None = None,
) -> tuple[Ran, Callable[[str], int]]:
    """Run a kernel, in this process's own reach.

    Args:
        source, name, grid, block, args, schedule, schedules: as of `emulate`.
        watched: a file for the steps of its threads, which then take turns at every access.

    Returns:
        What came of it, and a function from an address of code to a line of the source.
    """
    wanted, sizes, values = prepared(source, name, grid, block, args)
    program, shared = built(source, name, wanted)
    with tempfile.TemporaryDirectory() as folder:
        words = [str(x) for x in (*sizes, schedule, schedules)]
        files = [Path(folder) / f"{k}.bin" for k in range(len(values))]
        for parameter, value, file in zip(wanted, values, files, strict=True):
            if isinstance(value, np.ndarray):
                file.write_bytes(value.tobytes())
                words.append(f"{'in' if parameter.const else 'out'}:{file}")
            else:
                words.append(f"{parameter.kind}:{value!r}")
        if watched:
            words.append(f"watch:{watched}")
        said, printed = _run(program, [*words, *shared])
        if not isinstance(said, Fault) and said[0] != "ok":
            said = _fault(program, source, wanted, said)
        if isinstance(said, Fault):
            unchanged = [v if isinstance(v, np.ndarray) else None for v in values]
            return Ran(said, unchanged, printed=printed), partial(_line, program)
        arrays = [_after(v, f) for v, f in zip(values, files, strict=True)]
    counted = dict(zip(COUNTED, map(int, said[1:8]), strict=True))
    return Ran(None, arrays, printed=printed, **counted), partial(_line, program)


def prepared(
    source: str, name: str, grid: Any, block: Any, args: Any
) -> tuple[list[Parameter], list[int], list[Any]]:
    """Look at what is to be run, before it is compiled.

    Args and exceptions as of `emulate`, but for the compiler's.

    Returns:
        The kernel's parameters, the six sizes of grid and block, and the values of the arguments.
    """
    check(source)
    wanted = parameters(source, name)
    sizes = [*_three(grid, "grid"), *_three(block, "block")]
    if np.prod(sizes[3:]) > THREADS:
        raise ValueError(f"block {tuple(block)}: a block has at most {THREADS} threads")
    if np.prod(sizes, dtype=float) > LAUNCH:
        raise ValueError(f"the emulator takes at most {LAUNCH:,} threads in one launch")
    return wanted, sizes, [_value(p, a, k) for k, (p, a) in enumerate(_pairs(name, wanted, args))]


def built(source: str, name: str, wanted: list[Parameter]) -> tuple[Path, tuple[str, ...]]:
    """Compile a kernel with these parameters; return the program and its shared arrays."""
    return build(source, name, tuple(p.kind + "*" * p.pointer for p in wanted))


def _pairs(name: str, wanted: list[Parameter], args: Any) -> list[tuple[Parameter, Any]]:
    if len(args) != len(wanted):
        raise ValueError(f"{name} has {len(wanted)} parameters and got {len(args)} arguments")
    return list(zip(wanted, args, strict=True))


def _three(sizes: Any, what: str) -> list[int]:
    given = tuple(sizes) if isinstance(sizes, (tuple, list)) else ()
    if not 1 <= len(given) <= 3 or not all(
        isinstance(s, (int, np.integer)) and s > 0 for s in given
    ):
        raise ValueError(f"{what} must be a tuple of one to three whole numbers of at least 1")
    return [*map(int, given), *[1] * (3 - len(given))]


def _value(parameter: Parameter, arg: Any, position: int) -> np.ndarray | int | float:
    where = f"argument {position}, {parameter.name}"
    kind = "float32" if parameter.kind == "float" else "int32"
    if parameter.pointer:
        if not isinstance(arg, np.ndarray) or arg.dtype != kind:
            got = arg.dtype if isinstance(arg, np.ndarray) else type(arg).__name__
            raise ValueError(f"{where}: the kernel wants an array of {kind}, not {got}")
        if not arg.flags.c_contiguous:
            raise ValueError(f"{where}: the array is a view with gaps; hand over a copy")
        return arg
    if isinstance(arg, np.ndarray) and arg.ndim:
        raise ValueError(f"{where}: the kernel wants one number, not an array")
    return float(np.float32(arg)) if parameter.kind == "float" else int(arg)


def _after(value: Any, file: Path) -> np.ndarray | None:
    if not isinstance(value, np.ndarray):
        return None
    return np.frombuffer(file.read_bytes(), value.dtype).reshape(value.shape)


def _run(program: Path, words: list[str]) -> tuple[list[str] | Fault, str]:
    """Run the program with limits; return the fields of its first line, and what follows."""
    try:
        done = subprocess.run(
            [program, *words],
            capture_output=True,
            timeout=WAIT_SECONDS,
            preexec_fn=_limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Fault("endless", 0, 0, f"The kernel did not end within {WAIT_SECONDS} s."), ""
    said, _, printed = done.stdout[:8192].decode("ascii", "replace").partition("\n")
    fields = said.strip().split("|")
    if done.returncode == 0 and len(fields) >= 6:
        return fields, printed
    what = {
        -8: "divides a whole number by zero",
        -11: "needs more than 128 KiB for its local variables, or calls itself without end",
        -24: f"did not end within {SECONDS} s",
    }
    text = what.get(done.returncode, f"ended in the middle (status {done.returncode})")
    kind = {-24: "endless", -11: "stack"}.get(done.returncode, "crash")
    return Fault(kind, 0, 0, f"The kernel {text}."), ""


def _limit() -> None:
    """Limit the process that is to run a kernel; where limits are lower already, they stay."""
    import resource

    wanted = {
        resource.RLIMIT_CPU: (SECONDS, SECONDS + 1),  # a signal first, then the end
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_FSIZE: (FILE_BYTES, FILE_BYTES),
    }
    for limit, (soft, hard) in wanted.items():
        now = resource.getrlimit(limit)[1]
        most = hard if now == resource.RLIM_INFINITY else min(hard, now)
        resource.setrlimit(limit, (min(soft, most), most))


def _fault(program: Path, source: str, wanted: list[Parameter], fields: list[str]) -> Fault:
    """Make a fault of the line that the program printed."""
    kind, code, other, line, block, thread, text = (*fields, "")[:7]
    first = int(line) or _line(program, code)
    second = _line(program, other)
    for position, parameter in enumerate(wanted):
        text = text.replace(f"argument {position},", f"{parameter.name} (argument {position}),")
    who = f"thread ({thread}) of block ({block})" if thread else f"block ({block})"
    message = f"{kind.capitalize()} in line {first}: {who} {text}."
    if thread == "":
        message = f"{kind.capitalize()} in line {first}: in block ({block}) {text}."
    lines = source.splitlines()
    for number in dict.fromkeys(n for n in (first, second) if 0 < n <= len(lines)):
        message += f"\n  {number:3} | {lines[number - 1].strip()}"
    return Fault(kind, first, second, message)


def _line(program: Path, address: str) -> int:
    """Return the line of the student's source that an address of code belongs to, or 0."""
    if address == "0":
        return 0
    command = ["addr2line", "-e", str(program), "-i", address]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    match = re.search(r"kernel\.\w+:(\d+)", done.stdout)  # not a line of cuda_api.h
    return int(match.group(1)) if match else 0
