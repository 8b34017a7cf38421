"""Read and write files so that no link is followed, and nothing is left half written.

Students and archives can leave links in the folders of a class. So below a folder that is named
each part of a path is opened by itself, and one that is a link is refused. A hard link cannot be
told from the file. What is read is a plain file, up to a size: a pipe would never end.
"""

import errno
import os
import shlex
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

MOST = 256 << 20  # bytes of a file of our own
WRITTEN_BY_HAND = 4 << 20  # of one that a person wrote
WAIT = 600  # seconds for another program to be done

_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_READ = os.O_RDONLY | _NO_LINK | getattr(os, "O_NONBLOCK", 0)
_LOCK = _READ | os.O_RDWR | os.O_CREAT | os.O_APPEND
# Nothing is written into what lies where the unfinished file is to be.
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL
_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0) | _NO_LINK


def is_full(error: Exception) -> bool:
    """Tell whether an error says that a disk is full, which concerns all that is to be written."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


class Refused(OSError):
    """A file or folder that is not what it should be; the text says what it is."""


class Unreadable(ValueError):
    """A text that is none; the text says why, and what to do."""


@contextmanager
def opened(path: Path, below: Path | None = None) -> Iterator[IO[bytes]]:
    """Open a plain file to be read; arguments and errors as for `read`."""
    with _at(path, below) as (name, at):
        number = _plain(name, _READ, at)
    with os.fdopen(number, "rb") as file:
        yield file


def read(path: Path, most: int = MOST, below: Path | None = None) -> bytes:
    """Return the bytes of a plain file.

    Args:
        path: the file.
        most: the most it may have.
        below: the folder below which no link is followed; where None, only the file is no link.

    Raises:
        OSError: it is missing, no plain file, too large, or cannot be read.
    """
    with opened(path, below) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise Refused(f"{path.name} is larger than {most >> 20} MiB")
    return content


def text(path: Path, below: Path | None = None) -> str:
    """Return the text of a file that a person wrote; arguments as for `read`.

    Raises:
        Unreadable: it is not in UTF-8, nor in UTF-16 with its mark.
        OSError: as for `read`.
    """
    return decoded(read(path, WRITTEN_BY_HAND, below))


def decoded(content: bytes) -> str:
    """Return the text that a person saved.

    Raises:
        Unreadable: it is not in UTF-8, nor in UTF-16 with its mark.
    """
    kind = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        found = content.decode(kind)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"line {line} is not in UTF-8: save the file as UTF-8") from None
    if "\0" in found:
        line = found.count("\n", 0, found.index("\0")) + 1
        raise Unreadable(f"line {line} holds a NUL character: save the file as UTF-8")
    return found


def write(
    path: Path,
    content: bytes,
    mode: int = 0o666,
    below: Path | None = None,
    when: float | None = None,
) -> None:
    """Write a file, and the folders that lead to it.

    Args:
        path: the file.
        content: what it is to hold.
        mode: its permissions where it is new, as for `os.open`.
        below: the folder below which no link is followed, as for `read`.
        when: when it was changed last, in seconds since 1970; now where None.
    """
    with written(path, content, mode, below, when):
        pass


@contextmanager
def written(
    path: Path,
    content: bytes,
    mode: int = 0o666,
    below: Path | None = None,
    when: float | None = None,
) -> Iterator[None]:
    """Write a file beside its place, and put it there at the end; arguments as for `write`.

    Until then it is all on the disk, and the old one is still there.
    """
    with made(path, mode, below, when) as file:
        file.write(content)
        file.flush()
        yield


@contextmanager
def made(
    path: Path, mode: int = 0o666, below: Path | None = None, when: float | None = None
) -> Iterator[IO[bytes]]:
    """Open a new file beside its place, and put it there at the end; arguments as for `write`."""
    with _at(path, below, make=True) as (name, at):
        part = f"{name}.part"
        try:
            _clear(part, at)
            with os.fdopen(os.open(part, _WRITE, mode, dir_fd=at), "wb") as file:
                yield file
            if when is not None:
                os.utime(part, (when, when), dir_fd=at)
            os.replace(part, name, src_dir_fd=at, dst_dir_fd=at)
        except Refused:
            raise
        except OSError:
            with suppress(OSError):
                _unlink(part, at)
            raise


def remove(path: Path, below: Path | None = None) -> None:
    """Take a file away, or a link itself; where there is none, do nothing. Arguments as above."""
    with suppress(FileNotFoundError), _at(path, below) as (name, at):
        _unlink(name, at)


def why(error: Exception) -> str:
    """Say in a few words why a file cannot be read or written."""
    if isinstance(error, (Refused, Unreadable, BlockingIOError)):
        return str(error)
    said = error.strerror if isinstance(error, OSError) else None
    return f"cannot be read ({said or type(error).__name__})"


def not_yours(path: Path, shared: Path) -> str:
    """Say that a file or folder may not be used, whose it is, and how its owner shares the whole.

    Args:
        path: what may not be read or written.
        shared: the folder that a group is to share.
    """
    try:
        owner = f"belongs to {path.owner()}"
    except (OSError, KeyError, NotImplementedError):
        owner = "belongs to somebody else"
    name = shlex.quote(str(shared))
    rights = f"chmod -R g+rwX {name} && find {name} -type d -exec chmod g+s {{}} +"
    how = f"chgrp -R GROUP {name} && {rights}"
    return f"{path} {owner}, and you may not use it: for a group, they run: {how}"


def check(path: Path, below: Path) -> None:
    """Refuse a folder to which a link leads, below another.

    Raises:
        OSError: it is missing, no folder, or a part of its path is a link.
    """
    with _at(path / "_", below):
        pass


@contextmanager
def locked(path: Path, said: str, wait: float = WAIT) -> Iterator[IO[bytes]]:
    """Open a file for this program alone; it is made where there is none.

    Where the system has no such lock, the user is trusted.

    Args:
        path: the file, which may be read and written at its end.
        said: what to say where another program holds it.
        wait: how many seconds to wait for that program.

    Raises:
        BlockingIOError: it still does.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(_plain(os.fspath(path), _LOCK, None), "ab+") as file:
        _lock(file, said, wait)
        yield file


