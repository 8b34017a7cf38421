"""A whole class: our own command and nbgrader's, into one gradebook."""

import csv
import shutil
from datetime import timedelta
from pathlib import Path

import nbformat
import nbgraders
import pytest
import sample_class
from machine import SANDBOX, needs
from nbgrader.api import Grade, Gradebook
from sqlalchemy import event, text

from autograder import course
from autograder.classroom import gradebook
from autograder.classroom.grade import grade_class
from autograder.classroom.room import Classroom, class_at
from autograder.classroom.verify import verify
from autograder.course import CourseError, lessons
from autograder.feedback.write import write_feedback
from autograder.report.table import table
from convbook import notebook

LESSON = "02_convolution"
LATE = f"""percent_per_day = 10
grace = 15
[deadlines]
{LESSON} = 2026-10-12T22:00:00Z
[extensions.gus]
{LESSON} = 2026-10-13T22:00:00Z
"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Classroom, list]:
    """The sample class, graded."""
    folder = tmp_path_factory.mktemp("class")
    sample_class.write(folder / "submitted")
    room = class_at(folder)
    return room, list(grade_class(room, [], SANDBOX))


def test_the_sample_class_gets_the_scores_it_should(graded: tuple) -> None:
    scores: dict[str, dict[str, float]] = {name: {} for name in sample_class.LESSONS}
    for result in graded[1]:
        scores[result.lesson][result.student] = result.grade.score
    assert scores == sample_class.SCORES


def test_the_gradebook_holds_the_same(graded: tuple) -> None:
    with gradebook.opened(graded[0].db_url) as book:
        for name, scores in sample_class.SCORES.items():
            assert book.scores(name) == scores


def test_a_grade_is_entered_in_one_piece_or_not_at_all(
    graded: tuple, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody finds a submission without its grades, also where the entering is interrupted."""
    first = next(r for r in graded[1] if r.lesson == LESSON)
    with gradebook.opened(f"sqlite:///{tmp_path}/gradebook.db") as book:
        book.register(lessons()[LESSON])
        commits: list[object] = []
        event.listen(book.api.engine, "commit", commits.append)
        book.save("ada", first.grade, None)
        assert len(commits) == 1
        monkeypatch.setattr(book, "enter", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            book.save("bao", first.grade, None)
    with gradebook.opened(f"sqlite:///{tmp_path}/gradebook.db") as book:
        assert book.graded(LESSON) == ["ada"] and book.scores(LESSON)["ada"] == first.grade.score
        assert [student.id for student in book.api.students] == ["ada"]
        book.save("bao", first.grade, None)
        assert sorted(book.graded(LESSON)) == ["ada", "bao"]


@pytest.mark.parametrize("table", ["grade", "comment"])
def test_a_submission_is_found_without_looking_through_all(table: str, tmp_path: Path) -> None:
    """Also in a gradebook that was made before."""
    db_url = f"sqlite:///{tmp_path}/gradebook.db"
    plan = f"EXPLAIN QUERY PLAN SELECT * FROM \"{table}\" WHERE notebook_id = 'one'"
    found = []
    for _ in ("as nbgrader makes it", "as it is for a class"):
        with gradebook.opened(db_url) as book:
            (line,) = book.api.db.execute(text(plan))
            found.append(line.detail)
            book.register(lessons()[LESSON])
    assert found[0] == f"SCAN {table}" and found[1].startswith(f"SEARCH {table} USING INDEX")


def test_the_table_shows_scores_and_what_needs_a_look(graded: tuple) -> None:
    lines = list(table(graded[1]))
    assert lines[0].split() == ["student", *sample_class.LESSONS]
    assert lines[1].split()[:4] == ["ada", "20", "/", "20"]
    assert f"jan, {LESSON}: {LESSON}.ipynb: not a notebook (it is not valid JSON)" in lines
    assert lines[-1] == f"sandbox: {SANDBOX}"


def test_feedback_never_shows_a_hidden_check(graded: tuple) -> None:
    pages = [page.path for page in write_feedback(graded[0], [])]
    assert len(pages) == len(sample_class.LESSONS) * len(sample_class.STUDENTS)
    for path in pages:
        text = path.read_text(encoding="utf-8")
        assert "HIDDEN" not in text
        assert "judge" not in text
        assert "http-equiv" in text
        assert len(text) < 300_000


def test_points_given_by_hand_are_kept_on_a_regrade(tmp_path: Path) -> None:
    sample_class.hand_in(tmp_path / "submitted", "ada")
    room = class_at(tmp_path)
    list(grade_class(room, [], SANDBOX))
    with Gradebook(room.db_url) as book:
        answer = book.find_grade("answer-why_flip", LESSON, LESSON, "ada")
        assert answer.needs_manual_grade
        answer.manual_score = 1.5
        book.db.commit()
    list(grade_class(room, [], SANDBOX))
    with Gradebook(room.db_url) as book:
        assert book.find_submission(LESSON, "ada").score == 21.5


def test_another_written_answer_is_queued_again_with_the_old_points(tmp_path: Path) -> None:
    path = sample_class.hand_in(tmp_path / "submitted", "ada")
    room = class_at(tmp_path)

    def answer(book: Gradebook) -> Grade:
        return book.find_grade("answer-why_flip", LESSON, LESSON, "ada")

    list(grade_class(room, [], SANDBOX))
    with Gradebook(room.db_url) as book:
        answer(book).manual_score, answer(book).needs_manual_grade = 1.5, False
        book.db.commit()
    list(grade_class(room, [], SANDBOX))  # nothing was handed in
    with Gradebook(room.db_url) as book:
        assert not answer(book).needs_manual_grade
    path.write_text(path.read_text().replace(sample_class.ANSWER, "On second thoughts, it does."))
    list(grade_class(room, [], SANDBOX))
    with Gradebook(room.db_url) as book:
        assert answer(book).needs_manual_grade and answer(book).manual_score == 1.5


def test_nobody_is_graded_where_the_solution_itself_does_not_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A course whose solution is wrong, as after a bad edit of a check."""
    shutil.copytree(course.root() / "solutions" / LESSON, tmp_path / "solutions" / LESSON)
    shutil.copytree(course.root() / "notebooks" / LESSON, tmp_path / "notebooks" / LESSON)
    path = tmp_path / "solutions" / LESSON / f"{LESSON}.ipynb"
    path.write_text(
        path.read_text().replace("[[4.0, 3.0], [2.0, 1.0]]", "[[4.0, 3.0], [2.0, 7.0]]")
    )
    hand_in = tmp_path / "class" / "submitted" / "ada" / LESSON
    shutil.copytree(tmp_path / "notebooks" / LESSON, hand_in)
    monkeypatch.setenv("CONVBOOK_COURSE", str(tmp_path))
    lessons.cache_clear()
    room = class_at(tmp_path / "class")
    with pytest.raises(CourseError, match=r"nobody is graded \(check-correlate2d: fail"):
        list(grade_class(room, [], SANDBOX))
    lessons.cache_clear()
    with gradebook.opened(room.db_url) as book:
        assert book.scores(LESSON) == {}


def test_an_empty_class_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="no STUDENT/LESSON folder"):
        list(grade_class(class_at(tmp_path), [], SANDBOX))


def test_a_misnamed_notebook_is_found_and_a_foreign_one_is_not(tmp_path: Path) -> None:
    right = tmp_path / "submitted" / "kim" / LESSON / "final version (2).ipynb"
    wrong = tmp_path / "submitted" / "lea" / LESSON / "03_backprop.ipynb"
    missing = tmp_path / "submitted" / "max" / LESSON
    for path, name in ((right, LESSON), (wrong, "03_backprop")):
        path.parent.mkdir(parents=True)
        nbformat.write(lessons()[name].notebook, path)
    missing.mkdir(parents=True)
    results = {r.student: r.grade for r in grade_class(class_at(tmp_path), [], SANDBOX)}
    assert results["kim"].score == 20
    assert "not a notebook of this lesson" in results["lea"].notes[0]
    assert "was not handed in" in results["max"].notes[0]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return nbgraders.checkout(tmp_path, LESSON)


@pytest.mark.long
@needs("sandbox")
def test_nbgraders_own_commands_do_the_same(checkout: Path) -> None:
    before = (checkout / "notebooks" / LESSON / f"{LESSON}.ipynb").read_bytes()
    done = nbgraders.run(checkout, "generate_assignment", LESSON, "--force")
    assert done.returncode == 0, done.stderr
    assert (checkout / "notebooks" / LESSON / f"{LESSON}.ipynb").read_bytes() == before
    for student in sample_class.STUDENTS:
        sample_class.hand_in(checkout / "class" / "submitted", student)
    for command in (["autograde", LESSON], ["generate_feedback", LESSON], ["export"]):
        done = nbgraders.run(checkout, *command)
        assert done.returncode == 0, done.stderr
        assert "SAWarning" not in done.stderr
        assert "checksum" not in done.stderr
    with (checkout / "grades.csv").open() as file:
        scores = {row["student_id"]: float(row["raw_score"]) for row in csv.DictReader(file)}
    assert scores == sample_class.SCORES[LESSON]
    feedback = checkout / "class" / "feedback" / "jan" / LESSON / f"{LESSON}.html"
    assert "could not be graded" in feedback.read_text(encoding="utf-8")
    assert list(verify(class_at(checkout / "class"))) == []


@pytest.mark.long
@needs("sandbox")
def test_nbgraders_own_autograde_charges_what_the_policy_says(checkout: Path) -> None:
    times = {"ada": "22:16:00", "bao": "22:15:00", "gus": "23:00:00"}
    for student, time in times.items():
        path = sample_class.hand_in(checkout / "class" / "submitted", student)
        (path.parent / "timestamp.txt").write_text(f"2026-10-12 {time} UTC")
    (checkout / "class" / "policy.toml").write_text(LATE)
    for command in (["generate_assignment", "--force"], ["autograde"], ["generate_feedback"]):
        done = nbgraders.run(checkout, *command, LESSON)
        assert done.returncode == 0, done.stderr
    with Gradebook(class_at(checkout / "class").db_url) as book:
        found = {s.student.id: s for s in book.assignment_submissions(LESSON)}
        penalties = {name: s.late_submission_penalty for name, s in found.items()}
        assert penalties == {"ada": pytest.approx(2.2), "bao": 0, "gus": 0}  # of 22 points
        assert found["gus"].extension == timedelta(days=1)
    page = checkout / "class" / "feedback" / "ada" / LESSON / f"{LESSON}.html"
    text = page.read_text(encoding="utf-8")
    assert "1 day late: came 2026-10-12" in text and "Less 2.2 for lateness: 17.8." in text


@pytest.mark.long
def test_nbgrader_validate_says_what_is_wrong_in_a_few_lines(tmp_path: Path) -> None:
    cells = nbformat.from_dict(lessons()[LESSON].released)
    for cell in cells.cells:
        if notebook.grade_id(cell) in lessons()[LESSON].exercises:
            own = next(
                c
                for c in lessons()[LESSON].notebook.cells
                if notebook.grade_id(c) == notebook.grade_id(cell)
            )
            cell.source = own.source
        if notebook.grade_id(cell).startswith("answer-"):
            cell.source = "It makes no difference."
    path = tmp_path / f"{LESSON}.ipynb"
    nbformat.write(cells, path)
    assert "Success!" in nbgraders.run(tmp_path, "validate", str(path)).stdout
    target = next(c for c in cells.cells if notebook.grade_id(c) == "correlate2d")
    target.source = target.source.replace("* w)", "* w[::-1, ::-1])")
    nbformat.write(cells, path)
    said = nbgraders.run(tmp_path, "validate", str(path)).stdout
    assert "Not yet: the impulse: 4 of 4 values differ." in said
    assert "Traceback" not in said
