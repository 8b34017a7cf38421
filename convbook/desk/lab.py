"""Start JupyterLab on the course: a home page for a student, Formgrader for an instructor.

Settings of the course come on top of the user's own, which stay as they are. Which tabs were open
is remembered beside the lessons, apart from the user's other work.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
SETTINGS = HERE / "settings"  # menus of instructors and the news are off, the home page is on
EXTENSIONS = HERE / "labextensions"
TABS = ".jupyterlab"  # in the folder that JupyterLab shows
CONFIG = "nbgrader_config.py"
NO_FOLDER = "there is no folder {}. Name the one that holds the lessons: convbook lab FOLDER"
WHOLE = f"the instructor's part needs the whole course: run this in the folder that holds {CONFIG}"


class LabError(Exception):
    """JupyterLab cannot be started; the text says what to do."""


def split(words: Sequence[str]) -> tuple[Path | None, list[str]]:
    """Tell the folder from JupyterLab's options, among which it may stand anywhere.

    Returns:
        The folder, None where none is named, and all other words.

    Raises:
        LabError: there is no such folder.
    """
    before = ""
    for place, word in enumerate(words):
        if not word.startswith("-") and not _takes_a_value(before):
            if not Path(word).is_dir():
                raise LabError(NO_FOLDER.format(word))
            return Path(word), [*words[:place], *words[place + 1 :]]
        before = word
    return None, list(words)


def _takes_a_value(option: str) -> bool:
    """Tell whether the next word is an option's value, as JupyterLab will read it."""
    if not option.startswith("-") or option == "--" or "=" in option:
        return False
    from jupyterlab.labapp import LabApp  # takes a second

    name = option.lstrip("-")
    return name in LabApp.aliases or name not in LabApp.flags


def student(folder: Path, options: Sequence[str]) -> int:
    """Show the lessons of a folder, behind the home page. Return the exit status.

    Args:
        folder: holds the lessons.
        options: further ones, for JupyterLab.
    """
    ours = [f"--LabApp.extra_labextensions_path={EXTENSIONS}"]
    theirs = os.environ.get("JUPYTER_CONFIG_PATH")
    path = os.pathsep.join(filter(None, [str(SETTINGS), theirs]))
    return _start(folder, [*ours, *options], {"JUPYTER_CONFIG_PATH": path})


def instructor(course: Path, options: Sequence[str]) -> int:
    """Show the whole course with the menus of instructors, and a class in Formgrader.

    That is the class of class/submitted/. Where nothing is there, it is the sample class, which is
    then collected into class/sample/.

    Args:
        course: the folder that holds nbgrader_config.py.
        options: further ones, for JupyterLab.

    Raises:
        LabError: there is no such file, or the sample class cannot be made.
    """
    if not (course / CONFIG).is_file():
        raise LabError(WHOLE)
    room = course / "class"
    if not _has_files(room / "submitted"):
        room /= "sample"
        print(f"No class is in class/submitted/ yet, so this is the sample class of {room}.")
        if not _has_files(room / "submitted"):
            _collect_sample(course, room / "submitted")
    print("Formgrader is in the Nbgrader menu.", flush=True)
    return _start(course, options, {"CONVBOOK_CLASS": str(room), "CONVBOOK_COURSE": str(course)})


def _start(folder: Path, options: Sequence[str], env: dict[str, str]) -> int:
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder}"]
    command += [f"--LabApp.workspaces_dir={folder / TABS}", *_as_root(), *options]
    os.chdir(folder)
    if os.name != "nt":  # become JupyterLab: what ends this process then ends it too
        os.execve(command[0], command, os.environ | env)
    try:
        return subprocess.call(command, env=os.environ | env)
    except KeyboardInterrupt:
        return 0


def _has_files(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())


def _collect_sample(course: Path, folder: Path) -> None:
    script = course / "tests" / "sample_class.py"
    if subprocess.call([sys.executable, str(script), str(folder)], cwd=course):
        raise LabError(f"the sample class cannot be written to {folder}: the reason is above")


def _as_root() -> list[str]:
    """Allow a container's root user, whom Jupyter refuses by default."""
    return ["--allow-root"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
