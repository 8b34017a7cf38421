"""Read notebooks out of archives, in memory: nothing is ever unpacked onto the disk.

Learning platforms and students hand in zip and tar files. The names, kinds and sizes in them are
claims: what is read is counted, and no link is followed.
"""

import gzip
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import PurePath, PurePosixPath
from typing import IO, cast

from autograder.shown import one_line

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz")
NOTEBOOKS = (".ipynb", ".ipynb.txt", ".ipynb.json")  # the last two as browsers save one
ASKED = {"submission_metadata.yml"}  # what a platform packs besides, and is read

_BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, OSError, ValueError)
_UNIX_TIME = 0x5455  # of a zip's extra fields: the one that says seconds since 1970, UTC


class ArchiveError(Exception):
    """An archive that is not taken; the text says why, in one line."""


@dataclass(frozen=True)
class Cap:
    """What an archive may hold: so many files, and so many bytes of them, unpacked."""

    members: int
    size: int


ONE = Cap(1000, 100 << 20)  # of what one student hands in
CLASS = Cap(100_000, 4 << 30)  # of what a learning platform packs for a class; read file by file


@dataclass(frozen=True)
class Member:
    """One file of an archive.

    Attributes:
        name: its path in the archive; it may lead anywhere, and is no place to write to.
        time: when it was last changed, in UTC, or None where the archive does not say. A zip's
            time has no zone as a rule: then it is taken for this machine's.
        problem: why it must not be read, or ''.
        read: returns its bytes while the archive is open, at most one more than is allowed; of a
            tar file only those of notebooks and archives.
        clone: the folder of the Git clone that it lies in; None for none.
        note: what to look at, or ''.
    """

    name: PurePosixPath
    time: datetime | None
    problem: str
    read: Callable[[], bytes]
    clone: PurePosixPath | None = None
    note: str = ""


def is_archive(path: PurePath) -> bool:
    """Tell by its name whether a file is an archive."""
    return path.name.lower().endswith(SUFFIXES)


def is_notebook(name: PurePath) -> bool:
    """Tell a notebook from what macOS and Jupyter leave beside it."""
    return name.name.lower().endswith(NOTEBOOKS) and not is_leftover(name)


def is_leftover(name: PurePath) -> bool:
    """Tell what macOS, Jupyter and Git leave in folders, and nobody hands in."""
    return any(part.startswith(".") or part == "__MACOSX" for part in name.parts if part != "..")


def notebook_in(file: IO[bytes], name: str, wanted: str, max_bytes: int) -> bytes:
    """Return the bytes of the one notebook in an archive.

    Args:
        file: the archive.
        name: what it is called, which tells its kind.
        wanted: what the notebook is called if there are several; '' where that is not known.
        max_bytes: the most it may have.

    Raises:
        ArchiveError: the archive is broken, hostile or too large, or it is not clear which notebook
            to take.
    """
    found = notebooks(file, name, max_bytes)
    named = [m for m in found if m.name.name == wanted]
    if len(named or found) != 1:
        names = ", ".join(one_line(m.name, 80) for m in found[:5])
        raise ArchiveError(f"holds {len(found)} notebooks, not one {names}".rstrip())
    return read((named or found)[0], max_bytes)


def notebooks(file: IO[bytes], name: str, max_bytes: int) -> list[Member]:
    """Return the notebooks in what one student handed in.

    Args:
        file: the archive, open while they are read.
        name: what it is called.
        max_bytes: the most each may have.

    Raises:
        ArchiveError: the archive is broken, hostile or too large.
    """
    found = []
    for member in members(file, name, ONE, max_bytes):
        if member.problem and (is_notebook(member.name) or _leads_out(member.name)):
            raise ArchiveError(member.problem)
        if is_notebook(member.name):
            found.append(member)
    return found


def read(member: Member, max_bytes: int) -> bytes:
    """Return the bytes of a notebook in an archive.

    Raises:
        ArchiveError: it is larger than allowed, or it cannot be unpacked.
    """
    try:
        content = member.read()
    except _BROKEN as error:
        raise ArchiveError(f"cannot be unpacked ({type(error).__name__})") from None
    if len(content) > max_bytes:
        raise ArchiveError(f"holds a notebook larger than {max_bytes >> 20} MiB")
    return content


