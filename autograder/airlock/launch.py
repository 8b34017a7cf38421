"""Fork servers and workers, as the grader sees them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from . import sandbox, user, wire
from .limits import Limits
from .programs import Programs
from .sandbox import Bind, SandboxError

TICKS = 0.2  # seconds by which the kernel's counts of a process's time may differ
REPORT_SECONDS = 5  # for the keeper to say how its worker ended
SIGNALS = {signal.SIGSEGV: "it crashed (segmentation fault)", signal.SIGABRT: "it aborted"}


@dataclass(frozen=True)
class Slow:
    """Modules that take long to load.

    Attributes:
        late: loaded by a worker, when something of them is used.
        warm: loaded by the fork server, before there is a worker.
    """

    late: Sequence[str] = ()
    warm: Sequence[str] = ()

    def all_warm(self) -> Slow:
        """Return the same, with everything loaded before there is a worker."""
        return Slow(warm=(*self.late, *self.warm))

    def all_late(self) -> Slow:
        """Return the same, with everything loaded by a worker."""
        return Slow(late=(*self.late, *self.warm))

    def options(self, kind: str) -> dict[str, list[str]]:
        """Write it for a fork server in one kind of sandbox."""
        if kind == "user":  # as Matplotlib is loaded it writes a list of fonts, and only root can
            return {"warm": [*self.all_warm().warm, "matplotlib.pyplot"], "late": []}
        return {"warm": list(self.warm), "late": list(self.late)}


class Worker:
    """One worker process: a channel for requests, and the lifeline to its keeper."""

    def __init__(self, control: socket.socket, lifeline: socket.socket) -> None:
        self.channel = wire.Channel(control)
        self.lifeline = lifeline
        self.begun = time.monotonic()
        self.said: dict[str, Any] = {}  # by the keeper
        self._words = b""  # the beginning of its next line

    def end(self) -> dict[str, Any]:
        """Kill the worker if it lives, wait until it is gone, and return how it ended."""
        if self.lifeline.fileno() < 0:
            return self.said
        with contextlib.suppress(OSError):
            self.lifeline.shutdown(socket.SHUT_WR)
        self.report()
        self.lifeline.close()
        self.channel.close()
        return self.said

    def lost(self) -> float:
        """Return for how many seconds the worker was ready, and others had the processor."""
        with contextlib.suppress(OSError):
            self.lifeline.sendall(b"?")
        self._listen()
        age = time.monotonic() - self.begun
        waited, worked = (self.said.get(what, 0.0) for what in ("waited", "worked"))
        return max(0.0, min(waited, age - worked))

    def report(self) -> dict[str, Any]:
        """Wait for the keeper's last words; return all it has said."""
        while self._listen():
            pass
        return self.said

    def _listen(self) -> bool:
        """Take in one line of the keeper's; return whether there was one."""
        with contextlib.suppress(OSError):
            self.lifeline.settimeout(REPORT_SECONDS)
            while b"\n" not in self._words and (block := self.lifeline.recv(4096)):
                self._words += block
        line, _, self._words = self._words.partition(b"\n")
        if line:
            self.said |= json.loads(line)
        return bool(line)


def ending(report: dict[str, Any], limits: Limits) -> str:
    """Return in words how a worker ended.

    Raise SandboxError if it never began or its keeper is gone too: that is no student's doing.
    """
    if "failed" in report:
        raise SandboxError(f"a worker process could not be shut in: {report['failed']}")
    if "ended" not in report:
        raise SandboxError("a worker process and its keeper are gone: was something killed?")
    code = report["ended"]
    if code < 0 and report["cpu_seconds"] >= 0.9 * limits.cpu_seconds - TICKS:
        return f"limit met: {limits.cpu_seconds} s of processor time"
    if code < 0:
        return SIGNALS.get(signal.Signals(-code), f"it was killed ({signal.Signals(-code).name})")
    return f"it ended itself with exit code {code}"


