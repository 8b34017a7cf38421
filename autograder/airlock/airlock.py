"""The airlock: warm fork servers for student processes, for checkers, and for kernels of CUDA C."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from . import fonts, launch, user
from .launch import ForkServer, Slow, Worker
from .limits import Limits
from .programs import Programs
from .sandbox import KINDS, Bind, SandboxError, find, stage
from .session import Session

TRACEBACKS = ("stack_data",)  # what IPython loads when a cell fails
DRAWERS = 3  # submissions that have drawn: more are to come


class Airlock:
    """The warm fork servers for any number of sessions. Use as a context manager."""

    def __init__(
        self,
        sandbox: str | None = None,
        limits: Limits | None = None,
        binds: Sequence[Bind] = (),
        student_path: Sequence[str] = (),
        drawing: Sequence[str] = (),
        imported: Sequence[str] = (),
        many: bool = True,
        checker_warm: str = "",
        machine: bytes | None = None,
        secrets: Sequence[Path] = (),
    ) -> None:
        """Choose the sandbox: None takes bubblewrap or fails; others must be asked for by name.

        binds are (folder, where the student sees it); student_path are entries of PYTHONPATH as
        the student sees them. drawing and imported name modules that take long to load. That is
        done when something of them is used; for many students, with those that all import and with
        what writes tracebacks, once and beforehand, and with those that draw as soon as several
        students have drawn.
        checker_warm is source that the checkers' fork server runs once, to load a lesson.
        machine is the object file of the CUDA emulator, for lessons whose checks run kernels.
        secrets are what others must not be able to read, for the sandbox that depends on it.
        """
        self.sandbox = _found(sandbox, secrets)
        self.limits = limits or Limits()
        self.binds = list(binds)
        self.student_path = list(student_path)
        self.many = many
        warm = (*imported, *TRACEBACKS)
        self.slow = Slow(drawing, warm) if many else Slow((*drawing, *imported))
        self.checker_warm = checker_warm
        self.machine = machine
        self.programs = Programs()
        self._servers: list[ForkServer] = []
        self._drawn = itertools.count(1)  # the number of the next submission that draws
        self._staged: Path | None = None

    def __enter__(self) -> Airlock:
        self._staged = Path(tempfile.mkdtemp(prefix="airlock-"))
        try:
            stage(self._staged)
            fonts.stage(self._staged / "airlock" / "fonts")
            if self.sandbox == "user":
                user.link_packages(self._staged)
            self._servers = [self._student_server(self.slow)]
            self._servers.append(
                launch.checker_server(
                    self.sandbox, self._staged, self.slow.all_late(), self.checker_warm
                )
            )
            if self.machine is not None:
                staged = self._staged / "airlock" / "machine.o"
                staged.write_bytes(self.machine)
                staged.chmod(0o644)  # the sandbox reads it as another user
                self._servers.append(
                    launch.workshop_server(
                        self.sandbox, self._staged, self.binds, self.student_path
                    )
                )
            for server in self._servers:
                server.wait_until_warm(self.limits.start_seconds)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End both fork servers, and with them every worker."""
        for server in self._servers:
            server.close()
        self._servers = []
        if self._staged is not None:
            shutil.rmtree(self._staged, ignore_errors=True)

    def session(
        self,
        seed: int | Callable[[], int],
        prelude: Iterable[str] = (),
        student_names: Iterable[str] = (),
        setup: str | Callable[[int], str] = "",
    ) -> Session:
        """Return a session for one submission.

        Where seed is a function, it is called when the first check begins, so that all of the
        student's code is loaded by then; session.seed is what it drew. setup is the source that
        the checker runs first, or a function that writes it from the seed; prelude are the given
        cells. student_names are never taken from the prelude or the builtins.
        """
        return Session(self, seed, list(prelude), sorted(student_names), setup)

    def drew(self) -> None:
        """Note that a submission has drawn."""
        late = self.slow.options(self.sandbox)["late"]
        if not (self.many and late and self._servers) or next(self._drawn) != DRAWERS:
            return
        with contextlib.suppress(SandboxError, OSError):  # the one that is there still does
            server = self._student_server(self.slow.all_warm())
            self._servers.append(server)
            server.wait_until_warm(self.limits.start_seconds)
            self._servers[-1], self._servers[0] = self._servers[0], server  # that has workers yet

    def _student_server(self, slow: Slow) -> ForkServer:
        assert self._staged is not None
        return launch.student_server(
            self.sandbox, self._staged, self.binds, self.student_path, slow
        )

    def start_student(self, call: socket.socket) -> Worker:
        """Fork a fresh student process."""
        return self._start(0, self.limits.memory_bytes, self.sandbox == "bwrap", call)

    def start_checker(self, call: socket.socket) -> Worker:
        """Fork a fresh checker."""
        return self._start(1, self.limits.checker_memory_bytes, False, call)

    def start_workshop(self) -> Worker:
        """Fork a fresh process that runs one kernel of CUDA C."""
        ours, theirs = socket.socketpair()  # a workshop has nobody to call
        with ours, theirs:
            return self._start(2, self.limits.memory_bytes, self.sandbox == "bwrap", theirs)

    def _start(self, which: int, memory: int, isolate: bool, call: socket.socket) -> Worker:
        if not self._servers:
            raise SandboxError("the airlock is closed: use it in a with statement")
        limits = self.limits
        config = {
            "isolate": isolate,
            "confine": self.sandbox != "none",
            "own_user": self.sandbox == "user",
            "fresh_home": which != 1,
            "programs": which == 2,
            "disk_bytes": limits.disk_bytes,
            "disk_files": limits.disk_files,
            "output_bytes": limits.output_bytes,
            "rlimits": limits.rlimits(memory),
            "limits": dataclasses.asdict(limits),
        }
        return self._servers[which].start(config, call)


def _found(asked: str | None, secrets: Sequence[Path]) -> str:
    """Return the sandbox that is asked for, if this machine has it."""
    match asked:
        case None | "bwrap":
            return find()
        case "user":
            user.need(secrets)
        case "none":
            pass
        case _:
            names = ", ".join(map(repr, KINDS))
            raise SandboxError(f"there is no sandbox called {asked!r}: use one of {names}")
    return asked
