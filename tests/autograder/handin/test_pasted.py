"""A picture pasted into a written answer reaches who grades it, and the student's page."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pasted
import pytest
from cells import named
from nbformat import NotebookNode

from autograder.course import Lesson
from autograder.feedback.page import page
from autograder.grading.grade import Grade
from autograder.handin import reader, submission
from convbook import notebook

ANSWER = "answer-why_flip"
GOOD = pasted.text(pasted.png())
SHOWN = f'<img alt="a picture" src="data:image/png;base64,{GOOD}">'


def paste(cells: NotebookNode, name: str = "image.png", **bundle: Any) -> NotebookNode:
    cell = named(cells, ANSWER)
    cell.source = f"![{name}](attachment:{name})"
    cell["attachments"] = {name: bundle or {"image/png": GOOD}}
    return cell


def understood(cells: Any, lesson: Lesson) -> NotebookNode:
    return submission.reconcile(reader.parse(json.dumps(cells)), lesson).cells


@pytest.mark.slow
@pytest.mark.parametrize("name", ["image.png", "my sketch (1).png", "скица.png", "50%.png"])
def test_it_is_in_the_graded_notebook_and_on_the_page(
    name: str, answers: NotebookNode, graded: Callable[[NotebookNode], Grade], lesson: Lesson
) -> None:
    paste(answers, name)
    result = graded(answers)
    assert named(result.cells, ANSWER).attachments == {name: {"image/png": GOOD}}
    nbformat.validate(nbformat.reads(nbformat.writes(result.cells), as_version=4))
    assert page(result.cells, lesson.name).count(SHOWN) == 1
    answered = next(check for check in result.checks if check.id == ANSWER)
    assert (answered.status, answered.message) == ("manual", "")


@pytest.mark.parametrize(
    "given",
    [
        [],
        "x",
        {"a.png": []},
        {"a.png": {"image/png": 7}},
        {"a.png": {"image/png": [7]}},
        {"a.png": {}},
        {"a" * 1000: {"image/png": GOOD}},
        {"\ud800": {"\ud800": "\ud800"}},
        {f"{n}.png": {"image/png": GOOD} for n in range(5000)},
    ],
)
def test_whatever_stands_there_is_read(given: Any, answers: NotebookNode, lesson: Lesson) -> None:
    cells = json.loads(nbformat.writes(answers))
    cell = next(
        c for c in cells["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == ANSWER
    )
    cell["attachments"] = given
    kept = named(understood(cells, lesson), ANSWER).get("attachments", {})
    assert len(kept) <= notebook.MAX_ATTACHMENTS
    assert all(len(name) <= notebook.MAX_NAME for name in kept)
    json.dumps(kept, ensure_ascii=False).encode()


def test_only_pictures_are_kept_and_by_their_true_type(
    answers: NotebookNode, lesson: Lesson
) -> None:
    paste(answers, **{'image/svg+xml" onload="x': GOOD})
    assert named(understood(answers, lesson), ANSWER).attachments == {
        "image.png": {"image/png": GOOD}
    }
    paste(answers, **{"image/png": pasted.text(b"<svg onload='x'/>")})
    cells = understood(answers, lesson)
    assert "PHN2" not in json.dumps(cells)
    assert "it is no PNG, JPEG, GIF or WebP" in page(named_only(cells), lesson.name)


def named_only(cells: NotebookNode) -> NotebookNode:
    return NotebookNode(cells=[named(cells, ANSWER)])


def test_it_moves_with_an_answer_in_the_cell_below(answers: NotebookNode, lesson: Lesson) -> None:
    cell = paste(answers)
    below = nbformat.v4.new_markdown_cell(cell.source, attachments=cell.pop("attachments"))
    cell.source = named(lesson.released, ANSWER).source
    answers.cells.insert(answers.cells.index(cell) + 1, below)
    cells = understood(answers, lesson)
    assert named(cells, ANSWER).attachments == {"image.png": {"image/png": GOOD}}
    assert SHOWN in page(named_only(cells), lesson.name)


def test_it_is_in_a_cell_that_was_written_anew(answers: NotebookNode, lesson: Lesson) -> None:
    cell = paste(answers)
    cell.metadata.clear()
    answers.cells.append(answers.cells.pop(answers.cells.index(cell)))
    assert named(understood(answers, lesson), ANSWER).attachments["image.png"]


def test_a_hand_in_keeps_it(answers: NotebookNode, tmp_path: Path, lesson: Lesson) -> None:
    from convbook.desk import handin

    paste(answers)
    path = tmp_path / lesson.path.name
    path.write_text(nbformat.writes(answers), encoding="utf-8")
    packed = submission.read(handin.pack(path, tmp_path / "to hand in"), lesson)
    assert named(packed.cells, ANSWER).attachments == {"image.png": {"image/png": GOOD}}
