"""Handing in: each thing that would break grading is named, and what is made can be graded."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from cells import named
from nbformat import NotebookNode

from autograder.build.generate import generate
from autograder.course import lessons, root
from autograder.handin import submission
from convbook import notebook
from convbook.cli import main
from convbook.desk import handin, progress
from convbook.guess import kept

LESSON = "02_convolution"


@pytest.fixture
def answers() -> NotebookNode:
    """Lesson 02 with every answer right, run from top to bottom."""
    lesson = lessons()[LESSON]
    cells = generate(root(), LESSON, nbformat.from_dict(lesson.notebook))
    for number, cell in enumerate(cells.cells, start=1):
        if notebook.grade_id(cell) in lesson.exercises:
            cell.source = named(lesson.notebook, notebook.grade_id(cell)).source
        if notebook.grade_id(cell).startswith("answer-"):
            cell.source = "Because."
        if cell.cell_type == "code":
            cell.execution_count = number
    return cells


def written(cells: NotebookNode, folder: Path) -> Path:
    path = folder / f"{LESSON}.ipynb"
    path.write_text(nbformat.writes(cells, version=4), encoding="utf-8")
    return path


def copied_check(cells: NotebookNode) -> None:
    cells.cells.append(nbformat.from_dict(named(cells, "check-correlate2d")))


def lost_check(cells: NotebookNode) -> None:
    cells.cells.remove(named(cells, "check-correlate2d"))


def broken_line(cells: NotebookNode) -> None:
    named(cells, "correlate2d").source = "def correlate2d(x, w):\n    return (x"


def never_ran(cells: NotebookNode) -> None:
    named(cells, "correlate2d").execution_count = None


def blank(cells: NotebookNode) -> None:
    cell = named(lessons()[LESSON].released, "shift_gap")
    named(cells, "shift_gap").source = cell.source


def other_order(cells: NotebookNode) -> None:
    named(cells, "check-shift_gap").execution_count = 1


def unanswered(cells: NotebookNode) -> None:
    named(cells, "answer-why_flip").source = " YOUR ANSWER HERE\n"


def a_package_of_mine(cells: NotebookNode) -> None:
    named(cells, "correlate2d").source = "import scipy\n" + named(cells, "correlate2d").source


def a_file_of_mine(cells: NotebookNode) -> None:
    named(cells, "correlate2d").source = "open('mine.txt')\n" + named(cells, "correlate2d").source


def edited_setup(cells: NotebookNode) -> None:
    cell = named(cells, "given-setup")
    cell.source = cell.source.replace("import numpy", "import math, numpy")


def longer_setup(cells: NotebookNode) -> None:
    named(cells, "given-setup").source += "\nimport math"


def edited_check(cells: NotebookNode) -> None:
    named(cells, "check-correlate2d").source = "pass"


def endless(cells: NotebookNode) -> None:
    named(cells, "correlate1d").source = "def correlate1d(*a, **k):\n    while True: pass"


def helper_in_a_plot(cells: NotebookNode) -> None:
    cell = nbformat.v4.new_code_cell("def helper(x): return x", metadata={"tags": ["plot"]})
    cells.cells.insert(1, cell)
    own = named(cells, "correlate2d")
    own.source = f"helper(1)\n{own.source}"


CASES: dict[str, tuple[Callable[[NotebookNode], None], bool, str]] = {
    "a check twice": (copied_check, False, "check-correlate2d stands twice: both are run"),
    "a check missing": (
        lost_check,
        False,
        "check-correlate2d was deleted: the lesson's own",
    ),
    "a syntax error": (broken_line, False, "correlate2d: a syntax error in line 2 ("),
    "not answered": (unanswered, False, "answer-why_flip is not answered: write a few sentences"),
    "a package": (a_package_of_mine, False, "No module named 'scipy': grading has Python, NumPy"),
    "a file": (a_file_of_mine, False, "no file beside the notebook"),
    "an edited set-up": (edited_setup, False, "given-setup was edited: the lesson's own"),
    "a longer set-up": (longer_setup, False, "given-setup was merged with another cell"),
    "an edited check": (
        edited_check,
        False,
        "check-correlate2d was edited: the lesson's own",
    ),
    "a helper in a plot": (helper_in_a_plot, False, "grading does not run cells that only show"),
    "never ran": (never_ran, False, "the cell of correlate2d never ran: choose Kernel"),
    "not written": (blank, False, "shift_gap is not written yet"),
    "another order": (other_order, False, "in another order than they stand in: choose Kernel"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_wrong_is_named_with_what_to_do(
    case: tuple, answers: NotebookNode, tmp_path: Path
) -> None:
    spoil, breaks, says = case
    spoil(answers)
    found = [p for p in handin.problems(written(answers, tmp_path)) if says in str(p)]
    assert len(found) == 1 and found[0].breaks == breaks


@pytest.mark.slow
def test_an_endless_loop_is_named(answers: NotebookNode, tmp_path: Path) -> None:
    endless(answers)
    path = written(answers, tmp_path)
    said = [str(p) for p in handin.problems(path, progress.of(path, seconds=5))]
    assert any("endless loop" in text for text in said), said


@pytest.mark.slow
def test_a_right_notebook_has_no_problem_and_its_file_is_graded(
    answers: NotebookNode, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(answers, tmp_path)
    assert list(handin.problems(path)) == []
    assert main(["hand-in", str(path), "-o", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    assert "20 of 20 points" in said and f"{LESSON}.zip" in said
    made = submission.read(tmp_path / "out" / f"{LESSON}.zip")
    assert made.lesson.name == LESSON and not made.notes
    assert [p.name for p in (tmp_path / "out").iterdir()] == [f"{LESSON}.zip"]


def test_a_file_is_made_whatever_could_cost_points(
    answers: NotebookNode, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for spoil in (copied_check, broken_line, never_ran, blank):
        spoil(answers)
    path = written(answers, tmp_path)
    assert main(["hand-in", str(path), "-o", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    assert "STOP" not in said and said.count("note  ") >= 4
    assert submission.read(tmp_path / "out" / f"{LESSON}.zip").lesson.name == LESSON


def test_nothing_is_made_of_what_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"{LESSON}.ipynb"
    path.write_text("<<<<<<< HEAD\n")
    assert main(["hand-in", str(path), "-o", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().out
    assert "STOP" in said and "a git conflict" in said and not (tmp_path / "out").exists()


@pytest.mark.parametrize("content", [b"", b"{}", b"not a notebook", b"\xff\xfe"])
def test_what_is_no_notebook_says_so(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / f"{LESSON}.ipynb"
    path.write_bytes(content)
    (problem,) = handin.problems(path)
    assert problem.breaks and "cannot be graded" in problem.what


def test_a_missing_and_a_large_file_say_so(tmp_path: Path) -> None:
    (problem,) = handin.problems(tmp_path / "none.ipynb")
    assert problem.breaks and "cannot be graded" in problem.what
    path = tmp_path / f"{LESSON}.ipynb"
    with path.open("wb") as file:
        file.truncate(notebook.MAX_BYTES + 1)
    (problem,) = handin.problems(path)
    assert "larger than 64 MiB" in problem.what


def test_guesses_stay_unless_they_are_asked_for(answers: NotebookNode, tmp_path: Path) -> None:
    shown = nbformat.v4.new_output("display_data", {"text/html": "You were certain: 1024"})
    asking = [cell for cell in answers.cells if "guess" in cell.metadata.get("tags", ())]
    asking[1].metadata.pop("tags")  # as some editors do
    for cell in (*asking, named(answers, "correlate2d")):
        cell.outputs = [shown]
    answers.metadata["widgets"] = {"state": {"result": "You were certain: 1024"}}
    lesson = tmp_path / LESSON
    lesson.mkdir()
    path = written(answers, lesson)
    kept.keep(tmp_path, "02/local", kept.Guess(["1024"], False, 2))

    with zipfile.ZipFile(handin.pack(path, tmp_path / "out")) as archive:
        assert archive.namelist() == [f"{LESSON}.ipynb"]
        packed = nbformat.reads(archive.read(f"{LESSON}.ipynb").decode(), as_version=4)
    assert "widgets" not in packed.metadata
    assert [c.id for c in packed.cells if c.get("outputs")] == ["correlate2d"]
    assert [c.source for c in packed.cells] == [c.source for c in answers.cells]

    made = handin.pack(path, tmp_path / "out", with_guesses=True)
    with zipfile.ZipFile(made) as archive:
        assert archive.namelist() == [f"{LESSON}.ipynb", "guesses.json"]
        assert b"1024" in archive.read("guesses.json")
    assert submission.read(made).lesson.name == LESSON


def test_a_notebook_without_guesses_is_packed_as_it_is(
    answers: NotebookNode, tmp_path: Path
) -> None:
    path = written(answers, tmp_path)
    with zipfile.ZipFile(handin.pack(path, tmp_path / "out")) as archive:
        assert archive.read(path.name) == path.read_bytes()


def test_an_older_file_stays_whole_where_packing_fails(
    answers: NotebookNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(answers, tmp_path)
    made = handin.pack(path, tmp_path / "out")
    before = made.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(OSError, match="No space"):
        handin.pack(path, tmp_path / "out")
    assert made.read_bytes() == before
