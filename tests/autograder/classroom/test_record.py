"""Promise 14: every grade has a record, and what is changed behind the grader's back shows."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import sample_class
from machine import SANDBOX
from nbgrader.api import Gradebook

from autograder.classroom import record
from autograder.classroom.grade import grade_class
from autograder.classroom.record import Record
from autograder.classroom.room import Classroom, class_at
from autograder.classroom.verify import verify
from autograder.course import CourseError

LESSON = "02_convolution"


def entry(student: str) -> Record:
    checks = {"check-f": (2.0, "pass"), "answer-x": (0.0, "manual")}
    return Record(student, LESSON, "aa", "bb", "cc", "bwrap", 7, checks, ("a note",), "dd")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with record.opened(tmp_path) as ledger:
        for student in ("ada", "bao", "chen"):
            ledger.append(entry(student))
    return tmp_path


def problems(folder: Path) -> list[str]:
    return [f"{number}: {problem}" for number, _, problem in record.read(folder) if problem]


def test_what_is_written_is_read(folder: Path) -> None:
    assert problems(folder) == []
    assert [r for _, r, _ in record.read(folder)] == [entry(s) for s in ("ada", "bao", "chen")]
    assert (folder / record.KEY).stat().st_mode & 0o077 == 0


def test_promise_14_a_flipped_byte_shows_wherever_it_is(folder: Path) -> None:
    path = folder / record.LINES
    whole = path.read_bytes()
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1
        path.write_bytes(changed)
        assert problems(folder), (place, changed[max(0, place - 20) : place + 20])


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: lines[1:],
        lambda lines: [lines[0], lines[2]],
        lambda lines: [lines[1], lines[0], lines[2]],
        lambda lines: [lines[0], lines[0], *lines[1:]],
        lambda lines: [lines[0].replace('2.0,"pass"', '9.0,"pass"'), *lines[1:]],
    ],
    ids=["first gone", "middle gone", "swapped", "doubled", "points changed"],
)
def test_promise_14_a_line_taken_out_moved_or_changed_shows(
    change: Callable[[list[str]], list[str]], folder: Path
) -> None:
    path = folder / record.LINES
    path.write_text("".join(change(path.read_text().splitlines(keepends=True))))
    assert problems(folder)


def test_a_line_cut_off_by_a_crash_is_written_over(folder: Path) -> None:
    path = folder / record.LINES
    path.write_bytes(path.read_bytes()[:-20])
    with record.opened(folder) as ledger:
        ledger.append(entry("dora"))
    assert problems(folder) == []
    assert [student for student, _ in record.latest(folder)] == ["ada", "bao", "dora"]


def test_without_its_key_nothing_is_read_or_written(folder: Path) -> None:
    (folder / record.KEY).unlink()
    with pytest.raises(CourseError, match="put the key back"), record.opened(folder):
        pass
    with pytest.raises(CourseError, match="put the key back"):
        problems(folder)


def test_two_programs_do_not_write_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "WAIT", 1)
    with (
        record.opened(folder),
        pytest.raises(CourseError, match="another program"),
        record.opened(folder),
    ):
        pass


@pytest.fixture(scope="module")
def graded_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    results = tmp_path_factory.mktemp("class")
    for student in ("ada", "gus"):
        sample_class.hand_in(results / "submitted", student)
    list(grade_class(class_at(results), [], SANDBOX, workers=1))
    return results


@pytest.fixture
def room(graded_once: Path, tmp_path: Path) -> Classroom:
    shutil.copytree(graded_once, tmp_path / "class")
    return class_at(tmp_path / "class")


def test_a_class_left_alone_has_nothing_to_say(room: Classroom) -> None:
    assert list(verify(room)) == []
    entries = record.latest(room.results)
    assert entries["ada", LESSON].sandbox == SANDBOX
    assert sum(score for score, _ in entries["ada", LESSON].checks.values()) == 20
    assert entries["ada", LESSON].seed != entries["gus", LESSON].seed


def test_promise_14_a_grade_changed_in_the_gradebook_shows(room: Classroom) -> None:
    with Gradebook(room.db_url) as book:
        book.find_grade("check-correlate1d", LESSON, LESSON, "gus").auto_score = 2
        book.db.commit()
    assert list(verify(room)) == [
        f"gus, {LESSON}: check-correlate1d has 2.0 points in the gradebook and 0 in its record"
    ]


def test_promise_14_changed_files_and_missing_records_show(room: Classroom) -> None:
    (room.submitted / "ada" / LESSON / f"{LESSON}.ipynb").write_text("{}")
    graded = room.autograded / "gus" / LESSON / f"{LESSON}.ipynb"
    graded.write_text(graded.read_text().replace("NotImplementedError", "nothing", 1))
    assert list(verify(room)) == [
        f"ada, {LESSON}: what was handed in was changed since this was graded",
        f"gus, {LESSON}: the graded notebook was changed",
    ]
    lines = (room.results / record.LINES).read_text().splitlines(keepends=True)
    assert json.loads(lines[1])["record"]["student"] == "gus"
    (room.results / record.LINES).write_text(lines[0])
    assert f"gus, {LESSON}: is in the gradebook and has no record" in list(verify(room))


def test_a_class_without_records_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"holds no grades\.jsonl"):
        list(verify(class_at(tmp_path)))
