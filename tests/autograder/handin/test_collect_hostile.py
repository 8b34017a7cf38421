"""Collecting from sources that lie, or want more than be read."""

import io
import os
import pwd
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hand_ins import FILE, NAME, NOON, collect, inbound, laid_out, taken, tarred, work, zipped
from machine import needs

from autograder import cli
from autograder.classroom.room import Classroom
from autograder.course import CourseError
from autograder.handin import archive, roster, timestamp
from autograder.handin.archive import Cap
from autograder.handin.find import Source
from autograder.handin.take import OLDER, SKIPPED, TAKEN


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
        "larger than 64 MiB",
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


def test_a_file_that_becomes_a_link_after_it_was_listed_is_not_followed(
    tmp_path: Path, room: Classroom
) -> None:
    """As a student can do in an exchange while it is collected."""
    alice = laid_out(tmp_path / "alice", {FILE: work("alice")})
    source = laid_out(tmp_path / "in", {"mallory/x.ipynb": work(), "zoe/x.ipynb": work()})
    for place in ("mallory/x.ipynb", "mallory"):
        found = Source(source).found()
        mallory = next(found).member
        shutil.move(source / place, tmp_path / "away")
        (source / place).symlink_to(alice / FILE if place.endswith("ipynb") else alice)
        with pytest.raises(CourseError, match="is a link"):
            mallory.read()
        (source / place).unlink()
        shutil.move(tmp_path / "away", source / place)


TIMES = {"far": 10**17, "before all": -(10**14), "year 1": -62135596800, "no number": float("nan")}


@pytest.mark.parametrize("when", TIMES.values(), ids=TIMES)
def test_a_time_that_cannot_be_costs_nobody_anything(
    when: float, tmp_path: Path, room: Classroom
) -> None:
    with tarfile.open(tmp_path / "in.tar", "w", format=tarfile.PAX_FORMAT) as file:
        for name in ("mallory/x.ipynb", "zoe/x.ipynb"):
            info = tarfile.TarInfo(name)
            info.size = len(work())
            if name.startswith("mallory"):
                info.pax_headers = {"mtime": str(when)}
            file.addfile(info, io.BytesIO(work()))
    assert {o.status for o in collect(tmp_path / "in.tar", room)} == {TAKEN}
    for who in ("mallory", "zoe"):
        assert timestamp.read(room.submitted / who / NAME) is None
    again = laid_out(tmp_path / "in", {"mallory/x.ipynb": work("2")}, NOON)
    assert next(iter(collect(again, room))).status in (TAKEN, OLDER)


@pytest.mark.parametrize("seconds", [10**11, 2**38])
def test_nor_does_one_of_a_file(seconds: int, tmp_path: Path, room: Classroom) -> None:
    source = laid_out(tmp_path / "in", {"mallory/x.ipynb": work(), "zoe/x.ipynb": work()})
    os.utime(source / "mallory" / "x.ipynb", (seconds, seconds))
    outcomes = collect(source, room)
    assert ("zoe", NAME) in taken(room) and all(str(o).isprintable() for o in outcomes)


@pytest.fixture
def deep(tmp_path: Path) -> Iterator[Path]:
    """A source with more folders in one another than Python can take away."""
    source = laid_out(tmp_path / "in", {"zoe/x.ipynb": work()})
    here = os.open(source, os.O_RDONLY)
    for name in ["mallory", *["d"] * 1500]:
        os.mkdir(name, dir_fd=here)
        deeper = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.close(here)
    yield source
    subprocess.run(["rm", "-rf", str(source)], check=True)


def test_a_thousand_folders_in_one_another_cost_nobody_anything(
    deep: Path, room: Classroom
) -> None:
    outcomes = {o.status: o for o in collect(deep, room)}
    assert "too deep" in outcomes[SKIPPED].why
    assert set(taken(room)) == {("zoe", NAME)}


def test_what_a_student_packed_says_nothing_of_when_it_came(
    tmp_path: Path, room: Classroom
) -> None:
    early = zipped(tmp_path / "early.zip", {FILE: work("evil")}, NOON - timedelta(days=9))
    files = {
        "mallory/x.zip": early.read_bytes(),
        "mallory/timestamp.txt": b"2020-01-01 00:00:00 UTC",
        "zoe/x.ipynb": work(),
    }
    for pack, name in ((laid_out, "in"), (zipped, "in.zip"), (tarred, "in.tar.gz")):
        collect(pack(tmp_path / name, files), room)
        assert timestamp.read(room.submitted / "mallory" / NAME) == NOON


NAMES = {
    "lines": "ada\ntaken: evil as bo, 02_convolution",
    "colours": "\x1b[31mada\x1b[0m",
    "backwards": "\u202eada",
    "half a character": "ada\ud800",
    "long": "a" * 5000,
    "nothing to be seen": "\u200b\u2060",
    "dots": "...",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("way", ["{}_1_assignsubmission_file_/x.ipynb", "{}/x.ipynb"])
def test_a_name_is_shown_in_one_line_and_makes_a_folder_that_is_safe(
    way: str, name: str, tmp_path: Path, room: Classroom, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "in.tar"
    how = {"format": tarfile.GNU_FORMAT, "errors": "surrogatepass"}
    with tarfile.open(source, "w", encoding="utf-8", **how) as file:
        for one in (way.format(name), way.format("Zoe").replace("_1_", "_2_")):
            info = tarfile.TarInfo(one)
            info.size = len(work())
            file.addfile(info, io.BytesIO(work()))
    cli.main(["collect", str(source), "--class", str(room.results)])
    out = capsys.readouterr().out
    assert all(line.isprintable() for line in out.split("\n"))
    said = [line for line in out.split("\n") if line.startswith(("taken:", "skipped:"))]
    assert len(said) == 2
    assert all(p.name.isascii() and p.parent == room.submitted for p in room.submitted.iterdir())
    assert len(roster.read(room.results).all()) == len(taken(room)) >= 1


@needs("to give files away")
@pytest.mark.parametrize(
    ("rows", "folder"),
    [
        ("student,name\nada,Ada\nnobody,Mallory\n", "nobody"),
        ("student,name,id\na,Ada,ada\nm,Mallory,nobody\n", "m"),  # known by the id of nbgrader
    ],
)
def test_a_folder_that_another_student_put_into_the_exchange_is_not_taken(
    rows: str, folder: str, tmp_path: Path, room: Classroom
) -> None:
    room.results.mkdir()
    nobody = pwd.getpwnam("nobody")
    (room.results / roster.FILE).write_text(rows)
    inbound(tmp_path, "ada", "2026-10-12 10:00:00.000000 UTC", work("evil"))
    inbound(tmp_path, "nobody", "2026-10-12 10:00:00.000000 UTC", work("own"))
    for place in (tmp_path / "convbook" / "inbound").iterdir():
        os.chown(place, nobody.pw_uid, nobody.pw_gid)
    (why,) = [o.why for o in collect(tmp_path, room) if o.status == SKIPPED]
    assert why == "nobody put it there, in the name of ada: ask them"
    assert taken(room) == {(folder, NAME): work("own")}
