"""Export: the files for Canvas and Moodle, and nbgrader's own command on the same gradebook."""

import csv
import io
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autograder import cli, course
from autograder.classroom import gradebook, late, policy, record
from autograder.classroom.room import Classroom, class_at
from autograder.course import Lesson, lessons
from autograder.grading.grade import Grade, blank
from autograder.handin import roster
from autograder.report.export import text
from autograder.report.grades import Entry, Grades, read

SECOND, THIRD = "02_convolution", "03_backprop"
ANSWER = "answer-why_flip"
DUE = datetime(2026, 10, 12, 22, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ROSTER = """student,name,id,email
ada,"Lovelace, Ada",77,ada@example.org
bo,Bo Derek,78,
cy,"'=HYPERLINK(""http://evil"")",,cy@example.org
dee,Dee Handed-Nothing-In,80,dee@example.org
"""
POLICY = "percent_per_day = 10\n[deadlines]\n02_convolution = 2026-10-12T22:00:00Z\n"


def solved(lesson: Lesson, lost: float = 0.0) -> Grade:
    """A grade with every point of the checks but some, and an answer that waits."""
    empty = blank(lesson, "")
    checks = [replace(c, score=0.0 if c.status == "manual" else c.points) for c in empty.checks]
    first = checks[0]
    checks[0] = replace(first, score=first.points - lost)
    return replace(empty, checks=tuple(checks))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the course, as nbgrader sees it, with a class.

    Three students of four have handed in; ada a day late, and her answer has its grade.
    """
    checkout = tmp_path_factory.mktemp("course")
    for name in (SECOND, THIRD):
        shutil.copytree(course.root() / "solutions" / name, checkout / "solutions" / name)
    shutil.copy(course.root() / "nbgrader_config.py", checkout)
    room = class_at(checkout / "class")
    room.results.mkdir()
    (room.results / record.LINES).touch()
    (room.results / roster.FILE).write_text(ROSTER, encoding="utf-8")
    (room.results / policy.FILE).write_text(POLICY, encoding="utf-8")
    second, third = lessons()[SECOND], lessons()[THIRD]
    with gradebook.opened(room.db_url) as book:
        book.register(second)
        book.register(third)
        book.save("ada", solved(second, lost=0.25), DUE + DAY)
        book.save("bo", solved(second), DUE)
        book.save("cy", blank(second, "cut off"), DUE + 40 * DAY)
        book.save("ada", solved(third), None)
        grade = book.api.find_grade(ANSWER, SECOND, SECOND, "ada")
        grade.manual_score, grade.extra_credit, grade.needs_manual_grade = 1.5, 0.5, False
        book.api.db.commit()
    late.enter(room)
    return checkout


@pytest.fixture
def room(made: Path, tmp_path: Path) -> Classroom:
    return class_at(shutil.copytree(made, tmp_path / "course") / "class")


def exported(room: Classroom, kind: str) -> tuple[list[dict[str, str]], list[str]]:
    with gradebook.opened(room.db_url) as book:
        content, notes = text(read(book.api, roster.read(room.results)), kind)
    return list(csv.DictReader(io.StringIO(content))), notes


def most(lesson: str) -> float:
    return sum(check.points for check in lessons()[lesson].checks)


def test_canvas_gets_its_columns_and_points_possible(room: Classroom) -> None:
    rows, notes = exported(room, "canvas")
    assert list(rows[0]) == [
        *("Student", "ID", "SIS User ID", "SIS Login ID", "Section"),
        *(SECOND, THIRD),
    ]
    assert rows[0]["Student"] == "    Points Possible"  # with the spaces of Canvas's own export
    assert rows[0][SECOND] == f"{most(SECOND):g}" == "22"
    by_id = {row["ID"]: row for row in rows[1:]}
    # 20 of the checks less 0.25, by hand 1.5 and 0.5 more, less 10 % of 22 for one day.
    assert by_id["77"][SECOND] == "19.55"
    assert by_id["77"]["Student"] == "Lovelace, Ada"
    assert (by_id["78"][SECOND], by_id["78"][THIRD]) == ("20", "")
    assert (by_id["80"][SECOND], by_id["80"][THIRD]) == ("", "")
    assert (by_id[""]["SIS Login ID"], by_id["77"]["SIS Login ID"]) == ("cy@example.org", "")
    assert notes[0].startswith("1 without a Canvas number")


def test_moodle_gets_an_email_to_find_each_by_and_a_dash_for_nothing(room: Classroom) -> None:
    rows, notes = exported(room, "moodle")
    assert [row["Email address"] for row in rows] == [
        *("ada@example.org", "", "cy@example.org"),
        "dee@example.org",
    ]
    column = f"Assignment: {SECOND} (Real)"
    assert [row[column] for row in rows] == ["19.55", "20", "0", "-"]
    assert [row["ID number"] for row in rows] == ["77", "78", "", "80"]
    assert notes[0].startswith("1 without an email in students.csv")


@pytest.mark.parametrize("kind", ["canvas", "moodle", "csv"])
@pytest.mark.parametrize(
    "name",
    [
        "=1+1",
        "    =1+1",
        "Ada;=1+1",
        "＝1+1",
        "@SUM(A1)",
        "a,\t-2+3",
        '=HYPERLINK("x")',
        "\ud800=1",
    ],
)
def test_no_name_is_a_formula_in_any_country(name: str, kind: str) -> None:
    who = [roster.Student(name, name, name, name)]
    entry = Entry("2026-10-12 22:00:00 UTC", -1.5, 0.0, False)
    grades = Grades(who, {SECOND: 22.0}, {SECOND: ""}, {(name, SECOND): entry})
    content, _ = text(grades, kind)
    content.encode()
    for separator in ",;\t|":
        for row in csv.reader(io.StringIO(content), delimiter=separator):
            for cell in row:
                shown = unicodedata.normalize("NFKC", cell).lstrip(" \t\"'")
                number = re.fullmatch(r"-?[\d.]+|-", shown)
                assert number or cell.lstrip(' "')[:1] == "'" or shown[:1] not in tuple("=+-@")


def test_the_plain_file_says_how_a_grade_came_about(room: Classroom) -> None:
    rows, _ = exported(room, "csv")
    by_name = {(row["student"], row["lesson"]): row for row in rows}
    assert len(rows) == 4 * 2
    ada, cy = by_name["ada", SECOND], by_name["cy", SECOND]
    assert (ada["points"], ada["penalty"], ada["score"]) == ("21.75", "2.2", "19.55")
    assert ada["handed_in"] == "2026-10-13 22:00:00 UTC"
    assert ada["deadline"] == "2026-10-12 22:00:00 UTC"
    assert (cy["points"], cy["penalty"], cy["score"]) == ("0", "22", "0")
    assert by_name["dee", SECOND]["score"] == ""


@pytest.mark.parametrize("kind", ["canvas", "moodle", "csv"])
def test_who_waits_for_a_grade_by_hand_is_counted(kind: str, room: Classroom) -> None:
    assert exported(room, kind)[1][-1].startswith("2 submissions wait for a grade by hand")


@pytest.mark.parametrize("kind", ["canvas", "moodle", "csv"])
def test_a_name_is_no_formula(kind: str, room: Classroom) -> None:
    rows, _ = exported(room, kind)
    cells = [cell for row in rows for cell in row.values() if cell != "-"]
    assert any("HYPERLINK" in cell for cell in cells)
    assert not [cell for cell in cells if cell.strip()[:1] in tuple("=+-@")]


def test_a_student_who_is_not_in_the_list_is_exported_all_the_same(room: Classroom) -> None:
    (room.results / roster.FILE).unlink()
    rows, notes = exported(room, "canvas")
    assert [row["Student"] for row in rows[1:]] == ["ada", "bo", "cy", "dee"]
    assert notes[0].startswith("4 without")


def test_the_command_writes_a_file_and_says_what_to_look_at(
    room: Classroom, capsys: pytest.CaptureFixture[str]
) -> None:
    target = room.results / "canvas.csv"
    where = ["--class", str(room.results)]
    assert cli.main(["export", "--format", "canvas", "-o", str(target), *where]) == 0
    printed = capsys.readouterr()
    assert printed.out == f"wrote {target}\n"
    assert "2 submissions wait" in printed.err
    assert cli.main(["export", "--format", "canvas", *where]) == 0
    assert capsys.readouterr().out == target.read_text(encoding="utf-8")


def test_what_cannot_be_exported_is_said_in_one_line(
    room: Classroom, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = tmp_path / "nowhere"
    assert cli.main(["export", "--class", str(nowhere)]) == 2
    assert "nobody was graded there; run autograder grade first" in capsys.readouterr().err
    assert not nowhere.exists()
    target = tmp_path / "missing" / "grades.csv"
    assert cli.main(["export", "-o", str(target), "--class", str(room.results)]) == 2
    assert f"{target}: cannot be written (No such file" in capsys.readouterr().err


def nbgrader(checkout: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """Run nbgrader's own export."""
    folder = Path(sys.executable).parent
    return subprocess.run(
        [folder / "nbgrader", "export", *args],
        cwd=checkout,
        env=os.environ | {"CONVBOOK_COURSE": str(checkout)},
        capture_output=True,
        text=True,
    )


@pytest.mark.long
@pytest.mark.parametrize("kind", ["canvas", "moodle"])
def test_nbgraders_export_writes_our_formats(kind: str, room: Classroom) -> None:
    plugin = f"autograder.report.export.{kind.capitalize()}Export"
    checkout = room.results.parent
    done = nbgrader(checkout, "--exporter", plugin, "--to", "out.csv")
    assert done.returncode == 0, done.stderr
    assert "2 submissions wait for a grade by hand" in done.stderr
    with gradebook.opened(room.db_url) as book:
        ours, _ = text(read(book.api, roster.read(room.results)), kind)
    assert (checkout / "out.csv").read_text(encoding="utf-8") == ours
    chosen = ["--assignment", f"['{THIRD}']", "--student", "['ada', 'dee']"]
    done = nbgrader(checkout, "--exporter", plugin, *chosen)
    assert done.returncode == 0, done.stderr
    with (checkout / "grades.csv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert [header for header in rows[0] if SECOND in header] == []
    assert len(rows) == {"canvas": 4, "moodle": 3}[kind]


@pytest.mark.slow
def test_nbgraders_own_file_says_the_same_as_ours(room: Classroom) -> None:
    checkout = room.results.parent
    done = nbgrader(checkout)
    assert done.returncode == 0, done.stderr
    with (checkout / "grades.csv").open(encoding="utf-8") as file:
        theirs = {(r["student_id"], r["assignment"]): r for r in csv.DictReader(file)}
    compared = 0
    for row in exported(room, "csv")[0]:
        if not row["score"]:
            continue
        same = theirs[row["student"], row["lesson"]]
        assert float(same["score"]) == pytest.approx(float(row["score"]))
        assert float(same["raw_score"]) == pytest.approx(float(row["points"]))
        assert float(same["late_submission_penalty"]) == pytest.approx(float(row["penalty"]))
        assert f"{same['timestamp'] or ''}" in row["handed_in"]
        compared += 1
    assert compared == 4
