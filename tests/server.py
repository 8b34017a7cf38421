"""A JupyterLab server for tests, on a free port of this machine, without a token."""

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

OPEN = ["--no-browser", "--IdentityProvider.token=", "--ServerApp.password="]


@contextmanager
def serving(
    command: Sequence[str], home: Path, cwd: Path | None = None, ready: str = "/api"
) -> Iterator[str]:
    """Start a server by a command that takes Jupyter's options; yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = os.environ | {"HOME": str(home), "JUPYTER_PLATFORM_DIRS": "1"}
    if cwd:
        env["CONVBOOK_COURSE"] = str(cwd)
    process = subprocess.Popen(
        [*command, *OPEN, "--port", str(port)],
        env=env,
        cwd=cwd,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}{ready}")
        yield f"http://127.0.0.1:{port}"
    finally:
        end(process)


def end(process: subprocess.Popen) -> None:
    """End a server, which ends its kernels first."""
    if os.name == "nt":  # there the command is only its parent, and cannot pass on that it ends
        for child in psutil.Process(process.pid).children(recursive=True):
            child.kill()
    process.terminate()
    try:
        process.wait(timeout=60)
    except subprocess.TimeoutExpired:  # it may wait for a kernel that a test has killed
        for child in psutil.Process(process.pid).children(recursive=True):
            child.kill()
        process.kill()
        process.wait(timeout=60)


def wait_for(address: str, tries: int = 240) -> None:
    """Ask twice a second until a server answers."""
    for _ in range(tries):
        try:
            urllib.request.urlopen(address, timeout=2)
            return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"{address} did not answer")
