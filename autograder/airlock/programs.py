"""Compiled kernels: each text is compiled once, for all who launch it.

A program comes from a sandbox in which nothing but the compiler has run yet. It goes as it came
into the sandboxes of the same text, and is never looked at here.
"""

from __future__ import annotations

import hashlib
import threading
from typing import Any

from . import packing, wire
from .deadline import Deadline

Frame = tuple[bytes, list[Any]]

PROGRAM_BYTES = 1 << 20  # of one that is kept: they have some 100 kB
KEPT = 128  # the oldest is forgotten first
NONE: Frame = packing.encode(None)


class Programs:
    """The programs of an airlock, for its threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, Frame] = {}

    def run(self, order: list[Any], workshop: wire.Channel, deadline: Deadline) -> Frame:
        """Have a workshop carry out a launch; compile only what has no program yet.

        Raises:
            ProtocolError: it did not come to an end.
        """
        key = hashlib.sha256(packing.encode(order[:2])[0]).hexdigest()  # source and kernel's name
        program = self._find(key)
        workshop.send(order, deadline)
        workshop.send_frame(*program, deadline=deadline)
        if program is NONE:
            program = workshop.receive_frame(deadline)
            if not program[1]:
                return program  # why there is none
            self._keep(key, program)
        return workshop.receive_frame(deadline)

    def _find(self, key: str) -> Frame:
        with self._lock:
            return self._kept.get(key, NONE)

    def _keep(self, key: str, program: Frame) -> None:
        if sum(map(len, program[1])) > PROGRAM_BYTES:
            return
        with self._lock:
            self._kept[key] = program
            while len(self._kept) > KEPT:
                del self._kept[next(iter(self._kept))]
