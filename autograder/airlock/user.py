"""The sandbox "user", for containers without namespaces: other users, and what they cannot read.

Fork servers and keepers are root. Each worker is a user of its own, with the limits and the filter
of system calls that a student has in bubblewrap. It sees the machine's files as any user does, so
what it must not see has to be closed to others, and that is tried before anything runs.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from convbook.running import packages

from .inside import SHUT_IN, seccomp
from .sandbox import PROBE_SECONDS, Bind, SandboxError, stage, worker_environment


def need(secrets: Iterable[str | os.PathLike[str]] = ()) -> None:
    """Make sure that workers can be other users on this machine, and cannot get at some paths.

    Args:
        secrets: files and folders; one that is missing is none.

    Raises:
        SandboxError: they cannot be, or they do; the text says why.
    """
    if said := problem(secrets):
        raise SandboxError(f"The sandbox 'user' cannot be used: {said}")


def problem(secrets: Iterable[str | os.PathLike[str]] = ()) -> str:
    """Return what stands in the way of this sandbox, or ''; arguments as above."""
    if not sys.platform.startswith("linux"):
        return "it needs Linux"
    if os.getuid() != 0:
        return "it needs root, who alone may start processes of other users"
    if not seccomp.supported():
        return "there is no list of system calls for this processor"
    return _tried([os.fspath(Path(secret).absolute()) for secret in secrets])


def _tried(secrets: Sequence[str]) -> str:
    """Be such a user once; return what went wrong, or ''."""
    with tempfile.TemporaryDirectory(prefix="airlock-") as folder:
        staged = Path(folder)
        stage(staged)
        link_packages(staged)
        command = [*python(), "airlock.inside.users", *secrets]
        env = environment(staged, [], [])
        try:
            done = subprocess.run(
                command, capture_output=True, timeout=PROBE_SECONDS, text=True, env=env, cwd="/"
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
    if done.returncode == 0 and done.stdout.strip() == SHUT_IN:
        return ""
    return next(reversed(done.stderr.strip().splitlines()), "no message")


def python() -> list[str]:
    """Return the start of a command that runs a module in the environment below."""
    return [os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable), "-SsPm"]


def environment(staged: Path, binds: Sequence[Bind], path: Iterable[str]) -> dict[str, str]:
    """Return all variables of a student's process: none of the grader's is among them."""
    folders = [str(staged), *(outside(entry, binds) for entry in path), str(staged / "packages")]
    own = {"PATH": "/usr/bin:/bin", "HOME": str(staged), "LANG": "C.UTF-8"}
    return own | worker_environment(str(staged)) | {"PYTHONPATH": os.pathsep.join(folders)}


def link_packages(staged: Path) -> None:
    """Make the folder that has what a student's code may import, and nothing else."""
    folder = staged / "packages"
    folder.mkdir()
    for name, place in packages.visible().items():
        (folder / name).symlink_to(place)
    folder.chmod(0o755)


def outside(entry: str, binds: Sequence[Bind]) -> str:
    """Return the real folder of a path in bubblewrap's sandbox, for where there is none."""
    for source, target in binds:
        if entry == target or entry.startswith(f"{target}/"):
            return str(source) + entry[len(target) :]
    return entry
