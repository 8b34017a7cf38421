"""A later lesson takes the student's own functions, or says what it took instead."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from autograder.course import lessons
from convbook import earlier, layers, notebook

LESSON = "02_convolution"


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(earlier, "given_only", False)


def hand_in(folder: Path, lesson: str, sources: dict[str, str]) -> None:
    """Write a released notebook with some exercises answered."""
    cells = nbformat.from_dict(lessons()[lesson].released)
    for cell in cells.cells:
        cell.source = sources.get(notebook.grade_id(cell), cell.source)
    (folder / lesson).mkdir(exist_ok=True)
    nbformat.write(cells, folder / lesson / f"{lesson}.ipynb")


def solution(lesson: str, name: str) -> str:
    cells = lessons()[lesson].notebook.cells
    return next(c.source for c in cells if notebook.grade_id(c) == name)


def test_a_right_function_is_the_students_own(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    hand_in(tmp_path, LESSON, {"conv_forward": solution(LESSON, "conv_forward")})
    taken = earlier.take("conv_forward", "03_backprop", tmp_path)
    assert taken is not layers.conv_forward
    assert capsys.readouterr().out == "conv_forward: your own, from 02_convolution.\n"


@pytest.mark.parametrize(
    ("sources", "reason"),
    [
        (None, "there is no 02_convolution beside this notebook"),
        ({}, "conv_forward is not written yet in your 02_convolution"),
        ({"conv_forward": "conv = 1"}, "there is no conv_forward in your 02_convolution"),
        ({"conv_forward": "def conv_forward(:"}, "there is no conv_forward in your"),
        (
            {"conv_forward": "def conv_forward(x, w, b, stride=1, pad=0):\n    return x, None"},
            "conv_forward does not pass its check in your 02_convolution",
        ),
    ],
)
def test_else_the_given_layer_and_why(
    sources: dict | None, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    if sources is not None:
        hand_in(tmp_path, LESSON, sources)
    assert earlier.take("conv_forward", "03_backprop", tmp_path) is layers.conv_forward
    assert reason in capsys.readouterr().out


def test_a_file_that_is_no_notebook_is_no_reason_to_stop(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    (tmp_path / LESSON).mkdir()
    (tmp_path / LESSON / f"{LESSON}.ipynb").write_text("{")
    assert earlier.take("conv_forward", "03_backprop", tmp_path) is layers.conv_forward
    assert "cannot be read" in capsys.readouterr().out


def test_functions_that_share_a_cache_are_taken_together(tmp_path: Path) -> None:
    hand_in(tmp_path, LESSON, {"conv_forward": solution(LESSON, "conv_forward")})
    hand_in(tmp_path, "03_backprop", {})  # its conv_forward is there, its conv_backward is blank
    for name in ("conv_forward", "conv_backward"):
        assert earlier.take(name, "05_pooling", tmp_path) is getattr(layers, name)


def test_grading_always_has_the_given_layer(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    hand_in(tmp_path, LESSON, {"conv_forward": solution(LESSON, "conv_forward")})
    lessons()["03_backprop"].reference()
    capsys.readouterr()
    assert earlier.take("conv_forward", "03_backprop", tmp_path) is layers.conv_forward
    assert capsys.readouterr().out == ""


def test_the_import_in_a_notebook_finds_its_neighbour(tmp_path: Path) -> None:
    hand_in(tmp_path, LESSON, {"conv_forward": solution(LESSON, "conv_forward")})
    here = tmp_path / "03_backprop"
    here.mkdir()
    code = "from convbook.earlier import conv_forward"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=here, env=os.environ, capture_output=True, text=True
    )
    assert done.stdout == "conv_forward: your own, from 02_convolution.\n"


def test_a_name_that_no_lesson_teaches() -> None:
    with pytest.raises(ImportError):
        exec("from convbook.earlier import conv_sideways")


def test_cells_that_only_show_something_are_not_run() -> None:
    shown = nbformat.v4.new_code_cell("SHOWN = 1", metadata={"tags": ["plot"]})
    cells = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("NEEDED = 1"), shown])
    names = notebook.load_functions(cells)
    assert "NEEDED" in names
    assert "SHOWN" not in names