class ForkServer:
    """A warm process that forks workers. Use as a context manager."""

    def __init__(self, command: list[str], env: dict[str, str] | None, options: dict) -> None:
        ours, theirs = socket.socketpair()
        self.sock = ours
        self.lock = threading.Lock()
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed in close()
        with theirs:
            self.process = subprocess.Popen(
                [*command, str(theirs.fileno()), json.dumps(options)],
                pass_fds=[theirs.fileno()],
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self.errors,
                start_new_session=True,  # Ctrl-C is for the grader, which then ends the rest
            )

    def wait_until_warm(self, seconds: float) -> None:
        """Wait for the server to say that it is ready."""
        self.sock.settimeout(seconds)
        try:
            ready = self.sock.recv(1) == b"r"
        except OSError:
            ready = False
        if not ready:
            self.errors.seek(0)
            lines = self.errors.read().decode(errors="replace").strip().splitlines()
            reason = lines[-1] if lines else "no message"
            raise SandboxError(f"a fork server did not start: {reason}")

    def start(self, config: dict[str, Any], call: socket.socket) -> Worker:
        """Fork one worker, whose call channel is call."""
        ours, control = socket.socketpair()
        lifeline, theirs = socket.socketpair()
        with control, theirs, self.lock:
            numbers = [control.fileno(), call.fileno(), theirs.fileno()]
            try:
                socket.send_fds(self.sock, [json.dumps(config).encode()], numbers)
                taken = self.sock.recv(1) == b"k"
            except OSError:
                taken = False
        if not taken:
            ours.close()
            lifeline.close()
            raise SandboxError("a fork server has ended")
        return Worker(ours, lifeline)

    def close(self) -> None:
        """End the server. Its workers end with their lifelines."""
        self.sock.close()
        try:
            self.process.wait(timeout=REPORT_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.errors.close()


def student_server(
    kind: str, staged: Path, binds: Sequence[Bind], path: Sequence[str], slow: Slow
) -> ForkServer:
    """Start the fork server for student processes."""
    return _shut_in(kind, staged, binds, path, slow, "airlock.inside.student")


def workshop_server(
    kind: str, staged: Path, binds: Sequence[Bind], path: Sequence[str]
) -> ForkServer:
    """Start the fork server for kernels: a student's sandbox with a compiler in it."""
    tools = [(folder, folder) for folder in sandbox.COMPILER if Path(folder).is_dir()]
    return _shut_in(kind, staged, [*binds, *tools], path, Slow(), "airlock.inside.workshop")


def _shut_in(
    kind: str,
    staged: Path,
    binds: Sequence[Bind],
    path: Sequence[str],
    slow: Slow,
    module: str,
) -> ForkServer:
    """Start a fork server in the sandbox, or with the same modules outside where there is none."""
    options = {"drop_root": kind == "bwrap", "uid": sandbox.UID, "run": ""} | slow.options(kind)
    options["fonts"] = f"{'/airlock' if kind == 'bwrap' else staged}/airlock/fonts"
    run = ["airlock.inside.server", module]
    if kind == "bwrap":
        command = sandbox.student_command(sandbox.program(), staged, binds, path)
        return ForkServer([*command, *run], None, options)
    if kind == "user":
        env = user.environment(staged, binds, path)
        return ForkServer([*user.python(), *run], env, options)
    folders = [str(staged), *(user.outside(entry, binds) for entry in path)]
    env = os.environ | sandbox.worker_environment(str(staged))
    env["PYTHONPATH"] = os.pathsep.join([*folders, *filter(None, sys.path)])
    return ForkServer([sys.executable, "-sPm", *run], env, options)


def checker_server(kind: str, staged: Path, slow: Slow, run: str) -> ForkServer:
    """Start the fork server for checkers. It sees all files, read-only, and has no network."""
    module = ["autograder.airlock.inside.server", "autograder.airlock.checker"]
    options = {"drop_root": False, "uid": sandbox.UID, "run": run} | slow.options(kind)
    options["fonts"] = f"{staged}/airlock/fonts"
    scratch = "/dev/shm" if kind == "bwrap" else str(staged)
    env = os.environ | sandbox.worker_environment(scratch)
    env["PYTHONPATH"] = os.pathsep.join([str(sandbox.HERE.parent.parent), *filter(None, sys.path)])
    env["MPLBACKEND"] = "agg"  # no windows, where a given cell draws
    command = [sys.executable, "-sPm", *module]
    if kind == "bwrap":
        env["HOME"] = env["TMPDIR"] = scratch
        command = [*sandbox.checker_command(sandbox.program()), *command]
    return ForkServer(command, env, options)


class Workers(Protocol):
    """Where a session gets its processes from: an open airlock."""

    limits: Limits
    machine: bytes | None  # of the CUDA emulator
    programs: Programs

    def drew(self) -> None: ...
    def start_student(self, call: socket.socket) -> Worker: ...
    def start_checker(self, call: socket.socket) -> Worker: ...
    def start_workshop(self) -> Worker: ...


class Lost(Exception):
    """The student's process is gone: the message says why."""


class Late(Lost):
    """It did not come to an end in time."""
