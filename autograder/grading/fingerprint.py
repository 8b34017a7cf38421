"""Hashes of all that a grade depends on: what was handed in, the lesson, and what graded it."""

import hashlib
import platform
from collections.abc import Iterable
from functools import cache
from importlib import metadata
from pathlib import Path

import autograder
import convbook
from autograder.course import Lesson
from convbook import data

# Their versions can change what a student's code does, or what a check says of it.
PACKAGES = ("ipython", "matplotlib", "msgpack", "nbformat", "numpy")


def content(raw: bytes) -> str:
    """Return the SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(raw).hexdigest()


def file(path: Path) -> str:
    """Return the SHA-256 of a file; '' where there is no file that could be read."""
    try:
        return content(path.read_bytes()) if path.is_file() and not path.is_symlink() else ""
    except OSError:
        return ""


@cache
def lesson(lesson: Lesson) -> str:
    """Return the hash of a lesson: its checks, solution, known mistakes, and what is dropped."""
    whole = _of([lesson.path, _mistakes(lesson)])
    dropped = sorted(lesson.without)
    return content("\n".join([whole, *dropped]).encode()) if dropped else whole


@cache
def environment(sandbox: str) -> str:
    """Return the hash of what grades: Python, packages, sandbox, our own code and the data.

    Args:
        sandbox: 'bwrap', 'user' or 'none'.
    """
    versions = [f"{name} {metadata.version(name)}" for name in PACKAGES]
    system = [platform.python_implementation(), platform.python_version(), platform.machine()]
    code = [_package(convbook.__file__), _package(autograder.__file__)]
    sums = file(data.folder() / "SHA256SUMS")
    return content("\n".join([*system, *versions, *code, sums, sandbox]).encode())


def _package(init: str) -> str:
    """Hash a package's files, less the known mistakes, which belong to their lessons."""
    folder = Path(init).parent
    files = (p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    return _of(p for p in files if p.parent.name != "mistakes")


def _mistakes(lesson: Lesson) -> Path:
    return Path(autograder.__file__).parent / "mistakes" / f"m{lesson.name[:2]}.py"


def _of(paths: Iterable[Path]) -> str:
    """Hash files together with their names."""
    return content("\n".join(sorted(f"{path.name} {file(path)}" for path in paths)).encode())
