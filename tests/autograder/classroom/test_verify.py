"""Promise 14: verify names whatever an export depends on that was changed and not recorded."""

import json
import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sample_class
from machine import SANDBOX
from nbgrader.api import Assignment, Gradebook, GradeCell, Notebook, Student, SubmittedAssignment

from autograder import cli
from autograder.classroom import late, ledger, record, taken_down
from autograder.classroom.grade import Graded, NotGraded, grade_class
from autograder.classroom.room import Classroom, class_at
from autograder.classroom.verify import verify
from autograder.course import lessons

LESSON = "02_convolution"
CHECK = "check-correlate1d"
ANSWER = next(check.id for check in lessons()[LESSON].checks if check.manual)
POLICY = """percent_per_day = 10
[deadlines]
02_convolution = 2026-10-12T12:00:00Z
"""
ROSTER = "student,name,id,email\nada,Ada Lovelace,77,ada@x.org\ngus,Gus,78,gus@x.org\n"


@pytest.fixture(scope="module")
def graded_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of two, of which one is a day late."""
    results = tmp_path_factory.mktemp("class")
    for student, day in (("ada", 13), ("gus", 12)):
        path = sample_class.hand_in(results / "submitted", student)
        (path.parent / "timestamp.txt").write_text(f"2026-10-{day} 11:00:00 UTC")
    (results / "policy.toml").write_text(POLICY)
    (results / "students.csv").write_text(ROSTER)
    room = class_at(results)
    list(grade_class(room, [], SANDBOX, workers=1))
    late.enter(room)
    assert taken_down.take_down(room) == []
    return results


@pytest.fixture
def room(graded_once: Path, tmp_path: Path) -> Classroom:
    shutil.copytree(graded_once, tmp_path / "class")
    return class_at(tmp_path / "class")


def entry(book: Gradebook, cell: str = CHECK) -> object:
    return book.find_grade(cell, LESSON, LESSON, "gus")


def auto(book: Gradebook) -> None:
    entry(book).auto_score = 2


def auto_of_an_answer(book: Gradebook) -> None:
    entry(book, ANSWER).auto_score = 50


def manual(book: Gradebook) -> None:
    entry(book).manual_score = 70


def extra(book: Gradebook) -> None:
    entry(book).extra_credit = 500


def less(book: Gradebook) -> None:
    entry(book, ANSWER).extra_credit = -3


def penalty(book: Gradebook) -> None:
    book.find_submission_notebook(LESSON, LESSON, "ada").late_submission_penalty = 0


def another_penalty(book: Gradebook) -> None:
    book.find_submission_notebook(LESSON, LESSON, "gus").late_submission_penalty = 22


def time(book: Gradebook) -> None:
    book.find_submission(LESSON, "ada").timestamp -= timedelta(days=2)


def no_time(book: Gradebook) -> None:
    book.find_submission(LESSON, "ada").timestamp = None


def deadline(book: Gradebook) -> None:
    book.find_assignment(LESSON).duedate += timedelta(days=9)


def most(book: Gradebook) -> None:
    book.db.query(GradeCell).filter(GradeCell.name == CHECK).one().max_score = 100


def renamed(book: Gradebook) -> None:
    book.db.query(Student).filter(Student.id == "gus").update({"id": "eve"})
    mine = book.db.query(SubmittedAssignment).filter(SubmittedAssignment.student_id == "gus")
    mine.update({"student_id": "eve"})


def gone(book: Gradebook) -> None:
    book.remove_submission(LESSON, "ada")


def stranger(book: Gradebook) -> None:
    book.add_student("eve")


def another_lesson(book: Gradebook) -> None:
    book.add_assignment("bonus")


def another_cell(book: Gradebook) -> None:
    notebook = book.db.query(Notebook).join(Assignment).filter(Assignment.name == LESSON).one()
    cell = GradeCell(name="bonus", notebook=notebook, max_score=9, cell_type="code")
    book.db.add(cell)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (auto, f"gus, {LESSON}: {CHECK} has 2.0 points in the gradebook and 0 in its record"),
        (auto_of_an_answer, f"{ANSWER} has 50.0 points in the gradebook and 0 in its record"),
        (manual, f"{CHECK} has 70 points by hand in the gradebook and no points by hand in the"),
        (extra, f"{CHECK} has no points by hand and 500 extra in the gradebook"),
        (less, f"{ANSWER} has no points by hand and -3 extra in the gradebook"),
        (penalty, "ada, 02_convolution: lateness costs 0 points in the gradebook and 2.2 by the"),
        (another_penalty, "gus, 02_convolution: lateness costs 22 points in the gradebook and 0"),
        (time, "came in at 2026-10-11 11:00:00 by the gradebook and at 2026-10-13T11:00:00"),
        (no_time, "came in at no time by the gradebook"),
        (deadline, f"{LESSON}: its deadline in the gradebook is not that of policy.toml"),
        (most, f"{LESSON}: {CHECK} gives 100 points in the gradebook, and not in the lesson"),
        (renamed, f"eve, {LESSON}: is in the gradebook and has no record"),
        (gone, f"ada, {LESSON}: has a record and is not in the gradebook"),
        (stranger, "eve: is in the gradebook and in no record"),
        (another_lesson, "bonus: is in the gradebook, and no lesson of the course"),
        (another_cell, f"{LESSON}: bonus gives 9 points in the gradebook, and not in the lesson"),
    ],
)
def test_promise_14_a_change_in_the_gradebook_shows(
    change: Callable[[Gradebook], None], says: str, room: Classroom
) -> None:
    assert list(verify(room)) == []
    with Gradebook(room.db_url) as book:
        change(book)
        book.db.commit()
    assert any(says in line for line in verify(room)), list(verify(room))


FILES = {
    "ids swapped": ("students.csv", ROSTER.replace("77", "0").replace("78", "77")),
    "renamed": ("students.csv", ROSTER.replace("Gus", "Ada L.")),
    "gone": ("students.csv", ROSTER.partition("gus")[0]),
    "one more": ("students.csv", f"{ROSTER}eve,Eve,79,\n"),
    "no list": ("students.csv", None),
    "cheaper": ("policy.toml", POLICY.replace("= 10", "= 1")),
    "no rules": ("policy.toml", None),
    "earlier": (f"submitted/ada/{LESSON}/timestamp.txt", "2026-10-12 11:00:00 UTC"),
    "no time": (f"submitted/ada/{LESSON}/timestamp.txt", None),
    "no such time": (f"submitted/ada/{LESSON}/timestamp.txt", "noon"),
}


@pytest.mark.parametrize("case", FILES)
def test_promise_14_a_change_of_what_people_write_shows(case: str, room: Classroom) -> None:
    name, text = FILES[case]
    if text is None:
        (room.results / name).unlink()
    else:
        (room.results / name).write_text(text)
    said = list(verify(room))
    assert said and any(Path(name).name in line for line in said), said


def test_what_was_changed_outside_is_named_when_it_is_recorded_and_afterwards(
    room: Classroom,
) -> None:
    (room.results / "students.csv").write_text(ROSTER.replace("77", "79"))
    with Gradebook(room.db_url) as book:
        manual(book)
        book.db.commit()
    assert taken_down.take_down(room) == ["students.csv: ada had the id '77' and has '79'"]
    assert taken_down.take_down_points(room) == [
        f"gus, {LESSON}, {CHECK}: 70 points by hand, not entered in Formgrader",
    ]
    assert taken_down.take_down(room) == [] == taken_down.take_down_points(room)
    assert list(verify(room)) == []
    (line,) = taken_down.seen(record.state(room.results))
    assert line.startswith(f"gus, {LESSON}, {CHECK}: 70 points by hand, not entered in Formgrader")


def test_points_saved_as_formgrader_does_are_recorded(room: Classroom) -> None:
    taken_down.watch(room)
    try:
        with Gradebook(room.db_url) as book:
            manual(book)
            book.db.commit()
            entry(book).auto_score = 0.0  # as a grading does, which is nothing by hand
            book.db.commit()
    finally:
        taken_down.unwatch()
    assert list(verify(room)) == [] == taken_down.seen(record.state(room.results))
    with Gradebook(room.db_url) as book:
        entry(book).manual_score = 71
        book.db.commit()
    (line,) = verify(room)
    assert "71 points by hand in the gradebook and 70 points by hand in the record" in line


def test_what_was_changed_outside_is_right_once_it_is_saved_in_formgrader(room: Classroom) -> None:
    with Gradebook(room.db_url) as book:
        manual(book)
        book.db.commit()
    taken_down.watch(room)
    try:
        with Gradebook(room.db_url) as book:
            manual(book)  # the same points
            book.db.commit()
    finally:
        taken_down.unwatch()
    assert list(verify(room)) == []


def test_points_are_recorded_while_a_class_is_graded(room: Classroom) -> None:
    with record.opened(room.results):
        record.enter(room.results, ("gus", LESSON, CHECK), (1.0, 0.0))
    assert record.state(room.results).entered == {("gus", LESSON, CHECK): (1.0, 0.0)}


def test_a_cut_record_shows_where_its_last_seal_was_kept(
    room: Classroom, capsys: pytest.CaptureFixture[str]
) -> None:
    kept, path = ledger.last(room.results), room.results / ledger.LINES
    before = path.read_bytes().splitlines(keepends=True)
    record.enter(room.results, ("gus", LESSON, CHECK), (9.0, 0.0))
    with Gradebook(room.db_url) as book:
        entry(book).manual_score = 9
        book.db.commit()
    longer = ledger.last(room.results)
    assert list(verify(room, kept)) == [] == list(verify(room, longer))
    path.write_bytes(b"".join(before))
    with Gradebook(room.db_url) as book:
        entry(book).manual_score = None
        book.db.commit()
    assert list(verify(room)) == []  # without a kept seal, nothing is missing
    command = ["verify", "--class", str(room.results), "--last"]
    assert cli.main([*command, longer]) == 1
    assert "lines are missing at its end" in capsys.readouterr().out
    assert cli.main([*command, kept]) == 0
    assert f"last seal: {kept}" in capsys.readouterr().out


def test_a_record_of_before_is_still_read(room: Classroom) -> None:
    """Its lines know no time, and their kind is not sealed."""
    path = room.results / ledger.LINES
    assert '"handed_in":"2026' in path.read_text()
    body = json.loads(path.read_text().splitlines()[0])["record"]
    del body["handed_in"]
    path.write_text("")
    ledger.append(room.results, "record", body)
    assert [problem for _, _, problem in record.read(room.results)] == [""]
    assert record.latest(room.results)["ada", LESSON].handed_in is None


def test_a_time_written_after_grading_counts_at_the_next(room: Classroom) -> None:
    lines = len(list(ledger.read(room.results)))
    path = room.submitted / "ada" / LESSON / "timestamp.txt"
    path.write_text("2026-10-12 06:00:00 -0500")
    assert all(g.is_old for g in grade_class(room, [], SANDBOX))
    late.enter(room)
    assert list(verify(room)) == []
    with Gradebook(room.db_url) as book:
        assert book.find_submission_notebook(LESSON, LESSON, "ada").late_submission_penalty == 0
    assert len(list(ledger.read(room.results))) == lines + 1


def test_without_rules_lateness_costs_nothing_any_more(room: Classroom) -> None:
    (room.results / "policy.toml").unlink()
    late.enter(room)
    assert taken_down.take_down(room) == ["policy.toml is not as it was recorded"]
    assert list(verify(room)) == []


def test_a_deadline_that_is_taken_away_is_gone(room: Classroom) -> None:
    (room.results / "policy.toml").write_text(POLICY.replace(LESSON, "03_backprop"))
    late.enter(room)
    with Gradebook(room.db_url) as book:
        assert book.find_assignment(LESSON).duedate is None
        assert book.find_submission_notebook(LESSON, LESSON, "ada").late_submission_penalty == 0


def alices(room: Classroom) -> Path:
    mallory = room.submitted / "mallory"
    mallory.mkdir()
    (mallory / LESSON).symlink_to(room.submitted / "ada" / LESSON)
    return mallory


def whole_folder(room: Classroom) -> Path:
    mallory = room.submitted / "mallory"
    mallory.symlink_to("ada")
    return mallory


def file_alone(room: Classroom) -> Path:
    mallory = room.submitted / "mallory"
    (mallory / LESSON).mkdir(parents=True)
    own = mallory / LESSON / f"{LESSON}.ipynb"
    own.symlink_to(room.submitted / "ada" / LESSON / f"{LESSON}.ipynb")
    return mallory


@pytest.mark.parametrize("make", [alices, whole_folder, file_alone])
def test_a_link_to_anothers_work_gets_nothing(
    make: Callable[[Classroom], Path], room: Classroom
) -> None:
    make(room)
    results = list(grade_class(room, [], SANDBOX))
    mine = next(r for r in results if r.student == "mallory")
    assert isinstance(mine, Graded)
    assert mine.grade.score == 0 and "is a link" in mine.grade.notes[0]
    assert next(r.grade.score for r in results if r.student == "ada") == 20


@pytest.mark.parametrize("name", ["autograded/ada", f"autograded/ada/{LESSON}"])
def test_a_graded_notebook_is_not_written_through_a_link(name: str, room: Classroom) -> None:
    elsewhere = room.results.parent / "else"
    shutil.move(room.results / name, elsewhere)
    before = {p: p.read_bytes() for p in elsewhere.rglob("*") if p.is_file()}
    (room.results / name).symlink_to(elsewhere)
    sample_class.hand_in(room.submitted, "ada", writer="gus")
    results = {r.student: r for r in grade_class(room, [], SANDBOX)}
    ada = results["ada"]
    assert isinstance(ada, NotGraded) and "is a link" in ada.reason
    assert {p: p.read_bytes() for p in elsewhere.rglob("*") if p.is_file()} == before
    assert not isinstance(results["gus"], NotGraded)


@pytest.mark.parametrize("name", ["feedback", "feedback/ada", f"feedback/ada/{LESSON}", "report"])
def test_no_page_is_written_through_a_link(name: str, room: Classroom) -> None:
    from autograder.feedback.write import write_feedback

    elsewhere = room.results.parent / "else"
    elsewhere.mkdir()
    (room.results / name).parent.mkdir(parents=True, exist_ok=True)
    (room.results / name).symlink_to(elsewhere)
    pages = {page.student for page in write_feedback(room, []) if not page.problem}
    assert pages == {"report": {"ada", "gus"}, "feedback": set()}.get(name, {"gus"})
    assert cli.main(["report", "--class", str(room.results)]) == (2 if name == "report" else 0)
    assert list(elsewhere.iterdir()) == []


ODD_TIMES = {"a typo": b"2026-10-12 12:00:00 UCT1", "bytes": bytes(range(256)), "long": b"9" * 9**7}


@pytest.mark.parametrize("case", [*ODD_TIMES, "a pipe", "a link"])
def test_a_time_that_cannot_be_read_costs_nobody_else_anything(case: str, room: Classroom) -> None:
    sample_class.hand_in(room.submitted, "mallory", writer="gus")
    path = room.submitted / "mallory" / LESSON / "timestamp.txt"
    if case == "a pipe":
        os.mkfifo(path)
    elif case == "a link":
        path.symlink_to(room.submitted / "gus" / LESSON / "timestamp.txt")
    else:
        path.write_bytes(ODD_TIMES[case])
    results = {r.student: r for r in grade_class(room, [], SANDBOX)}
    mallory = results.pop("mallory")
    assert isinstance(mallory, NotGraded)
    assert "timestamp.txt" in mallory.reason and "write a time like" in mallory.reason
    assert mallory.reason.isprintable()
    assert not any(isinstance(r, NotGraded) for r in results.values()) and len(results) == 2


@pytest.mark.parametrize(
    "name", ["new\nline", "\x1b[31mred", b"caf\xe9".decode("utf-8", "surrogateescape")]
)
def test_a_folder_of_an_odd_name_costs_nobody_else_anything(name: str, room: Classroom) -> None:
    (room.submitted / name / LESSON).mkdir(parents=True)
    results = list(grade_class(room, [], SANDBOX))
    (odd,) = [r for r in results if isinstance(r, NotGraded)]
    assert odd.student.isprintable() and "plain letters" in odd.reason
    assert len(results) == 3
