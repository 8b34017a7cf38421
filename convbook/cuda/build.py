"""Compile a kernel, together with the machine that watches it."""

import atexit
import functools
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from convbook.check import NotRun

MACHINE = Path(__file__).parent / "machine"
COMPILE_SECONDS = 60
SHARED_BYTES = 48 << 10  # what a block has on every GPU
FILE = "kernel.cu"
PROGRAM = "kernel"
# What a kernel may call once it is compiled: the machine, and mathematics.
CALLS = re.compile(
    r"(emu_\w+|__tsan_\w+|__ubsan_handle_(out_of_bounds|type_mismatch)\w*|_GLOBAL_OFFSET_TABLE_|mem(set|cpy|move)"
    r"|(sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|exp|exp2|expm1|log|log2|log10|log1p|pow|sqrt"
    r"|cbrt|hypot|fabs|floor|ceil|round|lround|rint|trunc|fmod|fma|fmax|fmin|erf|erfc|ldexp)f?)"
)


# The machine, where somebody has compiled it already.
machine: Path | None = None


class CompileError(ValueError):
    """The kernel does not compile; the text is the compiler's, with lines of the source."""


def compiler() -> str | None:
    """Return the C++ compiler that the emulator uses, or None where there is none."""
    return shutil.which("g++")


@functools.cache
def folder() -> Path:
    """Return the folder for compiled kernels, which goes when Python ends."""
    made = tempfile.mkdtemp(prefix="kernels-")
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return Path(made)


def place_of(source: str, name: str) -> Path:
    """Return the folder of a kernel, in which its program is or will be."""
    made = folder() / hashlib.sha256(repr((source, name)).encode()).hexdigest()[:16]
    made.mkdir(exist_ok=True)
    return made


@functools.lru_cache(maxsize=64)
def build(source: str, name: str, types: tuple[str, ...]) -> tuple[Path, tuple[str, ...]]:
    """Compile a kernel and the machine into a program; return it and its shared arrays.

    A program that lies there already is taken as it is.
    """
    program = place_of(source, name) / PROGRAM
    if not program.exists():
        _make(source, name, types, program)
    shared = tuple(_shared(program))
    total = sum(int(word.split(":")[2]) for word in shared)
    if total > SHARED_BYTES:
        raise CompileError(f"{total:,} bytes of shared memory: a block has {SHARED_BYTES:,}")
    return program, shared


def _make(source: str, name: str, types: tuple[str, ...], program: Path) -> None:
    """Compile a kernel, look at what it calls, and link it with the machine."""
    if compiler() is None:
        raise NotRun(
            "[emulator] not run: there is no C++ compiler here. On Debian and Ubuntu:"
            " sudo apt install g++"
        )
    place = program.parent
    call = ", ".join(f"*({t}*)arguments[{k}]" for k, t in enumerate(types))
    (place / "kernel.cpp").write_text(
        f'#include "cuda_api.h"\n#line 1 "{FILE}"\n{source}\n#line 1 "launch"\n'
        f'extern "C" __attribute__((no_sanitize("thread"))) void emu_kernel(void** arguments)'
        f" {{ {name}({call}); }}\n",
        encoding="ascii",
    )
    # -O1 keeps the accesses of the source; the sanitizer's library is left out on purpose.
    options = ["-O1", "-g", "-Wall", "-Wno-unknown-pragmas", "-fno-exceptions"]
    options += ["-fsanitize=thread,bounds,alignment", "-Werror=vla"]  # a GPU has no such arrays
    _compile([*options, f"-I{MACHINE}", "-c", "kernel.cpp", "-o", "kernel.o"], place, source)
    _check_calls(place / "kernel.o")
    _compile(["kernel.o", str(compiled_machine()), "-o", "linked", "-no-pie"], place)
    (place / "linked").replace(program)  # whoever is interrupted leaves no half of it


@functools.cache
def compiled_machine() -> Path:
    """Return the machine's object file, which is kept for the next time: it takes seconds."""
    if machine is not None:
        return machine
    made = folder() / "machine.o"
    # Not by platformdirs: where a notebook runs as in grading, that is not among the packages.
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    kept = Path(cache) / "convbook" / f"machine-{_version()}.o"
    if not _copied(kept, made):
        _compile(["-O2", "-c", str(MACHINE / "runtime.cpp"), "-o", made.name], made.parent)
        _keep(made, kept)
    return made


def _version() -> str:
    """Return the hash of all that the object file depends on."""
    said = subprocess.run([str(compiler()), "-v"], capture_output=True, check=False).stderr
    sources = [path.read_bytes() for path in sorted(MACHINE.iterdir()) if path.is_file()]
    return hashlib.sha256(b"".join([said, *sources])).hexdigest()[:16]


def _copied(kept: Path, made: Path) -> bool:
    """Copy the object file from the cache; return whether it was there."""
    try:
        if kept.is_symlink():
            return False
        shutil.copyfile(kept, made)  # refuses what is no file
    except OSError:
        return False
    return True


def _keep(made: Path, kept: Path) -> None:
    """Copy the object file to the cache, where that can be written: it is only quicker with it."""
    with suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as part:
            shutil.copyfile(made, Path(part) / kept.name).replace(kept)


def _compile(options: list[str], place: Path, source: str = "") -> None:
    command = [str(compiler()), "-std=c++17", *options]
    done = subprocess.run(
        command, cwd=place, capture_output=True, text=True, timeout=COMPILE_SECONDS
    )
    if done.returncode:
        text = _errors(done.stderr, source) or done.stderr.strip()[:600]
        raise CompileError(f"The kernel does not compile.\n{text}")


def _errors(said: str, source: str) -> str:
    """Return the compiler's errors, each with its line of the kernel; nothing of our own header."""
    lines, kept = source.splitlines(), []
    for line in said.splitlines():
        if found := re.match(rf"{FILE}:(\d+):\d+: (fatal )?error: ", line):
            number = int(found[1])
            quoted = [f"{number:5} | {text.strip()}" for text in lines[number - 1 : number]]
            kept += [line, *quoted]
    return "\n".join(kept[:6])


def _check_calls(compiled: Path) -> None:
    """Refuse a kernel that calls anything but the machine and mathematics."""
    command = ["objdump", "-t", str(compiled)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    for name in (line.split()[-1] for line in done.stdout.splitlines() if "*UND*" in line):
        if not CALLS.fullmatch(name):
            raise CompileError(f"The kernel calls {name}, which a GPU does not have.")


def _shared(program: Path) -> list[str]:
    """List the shared arrays of a program: shared:ADDRESS:BYTES:NAME."""
    command = ["objdump", "-tC", "-j", "emu_shared", str(program)]  # fails where there are none
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    line = re.compile(r"(\w+) l\s+O emu_shared\s+(\w+) (.+)")
    found = filter(None, map(line.match, done.stdout.splitlines()))
    return [f"shared:{m[1]}:{int(m[2], 16)}:{m[3].split('::')[-1]}" for m in found]
