"""A user of its own for each worker, where there are no namespaces to shut it in.

    python -m airlock.inside.users PATH...

goes once through all that makes a worker another user, who must not get at the paths.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
import pwd
import secrets
import signal
import socket
import stat
import sys
import tempfile
from collections.abc import Callable

from . import SHUT_IN, jail

FIRST, MANY = 60600, 500  # systemd's list of users says that nothing has these
PLACES = ("/tmp", "/var/tmp", "/dev/shm", "/run/lock")  # where everybody may write
NEEDED = ("wave", "msgpack")  # of the standard library, and of the packages: it must read both


def take() -> tuple[int, socket.socket]:
    """Return a user that nobody is, and what keeps others from it until it is closed."""
    # Any of them: a limit on processes counts what the same user runs in other containers, too.
    start = secrets.randbelow(MANY)
    for uid in (FIRST + (start + n) % MANY for n in range(MANY)):
        mark = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            mark.bind(f"\0convbook-user-{uid}")
        except OSError as error:
            mark.close()
            if error.errno != errno.EADDRINUSE:
                raise
        else:
            if not _is_known(uid):
                return uid, mark
            mark.close()
    raise jail.JailError(0, f"none of the users {FIRST} to {FIRST + MANY - 1} is free")


def _is_known(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def end(uid: int) -> None:
    """End every process of a user; those that descend from this one are waited for.

    It is done as that user, as all below is: so it can do no harm to anybody else's.
    """
    while not _as_user(uid, _kill):
        pass  # one of them was faster, and killed the killer
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


def sweep(uid: int) -> None:
    """Remove every file of a user in the places where everybody may write."""
    _as_user(uid, _sweep)


def _as_user(uid: int, work: Callable[[int], None]) -> bool:
    """Do work in a process of that user; return False where it was killed.

    Raises:
        JailError: it could not be done.
    """
    child = os.fork()
    if child == 0:
        try:
            jail.drop_root(uid, uid)
            work(uid)
        except BaseException:
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise jail.JailError(0, f"what the user {uid} has left could not be removed")
    return os.WIFEXITED(status)


def _kill(uid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)  # all at once: none can be forked meanwhile


def _sweep(uid: int) -> None:
    folders = list(dict.fromkeys([*PLACES, tempfile.gettempdir()]))
    for folder in folders:  # which grows
        try:
            entries = list(os.scandir(folder))
        except OSError:
            continue
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):
                found = entry.stat(follow_symlinks=False)
                if found.st_uid == uid:
                    _remove(entry)
                elif stat.S_ISDIR(found.st_mode) and found.st_mode & stat.S_IWOTH:
                    folders.append(entry.path)


def _remove(entry: os.DirEntry[str]) -> None:
    """Remove a file or a folder, however deeply nested: a way back up is all that is kept."""
    if not entry.is_dir(follow_symlinks=False):
        os.unlink(entry)
        return
    here, way = _entered(entry.path), list[str]()
    while True:
        inner = _first_folder(here)
        if inner is None and not way:
            break
        there = (
            _entered(inner, here) if inner is not None else os.open("..", os.O_RDONLY, dir_fd=here)
        )
        os.close(here)
        here = there
        if inner is not None:
            way.append(inner)
        else:
            os.rmdir(way.pop(), dir_fd=here)
    os.close(here)
    os.rmdir(entry)


def _entered(name: str, where: int | None = None) -> int:
    """Open a folder, also one that was closed to its owner."""
    os.chmod(name, stat.S_IRWXU, dir_fd=where)
    return os.open(name, os.O_RDONLY, dir_fd=where)


def _first_folder(where: int) -> str | None:
    """Remove files of a folder until one of its folders is met, and return its name."""
    with os.scandir(where) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                return entry.name
            os.unlink(entry.name, dir_fd=where)
    return None


def _within_reach(path: str) -> bool:
    """Tell whether this process can read a file, or get into a folder."""
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return False
    return os.access(path, os.X_OK if stat.S_ISDIR(mode) else os.R_OK)


def probe(closed: list[str]) -> None:
    """Be another user, shut in, who reads what it needs and does not get at what is closed."""
    uid, mark = take()
    with mark:
        end(uid)
        sweep(uid)
        jail.drop_root(uid, uid)
        jail.confine({"RLIMIT_CORE": 0})
        try:
            for module in NEEDED:
                importlib.import_module(module)
        except ImportError as error:
            raise jail.JailError(
                0, f"other users cannot read Python and its packages ({error}): have both elsewhere"
            ) from None
        for path in filter(_within_reach, closed):
            raise jail.JailError(
                0, f"a student's process could read {path}: close it with chmod -R o-rwx {path}"
            )
    print(SHUT_IN, flush=True)


if __name__ == "__main__":
    try:
        probe(sys.argv[1:])
    except OSError as error:
        sys.exit(error.strerror or str(error))
