"""submission_secret.txt: nbgrader's secret of a submission, by which a student finds feedback.

`nbgrader submit` makes it, and keeps a copy with the student. All feedback lies in one folder that
nobody can list, each page under a name that is made of the secret.
"""

import re
from pathlib import Path

from autograder import disk

FILE = "submission_secret.txt"
_SECRET = re.compile(rb"[!-~]{1,256}")


def read(folder: Path, below: Path) -> bytes:
    """Return the secret in a folder, or b'' where there is none that can be one.

    Args:
        folder: a submission's.
        below: as for `disk.read`.
    """
    try:
        found = disk.read(folder / FILE, below=below)
    except OSError:
        return b""
    return found if _SECRET.fullmatch(found) else b""


def write(folder: Path, secret: bytes, below: Path) -> None:
    """Write a secret, if there is one."""
    if secret:
        disk.write(folder / FILE, secret, mode=0o660, below=below)
