"""Processor time and memory of a command, with all processes that it starts or leaves behind.

What a process in a sandbox takes is lost to whoever waits for its parent. So the time is read from
a control group of our own, which Linux keeps for all that was ever started in it; to make one takes
root as a rule.
"""

import atexit
import os
import platform
import resource
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path


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
    words = [str(word) for word in command]
    env = _environment() | env
    before, start = used(), time.perf_counter()
    done = subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True)
    wall = time.perf_counter() - start
    if done.returncode:
        sys.exit(f"{' '.join(words)} failed:\n{done.stderr[-2000:]}")
    wait_for_all()
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    return Taken(used() - before, wall, largest, done.stderr)


def until_it_answers(command: Sequence[object], folder: Path) -> Taken:
    """Start a server by a command that takes Jupyter's options, until it answers; then end it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--no-browser", f"--port={port}", "--IdentityProvider.token=", "--allow-root"]
    words = [*map(str, command), *options]
    before, start = used(), time.perf_counter()
    nothing = subprocess.DEVNULL
    server = subprocess.Popen(words, cwd=folder, env=_environment(), stdout=nothing, stderr=nothing)
    while not _answers(port):
        if server.poll() is not None:
            sys.exit(f"{' '.join(words)} ended before it answered")
        time.sleep(0.02)
    taken = Taken(used() - before, time.perf_counter() - start, 0, "")
    server.terminate()
    wait_for_all()
    server.wait()
    return taken


def _environment() -> dict[str, str]:
    """Return what all commands find: our programs, and what Python has compiled before."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = os.environ | {"PATH": path, "OPENBLAS_NUM_THREADS": "1"}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    return env


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api", timeout=5):
            return True
    except OSError:
        return False


def machine() -> str:
    """Say on what is measured: processor, cores, Python and what is compared with."""
    versions = (f"{name} {metadata.version(name)}" for name in ("nbgrader", "jupyterlab", "numpy"))
    python, load = platform.python_version(), os.getloadavg()[0]
    cores = f"{processor()}, {os.cpu_count()} cores, load {load:.1f}"
    return ", ".join([cores, f"Python {python}", *versions])


def processor() -> str:
    """Return the name of the processor, or its kind where the system does not tell."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def used() -> float:
    """Return the processor seconds of this process and of all that it has started."""
    for line in (_group() / "cpu.stat").read_text().splitlines():
        if line.startswith("usage_usec"):
            return int(line.split()[1]) / 1e6
    raise OSError("cpu.stat holds no usage_usec")


def wait_for_all() -> None:
    """Wait until this process is alone in its group."""
    while len((_group() / "cgroup.procs").read_text().split()) > 1:
        time.sleep(0.01)


@cache
def _group() -> Path:
    """Move this process into a control group of its own."""
    mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    tops = [Path(point) for _, point, kind, *_ in mounts if kind == "cgroup2"]
    own = Path("/proc/self/cgroup").read_text().split("0::/")[-1].strip()
    try:
        group = tops[0] / own / f"convbook-bench-{os.getpid()}"
        group.mkdir()
        (group / "cgroup.procs").write_text(str(os.getpid()))
    except (OSError, IndexError) as error:
        sys.exit(f"processor time is read from a control group, and none can be made: {error}")
    atexit.register(_leave, group)
    return group


def _leave(group: Path) -> None:
    (group.parent / "cgroup.procs").write_text(str(os.getpid()))
    group.rmdir()
