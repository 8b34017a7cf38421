"""What came in and could not be used stands in a list until it is settled."""

import csv
import io
import re
import shutil
from pathlib import Path

import pytest
import sample_class
from hand_ins import NAME, laid_out, packed, taken, work, zipped
from machine import SANDBOX

from autograder import cli
from autograder.classroom.room import Classroom
from autograder.handin import left

FILES = {
    "ada/x.ipynb": work("ada"),
    "ada/notes.txt": b"of somebody whose work was taken",
    "bo/answer.docx": b"PK\x03\x04",
    "cleo/cut.ipynb": work("cleo")[:500],
    "zoë/a.zip": packed("a.txt", b""),
    "=1+1/x.ipynb": b"{",
}
KEPT = ["=1+1/x.ipynb", "bo/answer.docx", "cleo/cut.ipynb", "zoë/a.zip"]


def run(room: Classroom, *words: str) -> int:
    return cli.main([*words, "--class", str(room.results)])


def kept(room: Classroom) -> list[str]:
    return sorted(one.where for one in left.read(room.results))


def test_what_could_not_be_used_is_kept_until_it_is_settled(
    tmp_path: Path, room: Classroom, capsys: pytest.CaptureFixture[str]
) -> None:
    source = laid_out(tmp_path / "in", FILES)
    assert run(room, "collect", str(source)) == 0
    assert kept(room) == KEPT
    assert "4 wait to be settled: " in capsys.readouterr().out
    assert run(room, "collect", str(source)) == 0
    assert kept(room) == KEPT  # once each
    # The same file elsewhere, in a folder with a name: it is settled, whatever it was in.
    one = laid_out(tmp_path / "by hand", {"bo/y.ipynb": work("bo")})
    laid_out(source, {"bo/x.ipynb": work("bo")})
    assert run(room, "collect", str(one)) == 0
    (source / "bo" / "answer.docx").unlink()
    (source / "cleo" / "cut.ipynb").write_bytes(work("cleo"))
    assert run(room, "collect", str(source)) == 0
    assert kept(room) == ["=1+1/x.ipynb", "zoë/a.zip"]
    shutil.rmtree(source / "zoë")
    shutil.rmtree(source / "=1+1")
    assert run(room, "collect", str(source)) == 0
    assert kept(room) == []


def test_a_file_that_is_taken_from_elsewhere_settles_it(tmp_path: Path, room: Classroom) -> None:
    files = {f"submissions/ada_{n}_{n}1_x.ipynb": work(f"ada {n}") for n in (1, 2)}
    first = zipped(tmp_path / "submissions.zip", files | {"submissions/scan.ipynb": work("whose")})
    assert run(room, "collect", str(first)) == 0
    assert kept(room) == ["submissions/scan.ipynb"]
    assert run(room, "collect", str(laid_out(tmp_path / "o", {"bo/x.ipynb": work("whose")}))) == 0
    assert kept(room) == []


def test_the_same_file_in_a_second_download_is_one_row(tmp_path: Path, room: Classroom) -> None:
    for name in ("a.zip", "a (1).zip"):
        run(room, "collect", str(zipped(tmp_path / name, {"bo/x.ipynb": b"{", "ada.zip": b""})))
    assert [Path(one.source).name for one in left.read(room.results)] == ["a (1).zip"] * 2


def test_nobody_is_without_a_line(
    tmp_path: Path, room: Classroom, capsys: pytest.CaptureFixture[str]
) -> None:
    names = "student,name,id,email\nada,Ada,,\neve,Eve Ó,,\n"
    room.results.mkdir()
    (room.results / "students.csv").write_text(names, encoding="utf-8")
    source = laid_out(tmp_path / "in", FILES)
    sample_class.hand_in(source, "gus")
    assert run(room, "collect", str(source)) == 0
    assert run(room, "grade", "--sandbox", SANDBOX) == 0
    table = capsys.readouterr().out
    assert f"{NAME}: nothing came from 1: eve" in table
    for where in KEPT:
        assert re.search(rf"^not used: {re.escape(where)} \(from .*\): \w", table, re.M)
    assert run(room, "report") == 0
    report = (room.results / "report" / "index.html").read_text(encoding="utf-8")
    assert "Came in and could not be used: 4" in report
    assert all(f"<li>{where}: " in report for where in KEPT)
    assert ">Eve Ó (eve)<" in report
    capsys.readouterr()
    assert run(room, "export") == 0
    shown = capsys.readouterr()
    rows = list(csv.DictReader(io.StringIO(shown.out)))
    assert [row["remark"] for row in rows if row["student"] == "eve"] == ["nothing was handed in"]
    assert sum(row["remark"].startswith("not used: ") for row in rows) == 4
    assert "4 files that came in could not be used: see unsettled.csv" in shown.err
    assert ("ada", NAME) in taken(room)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\x00", b'"', b"a,b\n1,2,3\n", b""])
def test_a_list_that_is_none_is_one_line_or_empty(
    content: bytes, room: Classroom, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    room.results.mkdir()
    (room.results / left.FILE).write_bytes(content)
    source = laid_out(tmp_path / "in", {"ada/x.ipynb": work("ada")})
    assert run(room, "collect", str(source)) in (0, 2)
    assert capsys.readouterr().err.count("\n") <= 1
