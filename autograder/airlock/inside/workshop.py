"""Where a student's kernels are compiled and run: a sandbox of their own, fresh for each launch.

No Python of a student runs here. The checker hands over the kernel's text and its arguments, by way
of the grader, and gets back what the emulator says. A compiler is within reach, and files in /tmp
may be run; nothing else is different from a student's sandbox.

To compile takes five times as long as all else. So the grader gets each program before anything of
it has run, and hands it over at the next launch of the same text.
"""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import numpy as np

from .. import wire

MACHINE = Path(__file__).resolve().parent.parent / "machine.o"  # compiled beforehand, outside
ERRORS = ("NotRun", "Refused", "CompileError", "ValueError")


def warm_up() -> None:
    """Import the emulator."""
    from convbook.cuda import build

    if MACHINE.exists():
        build.machine = MACHINE


def serve(control: socket.socket, call: socket.socket, config: dict[str, Any]) -> None:
    """Carry out one launch; where there is no program yet, compile and send that first."""
    grader = wire.Channel(control)
    order, program = grader.receive(), grader.receive()
    try:
        if program is None:
            grader.send(_compiled(*order[:5]))
        else:
            _put(program, *order[:2])
        answer = _ran(order)
    except Exception as error:
        names = [kind.__name__ for kind in type(error).__mro__ if kind.__name__ in ERRORS]
        answer = ["raised", names[0] if names else "", str(error)]
    grader.send(answer)


def _compiled(source: str, name: str, grid: Any, block: Any, args: Any) -> np.ndarray:
    """Compile a kernel that can be launched so; return the bytes of the program."""
    from convbook.cuda import emulator

    wanted, *_ = emulator.prepared(source, name, grid, block, args)
    program, _ = emulator.built(source, name, wanted)
    return np.frombuffer(program.read_bytes(), np.uint8)


def _put(program: np.ndarray, source: str, name: str) -> None:
    """Lay a program where the emulator looks for it."""
    from convbook.cuda import build

    path = build.place_of(source, name) / build.PROGRAM
    path.write_bytes(program.tobytes())
    path.chmod(0o700)


def _ran(order: list[Any]) -> list[Any]:
    """Run the kernel; return what came of it."""
    from convbook.cuda import emulator

    ran = emulator.emulate(*order)
    fault = ran.fault and [ran.fault.kind, ran.fault.line, ran.fault.other_line, ran.fault.text]
    counted = [getattr(ran, name) for name in emulator.COUNTED]
    # What it printed stays here: it may hold our numbers
    return ["ran", fault, ran.arrays, counted]
