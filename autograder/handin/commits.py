"""When files of a Git clone were committed: the clone itself has the time at which it was made.

A clone may hold what a student packed, settings included. So Git is given the objects alone, with
settings of our own: nothing in the clone says what it is to run.
"""

import os
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from autograder import disk
from autograder.course import CourseError
from autograder.handin import timestamp
from autograder.handin.archive import NOTEBOOKS, SUFFIXES

WAIT = 60  # seconds for one clone
_WORK = [f"*{suffix}" for suffix in (*NOTEBOOKS, *SUFFIXES)]
_ID = re.compile(r"[0-9a-f]{40}", re.ASCII)
_BEGIN = "\x01"  # of a commit, in what Git says


def is_clone(folder: Path) -> bool:
    """Tell whether Git made a folder, also where its history lies elsewhere."""
    return os.path.lexists(folder / ".git")


def times(folder: Path) -> dict[str, datetime]:
    """Return when each notebook and archive of a clone was committed last: path below it to time.

    Raises:
        CourseError: that cannot be told.
    """
    try:
        disk.check(folder / ".git" / "objects", folder)
    except OSError:
        raise CourseError("its history is not in it") from None
    with TemporaryDirectory() as own:
        for part in ("objects", "refs"):
            Path(own, part).mkdir()
        Path(own, "HEAD").write_text("ref: refs/heads/none\n")
        if cut := _text(folder, "shallow"):  # the history goes back so far, and no further
            Path(own, "shallow").write_text("".join(f"{x}\n" for x in _ID.findall(cut)))
        return _read(_log(folder, own, _head(folder)))


def _head(folder: Path) -> str:
    """Return the id of the commit that is checked out."""
    said = _text(folder, "HEAD").strip()
    if said.startswith("ref: "):
        name = said.removeprefix("ref: ")
        packed = re.search(rf"^(\S+) {re.escape(name)}$", _text(folder, "packed-refs"), re.M)
        said = _text(folder, name).strip() or (packed[1] if packed else "")
    if not _ID.fullmatch(said):
        raise CourseError("nothing was committed, as far as this can tell")
    return said


def _text(folder: Path, name: str) -> str:
    """Return a text of a clone; '' for none."""
    try:
        return disk.text(folder / ".git" / name, below=folder)
    except (OSError, disk.Unreadable):
        return ""


def _log(folder: Path, own: str, head: str) -> str:
    git = shutil.which("git")
    if git is None:
        raise CourseError("Git is not installed here")
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    env |= {
        "GIT_DIR": own,
        "GIT_OBJECT_DIRECTORY": str((folder / ".git" / "objects").resolve()),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
    }
    form = ["--format=%x01%ct", "--name-only", "--no-renames", "-z"]
    command = [git, "--no-pager", "--no-replace-objects", "log", *form, head, "--", *_WORK]
    try:
        done = subprocess.run(command, cwd=own, env=env, capture_output=True, timeout=WAIT)
    except subprocess.TimeoutExpired:
        raise CourseError("its history takes too long to be read") from None
    if done.returncode:
        raise CourseError("its history cannot be read")
    return os.fsdecode(done.stdout)


def _read(said: str) -> dict[str, datetime]:
    """Read what Git says, the newest commit first."""
    found: dict[str, datetime] = {}
    when = None
    for part in said.split("\0"):
        part = part.lstrip("\n")
        if part.startswith(_BEGIN):
            begin, _, part = part.partition("\n")
            when = _time(begin.removeprefix(_BEGIN))
        if part and when:
            found.setdefault(part, when)
    return found


def _time(seconds: str) -> datetime | None:
    """Return the time of a commit, which its author may set as they like; None for none."""
    try:
        return timestamp.checked(datetime.fromtimestamp(int(seconds), UTC))
    except (ValueError, OverflowError, OSError):
        return None
