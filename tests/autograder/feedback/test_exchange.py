"""What nbgrader's release_feedback reads beside a page."""

from pathlib import Path

import pytest

from autograder.classroom.room import Classroom, class_at
from autograder.course import lessons
from autograder.feedback import exchange

NAME = "02_convolution"


@pytest.fixture
def room(tmp_path: Path) -> Classroom:
    room = class_at(tmp_path)
    (room.submitted / "ada" / NAME).mkdir(parents=True)
    return room


def written(room: Classroom) -> tuple[str, str]:
    exchange.write(room, "ada", lessons()[NAME])
    files = ("timestamp.txt", "submission_secret.txt")
    return tuple((room.feedback / "ada" / NAME / name).read_text("utf-8") for name in files)  # type: ignore[return-value]


def test_the_secret_of_the_submission_is_the_pages(room: Classroom) -> None:
    (room.submitted / "ada" / NAME / "submission_secret.txt").write_text("c2VjcmV0")
    (room.submitted / "ada" / NAME / "timestamp.txt").write_text("2026-10-12T23:58:03+02:00")
    assert written(room) == ("2026-10-12 21:58:03.000000 UTC", "c2VjcmV0")


def test_without_one_it_is_a_secret_that_stays(room: Classroom) -> None:
    first, second = written(room), written(room)
    assert first == second and first[0] == "" and len(first[1]) == 128
    (room.submitted / "bo" / NAME).mkdir(parents=True)
    exchange.write(room, "bo", lessons()[NAME])
    other = (room.feedback / "bo" / NAME / "submission_secret.txt").read_text("utf-8")
    assert other != first[1]


@pytest.mark.parametrize("said", [b"yesterday", b"\xff\xfe\x00", b"2026-10-12 23:30 CDT"])
def test_a_time_that_cannot_be_read_does_not_stop_a_release(said: bytes, room: Classroom) -> None:
    (room.submitted / "ada" / NAME / "timestamp.txt").write_bytes(said)
    assert written(room)[0] == ""


def test_no_link_is_followed(room: Classroom, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("mine")
    (room.submitted / "ada" / NAME / "submission_secret.txt").symlink_to(outside)
    assert "mine" not in written(room)[1]
