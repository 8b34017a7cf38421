"""The given layers as they were at another commit, to measure beside those of today."""

import importlib
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

FOLDER = "convbook/layers"
NAME = "layers_of_before"


def last_release() -> str:
    """Return the last tag before this commit, or '' where there is none."""
    return _git("describe", "--tags", "--abbrev=0", "HEAD")


def layers_of(commit: str) -> Any:
    """Return the package convbook.layers of a commit, under another name.

    Args:
        commit: as git names it.

    Raises:
        SystemExit: git has no such layers.
    """
    files = _git("ls-tree", "--name-only", commit, f"{FOLDER}/").split()
    if not files:
        sys.exit(f"git knows no {FOLDER} at {commit!r}. Give a commit or a tag: --before HEAD")
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder) / NAME
        package.mkdir()
        for file in files:
            source = _git("show", f"{commit}:{file}").replace("convbook.layers", NAME)
            (package / Path(file).name).write_text(source, encoding="utf-8")
        sys.path.insert(0, folder)
        try:
            return importlib.import_module(NAME)
        finally:
            sys.path.remove(folder)


def _git(*args: str) -> str:
    here = Path(__file__).parents[1]
    try:
        done = subprocess.run(["git", "-C", here, *args], capture_output=True, text=True)
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