def members(file: IO[bytes], name: str, cap: Cap, max_bytes: int) -> Iterator[Member]:
    """List the files of an archive, and read them one by one.

    Args:
        file: the archive.
        name: what it is called, which tells its kind.
        cap: the most it may hold.
        max_bytes: the most that is read of a file; one byte more tells that it is larger.

    Raises:
        ArchiveError: the archive is broken or holds more than it may.
    """
    kind = _zip if name.lower().endswith(".zip") else _tar
    try:
        yield from kind(file, name, cap, max_bytes)
    except _BROKEN as error:
        raise ArchiveError(f"cannot be unpacked ({type(error).__name__})") from None


def _zip(file: IO[bytes], name: str, cap: Cap, max_bytes: int) -> Iterator[Member]:
    archive = zipfile.ZipFile(file)
    entries = archive.infolist()
    _limit(cap, len(entries), sum(entry.file_size for entry in entries))
    for entry in entries:
        path = _path(_zip_name(entry))
        if not entry.is_dir():
            take = partial(_read, archive, entry, max_bytes + 1)
            yield Member(path, _zip_time(entry), _zip_problem(path, entry), take)


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, size: int) -> bytes:
    with archive.open(entry) as file:
        return file.read(size)


def _zip_name(entry: zipfile.ZipInfo) -> str:
    """Return a name; some systems pack UTF-8 and do not say so."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return entry.filename


def _zip_problem(path: PurePosixPath, entry: zipfile.ZipInfo) -> str:
    if _leads_out(path):
        return _out(path)
    if entry.external_attr >> 28 not in (0, 8):
        # The upper bits of a Unix mode: not given, or a plain file.
        return f"{one_line(path)} is a link or a device in it, not a file"
    if entry.flag_bits & 1:
        return "is locked with a password"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is packed in an unusual way: make a plain zip file"
    return ""


def _zip_time(entry: zipfile.ZipInfo) -> datetime | None:
    extra = entry.extra
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        if kind == _UNIX_TIME and size >= 5 and len(extra) >= 9 and extra[4] & 1:
            return datetime.fromtimestamp(struct.unpack("<i", extra[5:9])[0], UTC)
        extra = extra[4 + size :]
    try:
        when = datetime(*entry.date_time)
    except ValueError:
        return None
    return when.astimezone(UTC) if when.year > 1980 else None  # 1980: it was not set


def _tar(file: IO[bytes], name: str, cap: Cap, max_bytes: int) -> Iterator[Member]:
    is_packed = name.lower().endswith("gz")
    plain = cast(IO[bytes], gzip.GzipFile(fileobj=file)) if is_packed else file
    counted = cast(IO[bytes], _Counted(plain, cap))  # all that tarfile calls is read
    with tarfile.open(fileobj=counted, mode="r|") as archive:
        for number, entry in enumerate(archive, start=1):
            _limit(cap, number, 0)
            if entry.isdir():
                continue
            path = _path(entry.name)
            problem = _out(path) if _leads_out(path) else ""
            if not problem and not entry.isreg():
                problem = f"{one_line(path)} is a link or a device in it, not a file"
            content = b""
            if not problem and (is_notebook(path) or is_archive(path) or path.name in ASKED):
                packed = archive.extractfile(entry)
                assert packed is not None  # a regular file has content
                content = packed.read(max_bytes + 1)  # now: the stream does not turn back
            yield Member(path, _tar_time(entry), problem, partial(bytes, content))


def _tar_time(entry: tarfile.TarInfo) -> datetime | None:
    try:
        return datetime.fromtimestamp(entry.mtime, UTC) if entry.mtime else None
    except (ValueError, OverflowError, OSError):
        return None


class _Counted:
    """A file whose bytes are counted as they are read, up to a cap."""

    def __init__(self, file: IO[bytes], cap: Cap) -> None:
        self._file = file
        self._cap = cap
        self._read = 0

    def read(self, size: int) -> bytes:
        content = self._file.read(size)
        self._read += len(content)
        _limit(self._cap, 0, self._read)
        return content


def _limit(cap: Cap, members: int, size: int) -> None:
    if members > cap.members:
        raise ArchiveError(f"holds more than {cap.members} files")
    if size > cap.size:
        raise ArchiveError(f"unpacks to more than {cap.size >> 20} MiB")


def _path(name: str) -> PurePosixPath:
    return PurePosixPath(name.replace("\\", "/"))


def _leads_out(path: PurePosixPath) -> bool:
    """Tell a name that would land outside its folder, had it been unpacked."""
    return path.is_absolute() or ".." in path.parts or str(path)[1:2] == ":"


def _out(path: PurePosixPath) -> str:
    return f"a name in it leads out of its folder: {str(path)[:80]!r}"
