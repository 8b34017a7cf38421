"""Collecting: every layout, the newest try, and when something came."""

import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
import pytest
from hand_ins import (
    FILE,
    NAME,
    NOON,
    collect,
    inbound,
    laid_out,
    packed,
    taken,
    tarred,
    work,
    zipped,
)

from autograder import cli
from autograder.classroom.room import Classroom
from autograder.handin import roster, timestamp
from autograder.handin.take import OLDER, SAME, SKIPPED, TAKEN
from convbook.desk import handin

WEEK = timedelta(weeks=1)
LAYOUTS = {
    "a folder each, and one a lesson": f"ada/{NAME}/{FILE}",
    "nbgrader's submitted": f"submitted/ada/{NAME}/{FILE}",
    "a folder each": "ada/final version (2).ipynb",
    "a folder a lesson": f"{NAME}/ada/work.ipynb",
    "deep in a folder": "ada/homework/week 2/work.ipynb",
    "named after the student": "ada.ipynb",
    "named after the student, in a lesson": f"{NAME}/ada.ipynb",
}


@pytest.mark.parametrize("name", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("pack", [laid_out, zipped, tarred])
def test_every_layout_of_a_folder_and_of_archives(
    pack: Callable, name: str, tmp_path: Path, room: Classroom
) -> None:
    source = tmp_path / {laid_out: "in", zipped: "in.zip", tarred: "in.tar.gz"}[pack]
    pack(source, {name: work("mine")})
    (outcome,) = collect(source, room)
    assert outcome.status == TAKEN
    assert taken(room) == {("ada", NAME): work("mine")}
    folder = room.submitted / "ada" / NAME
    assert timestamp.read(folder) == NOON
    assert (folder / "timestamp.txt").read_text() == "2026-10-12 12:00:00.000000 UTC"


def test_what_hand_in_makes_is_taken(tmp_path: Path, room: Classroom) -> None:
    notebook = laid_out(tmp_path, {FILE: work("packed")}) / FILE
    handin.pack(notebook, tmp_path / "in" / "ada")
    collect(tmp_path / "in", room)
    assert taken(room) == {("ada", NAME): work("packed")}


def test_a_platforms_zip_may_hold_what_hand_in_makes(tmp_path: Path, room: Classroom) -> None:
    inner = packed(FILE, work())
    collect(zipped(tmp_path / "a.zip", {f"lovelaceada_12_34_{NAME}.zip": inner}), room)
    assert taken(room) == {("lovelaceada", NAME): work()}


def test_a_tar_file_of_one_student_holds_several_lessons(tmp_path: Path, room: Classroom) -> None:
    source = tmp_path / "in"
    source.mkdir()
    tarred(source / "ada.tar.gz", {"a.ipynb": work(), "b.ipynb": work(lesson="03_backprop")})
    assert {o.lesson for o in collect(source, room)} == {NAME, "03_backprop"}


MOODLE = {
    "folders": "Ada Lovelace_12345_assignsubmission_file_/work.ipynb",
    "folders since 4.1": "Ada Lovelace_12345_assignsubmission_file/work.ipynb",
    "deep": "Ada Lovelace_12345_assignsubmission_file_/my work/work.ipynb",
    "no folders": "Ada Lovelace_12345_assignsubmission_file_work.ipynb",
    "lesson in the name": f"Ada Lovelace_12345_assignsubmission_file_{FILE}",
}


@pytest.mark.parametrize("name", MOODLE.values(), ids=MOODLE)
@pytest.mark.parametrize("pack", [laid_out, zipped])
def test_moodles_names(pack: Callable, name: str, tmp_path: Path, room: Classroom) -> None:
    collect(pack(tmp_path / ("in.zip" if pack is zipped else "in"), {name: work()}), room)
    assert taken(room) == {("Ada_Lovelace", NAME): work()}
    assert roster.read(room.results).of("Ada_Lovelace").name == "Ada Lovelace"


@pytest.mark.parametrize("number", ["12345", "98765"])
def test_moodle_numbers_a_student_anew_in_each_assignment(
    number: str, tmp_path: Path, room: Classroom
) -> None:
    file = "Ada Lovelace_{}_assignsubmission_file_/work.ipynb"
    collect(zipped(tmp_path / "1.zip", {file.format("12345"): work()}), room)
    third = work(lesson="03_backprop")
    collect(zipped(tmp_path / "2.zip", {file.format(number): third}), room)
    assert set(taken(room)) == {("Ada_Lovelace", NAME), ("Ada_Lovelace", "03_backprop")}


def test_two_of_one_name_are_not_mixed_up(tmp_path: Path, room: Classroom) -> None:
    file = "Ada Lovelace_{}_assignsubmission_file_/work.ipynb"
    files = {file.format(1): work("a"), file.format(2): work("b")}
    files["Bo Derek_3_assignsubmission_file_/work.ipynb"] = work("c")
    outcomes = collect(zipped(tmp_path / "in.zip", files), room)
    assert [o.status for o in outcomes] == [SKIPPED, SKIPPED, TAKEN]
    assert "several students are called Ada Lovelace (Moodle's numbers 1 and 2)" in outcomes[0].why


def test_moodles_times_count_only_where_they_are_not_those_of_the_download(
    tmp_path: Path, room: Classroom
) -> None:
    names = [f"{who}_{i}_assignsubmission_file_/w.ipynb" for i, who in enumerate(("Ada", "Bo"))]
    files = {name: work() for name in names}
    download = [NOON, NOON + timedelta(minutes=5)]
    collect(zipped(tmp_path / "1.zip", files, download), room)
    assert timestamp.read(room.submitted / "Ada" / NAME) is None
    spread = [NOON, NOON + timedelta(days=2)]
    collect(zipped(tmp_path / "2.zip", files, spread), room)
    assert timestamp.read(room.submitted / "Ada" / NAME) == NOON
    assert timestamp.read(room.submitted / "Bo" / NAME) == NOON + timedelta(days=2)


def test_canvas_says_who_and_that_it_is_late(tmp_path: Path, room: Classroom) -> None:
    files = {
        f"lovelaceada_LATE_77_900_{FILE}": work("a"),
        f"derekbo_78_901_{NAME}-2.ipynb": work("b"),
        f"anon_x7dR2_902_{FILE}": work("c"),
        "eulerleo_79_text.html": b"<p>hello</p>",
    }
    ada, bo, hidden, text = collect(zipped(tmp_path / "in.zip", files), room)
    assert (ada.student, bo.student, hidden.student) == ("lovelaceada", "derekbo", "anon_x7dR2")
    assert "late, and Canvas does not say by how much" in ada.why and not bo.why
    assert (text.status, text.why) == (SKIPPED, "neither a notebook nor an archive")
    assert roster.read(room.results).of("lovelaceada").id == "77"
    assert timestamp.read(room.submitted / "derekbo" / NAME) is None  # that of the download


def test_canvas_students_are_told_apart_by_their_number(tmp_path: Path, room: Classroom) -> None:
    files = {f"smithjo_1_10_{FILE}": work("a"), f"smithjo_2_11_{FILE}": work("b")}
    first, second = collect(zipped(tmp_path / "in.zip", files), room)
    assert first.student == "smithjo" and second.student.startswith("smithjo-")
    again = {f"smithjo_2_12_{FILE}": work("b", "03_backprop")}
    (third,) = collect(zipped(tmp_path / "2.zip", again), room)
    assert third.student == second.student


def test_the_newest_of_several_tries_wins(tmp_path: Path, room: Classroom) -> None:
    files = {f"ada_7_{n}_{NAME}-{n}.ipynb": work(f"try {n}") for n in (11, 12, 10)}
    outcomes = collect(zipped(tmp_path / "in.zip", files), room)
    assert [o.status for o in outcomes] == [TAKEN, TAKEN, OLDER]
    assert taken(room) == {("ada", NAME): work("try 12")}
    assert [o.status for o in collect(tmp_path / "in.zip", room)] == [OLDER, SAME, OLDER]


def test_nothing_newer_is_overwritten(tmp_path: Path, room: Classroom) -> None:
    new = laid_out(tmp_path / "new", {"ada/a.ipynb": work("new")}, NOON + timedelta(hours=1))
    old = laid_out(tmp_path / "old", {"ada/a.ipynb": work("old")})
    assert [o.status for o in collect(new, room)] == [TAKEN]
    assert [o.status for o in collect(old, room)] == [OLDER]
    assert taken(room) == {("ada", NAME): work("new")}
    assert timestamp.read(room.submitted / "ada" / NAME) == NOON + timedelta(hours=1)
    later = laid_out(tmp_path / "later", {"ada/a.ipynb": work("later")}, NOON + timedelta(hours=2))
    assert [o.status for o in collect(later, room)] == [TAKEN]
    assert taken(room) == {("ada", NAME): work("later")}


def test_collecting_again_changes_nothing(tmp_path: Path, room: Classroom) -> None:
    source = laid_out(tmp_path / "in", {"ada/a.ipynb": work(), "bo.ipynb": work()})
    collect(source, room)

    def state() -> dict[Path, tuple[bytes, int]]:
        files = [p for p in room.results.rglob("*") if p.is_file()]
        return {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in files}

    before = state()
    assert {o.status for o in collect(source, room)} == {SAME}
    assert state() == before


def rerun(content: bytes) -> bytes:
    """A notebook as JupyterLab saves it after its cells ran again."""
    cells = nbformat.reads(content.decode(), 4)
    for number, cell in enumerate(cells.cells):
        cell.metadata["trusted"] = True
        if cell.cell_type == "code":
            cell.execution_count = 40 + number
            cell.outputs = [nbformat.v4.new_output("stream", text="1.5\n")]
    cells.cells.append(nbformat.v4.new_code_cell(""))
    cells.metadata["widgets"] = {"state": {}}
    return nbformat.writes(cells, indent=4).encode()


def test_the_same_work_handed_in_again_is_not_handed_in_anew(
    tmp_path: Path, room: Classroom
) -> None:
    collect(laid_out(tmp_path / "in", {"ada/x.ipynb": work("mine")}), room)
    again = laid_out(tmp_path / "week 2", {"ada/x.ipynb": rerun(work("mine"))}, NOON + WEEK)
    assert [o.status for o in collect(again, room)] == [SAME]
    assert taken(room) == {("ada", NAME): work("mine")}
    assert timestamp.read(room.submitted / "ada" / NAME) == NOON
    laid_out(again, {"ada/x.ipynb": rerun(work("mine, too"))}, NOON + WEEK)
    assert [o.status for o in collect(again, room)] == [TAKEN]
    assert timestamp.read(room.submitted / "ada" / NAME) == NOON + WEEK


def test_of_the_same_work_twice_in_a_download_the_first_time_counts(
    tmp_path: Path, room: Classroom
) -> None:
    files = {"ada/a.ipynb": rerun(work("mine")), "ada/b.ipynb": work("mine"), "bo.ipynb": work("b")}
    collect(zipped(tmp_path / "in.zip", files, [NOON + WEEK, NOON, NOON]), room)
    assert timestamp.read(room.submitted / "ada" / NAME) == NOON


def test_the_cells_decide_which_lesson_it_is(tmp_path: Path, room: Classroom) -> None:
    third = work(lesson="03_backprop")
    (outcome,) = collect(laid_out(tmp_path / "in", {f"ada/{NAME}/{FILE}": third}), room)
    assert (outcome.student, outcome.lesson) == ("ada", "03_backprop")
    assert taken(room) == {("ada", "03_backprop"): third}


def test_a_damaged_notebook_is_taken_where_its_path_names_the_lesson(
    tmp_path: Path, room: Classroom
) -> None:
    half = work()[:1000]
    source = laid_out(tmp_path / "in", {f"ada/{FILE}": half, "bo/mine.ipynb": half})
    ada, bo = collect(source, room)
    assert (ada.status, bo.status) == (TAKEN, SKIPPED)
    assert bo.why == "not a notebook (it is not valid JSON)"


SKIPS = {
    "no student": (FILE, work(), "whose is it?"),
    "another course": ("ada/a.ipynb", b'{"cells": []}', "not a notebook of this course"),
    "a text": ("ada/notes.txt", b"hello", "neither a notebook nor an archive"),
    "a broken archive": ("ada/a.zip", b"PK hello", "cannot be unpacked"),
    "an empty archive": ("ada/a.zip", packed("a.txt", b""), "holds no notebook"),
    "too large": ("ada/a.ipynb", bytes(65 << 20), "larger than 64 MiB"),
}


@pytest.mark.parametrize("case", SKIPS)
@pytest.mark.parametrize("pack", [laid_out, zipped, tarred])
def test_what_cannot_be_taken_is_said_and_the_rest_is_taken(
    pack: Callable, case: str, tmp_path: Path, room: Classroom
) -> None:
    name, content, why = SKIPS[case]
    source = tmp_path / {laid_out: "in", zipped: "in.zip", tarred: "in.tar.gz"}[pack]
    outcomes = collect(pack(source, {name: content, "zoe/a.ipynb": work()}), room)
    assert sorted(o.status for o in outcomes) == [SKIPPED, TAKEN]
    assert any(why in o.why for o in outcomes), outcomes
    assert set(taken(room)) == {("zoe", NAME)}


def test_what_systems_leave_is_passed_over(tmp_path: Path, room: Classroom) -> None:
    left = ("__MACOSX/._a.ipynb", ".ipynb_checkpoints/a.ipynb", ".DS_Store", "timestamp.txt")
    left += ("._a.ipynb",)
    source = laid_out(tmp_path / "in", {"ada/a.ipynb": work()} | {f"ada/{n}": b"" for n in left})
    assert [o.status for o in collect(source, room)] == [TAKEN]


def test_what_is_hidden_is_not_passed_over_in_silence(tmp_path: Path, room: Classroom) -> None:
    (outcome,) = collect(laid_out(tmp_path / "in", {"..ada/a.ipynb": work()}), room)
    assert (outcome.status, outcome.why) == (SKIPPED, "hidden: its name begins with a dot")


@pytest.mark.parametrize("below", ["", "convbook", "convbook/inbound"])
def test_nbgraders_exchange(below: str, tmp_path: Path, room: Classroom) -> None:
    exchange = tmp_path / "exchange"
    inbound(exchange, "ada", "2026-10-12 10:00:00.500000 UTC", work("first"))
    inbound(exchange, "ada", "2026-10-13 10:00:00.250000 UTC", work("second"))
    inbound(exchange, "bo+x", "2026-10-12 12:00:00.000000 CET", work("b"), secret="")
    collect(exchange / below, room)
    bo = next(s for s, _ in taken(room) if s != "ada")
    assert taken(room) == {("ada", NAME): work("second"), (bo, NAME): work("b")}
    ada = room.submitted / "ada" / NAME
    assert (ada / "timestamp.txt").read_text() == "2026-10-13 10:00:00.250000 UTC"
    assert timestamp.read(room.submitted / bo / NAME) == datetime(2026, 10, 12, 10, tzinfo=UTC)
    assert roster.read(room.results).of(bo).name == "bo+x"


def test_a_zip_says_its_time_in_utc_where_it_can(tmp_path: Path, room: Classroom) -> None:
    """The extra field that Unix programs write, beside a time without a zone."""
    path = tmp_path / "in.zip"
    with zipfile.ZipFile(path, "w") as file:
        info = zipfile.ZipInfo("ada/a.ipynb", (2020, 1, 1, 3, 4, 6))
        info.extra = b"\x55\x54\x05\x00\x01" + int(NOON.timestamp()).to_bytes(4, "little")
        file.writestr(info, work())
    collect(path, room)
    assert timestamp.read(room.submitted / "ada" / NAME) == NOON


def test_a_zip_that_says_no_zone_is_read_in_that_of_this_machine(
    tmp_path: Path, room: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        with zipfile.ZipFile(tmp_path / "in.zip", "w") as file:
            file.writestr(zipfile.ZipInfo("ada/a.ipynb", (2026, 10, 12, 21, 0, 0)), work())
        collect(tmp_path / "in.zip", room)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert timestamp.read(room.submitted / "ada" / NAME) == NOON


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-10-12 12:00:00.000000 UTC", NOON),
        ("2026-10-12 12:00:00", NOON),
        ("2026-10-12 14:00:00 Europe/Berlin", NOON),
        ("2026-10-12T14:00:00+02:00", NOON),
        ("2026-10-12 07:00:00 -0500", NOON),
        ("2026-10-12 14:00 +02", NOON),
        ("2026-10-12T12:00Z\r\n", NOON),
        ("12.10.2026 14:00 +0200", NOON),
        ("12.10.2026 07:00:00 America/Chicago", NOON),
        ("\ufeff2026-10-12 12:00", NOON),
        ("", None),
    ],
)
def test_times_are_read(text: str, utc: datetime | None, tmp_path: Path) -> None:
    (tmp_path / "timestamp.txt").write_text(text)
    assert timestamp.read(tmp_path) == utc
    (tmp_path / "timestamp.txt").write_bytes(text.lstrip("\ufeff").encode("utf-16"))
    assert timestamp.read(tmp_path) == utc


def test_the_command_says_what_it_did(
    tmp_path: Path, room: Classroom, capsys: pytest.CaptureFixture[str]
) -> None:
    source = laid_out(tmp_path / "in", {"ada/a.ipynb": work(), "ada/b.txt": b""})
    assert cli.main(["collect", str(source), "--class", str(room.results)]) == 0
    out = capsys.readouterr().out
    assert f"taken: ada/a.ipynb as ada, {NAME}" in out
    assert "skipped: ada/b.txt: neither a notebook nor an archive" in out
    assert "1 taken, 0 unchanged, 0 older, 1 skipped" in out
    assert cli.main(["collect", str(tmp_path / "no"), "--class", str(tmp_path / "new")]) == 2
    assert not (tmp_path / "new").exists()
