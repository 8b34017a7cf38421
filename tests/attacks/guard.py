"""A throw-away sandbox for graders that have none: an attack there harms a scratch folder at most.

Plain nbgrader runs student code with the rights of whoever grades. Here that is a user of its own,
with process, network, IPC and mount namespaces of its own for each case, on a file system in memory
that is gone afterwards. The limits are not nbgrader's: they are there to protect this machine.

The guard is bubblewrap around `plain_server.py`, which has nbgrader imported and forks for a case.
"""

import itertools
import json
import os
import select
import subprocess
import sys
from pathlib import Path
from typing import Any

from autograder.airlock import sandbox

SCRATCH = "/scratch"
GIVEN = "/given"
SPARE_SECONDS = 60.0  # for the server to start, and to end a case by itself
FIRST_UID = 61000  # one for each guard at work: the kernel counts processes by user

_number = itertools.count()
HERE = Path(__file__).resolve().parent


class Guard:
    """A server that grades one case after the other. Use as a context manager."""

    def __init__(self, given: Path) -> None:
        """Bind a folder, read-only, as /given.

        Raises:
            RuntimeError: this process is not root, who alone may give each case its own /proc.
        """
        if os.getuid() != 0:
            raise RuntimeError("plain nbgrader's guard needs root, as in a container")
        self._given = given
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Guard":
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.kill()  # bubblewrap takes every process of its namespace along
            self._process.communicate()
            self._process = None

    def ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Have a case graded.

        Raises:
            TimeoutError: the server itself does not answer. The next request gets a fresh one.
        """
        if self._process is None:
            self._process = subprocess.Popen(
                [*_bubblewrap(self._given), sys.executable, "-s", str(HERE / "plain_server.py")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        server = self._process
        assert server.stdin is not None and server.stdout is not None
        server.stdin.write(json.dumps(request | {"seconds": seconds}).encode() + b"\n")
        server.stdin.flush()
        ready, _, _ = select.select([server.stdout], [], [], seconds + SPARE_SECONDS)
        line = server.stdout.readline() if ready else b""
        if not line:
            self.__exit__()
            raise TimeoutError("the guard does not answer")
        return json.loads(line)


def _bubblewrap(given: Path) -> list[str]:
    command = [
        sandbox.program().path,
        "--unshare-pid",
        "--unshare-net",
        "--unshare-ipc",
        "--unshare-uts",
    ]
    command += ["--die-with-parent", "--new-session", "--cap-add", "ALL"]
    for folder in ("/usr", "/etc"):
        command += ["--ro-bind", folder, folder]
    for name in ("/bin", "/sbin", "/lib", "/lib64"):
        if os.path.islink(name):
            command += ["--symlink", os.readlink(name), name]
        elif os.path.isdir(name):
            command += ["--ro-bind", name, name]
    command += ["--proc", "/proc", "--dev", "/dev"]
    for folder in (SCRATCH, "/tmp", "/var/tmp"):
        command += [*_parents(folder), "--perms", "1777", "--tmpfs", folder]
    for folder in dict.fromkeys([sys.base_prefix, sys.prefix, str(HERE)]):
        if not folder.startswith("/usr"):
            command += [*_parents(folder), "--ro-bind", folder, folder]
    command += ["--ro-bind", str(given), GIVEN, "--clearenv"]
    environment = {
        "PATH": f"{sys.prefix}/bin:/usr/bin:/bin",
        "HOME": f"{SCRATCH}/home",
        "LANG": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": f"{SCRATCH}/course/site",
        "CONVBOOK_COURSE": f"{SCRATCH}/course",
        "ATTACKS_UID": str(FIRST_UID + next(_number) % 1000),
    }
    for name, value in environment.items():
        command += ["--setenv", name, value]
    return [*command, "--chdir", SCRATCH]


def _parents(folder: str) -> list[str]:
    """Make the folders above one, or bubblewrap makes them for root only."""
    parents = [str(parent) for parent in reversed(Path(folder).parents)][1:]
    return [x for p in parents if p != "/usr" for x in ("--perms", "0755", "--dir", p)]
