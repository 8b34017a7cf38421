"""Where a student's kernels are compiled and run: a sandbox of their own, fresh for each launch.

No Python of a student runs here. The checker hands over the kernel's text and its arguments, by way
of the grader, and gets back what the emulator says. A compiler is within reach, and files in /tmp
may be run; nothing else is different from a student's sandbox.
"""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

from .. import wire

MACHINE = Path(__file__).resolve().parent.parent / "machine.o"  # compiled beforehand, outside
ERRORS = ("NotRun", "Refused", "CompileError", "ValueError")


def warm_up() -> None:
    """Import the emulator."""
    from convbook.cuda import build

    if MACHINE.exists():
        build.machine = MACHINE


def serve(control: socket.socket, call: socket.socket, config: dict[str, Any]) -> None:
    """Carry out one launch."""
    grader = wire.Channel(control)
    grader.send(_answer(grader.receive()))


def _answer(order: list[Any]) -> list[Any]:
    from convbook.cuda import emulator

    try:
        ran = emulator.emulate(*order)
    except Exception as error:
        names = [kind.__name__ for kind in type(error).__mro__ if kind.__name__ in ERRORS]
        return ["raised", names[0] if names else "", str(error)]
    fault = ran.fault and [ran.fault.kind, ran.fault.line, ran.fault.other_line, ran.fault.text]
    counted = [getattr(ran, name) for name in emulator.COUNTED]
    # What it printed stays here: it may hold our numbers
    return ["ran", fault, ran.arrays, counted]
