"""Progress tells what each notebook's own checks give, whatever a notebook does."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from test_earlier import hand_in, solution

from autograder.course import lessons
from convbook import cli
from convbook.desk import progress

SETUP = "import os, sys, time\nfrom convbook import check\n"


def small(folder: Path, *functions: tuple[str, str, str]) -> Path:
    """Write a notebook of (name, the student's code, its check), a point for each check."""
    cells = [nbformat.v4.new_markdown_cell("# 01 A small one\n\nText."), code("given", SETUP)]
    for name, source, check in functions:
        cells += [code(name, source), code(f"check-{name}", check, points=1)]
    path = folder / "01_small" / "01_small.ipynb"
    path.parent.mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def code(name: str, source: str, **mark: object) -> nbformat.NotebookNode:
    mark = {"grade_id": name, "grade": "points" in mark, "locked": True, **mark}
    return nbformat.v4.new_code_cell(source, metadata={"nbgrader": mark})


def function(name: str, body: str) -> tuple[str, str, str]:
    return name, f"def {name}():\n    {body}", f"check.same({name}(), 1)"


def test_points_and_what_is_next_are_those_of_the_notebook(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    own = {name: solution("02_convolution", name) for name in ("correlate1d", "conv_forward")}
    hand_in(tmp_path, "02_convolution", own | {"correlate2d": "def correlate2d(:"})
    hand_in(tmp_path, "03_backprop", {})
    (tmp_path / "04_im2col").mkdir()
    (tmp_path / "04_im2col" / "04_im2col.ipynb").write_text("{")
    done = lessons()["11_architectures"]
    names = [*done.exercises]
    hand_in(tmp_path, done.name, {name: solution(done.name, name) for name in names})
    assert cli.main(["progress", str(tmp_path)]) == 0
    shown = capfd.readouterr().out.splitlines()
    ends = (
        ("02 Slide a filter ", "9 of 20 points   next: correlate2d has a syntax error in line 1 ("),
        ("03 Push gradients back", " 0 of 20 points   next: write numerical_gradient"),
        ("04_im2col ", "not a notebook (it is not valid JSON)"),
        ("11 LeNet to ResNet ", "20 of 20 points   done"),
    )
    for text, (title, rest) in zip(shown, ends, strict=False):
        assert text.startswith(title) and rest in text
    assert len(shown) == len(ends) + 4
    assert shown[5].startswith("29 of 60 points")
    assert shown[7].startswith("Next: 02 Slide a filter: correlate2d has a syntax")


@pytest.mark.parametrize(
    ("body", "seconds", "said"),
    [
        ("while True: pass", 6, "middle was stopped after 6 s"),
        ("os.abort()", 60, "middle ends Python: look for what does that"),
        ("os._exit(0)", 60, "middle ends Python: look for what does that"),
        ("return sys.exit()", 60, "middle does not pass its check yet"),
        ("raise NotImplementedError", 60, "write middle"),
        ("return input()", 60, "middle does not pass its check yet"),
    ],
)
def test_a_bad_function_costs_no_more_than_what_follows(
    body: str, seconds: float, said: str, tmp_path: Path
) -> None:
    noisy = "os.write(1, b'[]' * 100_000 + b'\\n'); print('x' * 100_000); return 1"
    last = function("last", "return 1")
    path = small(tmp_path, function("first", noisy), function("middle", body), last)
    found = progress.of(path, seconds)
    assert found.exercise == "middle" and found.todo.startswith(said)
    runs_on = "later" not in found.todo
    assert (found.points, found.most) == (2 if runs_on else 1, 3)


def test_a_loop_before_the_first_check_is_stopped_too(tmp_path: Path) -> None:
    endless = ("f", "class A:\n    while True: pass", "check.same(1, 1)")
    found = progress.of(small(tmp_path, endless), 3)
    assert found.points == 0 and found.most == 1
    assert found.todo == "f was stopped after 3 s, and later checks were not run"


def test_a_check_that_cannot_run_here_is_no_pass_and_nothing_to_do(tmp_path: Path) -> None:
    gpu = ("f", "def f(): pass", "raise check.NotRun('no compiler')")
    found = progress.of(small(tmp_path, gpu))
    assert (found.points, found.most, found.not_run, found.todo) == (0, 1, 1, "")
    assert progress.line(found).endswith("0 of 1 points   1 not run on this machine; done")


def test_a_check_that_was_copied_counts_once(tmp_path: Path) -> None:
    twice = [function("f", "return 1"), function("f", "return 1")]
    found = progress.of(small(tmp_path, *twice))
    assert (found.points, found.most) == (1, 1)


def test_a_notebook_without_checks_and_none_at_all_have_a_line(tmp_path: Path) -> None:
    path = small(tmp_path)
    assert "no checks in it; get this" in progress.line(progress.of(path))
    path.unlink()
    assert progress.line(progress.of(path)).startswith("01_small  ")
    assert "no such file; get this notebook" in progress.line(progress.of(path))


def test_the_command_says_what_is_wrong_with_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["progress", str(tmp_path / "nowhere")]) == 2
    assert "holds no lessons. Name the folder" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        cli.main(["progress", "--second-hand"])
    assert "unrecognized arguments: --second-hand" in capsys.readouterr().err


def test_the_other_process_does_without_nbformat() -> None:
    """It takes seconds to load, and one process is started for each lesson."""
    text = "import sys, convbook.desk.progress; print('nbformat' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True)
    assert done.stdout == "False\n"


def test_what_nobody_has_touched_does_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    untouched = hand_in(tmp_path, "03_backprop", {})
    ran = []

    def outcomes(cells: list, seconds: float) -> tuple[dict[str, str], str]:
        ran.append(cells)
        return {}, ""

    monkeypatch.setattr(progress, "outcomes", outcomes)
    assert (progress.of(untouched).points, progress.of(untouched).exercise, ran) == (
        0,
        "numerical_gradient",
        [],
    )
    cells = nbformat.read(untouched, as_version=4)
    cells.cells.insert(3, nbformat.v4.new_code_cell("print('a cell of my own')"))
    nbformat.write(cells, untouched)
    progress.of(untouched)
    assert len(ran) == 1


@pytest.mark.long
@pytest.mark.parametrize("name", ["01_volumes", "10_gpu", "13_kernels"])
def test_untouched_is_blank_as_if_it_had_run(name: str, tmp_path: Path) -> None:
    untouched = hand_in(tmp_path, name, {})
    said = [(check.name, check.outcome) for check in progress.of(untouched).checks]
    cells = nbformat.read(untouched, as_version=4)
    cells.cells.append(nbformat.v4.new_code_cell("'a cell of my own'"))
    nbformat.write(cells, untouched)
    assert [(check.name, check.outcome) for check in progress.of(untouched).checks] == said
