"""A container as platforms start it, laid out with bubblewrap: Docker's usual rights and filter.

Whoever runs in it is root, sees the system's programs, a Python at its usual place and what a test
lays out; nothing of this checkout. As in Docker, no namespace can be made and nothing mounted.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from unittest import mock

from autograder.airlock.inside import seccomp

VENV = Path(sys.prefix)
PYTHON = Path(os.path.realpath(sys.base_prefix))
# What Docker leaves to root, and the calls of its usual filter that matter here.
CAPABILITIES = (
    "CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE"
    " SYS_CHROOT KILL AUDIT_WRITE"
).split()
REFUSED = "mount umount2 pivot_root unshare setns open_tree move_mount fsopen fsmount bpf".split()


def _filter() -> bytes:
    chosen = {name: seccomp.DENIED[name] for name in REFUSED}
    with mock.patch.object(seccomp, "DENIED", chosen):
        return seccomp.program(os.uname().machine)


def command(layout: Path, *more: str) -> list[str]:
    """Return the start of a command in a container; each folder of layout lies in its root."""
    args = ["bwrap", "--unshare-pid", "--unshare-ipc", "--die-with-parent", "--cap-drop", "ALL"]
    args += [x for name in CAPABILITIES for x in ("--cap-add", f"CAP_{name}")]
    args += ["--ro-bind", "/usr", "/usr", "--ro-bind", "/etc", "/etc", "--dev", "/dev"]
    args += ["--proc", "/proc", "--perms", "1777", "--tmpfs", "/tmp", "--tmpfs", "/run"]
    for name in ("bin", "lib", "lib64", "sbin"):
        args += ["--symlink", f"usr/{name}", f"/{name}"] if os.path.islink(f"/{name}") else []
    for folder in reversed(PYTHON.parents[:-1]):
        args += ["--perms", "0755", "--dir", str(folder)]
    args += ["--ro-bind", str(PYTHON), str(PYTHON)]
    for folder in ("/opt", "/opt/convbook"):
        args += ["--perms", "0755", "--dir", folder]
    args += ["--ro-bind", str(VENV), "/opt/convbook/venv"]
    for folder in sorted(layout.iterdir()):
        args += ["--bind", str(folder), f"/{folder.name}"]
    args += ["--clearenv", "--setenv", "PATH", "/usr/bin:/bin", "--setenv", "HOME", "/root"]
    return [*args, *more]


def run(
    layout: Path, *program: str, chdir: str = "/", more: Sequence[str] = (), timeout: float = 300
) -> subprocess.CompletedProcess[str]:
    """Run a program in a container, return what became of it; more are options of bubblewrap."""
    with tempfile.TemporaryFile() as file:
        file.write(_filter())
        file.seek(0)
        number = str(file.fileno())
        start = command(layout, *more, "--chdir", chdir, "--seccomp", number)
        return subprocess.run(
            [*start, "--", *program],
            pass_fds=[file.fileno()],
            capture_output=True,
            text=True,
            timeout=timeout,
        )
