"""A class's grades in PostgreSQL: a real server, started for these tests alone."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import postgres
import pytest
import sample_class
from sandbox import SANDBOX

from autograder import classroom, gradebook
from autograder.classroom import Classroom
from autograder.course import lessons
from autograder.verify import verify

LESSON = "02_convolution"
STUDENTS = ("ada", "dora", "hana")
SCORES = {s: float(sample_class.SCORES[LESSON][s]) for s in STUDENTS}
ANSWER = "answer-why_flip"
POLICY = """percent_per_day = 10
[deadlines]
02_convolution = 2026-10-12T22:00:00Z
[extensions.hana]
02_convolution = 2026-10-20T22:00:00Z
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        postgres.programs() is None, reason="needs PostgreSQL's server: apt-get install postgresql"
    ),
]


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    bin = postgres.programs()
    assert bin is not None
    with postgres.serving(bin) as running:
        yield running


def hand_in(folder: Path, student: str, when: str = "") -> None:
    path = folder / "submitted" / student / LESSON / f"{LESSON}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = sample_class.STUDENTS[student](lessons()[LESSON], student)
    path.write_text(text, encoding="utf-8")
    if when:
        (path.parent / "timestamp.txt").write_text(when)


def command(room: Classroom, name: str, *args: str) -> subprocess.CompletedProcess[str]:
    """Run one of our commands on the class and its database."""
    call = [name, *args, "--class", str(room.results), "--db", room.db_url]
    sandbox = ["--sandbox", SANDBOX] if name in ("grade", "regrade") else []
    return subprocess.run(
        [sys.executable, "-m", "autograder.cli", *call, *sandbox], capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def room(server: postgres.Server, tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    """Three students, graded into an empty database by the command; two were a day late."""
    folder = tmp_path_factory.mktemp("class")
    for student in STUDENTS:
        when = "2026-10-13 21:00:00 UTC" if student != "ada" else "2026-10-12 21:00:00 UTC"
        hand_in(folder, student, when)
    (folder / "policy.toml").write_text(POLICY)
    made = classroom.at(folder, db_url=server.create("small"))
    done = command(made, "grade")
    assert done.returncode == 0, done.stderr
    return made


def scores(room: Classroom) -> dict[str, float]:
    with gradebook.opened(room.db_url) as book:
        return book.scores(LESSON)


def test_the_server_holds_the_scores_and_no_file_is_made(room: Classroom) -> None:
    assert scores(room) == SCORES
    assert not (room.results / "gradebook.db").exists()
    assert list(verify(room)) == []
