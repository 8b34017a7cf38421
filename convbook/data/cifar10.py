"""CIFAR-10, which the course does not ship: its authors state no licence.

It is downloaded when the student asks for it, or read from a copy that is there already. Its
binary archive is read, never the one for Python: that one is pickled, and to unpickle a file is
to run it.
"""

import io
import os
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from convbook.data.download import Source, download
from convbook.data.pictures import Pictures, read_records

SHAPE = (3, 32, 32)  # (C, H, W)
RECORD = 1 + 3 * 32 * 32  # bytes
INSIDE = "cifar-10-batches-bin"  # the folder in the archive
TRAIN = tuple(f"data_batch_{i}.bin" for i in range(1, 6))
TEST = "test_batch.bin"
NAMES = "batches.meta.txt"  # the classes, one a line
LONGEST_NAMES = 1000  # bytes; the real file has about 60
VARIABLE = "CONVBOOK_CIFAR10"


@dataclass(frozen=True)
class Archive:
    """What to expect of the archive, so that tests can bring a small one.

    Attributes:
        source: where it is, its size and its checksum.
        each: pictures in each of its six files.
    """

    source: Source
    each: int = 10_000


ARCHIVE = Archive(
    Source(
        "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
        170_052_171,
        "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
    )
)


def fetch(name: str = "cifar10", archive: Archive = ARCHIVE) -> Path:
    """Download CIFAR-10, 170 MB, once; what is there already is left alone.

    A download that was cut off goes on where it stopped, when you call this again.

    Args:
        name: 'cifar10', the only set that is not shipped.
        archive: what to get.

    Returns:
        The copy that `load("cifar10")` reads from now on: a file or a folder.

    Raises:
        ValueError: another name.
        DownloadError: there is no network, or not enough room, or the file is not what it should
            be; the text says what to do.
    """
    if name != "cifar10":
        raise ValueError(f"{name!r} is nothing to fetch; only 'cifar10' is")
    there = _find()
    if there is not None:
        return there
    return download(archive.source, _downloaded())


def load(source: str | Path | None = None, archive: Archive = ARCHIVE) -> Pictures:
    """Read CIFAR-10 from a folder or an archive.

    Args:
        source: the folder cifar-10-batches-bin, or a folder that holds it, or the archive
            cifar-10-binary.tar.gz, or a folder that holds that. Without it, what is there.
        archive: what to expect.

    Raises:
        FileNotFoundError: there is none; the text says how to get it.
        ValueError: the files are not those of CIFAR-10; the text says what differs.
    """
    path = Path(source) if source is not None else _find()
    if path is None:
        raise FileNotFoundError(
            "CIFAR-10 is not here: its authors state no licence, so the course cannot ship it.\n"
            '  To download it (170 MB, once):  data.fetch("cifar10")\n'
            '  If you have it:  data.load("cifar10", source="FOLDER OR cifar-10-binary.tar.gz")\n'
            f"  or set {VARIABLE} to that folder or file.\n"
            '  Without it:  data.load("emoji10") has pictures of the same size, also ten classes.'
        )
    files = _from_place(path, archive)
    parts = [read_records(files[name], SHAPE) for name in (*TRAIN, TEST)]
    x_train, y_train = (np.concatenate(each) for each in zip(*parts[:-1], strict=True))
    x_test, y_test = parts[-1]
    classes = tuple(files[NAMES].decode("ascii").split())
    if max(y_train.max(), y_test.max()) >= len(classes):
        raise ValueError(f"{path}: a label is above {len(classes) - 1}, the last class")
    return Pictures("cifar10", x_train, y_train, x_test, y_test, classes)


def keep(source: str | Path, archive: Archive = ARCHIVE) -> Path:
    """Put a copy of CIFAR-10 that you have where `load` finds it, instead of a download.

    Args:
        source: a folder or an archive, as for `load`.
        archive: what to expect.

    Returns:
        The copy.

    Raises:
        FileNotFoundError, ValueError: as for `load`.
        OSError: the copy cannot be written.
    """
    load(source, archive)  # only what can be read gets the name that is trusted
    path = _downloaded()
    part = path.with_name(path.name + ".copy")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(part, "w:gz", compresslevel=1) as tar:
            for name, content in _from_place(Path(source), archive).items():
                info = tarfile.TarInfo(f"{INSIDE}/{name}")
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return path


def _downloaded() -> Path:
    return Path.home() / ".cache" / "convbook" / "cifar-10-binary.tar.gz"


def _find() -> Path | None:
    """The copy named by the environment, else the downloaded one, else None."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    return _downloaded() if _downloaded().exists() else None


def _from_place(path: Path, archive: Archive) -> dict[str, bytes]:
    """Read the seven files, by name."""
    for place in (path, path / INSIDE):
        if (place / TEST).is_file():
            return _from_folder(place, archive)
    file = path / "cifar-10-binary.tar.gz" if path.is_dir() else path
    if file.is_file():
        return _from_tar(file, archive)
    if list(path.glob("cifar-10-*-py")) or list(path.glob("cifar-10-python*")):
        raise ValueError(
            f"{path} holds CIFAR-10 for Python, which is pickled: to open such a file is to run"
            " it. Take the binary version, cifar-10-binary.tar.gz"
        )
    raise FileNotFoundError(f"{path} holds neither {INSIDE}/{TEST} nor cifar-10-binary.tar.gz")


def _from_folder(place: Path, archive: Archive) -> dict[str, bytes]:
    files = {}
    for name in (*TRAIN, TEST, NAMES):
        path = place / name
        if not path.is_file():
            raise FileNotFoundError(f"{place} lacks {name}; unpack cifar-10-binary.tar.gz again")
        _check_size(name, path.stat().st_size, archive, place)
        files[name] = path.read_bytes()
    return files


def _from_tar(path: Path, archive: Archive) -> dict[str, bytes]:
    """Read the files straight out of the archive: nothing in it decides where anything is put."""
    files: dict[str, bytes] = {}
    try:
        with tarfile.open(path, "r|gz") as tar:  # as a stream: once through, no seeking
            for member in tar:
                folder, _, name = member.name.rpartition("/")
                if folder != INSIDE or name not in (*TRAIN, TEST, NAMES):
                    continue
                content: IO[bytes] | None = tar.extractfile(member) if member.isreg() else None
                if content is None:
                    raise ValueError(f"{path}: {member.name} is a link or a device, not a file")
                _check_size(name, member.size, archive, path)
                files[name] = content.read()
    except (tarfile.TarError, EOFError, OSError) as error:
        raise ValueError(f"{path} cannot be read as an archive ({error}); get it again") from error
    missing = sorted({*TRAIN, TEST, NAMES} - files.keys())
    if missing:
        raise ValueError(f"{path} lacks {INSIDE}/{missing[0]}; get cifar-10-binary.tar.gz again")
    return files


def _check_size(name: str, size: int, archive: Archive, where: Path) -> None:
    if name == NAMES and size > LONGEST_NAMES:
        raise ValueError(f"{where}: {name} has {size:,} bytes, too many for ten names")
    if name != NAMES and size != archive.each * RECORD:
        raise ValueError(f"{where}: {name} has {size:,} bytes, not {archive.each * RECORD:,}")
