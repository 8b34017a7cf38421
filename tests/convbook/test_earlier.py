"""A later lesson takes the student's own functions, or says what it took instead."""

import os
import random
import subprocess
import sys
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest

from autograder.course import lessons
from convbook import earlier, layers, notebook
from convbook.running import live

LESSON = "02_convolution"


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(earlier, "given_only", False)


def hand_in(folder: Path, lesson: str, sources: dict[str, str]) -> Path:
    """Write a released notebook with some exercises answered."""
    cells = nbformat.from_dict(lessons()[lesson].released)
    for cell in cells.cells:
        cell.source = sources.get(notebook.grade_id(cell), cell.source)
    (folder / lesson).mkdir(exist_ok=True)
    path = folder / lesson / f"{lesson}.ipynb"
    nbformat.write(cells, path)
    return path


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
    names = live.load([nbformat.v4.new_code_cell("NEEDED = 1"), shown], "x")
    assert "NEEDED" in names
    assert "SHOWN" not in names


# What a student may write before an exercise, and a line in it that needs that.
HABITS = {
    "a constant of lists": ("NONE = [(0, 0)]", "NONE[0]"),
    "a lambda": ("size = lambda n: n", "size(3)"),
    "a try at the top": ("try:\n    import nothing_here\nexcept ImportError:\n    A = 1", "A"),
    "a loop that fills a table": ("T = {}\nfor k in (1, 2):\n    T[k] = k", "T[2]"),
    "a question": ("import numpy as np\nnp.pad?", "0"),
    "a shell": ("f = !ls", "0"),
    "a measured cell": ("%%time\ndef helper(): return 1", "helper()"),
    "a line that begins with a remainder": ("x = (7\n% 4)", "x"),
    "a cell that fails": ("1 / 0", "0"),
    "an exit": ("exit()", "0"),
    "a figure": ("import matplotlib.pyplot as plt\nplt.plot([1])\nprint('seen')", "plt"),
    "random numbers": ("import numpy as np\nnp.random.seed(3)", "0"),
}


@pytest.mark.parametrize("habit", HABITS.values(), ids=HABITS)
def test_a_right_function_is_taken_whatever_its_notebook_holds(
    habit: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    before, line = habit
    path = hand_in(
        tmp_path, LESSON, {"conv_forward": f"{line}\n{solution(LESSON, 'conv_forward')}"}
    )
    cells = nbformat.read(path, as_version=4)
    cells.cells.insert(1, nbformat.v4.new_code_cell(before))
    nbformat.write(cells, path)
    drawn = np.random.get_state()[1].copy()
    taken = earlier.take("conv_forward", "03_backprop", tmp_path)
    assert capsys.readouterr().out == "conv_forward: your own, from 02_convolution.\n"
    x, w, b = np.ones((1, 1, 3, 3)), np.ones((1, 1, 3, 3)), np.zeros(1)
    assert taken(x, w, b, 1, 0)[0] == 9
    assert (np.random.get_state()[1] == drawn).all() and not plt.get_fignums()


def trace() -> list[object]:
    """What a cell may change in a kernel, besides the names of its own notebook."""
    return [
        os.getcwd(),
        sorted(os.listdir()),
        dict(os.environ),
        np.geterr(),
        np.get_printoptions(),
        list(warnings.filters),
        plt.rcParams["figure.figsize"],
        random.getstate(),
        np.random.get_state()[1].tolist(),
        plt.get_fignums(),
    ]


LEFT = {
    "a file": "open('left.txt', 'w').write('1')",
    "a saved array": "import numpy as np\nnp.savez('left', a=1)",
    "a folder in a folder": "import os\nos.makedirs('left/inside')\nos.chdir('left')",
    "another folder": "%cd /\nimport os\nos.chdir('/')",
    "a variable of the system": "import os\nos.environ['LEFT'] = '1'\ndel os.environ['PATH']",
    "strict numbers": "import numpy as np\nnp.seterr(all='raise')",
    "short numbers": "import numpy as np\nnp.set_printoptions(precision=1)",
    "silence": "import warnings\nwarnings.simplefilter('ignore')",
    "small pictures": "import matplotlib.pyplot as plt\nplt.rcParams['figure.figsize'] = 1, 1",
    "dice": "import random, numpy as np\nrandom.seed(3)\nnp.random.seed(3)",
    "an open figure": "import matplotlib.pyplot as plt\nplt.figure()",
    "a cell that fails after that": "open('left.txt', 'w')\nimport os\nos.chdir('/')\n1 / 0",
}


@pytest.mark.parametrize("source", LEFT.values(), ids=LEFT)
def test_taking_a_function_changes_nothing_here(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = hand_in(tmp_path, LESSON, {"conv_forward": solution(LESSON, "conv_forward")})
    cells = nbformat.read(path, as_version=4)
    cells.cells.insert(1, nbformat.v4.new_code_cell(source))
    nbformat.write(cells, path)
    here = tmp_path / "03_backprop"
    here.mkdir()
    monkeypatch.chdir(here)
    before = trace()
    assert earlier.take("conv_forward", here.name, tmp_path) is not layers.conv_forward
    assert trace() == before


def test_a_lesson_that_takes_functions_itself_still_gets_the_students_own(tmp_path: Path) -> None:
    hand_in(tmp_path, LESSON, {"conv_forward": solution(LESSON, "conv_forward")})
    hand_in(tmp_path, "03_backprop", {"conv_forward": solution("03_backprop", "conv_forward")})
    taken = earlier.take("conv_forward", "04_im2col", tmp_path)
    slide = taken.__globals__["slide"]
    assert slide.__code__.co_filename.startswith("<02_convolution")


def test_a_function_in_a_nameless_cell_is_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    path = hand_in(tmp_path, LESSON, {"conv_forward": solution(LESSON, "conv_forward")})
    cells = nbformat.read(path, as_version=4)
    for cell in cells.cells:
        cell.metadata = {}
    nbformat.write(cells, path)
    earlier.take("conv_forward", "03_backprop", tmp_path)
    assert "your own" in capsys.readouterr().out


@pytest.mark.parametrize("source", ["import os\nos._exit(0)", "import os\nos.abort()"])
def test_a_cell_that_ends_python_does_not_end_this_one(
    source: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    path = hand_in(tmp_path, LESSON, {"conv_forward": solution(LESSON, "conv_forward")})
    cells = nbformat.read(path, as_version=4)
    cells.cells.insert(1, nbformat.v4.new_code_cell(source))
    nbformat.write(cells, path)
    assert earlier.take("conv_forward", "03_backprop", tmp_path) is layers.conv_forward
    assert "code cell 1 ends Python in your 02_convolution" in capsys.readouterr().out


def test_an_endless_cell_ends_nothing_but_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = hand_in(tmp_path, LESSON, {"conv_forward": solution(LESSON, "conv_forward")})
    cells = nbformat.read(path, as_version=4)
    cells.cells.insert(1, nbformat.v4.new_code_cell("while True: pass"))
    nbformat.write(cells, path)
    monkeypatch.setattr(earlier, "SECONDS", 3)
    assert earlier.take("conv_forward", "03_backprop", tmp_path) is layers.conv_forward
    assert "was stopped after 3 s" in capsys.readouterr().out
