"""Processor time and memory of a command, with all processes that it starts or leaves behind."""

import ctypes
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Taken:
    """What a command took.

    Attributes:
        cpu: processor seconds of the whole process tree.
        wall: seconds by the clock.
        largest: MiB of the largest process, of this and of all commands before.
        said: what it wrote to its standard error.
    """

    cpu: float
    wall: float
    largest: int
    said: str


def run(command: Sequence[object], folder: Path, **env: str) -> Taken:
    """Run a command in a folder, with a changed environment; exit where it fails."""
    # Whatever it leaves behind becomes our child, so that its time is counted.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    words = [str(word) for word in command]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = os.environ | {"PATH": path, "OPENBLAS_NUM_THREADS": "1"} | env
    before, start = _used(), time.perf_counter()
    done = subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True)
    wall = time.perf_counter() - start
    if done.returncode:
        sys.exit(f"{' '.join(words)} failed:\n{done.stderr[-2000:]}")
    try:
        while True:
            os.wait()
    except ChildProcessError:
        largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
        return Taken(_used() - before, wall, largest, done.stderr)


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
