"""Collecting from sources that lie, or want more than be read."""

import io
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hand_ins import FILE, NAME, collect, laid_out, taken, tarred, work, zipped

from autograder.classroom.room import Classroom
from autograder.course import CourseError
from autograder.handin import archive
from autograder.handin.archive import Cap
from autograder.handin.take import SKIPPED, TAKEN


def test_links_are_not_followed(tmp_path: Path, room: Classroom) -> None:
    secret = laid_out(tmp_path / "else", {"a.ipynb": work("secret")})
    source = laid_out(tmp_path / "in", {"zoe/a.ipynb": work()})
    (source / "ada").mkdir()
    (source / "ada" / "a.ipynb").symlink_to(secret / "a.ipynb")
    (source / "bo").symlink_to(secret)
    os.mkfifo(source / "ada" / "pipe.ipynb")
    outcomes = {o.where: o for o in collect(source, room)}
    assert outcomes["ada/a.ipynb"].why == outcomes["bo"].why == "is a link, not a file"
    assert outcomes["ada/pipe.ipynb"].why == "is not a file"
    assert set(taken(room)) == {("zoe", NAME)}


def test_a_link_in_the_class_is_not_written_through(tmp_path: Path, room: Classroom) -> None:
    elsewhere = laid_out(tmp_path / "else", {FILE: b"precious"})
    (room.submitted / "ada").mkdir(parents=True)
    (room.submitted / "ada" / NAME).symlink_to(elsewhere)
    (outcome,) = collect(laid_out(tmp_path / "in", {"ada/a.ipynb": work()}), room)
    assert outcome.status == SKIPPED and "is a link" in outcome.why
    assert (elsewhere / FILE).read_bytes() == b"precious"


def linked(path: Path, kind: bytes) -> Path:
    with tarfile.open(path, "w") as file:
        info = tarfile.TarInfo("ada/a.ipynb")
        info.type, info.linkname = kind, "/etc/passwd"
        file.addfile(info)
        good = tarfile.TarInfo("zoe/a.ipynb")
        good.size = len(work())
        file.addfile(good, io.BytesIO(work()))
    return path


def zip_linked(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        info = zipfile.ZipInfo("ada/a.ipynb")
        info.external_attr = 0o120777 << 16
        file.writestr(info, "/etc/passwd")
        file.writestr("zoe/a.ipynb", work())
    return path


def with_name(name: str) -> Callable[[Path], Path]:
    return lambda path: (zipped if path.suffix == ".zip" else tarred)(
        path, {name: work("evil"), "zoe/a.ipynb": work()}
    )


def lying(path: Path) -> Path:
    """One member is said to have two bytes; the others are in order."""
    zipped(path, {"ada/a.ipynb": bytes(10**8), "zoe/a.ipynb": work()})
    content = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        start = content.index(mark) + place
        content[start : start + 4] = (2).to_bytes(4, "little")
    path.write_bytes(content)
    return path


HOSTILE: dict[str, tuple[Callable[[Path], Path], str]] = {
    "up.zip": (with_name("../../ada/a.ipynb"), "leads out"),
    "up.tar.gz": (with_name("../../ada/a.ipynb"), "leads out"),
    "up-inside.zip": (with_name("ada/../../../a.ipynb"), "leads out"),
    "root.zip": (with_name("/tmp/ada/a.ipynb"), "leads out"),
    "root.tar.gz": (with_name("/tmp/ada/a.ipynb"), "leads out"),
    "drive.zip": (with_name("C:\\ada\\a.ipynb"), "leads out"),
    "link.tar": (lambda p: linked(p, tarfile.SYMTYPE), "is a link"),
    "hard.tar": (lambda p: linked(p, tarfile.LNKTYPE), "is a link"),
    "pipe.tar": (lambda p: linked(p, tarfile.FIFOTYPE), "a link or a device"),
    "link.zip": (zip_linked, "is a link"),
    "lying.zip": (lying, "cannot be unpacked"),
    "bomb.zip": (
        lambda p: zipped(p, {"ada/a.ipynb": bytes(10**8), "zoe/a.ipynb": work()}),
        "larger than 20 MiB",
    ),
    "bomb-inside.zip": (
        lambda p: zipped(p, {"ada/a.zip": bomb(), "zoe/a.ipynb": work()}),
        "more than 100 MiB",
    ),
}


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive_:
        archive_.writestr("a.ipynb", bytes(2 * 10**8))
    return file.getvalue()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_member_is_refused_and_the_rest_is_taken(
    name: str, tmp_path: Path, room: Classroom
) -> None:
    make, why = HOSTILE[name]
    source = make(tmp_path / name)
    outcomes = collect(source, room)
    assert sorted(o.status for o in outcomes) == [SKIPPED, TAKEN]
    assert any(why in o.why for o in outcomes), outcomes
    assert set(taken(room)) == {("zoe", NAME)}
    outside = [p for p in tmp_path.rglob("*") if p.is_file() and room.results not in p.parents]
    assert outside == [source]


def test_a_whole_archive_has_caps(
    tmp_path: Path, room: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "CLASS", Cap(members=20, size=4 << 20))
    many = {f"{number}/a.txt": b"" for number in range(21)}
    large = {f"{number}/a.ipynb": bytes(1 << 20) for number in range(5)}
    for files, why in ((many, "more than 20 files"), (large, "more than 4 MiB")):
        for pack, name in ((zipped, "a.zip"), (tarred, "a.tar.gz")):
            with pytest.raises(CourseError, match=why):
                collect(pack(tmp_path / name, files), room)
    assert taken(room) == {}


def test_the_caps_leave_room_for_a_class_of_five_thousand() -> None:
    assert archive.CLASS.members >= 10 * 5000
    assert archive.CLASS.size >= 5000 * 500_000


@pytest.mark.parametrize("name", ["no.zip", "text.zip", "text.tar", "text.tgz", "notes.txt"])
def test_a_source_that_is_none_is_an_error_of_one_line(
    name: str, tmp_path: Path, room: Classroom
) -> None:
    if name != "no.zip":
        (tmp_path / name).write_text("hello")
    with pytest.raises(CourseError) as caught:
        collect(tmp_path / name, room)
    assert name in str(caught.value) and "\n" not in str(caught.value)
