"""The history of what was given out: a Git repository of its own, a commit for each release."""

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from autograder.course import CourseError
from autograder.shown import one_line

BRANCH = "main"
NOBODY = {"user.name": "The course", "user.email": "course@localhost"}  # where Git knows nobody


def is_installed() -> bool:
    """Tell whether there is a Git on this machine."""
    return shutil.which("git") is not None


def objects(folder: Path) -> dict[str, bytes]:
    """Return all that the history of a folder holds, unpacked, by what to call it.

    Args:
        folder: that may have a history.

    Raises:
        CourseError: Git cannot read it.
    """
    if not (folder / ".git").exists() or not is_installed():
        return {}
    told = _git(folder, "cat-file", "--batch-all-objects", "--batch", "--buffer")
    found, start = {}, 0
    while start < len(told):
        end = told.index(b"\n", start)
        name, _, size = told[start:end].decode().split()
        start = end + 1 + int(size) + 1
        found[f"{name[:12]} in the history of {folder}"] = told[end + 1 : start - 1]
    return found


def commit(folder: Path, names: Iterable[str], message: str) -> bool:
    """Add a commit of the release's own files; begin a history where there is none.

    Args:
        folder: where they are.
        names: the files, below it, also those that were taken away.
        message: of the commit.

    Returns:
        Whether anything had changed since the last one.

    Raises:
        CourseError: Git refuses; the text has its reason.
    """
    if not (folder / ".git").exists():
        _git(folder, "init", "--quiet", f"--initial-branch={BRANCH}")
    there = {name for name in names if (folder / name).exists()}
    known = set(_git(folder, "ls-files", "-z").decode().split("\0"))
    _git(folder, "add", "--force", "--", *sorted(there))
    ours = sorted(there | known.intersection(names))
    if not _git(folder, "status", "--porcelain", "--", *ours):
        return False
    commit = ("commit", "--quiet", "--no-verify", "--only", "--message", message)
    _git(folder, *_who(folder), *commit, "--", *ours)
    return True


def _who(folder: Path) -> list[str]:
    """Return options that name an author, where the user has told Git of none."""
    try:
        _git(folder, "var", "GIT_AUTHOR_IDENT")
        return []
    except CourseError:
        return [word for option in NOBODY.items() for word in ("-c", "=".join(option))]


def _git(folder: Path, *words: str) -> bytes:
    """Run Git on the folder's own history, never on one that the folder lies in."""
    own = ["--git-dir=.git", "--work-tree=.", "--literal-pathspecs"]
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(["git", *own, *words], cwd=folder, env=env, capture_output=True)
    if done.returncode:
        said = one_line(done.stderr.decode(errors="replace"), 300)
        raise CourseError(f"Git cannot keep the history of {folder}: {said}")
    return done.stdout
