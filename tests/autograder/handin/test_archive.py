"""Promise 12: archives are read in memory, counted, and refused where they are hostile."""

import io
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.course import Lesson
from autograder.handin import archive, submission
from autograder.handin.archive import ArchiveError, notebook_in
from autograder.handin.reader import SubmissionError

NAME = "02_convolution.ipynb"


def zipped(path: Path, members: dict[str, bytes | str], mode: int = 0o100644) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = mode << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(entry, content)
    return path


def tarred(path: Path, members: dict[str, bytes], kind: bytes = tarfile.REGTYPE) -> Path:
    with tarfile.open(path, "w:gz" if path.suffix == ".gz" else "w") as file:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, "/etc/passwd"
            entry.size = len(content) if kind == tarfile.REGTYPE else 0
            file.addfile(entry, io.BytesIO(content))
    return path


@pytest.mark.parametrize("pack", [zipped, tarred])
@pytest.mark.parametrize("member", [NAME, f"homework/{NAME}", f"./{NAME}", "mine.ipynb"])
def test_a_notebook_is_found_wherever_it_lies(
    pack: Callable, member: str, tmp_path: Path, lesson: Lesson
) -> None:
    text = lesson.path.read_bytes()
    members = {
        member: text,
        "__MACOSX/._mine.ipynb": b"x",
        f".ipynb_checkpoints/{NAME}": b"old",
        "notes.txt": b"hello",
    }
    path = pack(tmp_path / ("hw.zip" if pack is zipped else "hw.tar.gz"), members)
    assert submission.read(path).lesson.name == lesson.name


def test_the_one_of_the_lessons_name_is_taken(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {NAME: b"this", "other.ipynb": b"that"})
    with path.open("rb") as file:
        assert notebook_in(file, path.name, NAME, 100) == b"this"
        with pytest.raises(ArchiveError, match="holds 2 notebooks"):
            notebook_in(file, path.name, "", 100)


def locked(path: Path) -> Path:
    content = bytearray(zipped(path, {NAME: b"{}"}).read_bytes())
    place = content.index(b"PK\x01\x02") + 8
    content[place : place + 2] = struct.pack("<H", 1)
    path.write_bytes(content)
    return path


def lying(path: Path) -> Path:
    """Claim 2 bytes where a hundred million zeros are."""
    zipped(path, {NAME: bytes(10**8)})
    content = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        start = content.index(mark) + place
        content[start : start + 4] = struct.pack("<I", 2)
    path.write_bytes(content)
    return path


def cut(path: Path) -> Path:
    whole = zipped(path, {NAME: b"{}" * 1000}).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    return path


HOSTILE: dict[str, tuple[Callable[[Path], Path], str]] = {
    "up.zip": (lambda p: zipped(p, {f"../{NAME}": b"{}"}), "out of its folder"),
    "up-elsewhere.zip": (lambda p: zipped(p, {NAME: b"{}", "a/../../b": b""}), "out of its folder"),
    "root.zip": (lambda p: zipped(p, {f"/etc/{NAME}": b"{}"}), "out of its folder"),
    "drive.zip": (lambda p: zipped(p, {f"C:\\{NAME}": b"{}"}), "out of its folder"),
    "backslash.zip": (lambda p: zipped(p, {f"..\\..\\{NAME}": b"{}"}), "out of its folder"),
    "up.tar": (lambda p: tarred(p, {f"../{NAME}": b"{}"}), "out of its folder"),
    "link.zip": (lambda p: zipped(p, {NAME: b"/etc/passwd"}, 0o120777), "link"),
    "link.tar": (lambda p: tarred(p, {NAME: b""}, tarfile.SYMTYPE), "link"),
    "hardlink.tar": (lambda p: tarred(p, {NAME: b""}, tarfile.LNKTYPE), "link"),
    "pipe.tar.gz": (lambda p: tarred(p, {NAME: b""}, tarfile.FIFOTYPE), "link or a device"),
    "empty.zip": (lambda p: zipped(p, {}), "holds 0 notebooks"),
    "locked.zip": (locked, "password"),
    "lying.zip": (lying, "cannot be unpacked"),
    "cut.zip": (cut, "cannot be unpacked"),
    "text.tar": (lambda p: (p.write_text("hello"), p)[1], "cannot be unpacked"),
    "text.tgz": (lambda p: (p.write_text("hello"), p)[1], "cannot be unpacked"),
    "bomb.zip": (lambda p: zipped(p, {NAME: bytes(2 * 10**8)}), "more than 100 MiB"),
    "bomb.tar.gz": (lambda p: tarred(p, {"x": bytes(2 * 10**8)}), "more than 100 MiB"),
    "large.zip": (lambda p: zipped(p, {NAME: bytes(7 * 10**7)}), "larger than 64 MiB"),
    "many.zip": (lambda p: zipped(p, {f"{i}.txt": b"" for i in range(1001)}), "1000 files"),
    "many.tar": (lambda p: tarred(p, {f"{i}.txt": b"" for i in range(1001)}), "1000 files"),
    "two.zip": (lambda p: zipped(p, {"a.ipynb": b"", "b.ipynb": b""}), "holds 2 notebooks"),
    "hidden.zip": (lambda p: zipped(p, {f".git/{NAME}": b"{}"}), "holds 0 notebooks"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_promise_12_hostile_and_broken_archives_are_refused_in_one_line(
    name: str, tmp_path: Path
) -> None:
    make, said = HOSTILE[name]
    folder = tmp_path / "deep" / "folder"
    folder.mkdir(parents=True)
    path = make(folder / name)
    with pytest.raises(SubmissionError) as caught:
        submission.read(path)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [path]  # nothing was unpacked


def test_what_is_read_is_counted_not_believed(tmp_path: Path) -> None:
    """A tar file whose member claims more than there is."""
    path = tarred(tmp_path / "a.tar", {NAME: b"12345"})
    with path.open("rb") as file, pytest.raises(ArchiveError, match="larger than"):
        notebook_in(file, path.name, NAME, 4)
    assert archive.is_archive(path)