def _lock(file: IO[bytes], said: str, wait: float) -> None:
    try:
        import fcntl
    except ImportError:
        return
    for left in range(int(wait * 10), -1, -1):
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not left:
                raise BlockingIOError(said) from None
            time.sleep(0.1)


@contextmanager
def _at(path: Path, below: Path | None, make: bool = False) -> Iterator[tuple[str, int | None]]:
    """Say how to open a file: its name and the open folder; without one, its whole path."""
    if below is None:
        if make:
            path.parent.mkdir(parents=True, exist_ok=True)
        yield os.fspath(path), None
        return
    if make:
        below.mkdir(parents=True, exist_ok=True)
    at = os.open(below, _FOLDER & ~_NO_LINK)
    try:
        *parts, name = os.path.relpath(path, below).split(os.sep)
        for part in parts:
            before, at = at, _step(part, at, make)
            os.close(before)
        yield name, at
    finally:
        os.close(at)


def _clear(name: str, at: int | None) -> None:
    """Take away what a run that was stopped has left; anything else is not ours."""
    with suppress(FileNotFoundError):
        found = os.stat(name, dir_fd=at, follow_symlinks=False)
        if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
            raise Refused(f"{Path(name).name} is a link or no file: take it away")
        os.unlink(name, dir_fd=at)


def _unlink(name: str, at: int | None) -> None:
    with suppress(FileNotFoundError):
        os.unlink(name, dir_fd=at)


def _step(name: str, at: int, make: bool) -> int:
    """Open a folder in an open folder."""
    if name == "..":
        raise Refused("a path leads out of its folder")
    if make:
        with suppress(FileExistsError):
            os.mkdir(name, dir_fd=at)
    try:
        return os.open(name, _FOLDER, dir_fd=at)
    except OSError as error:
        if error.errno not in (errno.ENOTDIR, errno.ELOOP):
            raise
        is_link = stat.S_ISLNK(os.stat(name, dir_fd=at, follow_symlinks=False).st_mode)
        raise Refused(f"{name} is {'a link' if is_link else 'no folder'}") from None


def _plain(name: str, flags: int, at: int | None) -> int:
    """Open what must be a plain file."""
    try:
        number = os.open(name, flags, 0o666, dir_fd=at)
    except OSError as error:
        said = {errno.ELOOP: "is a link, not a file", errno.ENXIO: "is not a file"}
        if error.errno in said:  # a link, a socket
            raise Refused(f"{Path(name).name} {said[error.errno]}") from None
        raise
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise Refused(f"{Path(name).name} is not a file")
    return number
