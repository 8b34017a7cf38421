"""An exercise is dropped when a class has handed in, and comes back: nobody loses anything."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sample_class
from machine import SANDBOX

from autograder import cli, course, plan
from autograder.classroom import by_hand, gradebook, taken_down
from autograder.classroom.by_hand import Given
from autograder.classroom.room import Classroom, class_at

LESSON, ANSWER = "02_convolution", "answer-why_flip"


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Classroom]:
    place = tmp_path / "course"
    shutil.copytree(course.root() / "solutions" / LESSON, place / "solutions" / LESSON)
    monkeypatch.setenv("CONVBOOK_COURSE", str(place))
    course.lessons.cache_clear()
    room = class_at(tmp_path / "class")
    for student in ("ada", "fay"):
        sample_class.hand_in(room.submitted, student)
    yield room
    course.lessons.cache_clear()


def run(room: Classroom, *words: str) -> int:
    return cli.main([*words, "--class", str(room.results)])


def graded(room: Classroom, without: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Grade the class with this much of the lesson dropped, and return the table."""
    (course.root() / plan.FILE).write_text(without)
    course.lessons.cache_clear()
    capsys.readouterr()
    assert run(room, "grade", "--sandbox", SANDBOX) == 0
    table = capsys.readouterr().out
    assert run(room, "verify") == 0
    return table


def give(room: Classroom, student: str, points: float) -> None:
    """Give points for the written answer, as a person does."""
    taken_down.watch(room)
    with gradebook.opened(room.db_url) as book:
        (one,) = [e for e in by_hand.entries(book, LESSON, ANSWER) if e.student == student]
        by_hand.give(book, one.id, Given(points, "", True))
    taken_down.unwatch()


@pytest.mark.long
def test_points_go_and_come_back(room: Classroom, capsys: pytest.CaptureFixture[str]) -> None:
    whole = graded(room, "", capsys)
    assert "ada             20 / 20" in whole and "fay             19 / 20" in whole
    give(room, "ada", 1.5)
    assert "ada           21.5 / 22" in graded(room, "", capsys)
    dropped = f'[without]\n{LESSON} = ["shift_gap", "why_flip"]'
    assert "ada             19 / 19" in graded(room, dropped, capsys)
    assert run(room, "export") == 0 and ",19,19," in capsys.readouterr().out
    assert run(room, "report") == 0
    assert "of 19 points" in (room.results / "report" / f"{LESSON}.html").read_text()
    back = graded(room, "", capsys)
    assert "ada           21.5 / 22" in back and "fay             19 / 20" in back
