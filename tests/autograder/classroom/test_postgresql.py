"""A class's grades in PostgreSQL: a real server, started for these tests alone."""

import csv
import io
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import postgres
import pytest
import sample_class
from machine import SANDBOX, needs

from autograder import cli, course
from autograder.classroom import by_hand, gradebook, late, record, taken_down
from autograder.classroom.grade import grade_class
from autograder.classroom.room import SETTINGS, Classroom, class_at
from autograder.classroom.verify import verify
from autograder.course import CourseError

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
    needs("postgresql"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    bin = postgres.programs()
    assert bin is not None
    with postgres.serving(bin) as running:
        yield running


def hand_in(folder: Path, student: str, when: str = "", writer: str = "") -> None:
    path = sample_class.hand_in(folder / "submitted", student, writer=writer)
    if when:
        (path.parent / "timestamp.txt").write_text(when)


def command(room: Classroom, name: str, *args: str) -> tuple[int, str, str]:
    """Run one of our commands on the class and its database; return status, output and errors."""
    call = [name, *args, "--class", str(room.results), "--db", room.db_url]
    call += ["--sandbox", SANDBOX] if name in ("grade", "regrade") else []
    with redirect_stdout(io.StringIO()) as said, redirect_stderr(io.StringIO()) as errors:
        status = cli.main(call)
    return status, said.getvalue(), errors.getvalue()


@pytest.fixture(scope="module")
def room(server: postgres.Server, tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    """Three students, graded into an empty database by the command; two were a day late."""
    folder = tmp_path_factory.mktemp("class")
    for student in STUDENTS:
        when = "2026-10-13 21:00:00 UTC" if student != "ada" else "2026-10-12 21:00:00 UTC"
        hand_in(folder, student, when)
    (folder / "policy.toml").write_text(POLICY)
    made = class_at(folder, db_url=server.create("small"))
    status, _, errors = command(made, "grade")
    assert status == 0, errors
    return made


def scores(room: Classroom) -> dict[str, float]:
    with gradebook.opened(room.db_url) as book:
        return book.scores(LESSON)


def test_the_server_holds_the_scores_and_no_file_is_made(room: Classroom) -> None:
    assert scores(room) == SCORES
    assert not (room.results / "gradebook.db").exists()
    assert list(verify(room)) == []


def test_the_export_is_the_same_as_from_sqlite(room: Classroom, tmp_path: Path) -> None:
    """The class graded into a server is entered into a file, too, from what is recorded of it."""
    copy = shutil.copytree(room.results, tmp_path / "class")
    (copy / SETTINGS).unlink()  # which names the server
    file = class_at(copy)
    assert "No such" in (said := command(file, "feedback")[2]) and "name it with --db" in said
    assert all(g.is_old for g in grade_class(file, [], SANDBOX))
    late.enter(file)
    for kind in ("canvas", "moodle", "csv"):
        from_file, from_server = (command(x, "export", "--format", kind) for x in (file, room))
        assert from_server == from_file
        assert from_server[0] == 0
    rows = list(csv.DictReader(io.StringIO(command(room, "export")[1])))
    assert {r["student"]: (r["points"], r["penalty"]) for r in rows} == {
        "ada": ("20", "0"),
        "dora": ("10", "2.2"),  # a day late, of 22 points
        "hana": ("17", "0"),  # has an extension
    }


def test_every_command_works_on_the_server(room: Classroom) -> None:
    for name in (("feedback",), ("report",), ("verify",), ("regrade", "correlate2d")):
        status, said, errors = command(room, *name)
        assert status == 0, said + errors
    assert not (room.results / "gradebook.db").exists()
    assert scores(room) == SCORES


def test_written_answers_are_graded_into_the_server(room: Classroom) -> None:
    taken_down.watch(room)
    try:
        with gradebook.opened(room.db_url) as book:
            (before,) = (e for e in by_hand.entries(book, LESSON, ANSWER) if e.student == "hana")
            given = by_hand.Given(2.0, "Très bien.", True)
            by_hand.give(book, before.id, given)
            assert by_hand.Entry(before.id, "hana", given) in by_hand.entries(book, LESSON, ANSWER)
            assert scores(room) == SCORES | {"hana": SCORES["hana"] + 2}
            assert list(verify(room)) == []
            by_hand.give(book, before.id, before.given)
            assert before in by_hand.entries(book, LESSON, ANSWER)
    finally:
        taken_down.unwatch()
    assert list(verify(room)) == []


def test_points_given_by_hand_are_kept_when_handed_in_anew(room: Classroom) -> None:
    with gradebook.opened(room.db_url) as book:
        answer = book.api.find_grade(ANSWER, LESSON, LESSON, "dora")
        answer.manual_score, answer.needs_manual_grade = 1.5, False
        book.api.db.commit()
    hand_in(room.results, "dora", writer="ada")
    graded = {g.student: g for g in grade_class(room, [], SANDBOX)}
    assert {s for s, g in graded.items() if not g.is_old} == {"dora"}
    assert scores(room) == SCORES | {"dora": 21.5}


def test_nbgraders_own_commands_are_told_by_the_environment(
    room: Classroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(course.root() / "solutions" / LESSON, tmp_path / "solutions" / LESSON)
    shutil.copy(course.root() / "nbgrader_config.py", tmp_path)
    (room.results / "students.csv").write_text("student,name,id,email\nada,Ada L.,77,\n")
    monkeypatch.setenv("CONVBOOK_CLASS", str(room.results))
    monkeypatch.setenv("CONVBOOK_DB", room.db_url)
    nbgrader = [Path(sys.executable).parent / "nbgrader", "export", "--to", "canvas.csv"]
    exporter = ["--exporter", "autograder.report.export.CanvasExport"]
    done = subprocess.run([*nbgrader, *exporter], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    exported = (tmp_path / "canvas.csv").read_text(encoding="utf-8")
    assert exported == command(room, "export", "--format", "canvas")[1]
    assert "Ada L.,77" in exported


def test_formgraders_own_questions_are_answered(room: Classroom) -> None:
    with gradebook.opened(room.db_url) as book:
        by_student = {x["student"]: x["score"] for x in book.api.submission_dicts(LESSON)}
        assert by_student == scores(room)
        assert len(book.api.notebook_submission_dicts(LESSON, LESSON)) == len(STUDENTS)
        assert {x["id"]: x["score"] for x in book.api.student_dicts()} == scores(room)


def test_a_server_that_goes_away_loses_no_grade(
    room: Classroom, server: postgres.Server, tmp_path: Path
) -> None:
    for student in STUDENTS:
        hand_in(tmp_path, student)
    lost = class_at(tmp_path, db_url=server.create("lost"))
    run = grade_class(lost, [], SANDBOX)
    next(run)
    server.stop()
    try:
        with pytest.raises(CourseError, match="once the database can be used, the same command"):
            list(run)
        status, _, errors = command(lost, "grade")
        assert status == 2
        assert errors.splitlines()[-1].startswith("autograder: postgresql+psycopg://grader@/lost: ")
    finally:
        server.start()
    recorded = {student for student, _ in record.latest(tmp_path)}
    assert len(recorded) == 2  # the first is in the gradebook, the second was on its way
    graded = {g.student: g for g in grade_class(lost, [], SANDBOX)}
    assert {s for s, g in graded.items() if g.is_old} == recorded
    assert scores(lost) == SCORES
