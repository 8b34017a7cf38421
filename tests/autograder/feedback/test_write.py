"""One page that cannot be written is a line, and everybody else's page is there."""

import json
from pathlib import Path

import pytest
import sample_class
from machine import SANDBOX

from autograder.classroom.grade import grade_class
from autograder.classroom.room import Classroom, class_at
from autograder.feedback.write import write_feedback

LESSON = "02_convolution"
STUDENTS = ("ada", "gus", "jan")


@pytest.fixture
def room(tmp_path: Path) -> Classroom:
    for student in STUDENTS:
        sample_class.hand_in(tmp_path / "submitted", student)
    room = class_at(tmp_path)
    list(grade_class(room, [], SANDBOX))
    return room


def broken(path: Path, room: Classroom) -> None:
    path.write_text("{")


def strange(path: Path, room: Classroom) -> None:
    cells = json.loads(path.read_text())
    for cell in cells["cells"]:
        cell["metadata"].pop("convbook", None)
        cell["metadata"].get("nbgrader", {}).pop("points", None)
    path.write_text(json.dumps(cells))


def foreign(path: Path, room: Classroom) -> None:
    path.write_text(path.read_text().replace("check-correlate2d", "check-nothing"))


def in_the_way(path: Path, room: Classroom) -> None:
    (room.feedback / "gus" / LESSON / f"{LESSON}.html").mkdir(parents=True)


def untimed(path: Path, room: Classroom) -> None:
    (room.submitted / "gus" / LESSON / "timestamp.txt").write_text("at noon")


@pytest.mark.slow
@pytest.mark.parametrize("spoil", [broken, strange, foreign, in_the_way, untimed])
def test_one_bad_page_costs_nobody_else_theirs(spoil, room: Classroom) -> None:
    spoil(room.autograded / "gus" / LESSON / f"{LESSON}.ipynb", room)
    found = {page.student: page for page in write_feedback(room, [])}
    assert list(found) == list(STUDENTS)
    assert [name for name, page in found.items() if page.problem] == ["gus"]
    for name in ("ada", "jan"):
        page = found[name].path.read_text()
        assert len(page) > 50_000
        assert [who for who in STUDENTS if f">{who}<" in page or f" {who}" in page] == [name]
    line = str(found["gus"])
    assert line.startswith(f"gus, {LESSON}: feedback: ") and "\n" not in line
