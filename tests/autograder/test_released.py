"""What students were given comes from the solution: who works in notebooks/ changes no grade."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import sample_class
from cells import named
from machine import SANDBOX
from nbformat import NotebookNode

from autograder.build.generate import generate
from autograder.course import Lesson, lessons, root
from convbook import notebook

LESSON = lessons()["02_convolution"]


@pytest.mark.slow
@pytest.mark.parametrize("lesson", lessons().values(), ids=lambda lesson: lesson.name)
def test_it_is_what_nbgrader_leaves(lesson: Lesson) -> None:
    theirs = generate(root(), lesson.name, nbformat.from_dict(lesson.notebook))
    for own, other in zip(lesson.released.cells, theirs.cells, strict=True):
        assert (own.id, own.cell_type, own.source) == (other.id, other.cell_type, other.source)


def marked(source: str, kind: str = "code", **mark: bool) -> NotebookNode:
    make = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
    cell = make(source, metadata={"nbgrader": {"grade_id": "x", "points": 1} | mark})
    return nbformat.v4.new_notebook(cells=[cell])


@pytest.mark.parametrize(
    ("cells", "left"),
    [
        (marked("a\n    ### BEGIN SOLUTION\n    b\n    ### END SOLUTION\nc", solution=True),
         "a\n    raise NotImplementedError\nc"),
        (marked("### BEGIN SOLUTION\na\n### END SOLUTION\nb\n### BEGIN SOLUTION\nc\n"
                "### END SOLUTION", solution=True),
         "raise NotImplementedError\nb\nraise NotImplementedError"),
        (marked("f = 1", solution=True), "raise NotImplementedError"),
        (marked("because", "markdown", solution=True, grade=True), "YOUR ANSWER HERE"),
        (marked("a\n### BEGIN HIDDEN TESTS\nb\n### END HIDDEN TESTS\nc", grade=True), "a\nc"),
        (marked("a\n### BEGIN HIDDEN TESTS\nb\n### END HIDDEN TESTS", grade=True), "a"),
        (marked("### BEGIN SOLUTION is a word here", solution=False),
         "### BEGIN SOLUTION is a word here"),
    ],
)  # fmt: skip
def test_each_kind_of_cell(cells: NotebookNode, left: str) -> None:
    from autograder.released import released

    before = nbformat.writes(cells)
    assert released(cells).cells[0].source == left
    assert nbformat.writes(cells) == before


def deleted(cells: NotebookNode) -> NotebookNode:
    kept = nbformat.from_dict(cells)
    kept.cells = [c for c in kept.cells if notebook.grade_id(c) not in LESSON.exercises]
    return kept


def cut_short(cells: NotebookNode) -> NotebookNode:
    broken = nbformat.from_dict(cells)
    named(broken, "correlate2d").source = "def correlate2d(:"
    return broken


def checked(course: Path, work: Path) -> dict[str, dict]:
    """Grade a notebook as somebody does who has the course in a folder."""
    command = [sys.executable, "-m", "autograder.cli", "check", str(work), "--json"]
    env = os.environ | {"CONVBOOK_COURSE": str(course)}
    done = subprocess.run(
        [*command, "--sandbox", SANDBOX], cwd=work.parent, env=env, capture_output=True, text=True
    )
    assert done.stdout, done.stderr
    return {check["id"]: check for check in json.loads(done.stdout)["checks"]}


@pytest.mark.slow
@pytest.mark.parametrize("there", ["nothing", "a solved one", "a broken one"])
def test_the_folder_in_which_people_work_decides_nothing(there: str, tmp_path: Path) -> None:
    """A deleted exercise scores nothing, and an answer is an answer, whatever lies there."""
    solved = sample_class.solved(LESSON)
    sample_class.answer(solved)
    course, work = tmp_path / "course", tmp_path / "work.ipynb"
    shutil.copytree(root() / "solutions" / LESSON.name, course / "solutions" / LESSON.name)
    lying = {
        "the released": LESSON.released,
        "a solved one": solved,
        "a broken one": cut_short(solved),
    }
    if there in lying:
        place = course / "notebooks" / LESSON.name / f"{LESSON.name}.ipynb"
        place.parent.mkdir(parents=True)
        nbformat.write(lying[there], place)

    nbformat.write(solved, work)
    found = checked(course, work)
    assert sum(c["score"] for c in found.values()) == 20
    assert [c["message"] for c in found.values() if c["status"] == "manual"] == [""]

    nbformat.write(deleted(solved), work)
    found = checked(course, work)
    assert {c["score"] for c in found.values()} == {0.0}


@pytest.mark.slow
def test_cells_that_ask_for_a_guess_change_no_grade(tmp_path: Path) -> None:
    """Not with what they showed, and not where an editor has dropped what they are."""
    solved = sample_class.solved(LESSON)
    asks = [cell for cell in solved.cells if "guess" in cell.metadata.get("tags", ())]
    for cell in asks:
        cell.outputs = [nbformat.v4.new_output("display_data", {"text/html": "<b>3072</b>"})]
        cell.metadata = nbformat.from_dict({})
    work = tmp_path / "work.ipynb"
    nbformat.write(solved, work)
    found = checked(root(), work)
    assert asks and sum(check["score"] for check in found.values()) == 20
