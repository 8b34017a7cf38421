"""Lateness through the real commands: one number and one reason on every page, table and export."""

import csv
import io
import re
import shutil
from pathlib import Path

import pytest
import sample_class
from machine import SANDBOX

from autograder import cli
from autograder.classroom import record
from autograder.classroom.room import Classroom, class_at

LESSON = "02_convolution"
POLICY = """percent_per_day = 10
free_days = 1

[deadlines]
02_convolution = 2026-10-12T23:59:00+02:00
"""
ROSTER = "student,name,id,email\nada,Ada Łukasz,77,ada@x.org\ngus,Gus,,\neve,Eve Ó Sé,79,\n"
REASON = (
    "2 days late: came 2026-10-14 23:10 +02:00, was due 2026-10-12 23:59 +02:00,"
    " 1 free day spent, 10 % off (2.2 points)"
)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Classroom, str]:
    room = class_at(tmp_path_factory.mktemp("late"))
    for student in ("ada", "gus"):
        sample_class.hand_in(room.submitted, student)
    time_of(room, "ada").write_text("2026-10-14 16:10:00 -0500")
    time_of(room, "gus").write_text("2026-10-12 12:00 UTC")
    (room.results / "policy.toml").write_text(POLICY)
    (room.results / "students.csv").write_text(ROSTER, encoding="utf-8")
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", out)
        assert run(room, "grade", "--sandbox", SANDBOX) == 0
    return room, out.getvalue()


@pytest.fixture
def room(graded: tuple[Classroom, str], tmp_path: Path) -> Classroom:
    return class_at(shutil.copytree(graded[0].results, tmp_path / "class"))


def time_of(room: Classroom, student: str) -> Path:
    return room.submitted / student / LESSON / "timestamp.txt"


def run(room: Classroom, *words: str) -> int:
    return cli.main([*words, "--class", str(room.results)])


def everywhere(room: Classroom, capsys: pytest.CaptureFixture[str]) -> tuple[str, str, str, str]:
    """What export, Canvas's file, the report and the feedback page say of ada."""
    assert run(room, "report") == 0
    assert run(room, "feedback") == 0
    capsys.readouterr()
    assert run(room, "export") == 0
    rows = csv.DictReader(io.StringIO(capsys.readouterr().out))
    ada = next(row for row in rows if (row["student"], row["lesson"]) == ("ada", LESSON))
    assert run(room, "export", "--format", "canvas") == 0
    rows = csv.DictReader(io.StringIO(capsys.readouterr().out))
    canvas = next(row[LESSON] for row in rows if row["ID"] == "77")
    report = (room.results / "report" / f"{LESSON}.html").read_text(encoding="utf-8")
    page = (room.feedback / "ada" / LESSON / f"{LESSON}.html").read_text(encoding="utf-8")
    return f"{ada['score']}: {ada['remark']}", canvas, report, page


def test_the_tables_number_is_the_exports(graded: tuple[Classroom, str]) -> None:
    table = graded[1].splitlines()
    assert re.search(r"^ada +Ada Łukasz +17.8 / 20$", graded[1], re.M)
    assert f"ada, {LESSON}: {REASON}" in table
    assert f"{LESSON}: nothing came from 1: eve" in table


def test_all_that_is_read_says_the_same(
    room: Classroom, capsys: pytest.CaptureFixture[str]
) -> None:
    row, canvas, report, page = everywhere(room, capsys)
    assert (row, canvas) == (f"17.8: {REASON}", "17.8")
    assert REASON in report and ">17.8<" in report and "Ada Łukasz (ada)" in report
    assert REASON in page and "Less 2.2 for lateness: 17.8." in page and "Ada Łukasz" in page


