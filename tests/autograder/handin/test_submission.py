"""What is handed in may be anything; the lesson's manifest decides what is graded."""

import json
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from cells import named
from nbformat import NotebookNode

from autograder.course import Lesson
from autograder.grading.grade import Grade
from autograder.handin import reader, submission
from autograder.handin.reader import SubmissionError
from convbook import notebook

CHECK = "check-correlate2d"


def delete(cells: NotebookNode) -> None:
    cells.cells.remove(named(cells, CHECK))


def empty(cells: NotebookNode) -> None:
    named(cells, CHECK).source = "pass"


def worth_more(cells: NotebookNode) -> None:
    named(cells, CHECK).metadata["nbgrader"]["points"] = 1000


def unlock(cells: NotebookNode) -> None:
    mark = named(cells, CHECK).metadata["nbgrader"]
    mark.update(locked=False, solution=True, grade=False)


def double(cells: NotebookNode) -> None:
    cells.cells.append(nbformat.from_dict(named(cells, CHECK)))


def double_exercise(cells: NotebookNode) -> None:
    copy = nbformat.from_dict(named(cells, "correlate2d"))
    cells.cells.insert(2, copy)


def first(cells: NotebookNode) -> None:
    check = named(cells, CHECK)
    cells.cells.remove(check)
    cells.cells.insert(0, check)


def turned_to_text(cells: NotebookNode) -> None:
    check = named(cells, CHECK)
    cells.cells[cells.cells.index(check)] = nbformat.v4.new_markdown_cell(
        check.source, metadata=check.metadata
    )


def unknown_name(cells: NotebookNode) -> None:
    extra = nbformat.from_dict(named(cells, CHECK))
    extra.metadata["nbgrader"]["grade_id"] = "check-bonus"
    cells.cells.append(extra)


def empty_mark(cells: NotebookNode) -> None:
    cells.cells[1].metadata["nbgrader"] = {}


def odd_mark(cells: NotebookNode) -> None:
    cells.cells[1].metadata["nbgrader"] = ["grade_id", 7]


def no_setup(cells: NotebookNode) -> None:
    cells.cells.remove(named(cells, "given-setup"))


def setup_last(cells: NotebookNode) -> None:
    setup = named(cells, "given-setup")
    cells.cells.remove(setup)
    cells.cells.append(setup)


def wrong_kernel(cells: NotebookNode) -> None:
    cells.metadata["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}


def no_answer_cell(cells: NotebookNode) -> None:
    cells.cells.remove(named(cells, "answer-why_flip"))


EDITS = [
    delete, empty, worth_more, unlock, double, double_exercise, first, turned_to_text,
    unknown_name, empty_mark, odd_mark, no_setup, setup_last, wrong_kernel, no_answer_cell,
]  # fmt: skip


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_promise_06_the_manifest_decides(
    edit: Callable[[NotebookNode], None],
    answers: NotebookNode,
    graded: Callable[[NotebookNode], Grade],
    lesson: Lesson,
) -> None:
    edit(answers)
    result = graded(answers)
    assert result.score == result.max_score == lesson.max_score == 20
    assert [c.id for c in result.checks] == [c.id for c in lesson.checks]


def test_an_emptied_check_does_not_make_a_wrong_answer_right(
    answers: NotebookNode, graded: Callable[[NotebookNode], Grade]
) -> None:
    empty(answers)
    named(answers, "correlate2d").source = "def correlate2d(x, w):\n    return x"
    result = graded(answers)
    assert result.score == 17
    assert f"{CHECK} was edited: the lesson's own is used" in result.notes


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not valid JSON"),
        (b'{"cells": [', "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        (b"\xff\xfe\x00", "it is not UTF-8"),
        (b"[]", "no list of cells"),
        (b'{"cells": 3}', "no list of cells"),
        (b'{"cells": [3]}', "cell 1 is malformed"),
        (b'{"cells": [{"cell_type": "code", "source": 7}]}', "cell 1 is malformed"),
        (b'{"cells": [{"cell_type": "magic", "source": ""}]}', "cell 1 is malformed"),
        (b'{"nbformat": 3, "worksheets": 5}', "old format"),
        (b'{"cells": []}', "not a notebook of this course"),
        (json.dumps({"cells": [{}] * 3000}).encode(), "more than 2000"),
    ],
)
def test_promise_11_bad_input_gets_one_clear_line(
    content: bytes, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "02_convolution.ipynb"
    path.write_bytes(content)
    with pytest.raises(SubmissionError) as caught:
        submission.read(path)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_links_folders_giants_and_missing_files_are_refused(tmp_path: Path, lesson: Lesson) -> None:
    link = tmp_path / "link.ipynb"
    link.symlink_to(lesson.path)
    giant = tmp_path / "giant.ipynb"
    with giant.open("wb") as file:
        file.truncate(notebook.MAX_BYTES + 1)
    for path, said in (
        (link, "is a link"),
        (tmp_path, "is a folder"),
        (giant, "larger than"),
        (tmp_path / "none.ipynb", "no such file"),
    ):
        with pytest.raises(SubmissionError, match=said):
            submission.read(path)


def test_the_lesson_is_read_from_the_cells(tmp_path: Path, lesson: Lesson) -> None:
    path = tmp_path / "my homework.ipynb"
    nbformat.write(lesson.released, path)
    assert submission.read(path).lesson.name == lesson.name


def test_outputs_and_other_metadata_are_left_behind(lesson: Lesson) -> None:
    cell = nbformat.v4.new_code_cell("1", outputs=[nbformat.v4.new_output("stream", text="x")])
    cell.metadata.update(tags=["demo", "secret"], evil={"a": 1}, nbgrader={"grade_id": "x", "p": 1})
    parsed = reader.parse(nbformat.writes(nbformat.v4.new_notebook(cells=[cell])))
    assert parsed.cells[0].outputs == []
    assert parsed.cells[0].metadata == {"tags": ["demo"], "nbgrader": {"grade_id": "x"}}


def test_checks_stand_after_the_exercise_they_are_about(
    answers: NotebookNode, lesson: Lesson
) -> None:
    first(answers)
    placed = submission.reconcile(reader.parse(nbformat.writes(answers, version=4)), lesson).cells
    names = [notebook.grade_id(c) for c in placed.cells if notebook.grade_id(c)]
    assert names == list(lesson.order)
