"""Whatever one hand-in brings about is its own row; the table and all other grades are there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sample_class
from machine import SANDBOX

from autograder.classroom import record
from autograder.classroom.grade import Graded, NotGraded, grade_class
from autograder.classroom.room import Classroom, class_at
from autograder.course import lessons
from autograder.grading import grade as grading
from autograder.handin import submission
from autograder.report.table import table

LESSON = "02_convolution"
pytestmark = pytest.mark.slow
NAMES = {
    "half a character": b"m\xff",
    "a line": b"m\nada  20 of 20",
    "a terminal's": b"m\x1b[2J",
    "turned": "m\u202ex".encode(),
}


@pytest.fixture
def room(tmp_path: Path) -> Classroom:
    for student in ("ada", "zoe"):
        sample_class.hand_in(tmp_path / "submitted", student, writer="ada")
    return class_at(tmp_path)


def hand_in(room: Classroom, name: bytes | str) -> str:
    student = os.fsdecode(name)
    sample_class.hand_in(room.submitted, student, writer="ada")
    return student


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_no_folders_name_breaks_off_the_table(name: bytes, room: Classroom) -> None:
    hand_in(room, name)
    for _ in range(2):
        results = list(grade_class(room, [], SANDBOX))
        graded = {r.student: r.grade.score for r in results if isinstance(r, Graded)}
        assert len(results) == 3 and graded["ada"] == graded["zoe"] == 20
        lines = list(table(results))
        assert all(line.isprintable() for line in lines)
        assert sum(line.startswith("ada ") for line in lines) == 1


def test_the_command_prints_the_table_and_makes_the_others_pages(room: Classroom) -> None:
    hand_in(room, NAMES["half a character"])
    command = [sys.executable, "-m", "autograder.cli"]
    done = subprocess.run(
        [*command, "grade", "--class", str(room.results), "--sandbox", SANDBOX],
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in done.stderr
    lines = done.stdout.splitlines()
    assert any(line.split()[:2] == ["zoe", "20"] for line in lines)
    assert any(line.startswith(r"m\udcff, ") and "not graded" in line for line in lines)
    assert all((room.feedback / s / LESSON / f"{LESSON}.html").is_file() for s in ("ada", "zoe"))


def test_what_cannot_be_written_is_that_students_row(room: Classroom) -> None:
    hand_in(room, "mallory")
    (room.autograded / "mallory").mkdir(parents=True)
    (room.autograded / "mallory" / LESSON).write_text("in the way")
    results = {r.student: r for r in grade_class(room, [], SANDBOX)}
    bad = results.pop("mallory")
    assert isinstance(bad, NotGraded) and "\n" not in bad.reason
    assert [r.grade.score for r in results.values() if isinstance(r, Graded)] == [20, 20]


def test_what_the_grader_stumbles_over_gets_one_status_and_a_record(
    room: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    student = hand_in(room, "mallory")
    path = room.submitted / student / LESSON / f"{LESSON}.ipynb"
    path.write_text(path.read_text().replace('"cells": [', '"stumble": 1, "cells": [', 1))
    real = submission.understand

    def stumbles(handed_in, lesson=None):
        if b'"stumble"' in handed_in.content:
            raise KeyError("\x1b[2J\nforged")
        return real(handed_in, lesson)

    monkeypatch.setattr(submission, "understand", stumbles)
    results = {r.student: r for r in grade_class(room, [], SANDBOX)}
    assert [results[s].grade.score for s in ("ada", "mallory", "zoe")] == [20, 0, 20]
    (note,) = results[student].grade.notes
    assert "it stopped the grader (KeyError" in note and note.isprintable()
    assert record.latest(room.results)[student, LESSON].notes == (note,)


@pytest.mark.parametrize("size", [grading.LONGEST_CELL + 1, 9 << 20])
def test_a_cell_of_any_size_has_a_grade_and_a_record(size: int, room: Classroom) -> None:
    student = hand_in(room, "mallory")
    path = room.submitted / student / LESSON / f"{LESSON}.ipynb"
    book = sample_class.released(lessons()[LESSON])
    cell = sample_class.named(book, "correlate2d")
    cell.source = f"def correlate2d(x, w):\n    return 0\n# {'x' * size}"
    path.write_text(sample_class.text(book))
    results = {r.student: r for r in grade_class(room, [], SANDBOX)}
    checks = {c.id: c for c in results[student].grade.checks}
    assert grading.NOT_RUN in checks["check-correlate2d"].message
    assert any(grading.NOT_RUN in note for note in results[student].grade.notes)
    assert (student, LESSON) in record.latest(room.results)


def test_a_notebook_keeps_only_so_much_output(room: Classroom) -> None:
    student = hand_in(room, "mallory")
    path = room.submitted / student / LESSON / f"{LESSON}.ipynb"
    book = sample_class.released(lessons()[LESSON])
    printing = "print('x' * 1_900_000)"
    book.cells += [sample_class.nbformat.v4.new_code_cell(printing) for _ in range(12)]
    path.write_text(sample_class.text(book))
    (result,) = (r for r in grade_class(room, [], SANDBOX) if r.student == student)
    outputs = [o for c in result.grade.cells.cells for o in c.get("outputs", [])]
    assert sum(len(o.get("text", "")) for o in outputs) < grading.MOST_OUTPUT + 10_000
    assert sum(grading.NO_OUTPUT in o.get("text", "") for o in outputs) == 8