def test_a_time_that_is_set_counts_at_once(
    room: Classroom, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(room, "late") == 0
    assert capsys.readouterr().out == f"Ada Łukasz (ada), {LESSON}: {REASON}\n"
    assert run(room, "late", "ada", LESSON, "--came", "2026-10-12T23:10+02:00") == 0
    said = f"ada, {LESSON}: came 2026-10-12 21:10 UTC; before: came 2026-10-14 21:10 UTC\n"
    assert capsys.readouterr().out.startswith(said)
    row, canvas, report, page = everywhere(room, capsys)
    in_time = "in time: came 2026-10-12 23:10 +02:00, was due 2026-10-12 23:59 +02:00"
    assert (row, canvas) == (f"20: {in_time}", "20")
    assert "days late" not in report and ">20<" in report
    assert in_time in page and "lateness" not in page
    assert run(room, "late") == 0
    assert capsys.readouterr().out == ""
    assert run(room, "verify") == 0  # it was recorded


def test_where_nothing_says_when_it_came_that_is_said(
    room: Classroom, capsys: pytest.CaptureFixture[str]
) -> None:
    time_of(room, "ada").unlink()
    row, _, report, page = everywhere(room, capsys)
    said = "nothing says when it came, so nothing is taken off"
    assert row == f"20: {said}"
    assert "When it came is not known: 1" in report and "came" not in page.partition("</table>")[0]
    assert run(room, "late") == 0
    assert capsys.readouterr().out == f"Ada Łukasz (ada), {LESSON}: {said}\n"
    assert run(room, "grade", "--sandbox", SANDBOX) == 0
    assert f"{LESSON}: {said}, of 1: ada" in capsys.readouterr().out.splitlines()
    (room.results / "policy.toml").unlink()
    assert everywhere(room, capsys)[0] == "20: "


@pytest.mark.parametrize("command", ["report", "export", "feedback", "grade"])
def test_a_time_that_was_changed_is_said_and_recorded(
    command: str, room: Classroom, capsys: pytest.CaptureFixture[str]
) -> None:
    time_of(room, "ada").unlink()
    assert run(room, "verify") == 1
    assert "timestamp.txt was changed since this was graded" in capsys.readouterr().out
    assert run(room, command, *(["--sandbox", SANDBOX] if command == "grade" else [])) == 0
    said = (
        f"ada, {LESSON}: came at a time that nothing says; recorded was: came 2026-10-14 21:10 UTC"
    )
    assert capsys.readouterr().err.splitlines().count(said) == 1
    assert run(room, "verify") == 0


def test_a_rule_that_is_taken_away_takes_its_cost_away(
    room: Classroom, capsys: pytest.CaptureFixture[str]
) -> None:
    (room.results / "policy.toml").unlink()
    row, canvas, report, page = everywhere(room, capsys)
    assert (row, canvas) == ("20: ", "20")
    assert "late:" not in report and "lateness:" not in page


def test_a_rule_that_comes_afterwards_counts(
    room: Classroom, capsys: pytest.CaptureFixture[str]
) -> None:
    (room.results / "policy.toml").write_text(POLICY.replace("= 10", "= 50"))
    row, canvas, report, page = everywhere(room, capsys)
    assert row.startswith("9: 2 days late") and canvas == "9"
    assert ">9<" in report and "Less 11 for lateness: 9." in page


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("2026-10-12 23:30:00 CDT", "not the same everywhere; write a time like 2026-10-12T"),
        ("12/10/2026 23:30", "may have the day or the month first; write"),
    ],
)
def test_a_time_that_cannot_be_read_is_no_grade_and_an_error(
    said: str, why: str, room: Classroom, capsys: pytest.CaptureFixture[str]
) -> None:
    time_of(room, "ada").write_bytes(said.encode("utf-16"))
    place = f"{time_of(room, 'ada')}, line 1: "
    assert run(room, "export") == 1
    shown = capsys.readouterr()
    rows = list(csv.DictReader(io.StringIO(shown.out)))
    ada = next(row for row in rows if (row["student"], row["lesson"]) == ("ada", LESSON))
    assert ada["score"] == "" and place in ada["remark"] and why in ada["remark"]
    assert next(row["score"] for row in rows if row["student"] == "gus") == "0"
    assert place in shown.err
    assert run(room, "report") == 1
    assert why in capsys.readouterr().err
    assert "When it came is not known: 1" in (room.results / "report" / f"{LESSON}.html").read_text(
        encoding="utf-8"
    )
    assert run(room, "feedback") == 1
    assert why in capsys.readouterr().out
    assert run(room, "late") == 1
    assert why in capsys.readouterr().err
    assert run(room, "late", "Ada Łukasz", LESSON, "--came", "2026-10-12 21:10 UTC") == 0
    assert why in capsys.readouterr().out
    assert run(room, "export") == 0


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("zoe",), "which student is zoe? In "),
        (("ada", "2_conv"), "no lesson 2_conv; there are 01_"),
        (("eve", LESSON, "--came", "2026-10-12T23:10Z"), f"eve has handed in nothing for {LESSON}"),
        (("ada", LESSON, "--came", "2026-10-12 23:10"), "says no time zone; write a time like"),
        (("ada", "--came", "2026-10-12T23:10Z"), "autograder late STUDENT LESSON --came TIME"),
        (("../ada", LESSON, "--came", "2026-10-12T23:10Z"), "which student is ../ada"),
    ],
)
def test_what_cannot_be_set_is_one_line(
    words: tuple[str, ...], why: str, room: Classroom, capsys: pytest.CaptureFixture[str]
) -> None:
    before = time_of(room, "ada").read_bytes()
    assert run(room, "late", *words) == 2
    err = capsys.readouterr().err
    assert why in err and err.count("\n") == 1
    assert time_of(room, "ada").read_bytes() == before


def test_a_misspelt_student_stops_the_run_before_it_begins(
    room: Classroom, capsys: pytest.CaptureFixture[str]
) -> None:
    more = "[extensions.adaa]\n02_convolution = 2026-10-20T23:59:00+02:00\n"
    (room.results / "policy.toml").write_text(POLICY + more)
    lines = (room.results / record.LINES).read_bytes()
    for command in ("grade", "report", "export", "feedback", "late"):
        assert run(room, command) == 2
        said = "policy.toml, line 6: there is no student adaa: is ada meant? If not, add a row"
        assert said in capsys.readouterr().err
    assert (room.results / record.LINES).read_bytes() == lines
