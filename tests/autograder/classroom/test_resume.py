"""Grading that was stopped is gone on with, and nothing is graded twice or changed."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sample_class
from machine import SANDBOX, need

from autograder.classroom import gradebook, record
from autograder.classroom.grade import Graded, grade_class
from autograder.classroom.room import Classroom, class_at
from autograder.classroom.verify import verify
from autograder.course import lessons

LESSON = "02_convolution"
STUDENTS = ("ada", "bao", "dora", "jan")  # jan's file is no notebook
KILLS = int(os.environ.get("KILLS", "6"))

pytestmark = pytest.mark.slow


def run(room: Classroom) -> dict[str, Graded]:
    return {g.student: g for g in grade_class(room, [], SANDBOX)}


def lines(room: Classroom) -> int:
    return sum(1 for _ in record.read(room.results))


def test_grading_again_without_a_change_does_nothing(room: Classroom) -> None:
    first, before = run(room), lines(room)
    second = run(room)
    assert {s for s, g in second.items() if not g.is_old} == {"jan"}
    assert lines(room) == before + 1  # what cannot be read is looked at again
    for student in ("ada", "bao", "dora"):
        assert second[student].grade == first[student].grade
        assert second[student].grade.seed == first[student].grade.seed


def test_only_what_was_handed_in_anew_is_graded_again(room: Classroom) -> None:
    first = run(room)
    sample_class.hand_in(room.submitted, "dora", writer="ada")
    second = run(room)
    assert {s for s, g in second.items() if not g.is_old} == {"dora", "jan"}
    assert second["dora"].grade.score == 20 > first["dora"].grade.score
    assert not list(verify(room))


def test_a_changed_lesson_is_graded_again(room: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    run(room)
    monkeypatch.setattr("autograder.grading.fingerprint.lesson", lambda lesson: "another")
    assert not any(g.is_old for g in run(room).values())


def test_a_graded_notebook_that_was_changed_is_graded_again(room: Classroom) -> None:
    run(room)
    path = room.notebook("dora", lessons()[LESSON])
    path.write_text(path.read_text().replace('"score": 0', '"score": 9'), encoding="utf-8")
    assert not run(room)["dora"].is_old
    assert not list(verify(room))


def test_what_the_gradebook_lacks_is_entered_again(room: Classroom) -> None:
    scores = {s: g.grade.score for s, g in run(room).items()}
    (room.results / "gradebook.db").unlink()
    second = run(room)
    assert second["ada"].is_old and second["dora"].is_old
    with gradebook.opened(room.db_url) as book:
        assert book.scores(LESSON) == scores


@pytest.mark.long
def test_killed_at_any_moment_no_grade_is_lost_or_changed(room: Classroom) -> None:
    """KILLS=100 kills a hundred times, at random moments of a grading."""
    expected = {s: sample_class.SCORES[LESSON][s] for s in STUDENTS}
    command = [
        sys.executable,
        "-m",
        "autograder.cli",
        "grade",
        "--submissions",
        str(room.submitted),
    ]
    command += ["--sandbox", "none"] if SANDBOX == "none" else []
    start = time.monotonic()
    subprocess.run([*command, "--class", str(room.results / "calm")], capture_output=True)
    whole = time.monotonic() - start
    command += ["--class", str(room.results)]
    moments, killed, ended = random.Random(1), 0, 0
    while killed < KILLS:
        started = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   start_new_session=True)  # fmt: skip
        try:
            started.wait(moments.uniform(whole / 5, whole))
            ended += 1
            shutil.rmtree(room.autograded)  # it came to an end: begin anew
            (room.results / "gradebook.db").unlink()
        except subprocess.TimeoutExpired:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()
            killed += 1
    time.sleep(0.5)  # its fork servers go by themselves
    final = run(room)
    assert {s: g.grade.score for s, g in final.items()} == expected
    assert not list(verify(room))
    with gradebook.opened(room.db_url) as book:
        assert book.scores(LESSON) == expected
    print(f"{killed} times killed, {ended} times it had come to its end")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """A disk of so many KiB, empty at first; told another size, it keeps what it holds."""
    need("a disk of its own")
    place = tmp_path / "disk"
    place.mkdir()

    def resized(size: int) -> Path:
        again = ["-o", "remount"] if os.path.ismount(place) else []
        options = ["-t", "tmpfs", *again, "-o", f"size={size}k", "tmpfs", str(place)]
        subprocess.run(["mount", *options], check=True)
        return place

    yield resized
    subprocess.run(["umount", str(place)], check=False)


@pytest.mark.parametrize(
    "size", [16, 300, *(pytest.param(size, marks=pytest.mark.long) for size in (200, 400, 600))]
)
def test_a_full_disk_loses_nothing(
    size: int, room: Classroom, small_disk: Callable[[int], Path]
) -> None:
    """The gradebook of an empty class takes some 250 KiB, a graded notebook some 60."""
    folder = small_disk(size)
    command = [sys.executable, "-m", "autograder.cli", "grade", "--class", str(folder)]
    command += ["--submissions", str(room.submitted)]
    command += ["--sandbox", "none"] if SANDBOX == "none" else []
    stopped = subprocess.run(command, capture_output=True, text=True)
    assert stopped.returncode == 2
    assert "Traceback" not in stopped.stderr
    assert "full" in stopped.stderr and "the same command" in stopped.stderr
    begun = class_at(small_disk(20_000), room.submitted)
    final = run(begun)
    assert {s: g.grade.score for s, g in final.items()} == {
        s: sample_class.SCORES[LESSON][s] for s in STUDENTS
    }
    assert not list(verify(begun))
