"""In the checker: kernels are run elsewhere. The order goes to the grader, then to a workshop."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from . import wire

ORDER = "run a kernel"  # instead of a verdict: the grader then sends what came of it


def install(grader: wire.Channel) -> None:
    """Send every launch of the emulator to the grader, where a lesson uses the emulator."""
    emulator: Any = sys.modules.get("convbook.cuda.emulator")
    if emulator is None:
        return

    def elsewhere(*order: Any) -> Any:
        grader.send([ORDER, list(order)])
        body, buffers = grader.receive_frame()
        return _ran(emulator, _read(body, buffers))

    emulator.elsewhere = elsewhere


def _read(body: bytes, buffers: list[Any]) -> Any:
    """Decode what came of a kernel; nobody has looked at it yet."""
    try:
        return wire.decode(body, buffers)
    except wire.ProtocolError:
        return None


def _ran(emulator: Any, answer: Any) -> Any:
    """Rebuild the result from an answer that the student's kernel may have had a hand in."""
    match answer:
        case ["raised", str(name), str(text)]:
            from convbook import check, cuda

            known = {"NotRun": check.NotRun, "Refused": cuda.Refused, "ValueError": ValueError}
            known["CompileError"] = cuda.CompileError
            raise known.get(name, RuntimeError)(text)
        case ["ran", fault, list(arrays), list(counted)]:
            if len(counted) != len(emulator.COUNTED) or not all(type(n) is int for n in counted):
                raise ValueError("the emulator gave no proper answer")
            for array in arrays:
                if array is not None and type(array) is not np.ndarray:
                    raise ValueError("the emulator gave no proper answer")
            counters = dict(zip(emulator.COUNTED, counted, strict=True))
            return emulator.Ran(_fault(emulator, fault), arrays, **counters)
    raise ValueError("the emulator gave no proper answer")


def _fault(emulator: Any, fault: Any) -> Any:
    match fault:
        case [str(), int(), int(), str()]:
            return emulator.Fault(*fault)
        case None:
            return None
    raise ValueError("the emulator gave no proper answer")
