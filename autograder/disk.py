"""Write files so that a crash or a full disk leaves the old one or the new one, never a half."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# A link where the unfinished file is to be is not followed; one where the file is, is replaced.
FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)


def is_full(error: Exception) -> bool:
    """Tell whether an error says that a disk is full, which concerns all that is to be written."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def write(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Write a file, and the folders that lead to it.

    Args:
        path: the file.
        content: what it is to hold.
        mode: its permissions where it is new, as for `os.open`.
    """
    with written(path, content, mode):
        pass


@contextmanager
def written(path: Path, content: bytes, mode: int = 0o666) -> Iterator[Path]:
    """Write a file beside its place, and put it there at the end; arguments as for `write`.

    Yields:
        Where it is until then. It is all on the disk.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    try:
        with os.fdopen(os.open(part, FLAGS, mode), "wb") as file:
            file.write(content)
        yield part
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
