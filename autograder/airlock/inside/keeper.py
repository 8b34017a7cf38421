"""Start one worker process, watch it, and end it.

The keeper is the worker's parent. It never runs student code and the worker cannot reach it (in
bubblewrap the worker cannot even see it). The session holds the other end of the lifeline: when
that closes, for whatever reason, the keeper kills the worker. How the worker ended goes back over
the lifeline as one line of JSON; so does what it has spent, each time when a byte comes.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import select
import shutil
import signal
import socket
import tempfile
from collections.abc import Callable
from typing import Any

from . import jail, users

Serve = Callable[[socket.socket, socket.socket, dict[str, Any]], None]


def start(config: dict[str, Any], descriptors: list[int], serve: Serve) -> None:
    """Be the keeper of one worker. Runs in a fork of the fork server and never returns."""
    control, call, lifeline = (socket.socket(fileno=number) for number in descriptors)
    home, uid = "", 0
    processes = _processes()  # before there is a new, empty /proc
    try:
        if config["own_user"]:
            uid, _mark = users.take()  # nobody else's while the mark is open
            jail.adopt()
            users.end(uid)
            users.sweep(uid)
        if config["isolate"]:
            jail.isolate(config["disk_bytes"], config["disk_files"], config["programs"])
            home = jail.HOME
        elif config["fresh_home"]:
            home = tempfile.mkdtemp(prefix="airlock-")
            if uid:
                os.chown(home, uid, uid)
        # From here on the end of a child wakes the loop in _keep.
        bell, ringer = socket.socketpair()
        ringer.setblocking(False)
        signal.set_wakeup_fd(ringer.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        child = os.fork()
    except BaseException as error:
        _report(lifeline, {"failed": str(error)})
        os._exit(1)
    if child == 0:
        _work(config, home, uid, (control, call, lifeline), serve)
    control.close()
    call.close()
    report = _keep(child, lifeline, bell, processes)
    try:
        if uid:
            users.end(uid)
        _report(lifeline, report)  # now: to remove many files takes its time
        if uid:
            users.sweep(uid)
        elif home and not config["isolate"]:
            shutil.rmtree(home, ignore_errors=True)
    except OSError as error:
        _report(lifeline, {"failed": str(error)})
    os._exit(0)


def _work(
    config: dict[str, Any],
    home: str,
    uid: int,
    sockets: tuple[socket.socket, socket.socket, socket.socket],
    serve: Serve,
) -> None:
    """Be the worker: shut the door, then serve. Never returns."""
    control, call, lifeline = sockets
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        _leave_only([sock.fileno() for sock in sockets])
        if home:
            os.chdir(home)
            os.environ["HOME"] = os.environ["TMPDIR"] = home
            tempfile.tempdir = None
        if uid and home:
            _go_first()
        if uid:
            # A checker keeps the grader's group, which may read the course.
            jail.drop_root(uid, uid if home else os.getgid())
        if config["confine"]:
            jail.confine(config["rlimits"])
        else:
            jail.set_limits(config["rlimits"], strict=False)
    except BaseException as error:
        _report(lifeline, {"failed": str(error)})
        os._exit(1)
    lifeline.close()
    with contextlib.suppress(BaseException):
        serve(control, call, config)
    os._exit(0)


def _go_first() -> None:
    """Have the kernel end this process, and none of the grader's, where the memory is used up."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")


def _leave_only(keep: list[int]) -> None:
    """Close every other file, and connect the standard ones to nothing."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    edges = [2, *sorted(keep), os.sysconf("SC_OPEN_MAX")]
    for low, high in itertools.pairwise(edges):
        os.closerange(low + 1, high)


def _keep(
    child: int, lifeline: socket.socket, bell: socket.socket, processes: int | None
) -> dict[str, Any]:
    """Wait until the worker ends; end it when the session lets go of the lifeline. Return how.

    processes is the folder of all processes, or None.
    """
    while True:
        ready, _, _ = select.select([lifeline, bell], [], [])
        if lifeline in ready:
            if lifeline.recv(1):
                _report(lifeline, spent(child, processes))
                continue
            # In its own process id namespace this ends all it has started; elsewhere its group.
            for kill in (os.killpg, os.kill):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    kill(child, signal.SIGKILL)
            found, status, usage = os.wait4(child, 0)
        else:
            bell.recv(64)
            found, status, usage = os.wait4(child, os.WNOHANG)
        if found:
            break
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(status)
    return {"ended": code, "cpu_seconds": usage.ru_utime + usage.ru_stime}


def _report(lifeline: socket.socket, message: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):
        lifeline.sendall(json.dumps(message).encode() + b"\n")


def _processes() -> int | None:
    """Open the folder of all processes, where there is one."""
    try:
        return os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return None


def spent(child: int, processes: int | None) -> dict[str, Any]:
    """Return the seconds that a worker waited for a processor, and had one.

    It waited while its first thread was ready and did not run. What its own processes took
    together is no loss of its.
    """
    unknown = {"waited": 0.0, "worked": 0.0}
    if processes is None:
        return unknown
    try:
        waited = int(_read(processes, f"{child}/schedstat").split()[1]) / 1e9
        parents, ticks = _running(processes)
    except (OSError, IndexError, ValueError):
        return unknown
    own = _family(os.getpid(), parents) - {os.getpid()}  # the worker, and orphans that came here
    return {"waited": waited, "worked": sum(ticks[one] for one in own) / os.sysconf("SC_CLK_TCK")}


def _running(processes: int) -> tuple[dict[int, int], dict[int, int]]:
    """Return the parent of each process, and its ticks of the processor, ended children's too."""
    parents, ticks = {}, {}
    for name in filter(str.isdigit, os.listdir(processes)):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            fields = _read(processes, f"{name}/stat").rpartition(b")")[2].split()
            parents[int(name)] = int(fields[1])
            ticks[int(name)] = sum(map(int, fields[11:15]))
    return parents, ticks


def _family(child: int, parents: dict[int, int]) -> set[int]:
    """Return a process with its children, theirs, and so on."""
    family, found = set[int](), {child} & parents.keys()
    while found - family:
        family |= found
        found = {one for one, parent in parents.items() if parent in family}
    return family


def _read(processes: int, name: str) -> bytes:
    file = os.open(name, os.O_RDONLY, dir_fd=processes)
    try:
        return os.read(file, 4096)
    finally:
        os.close(file)
