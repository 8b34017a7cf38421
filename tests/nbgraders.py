"""nbgrader's own commands, run as an instructor runs them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from autograder import course


def checkout(folder: Path, lesson: str) -> Path:
    """Make a copy of the course with one lesson, as nbgrader sees it, and return its folder."""
    for part in ("solutions", "notebooks"):
        shutil.copytree(course.root() / part / lesson, folder / part / lesson)
    shutil.copy(course.root() / "nbgrader_config.py", folder)
    return folder


def run(checkout: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """Run nbgrader where the virtual environment is activated."""
    folder = str(Path(sys.executable).parent)
    env = os.environ | {"PATH": folder + os.pathsep + os.environ["PATH"]}
    env["CONVBOOK_COURSE"] = str(checkout)
    return subprocess.run(
        [f"{folder}/nbgrader", *args], cwd=checkout, env=env, capture_output=True, text=True
    )
