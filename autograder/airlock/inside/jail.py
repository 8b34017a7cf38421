"""Shut a process in: its own namespaces, no privileges, hard limits. Linux only, but for rlimits.

A fork server runs inside bubblewrap. For each student, its keeper calls isolate(), then forks, and
the child calls confine() before it reads a byte of student code.
"""

from __future__ import annotations

import ctypes
import os
import resource
import struct
import sys
from typing import Any

from . import SHUT_IN, seccomp

NEWNS, NEWCGROUP, NEWUTS, NEWIPC = 0x20000, 0x2000000, 0x4000000, 0x8000000
NEWUSER, NEWPID, NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REC, MS_SLAVE = 0x4000, 0x80000
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_GET_SECCOMP, PR_CAPBSET_DROP = 1, 4, 21, 24
PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 38, 39, 47, 4
PR_SET_CHILD_SUBREAPER = 36
CAPABILITY_VERSION = 0x20080522
LAST_CAPABILITY = 63  # a kernel refuses those it does not know
CAP_SETPCAP = 8
EINVAL, SIGKILL = 22, 9

HOME = "/tmp/home"  # in the fresh tmpfs of each student


class JailError(OSError):
    """A step of the jail did not take: nothing may run."""


def _libc() -> Any:
    return ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise JailError(number, f"{what}: {os.strerror(number)}")


def drop_root(uid: int, gid: int) -> None:
    """Become an ordinary user for good. The kernel does not count the processes of real root."""
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    if os.getresuid() != (uid, uid, uid) or os.getgroups():
        raise JailError(0, "still root")


def adopt() -> None:
    """Be the parent of every orphan that descends from this process."""
    _check(_libc().prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "orphans")


def isolate(disk_bytes: int, disk_files: int, programs: bool = False) -> None:
    """Enter new namespaces, with an empty /proc and a /tmp that only this process will see.

    With programs, files in /tmp may be run.

    The new process ids hold for children, so the caller forks next.
    """
    uid, gid = os.getuid(), os.getgid()
    # A change of user hides /proc/self from its own process, which has to write there.
    _check(_libc().prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), "dumpable")
    flags = NEWUSER | NEWNS | NEWCGROUP | NEWPID | NEWIPC | NEWUTS | NEWNET
    _check(_libc().unshare(flags), "new namespaces")
    _write("/proc/self/setgroups", "deny")
    _map("/proc/self/uid_map", uid)
    _map("/proc/self/gid_map", gid)
    _mount("none", "/", None, MS_REC | MS_SLAVE)
    options = f"size={disk_bytes},nr_inodes={disk_files},mode=0700"
    what = MS_NOSUID | MS_NODEV | (0 if programs else MS_NOEXEC)
    _mount("tmpfs", "/tmp", "tmpfs", what, options)
    everything_off = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC
    _mount("tmpfs", "/proc", "tmpfs", everything_off, "size=4096,nr_inodes=2")
    os.mkdir(HOME)
    os.chdir(HOME)


def _write(path: str, text: str) -> None:
    file = os.open(path, os.O_WRONLY)
    try:
        if os.write(file, text.encode()) != len(text):
            raise JailError(0, f"{path} was not written whole")
    finally:
        os.close(file)


def _map(path: str, number: int) -> None:
    """Map one id to itself and read it back: an unmapped id looks like 65534, which may be ours."""
    _write(path, f"{number} {number} 1")
    with open(path) as file:
        if file.read().split() != [str(number), str(number), "1"]:
            raise JailError(0, f"{path} does not say what was written")


def _mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    name = kind.encode() if kind else None
    result = _libc().mount(source.encode(), target.encode(), name, flags, options.encode())
    _check(result, f"mount {target}")


def set_limits(limits: dict[str, int], strict: bool) -> None:
    """Set hard limits. Without strict, those that this system cannot set are left out."""
    for name, value in limits.items():
        if not strict and name == "RLIMIT_NPROC":
            continue  # outside a namespace it counts everything that the user runs
        try:
            number = getattr(resource, name)
            resource.setrlimit(number, (value, value))
        except (AttributeError, ValueError, OSError):
            # Python's module knows no RLIMIT_MSGQUEUE on some systems; mq_open is denied anyway.
            if strict and name != "RLIMIT_MSGQUEUE":
                raise


def confine(limits: dict[str, int]) -> None:
    """Give up every privilege, set the limits, install the filter, and check that all took."""
    libc = _libc()
    _check(libc.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0), "parent death signal")
    _check(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")
    _check(libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "ambient capabilities")
    header = struct.pack("Ii", CAPABILITY_VERSION, 0)
    # Where none of them may be dropped, no new privileges keep them from coming back.
    if struct.unpack("I", _capabilities(libc, header)[:4])[0] & 1 << CAP_SETPCAP:
        for capability in range(LAST_CAPABILITY + 1):
            dropped = libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0
            if not dropped and ctypes.get_errno() != EINVAL:
                _check(-1, f"drop capability {capability}")
    _check(libc.capset(header, struct.pack("6I", *[0] * 6)), "capabilities")
    set_limits(limits, strict=True)
    seccomp.install()
    _verify(libc, header)


def _capabilities(libc: Any, header: bytes) -> bytes:
    held = ctypes.create_string_buffer(24)
    _check(libc.capget(header, held), "read capabilities")
    return held.raw


def _verify(libc: Any, header: bytes) -> None:
    if any(_capabilities(libc, header)):
        raise JailError(0, "capabilities are left")
    if libc.prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1:
        raise JailError(0, "new privileges are possible")
    if libc.prctl(PR_GET_SECCOMP, 0, 0, 0, 0) != 2:
        raise JailError(0, "no system call filter")


def probe(uid: int) -> None:
    """Go through every step once, to find out whether this machine allows it."""
    if os.getuid() == 0:
        drop_root(uid, uid)
    isolate(disk_bytes=1 << 20, disk_files=16)
    child = os.fork()
    if child == 0:
        try:
            confine({"RLIMIT_CORE": 0})
        except OSError as error:
            print(error, file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status == 0:
        print(SHUT_IN, flush=True)
    raise SystemExit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    probe(int(sys.argv[1]))
