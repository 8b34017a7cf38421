"""Read a notebook out of an archive, in memory: nothing is ever unpacked onto the disk.

Learning platforms and students hand in zip and tar files. The names, kinds and sizes in them are
claims: what is read is counted, and no link is followed.
"""

import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz")
MAX_MEMBERS = 1000
MAX_BYTES = 100 * 2**20  # of a whole archive, unpacked

_BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, OSError, ValueError)


class ArchiveError(Exception):
    """An archive that is not taken; the text says why, in one line."""


@dataclass(frozen=True)
class _Member:
    """One file of an archive: its name, and how to read at most so many bytes of it."""

    name: PurePosixPath
    read: Callable[[int], bytes]


def is_archive(path: Path) -> bool:
    """Tell by its name whether a file is an archive."""
    return path.name.lower().endswith(SUFFIXES)


def notebook_in(path: Path, name: str, max_bytes: int) -> bytes:
    """Return the bytes of the one notebook in an archive.

    Args:
        path: the archive.
        name: what the notebook is called if there are several; '' where that is not known.
        max_bytes: the most it may have.

    Raises:
        ArchiveError: the archive is broken, hostile or too large, or it is not clear which notebook
            to take.
    """
    try:
        members = list(_zip(path) if path.name.lower().endswith(".zip") else _tar(path))
        found = [m for m in members if _is_notebook(m.name)]
        named = [m for m in found if m.name.name == name]
        if len(named or found) != 1:
            names = ", ".join(str(m.name)[:80] for m in found[:5])
            raise ArchiveError(f"holds {len(found)} notebooks, not one {names}".rstrip())
        (wanted,) = named or found
        content = wanted.read(max_bytes + 1)
    except ArchiveError:
        raise
    except _BROKEN as error:
        raise ArchiveError(f"cannot be unpacked ({type(error).__name__})") from None
    if len(content) > max_bytes:
        raise ArchiveError(f"holds a notebook larger than {max_bytes >> 20} MiB")
    return content


def _zip(path: Path) -> Iterator[_Member]:
    archive = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    entries = archive.infolist()
    _limit(len(entries), sum(entry.file_size for entry in entries))
    for entry in entries:
        name = _inside(entry.filename)
        if entry.is_dir() or not _is_notebook(name):
            continue
        kind = entry.external_attr >> 28
        if kind not in (0, 8):  # the upper bits of a Unix mode: not given, or a plain file
            raise ArchiveError(f"{name} is a link or a device in it, not a file")
        if entry.flag_bits & 1:
            raise ArchiveError("is locked with a password")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ArchiveError("is packed in an unusual way: make a plain zip file")
        yield _Member(name, partial(_read, archive, entry))


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, size: int) -> bytes:
    with archive.open(entry) as file:
        return file.read(size)


def _tar(path: Path) -> Iterator[_Member]:
    open_ = gzip.open if path.name.lower().endswith("gz") else open
    with open_(path, "rb") as file:
        content = file.read(MAX_BYTES + 1)
    _limit(0, len(content))
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
        for number, entry in enumerate(archive, start=1):
            _limit(number, 0)
            name = _inside(entry.name)
            if entry.isdir() or not _is_notebook(name):
                continue
            if not entry.isreg():
                raise ArchiveError(f"{name} is a link or a device in it, not a file")
            member = archive.extractfile(entry)
            assert member is not None  # a regular file has content
            yield _Member(name, member.read)


def _limit(members: int, size: int) -> None:
    if members > MAX_MEMBERS:
        raise ArchiveError(f"holds more than {MAX_MEMBERS} files")
    if size > MAX_BYTES:
        raise ArchiveError(f"unpacks to more than {MAX_BYTES >> 20} MiB")


def _inside(name: str) -> PurePosixPath:
    """Return a member's name, or refuse the archive whose member would land outside its folder."""
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or name[1:2] == ":":
        raise ArchiveError(f"a name in it leads out of its folder: {name[:80]!r}")
    return path


def _is_notebook(name: PurePosixPath) -> bool:
    """Tell a notebook from what macOS and Jupyter leave beside it."""
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in name.parts)
    return name.suffix == ".ipynb" and not hidden
