"""The course's grade through the real commands, against a table worked out by hand."""

import csv
import io
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autograder import cli
from autograder.classroom import gradebook, policy, record
from autograder.classroom.room import Classroom, class_at
from autograder.course import lessons
from autograder.grading.grade import Grade, blank
from autograder.handin import roster

FIRST, SECOND, THIRD, TENTH = "01_volumes", "02_convolution", "03_backprop", "10_gpu"
DUE = datetime(2026, 10, 12, 22, 0, tzinfo=UTC)
ROSTER = """student,name,id,email
ada,"Lovelace, Ada",77,ada@example.org
bo,Bo Derek,78,bo@example.org
cy,Cy <b>,79,cy@example.org
dee,Dee Handed-Nothing-In,80,dee@example.org
"""
POLICY = """percent_per_day = 10

[deadlines]
02_convolution = 2026-10-12T22:00:00Z

[course]
lowest_dropped = 1
bonus = ["10_gpu"]
cap = 105

[course.weights]
01_volumes = 1
02_convolution = 2
03_backprop = 1
10_gpu = 0.5
12_transfer = 1

[canvas]
02_convolution = "Lab 2 (4711)"
course = "All labs (4720)"
"""
# Who handed in what: the part of the points that the checks gave, and what a person gave.
WORK = {
    ("ada", FIRST): 1.0,
    ("ada", SECOND): 1.0,  # and a day late
    ("ada", THIRD): 0.5,
    ("ada", TENTH): 1.0,
    ("bo", FIRST): 0.75,
    ("bo", SECOND): 0.5,
    ("cy", SECOND): 1.0,
}


def scored(lesson: str, part: float) -> Grade:
    empty = blank(lessons()[lesson], "")
    checks = [
        replace(c, score=0.0 if c.status == "manual" else c.points * part) for c in empty.checks
    ]
    return replace(empty, checks=tuple(checks))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    room = class_at(tmp_path_factory.mktemp("class"))
    (room.results / record.LINES).touch()
    (room.results / roster.FILE).write_text(ROSTER, encoding="utf-8")
    (room.results / policy.FILE).write_text(POLICY, encoding="utf-8")
    with gradebook.opened(room.db_url) as book:
        for lesson in (FIRST, SECOND, THIRD, TENTH):
            book.register(lessons()[lesson])
        for (student, lesson), part in WORK.items():
            late = timedelta(days=1) * ((student, lesson) == ("ada", SECOND))
            book.save(student, scored(lesson, part), DUE + late)
            for grade in book.api.find_submission(lesson, student).notebooks[0].grades:
                if grade.cell.name.startswith("answer-") and student != "bo":
                    grade.manual_score, grade.needs_manual_grade = grade.max_score * part, False
        book.api.db.commit()
    return room.results


@pytest.fixture
def room(made: Path, tmp_path: Path) -> Classroom:
    return class_at(shutil.copytree(made, tmp_path / "class"))


def run(room: Classroom, *words: str) -> int:
    return cli.main([*words, "--class", str(room.results)])


