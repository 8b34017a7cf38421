"""Look into a kernel: every access of its threads, one after the other.

    seen = cuda.watch(source, "votes", (1,), (8,), (label, out, 8))
    for step in seen.steps:
        print(step)

The threads of a block take turns, one access each, as the threads of a warp do. Races happen here:
that is what one wants to see. It is for looking; a check never uses it.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from convbook.cuda.emulator import Ran, launch
from convbook.cuda.source import parameters

WARP = 32
DOES = {"r": "reads", "w": "writes", "a": "changes in one go"}


@dataclass(frozen=True)
class Step:
    """One access of a thread.

    Attributes:
        block, thread: their numbers, counted along x, then y, then z.
        line: of the source.
        does: "reads", "writes", or "changes in one go" for an atomic operation.
        array: the name of the parameter or of the shared array.
        element: counted from the array's beginning.
        value: what was read, or what stood there afterwards.
    """

    block: int
    thread: int
    line: int
    does: str
    array: str
    element: int
    value: float

    def __str__(self) -> str:
        what = f"{self.array}[{self.element}]"
        return f"thread {self.thread}, line {self.line}: {self.does} {what}, {self.value:g}"


@dataclass(frozen=True)
class Watched:
    """What was seen of a launch: its first 4096 accesses, in order.

    Attributes:
        ran: what came of it.
        steps: of all threads; empty where there is no compiler.
    """

    ran: Ran
    steps: list[Step]

    def request(self, array: str, does: str = "reads", visit: int = 0) -> list[int]:
        """Return which element each thread of the first warp asks for in one access.

        Args:
            array: the name of the parameter.
            does: "reads" or "writes".
            visit: 0 for the first access to that array, 1 for the second.

        Returns:
            The element of each thread that takes part, in order of threads.
        """
        mine: dict[int, list[int]] = {}
        for step in self.steps:
            if step.block == 0 and step.thread < WARP and (step.array, step.does) == (array, does):
                mine.setdefault(step.thread, []).append(step.element)
        return [found[visit] for _, found in sorted(mine.items()) if visit < len(found)]


def watch(source: str, name: str, grid: Any, block: Any, args: Any) -> Watched:
    """Run a kernel, and note every access.

    Args:
        source, name, grid, block, args: as of `emulate`.
    """
    pointers = {
        str(k): (p.name, "i4" if p.kind == "int" else "f4")
        for k, p in enumerate(parameters(source, name))
        if p.pointer
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "steps"
        ran, line = launch(source, name, grid, block, args, watched=file)
        rows = [row.split(" ") for row in file.read_text().splitlines()] if file.exists() else []
    lines = {code: line(code) for code in {row[2] for row in rows}}
    return Watched(ran, [_step(row, lines, pointers) for row in rows])


def _step(row: list[str], lines: dict[str, int], pointers: dict[str, tuple[str, str]]) -> Step:
    block, thread, code, does, array, element, bits = row
    name, kind = pointers.get(array, (array, "f4"))
    value = float(np.array([int(bits)], dtype="u4").view(kind)[0])
    return Step(int(block), int(thread), lines[code], DOES[does], name, int(element), value)
