"""Sources as classes hand them in: packed, laid out, and collected."""

import io
import os
import tarfile
import zipfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import nbformat

from autograder.classroom.room import Classroom
from autograder.course import lessons
from autograder.handin import take
from autograder.handin.take import Outcome

NAME = "02_convolution"
FILE = f"{NAME}.ipynb"
NOON = datetime(2026, 10, 12, 12, 0, tzinfo=UTC)


@cache
def work(said: str = "", lesson: str = NAME) -> bytes:
    """A notebook of a lesson with something of its student's own in it."""
    cells = nbformat.from_dict(lessons()[lesson].released)
    cells.cells.append(nbformat.v4.new_markdown_cell(said))
    return nbformat.writes(cells, version=4).encode()


def zipped(path: Path, files: dict[str, bytes], when: datetime | list[datetime] = NOON) -> Path:
    times = when if isinstance(when, list) else [when] * len(files)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for (name, content), time in zip(files.items(), times, strict=True):
            info = zipfile.ZipInfo(name, time.astimezone().timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(info, content)
    return path


def tarred(path: Path, files: dict[str, bytes], when: datetime = NOON) -> Path:
    with tarfile.open(path, "w:gz") as file:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(content), int(when.timestamp())
            file.addfile(info, io.BytesIO(content))
    return path


def laid_out(folder: Path, files: dict[str, bytes], when: datetime = NOON) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (when.timestamp(), when.timestamp()))
    return folder


def collect(source: Path, room: Classroom) -> list[Outcome]:
    return list(take.collect(source, room.submitted, room.results))


def taken(room: Classroom) -> dict[tuple[str, str], bytes]:
    found = room.submitted.glob("*/*/*.ipynb")
    return {(p.parts[-3], p.parts[-2]): p.read_bytes() for p in found if p.stem == p.parts[-2]}


def packed(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive_:
        archive_.writestr(name, content)
    return file.getvalue()


def inbound(folder: Path, student: str, when: str, content: bytes, secret: str = "+c2Vj") -> None:
    place = folder / "convbook" / "inbound" / f"{student}+{NAME}+{when}{secret}"
    laid_out(place, {FILE: content, "timestamp.txt": when.encode(), "submission_secret.txt": b"x"})