def table(
    room: Classroom, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[list[dict[str, str]], list[str]]:
    assert run(room, "export", "--course", *words) == 0
    printed = capsys.readouterr()
    return list(csv.DictReader(io.StringIO(printed.out))), printed.err.splitlines()


def test_the_table_worked_out_by_hand(room: Classroom, capsys: pytest.CaptureFixture[str]) -> None:
    for lesson in (FIRST, SECOND, THIRD, TENTH):
        assert sum(check.points for check in lessons()[lesson].checks) == 22
    rows, notes = table(room, capsys)
    by_name = {row["student"]: row for row in rows}
    ada, bo, cy, dee = (by_name[name] for name in ("ada", "bo", "cy", "dee"))
    # 02: 22 less 10 % of 22. 01 and 02 count, 03 is dropped: (1 + 2 x 0.9 + bonus 0.5) / 3 is more
    # than the cap, 105 %.
    assert (ada[FIRST], ada[SECOND], ada[THIRD], ada[TENTH]) == ("22", "19.8", "11", "22")
    assert (ada["grade"], ada["dropped"], ada["not_handed_in"]) == ("105", THIRD, "")
    # 20 points are of checks in each: (15/22 + 2 x 10/22) / 3.
    assert (bo[FIRST], bo[SECOND], bo[THIRD]) == ("15", "10", "")
    assert (bo["grade"], bo["dropped"], bo["not_handed_in"]) == ("53.03", THIRD, THIRD)
    assert bo["waits_for_a_person"] == f"{FIRST} {SECOND}"
    # One of two lessons of the same weight is dropped: 2 of 3.
    assert (cy["grade"], cy["not_handed_in"]) == ("66.67", f"{FIRST} {THIRD}")
    assert (dee["grade"], dee["not_handed_in"]) == ("0", f"{FIRST} {SECOND} {THIRD}")
    assert {row["max_grade"] for row in rows} == {"105"}
    assert "nothing was graded of 12_transfer: left out until it is" in notes


def test_without_rules_each_point_counts_the_same(
    room: Classroom, capsys: pytest.CaptureFixture[str]
) -> None:
    (room.results / policy.FILE).unlink()
    rows, _ = table(room, capsys)
    # ada: 22 + 22 + 11 + 22 of 88; bo: 25 of 88; cy: 22 of 88.
    assert [row["grade"] for row in rows] == ["87.5", "28.41", "25", "0"]
    assert {row["max_grade"] for row in rows} == {"100"}
    assert rows[1]["not_handed_in"] == f"{THIRD} {TENTH}"


def test_platforms_get_one_column_under_its_title(
    room: Classroom, capsys: pytest.CaptureFixture[str]
) -> None:
    rows, _ = table(room, capsys, "--format", "canvas")
    assert [row["All labs (4720)"] for row in rows] == ["100", "105", "53.03", "66.67", "0"]
    assert len(rows[0]) == 6
    rows, _ = table(room, capsys, "--format", "moodle")
    assert [row["Course grade"] for row in rows] == ["105", "53.03", "66.67", "0"]


def test_lessons_go_to_their_titles_and_the_others_are_said(
    room: Classroom, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(room, "export", "--format", "canvas") == 0
    printed = capsys.readouterr()
    head = printed.out.splitlines()[0].split(",")
    assert head[5:] == [FIRST, "Lab 2 (4711)", THIRD, TENTH]
    said = f"without a title in [canvas] of policy.toml: {FIRST}, {THIRD}, {TENTH}"
    assert said in printed.err.splitlines()
    assert run(room, "export", "--format", "moodle") == 0
    printed = capsys.readouterr()
    assert f"Assignment: {SECOND} (Real)" in printed.out and "title" not in printed.err


def test_a_time_that_cannot_be_read_is_no_grade(
    room: Classroom, capsys: pytest.CaptureFixture[str]
) -> None:
    place = room.submitted / "ada" / SECOND
    place.mkdir(parents=True)
    (place / "timestamp.txt").write_text("yesterday")
    assert run(room, "export", "--course") == 1
    printed = capsys.readouterr()
    ada = next(csv.DictReader(io.StringIO(printed.out)))
    assert (ada["grade"], ada["no_time"], ada["not_handed_in"]) == ("", SECOND, "")
    assert "'yesterday' is no time" in printed.err
    assert run(room, "report") == 1
    assert "nobody can tell when it came: 02_convolution" in page(room)


def test_the_report_has_a_page_of_it(room: Classroom, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(room, "report") == 0
    assert f"wrote {room.results / 'report' / 'grades.html'}" in capsys.readouterr().out
    text = page(room)
    ada = next(line for line in text.splitlines() if "Lovelace" in line)
    assert ">105<" in ada and ">(11)<" in ada and ">19.8<" in ada
    dee = next(line for line in text.splitlines() if "Dee" in line)
    assert ">0<" in dee and f"not handed in: {FIRST}, {SECOND}, {THIRD}" in text
    assert f"waits for a person: {FIRST}, {SECOND}" in text
    assert "Cy &lt;b&gt;" in text and "Nothing was graded yet of 12_transfer" in text
    assert 'href="grades.html"' in (room.results / "report" / "index.html").read_text("utf-8")


def test_where_only_a_bonus_was_graded_it_is_said(
    room: Classroom, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = '[course]\nbonus = ["10_gpu"]\nweights.10_gpu = 1\nweights.12_transfer = 1\n'
    (room.results / policy.FILE).write_text(rules)
    assert run(room, "export", "--course") == 2
    assert "there is no course's grade yet: no lesson that counts" in capsys.readouterr().err
    assert run(room, "report") == 0
    assert "there is no course&#39;s grade yet" in page(room)


def page(room: Classroom) -> str:
    return (room.results / "report" / "grades.html").read_text(encoding="utf-8")
