"""Break the grader: what is wrong passes what is shown, differs on few numbers, and is judged."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.course import Lesson, lessons
from autograder.grading.stage import stage
from autograder.judging import at_home, puzzles, rehearse, state
from convbook import notebook
from convbook import puzzle as room
from convbook.puzzle import Puzzle, games, inputs, opened, puzzle

LESSONS = {name[:2]: lessons()[name] for name in puzzles.WRONG}
WHICH = [(number, k) for number in games.GAMES for k in (1, 2, 3)]


def full(*shape: int) -> np.ndarray:
    return np.ones(shape)


START = np.zeros(1), np.ones(1)
PAIR = np.zeros(2), np.ones(2)
ROW = np.array([0.0, 1.0, 2.0, 5.0]).reshape(1, 2, 1, 2)
SMALLEST: dict[tuple[str, int], tuple[tuple[Any, ...], dict[str, Any]]] = {
    ("03", 1): ((full(2, 1, 1, 1), full(1, 1, 1, 1), full(1)), {"dout": full(2, 1, 1, 1)}),
    ("03", 2): ((full(1, 1, 1, 2), full(1, 1, 1, 2), full(1)), {"dout": full(1, 1, 1, 1)}),
    ("03", 3): ((full(1, 2, 1, 1), np.arange(4.0).reshape(2, 2, 1, 1)), {}),
    ("05", 1): ((np.array([[[[0.0, 1]], [[1, 0]]]]), 1, 2, 1), {"dout": full(1, 2, 1, 1)}),
    ("05", 2): ((full(1, 1, 1, 2), 1, 1, 2), {}),
    ("05", 3): ((np.array([[[[0, 1]]]]), 1, 2, 1), {}),
    ("08", 1): ((full(1, 1), full(1), full(1), START), {"eps": 0.5}),
    ("08", 2): ((ROW, full(2), full(2), PAIR), {"dout": ROW}),
    ("08", 3): ((full(1), 0.5, 1), {}),
}
# The same functions where they are right: what the lesson's own cell tries, and larger ones.
RIGHT: dict[tuple[str, int], tuple[tuple[Any, ...], dict[str, Any]]] = {
    ("03", 1): ((full(1, 2, 3, 4), full(3, 2, 2, 3), full(3), 1, 1), {"dout": full(1, 3, 4, 4)}),
    ("03", 2): ((full(2, 2, 4, 4), full(3, 2, 2, 2), full(3), 2), {"dout": full(2, 3, 2, 2)}),
    ("03", 3): ((full(2, 1, 2, 3), np.arange(18.0).reshape(1, 3, 2, 3)), {}),
    ("05", 1): ((np.arange(12.0).reshape(2, 1, 2, 3), 2, 2, 1), {"dout": full(2, 1, 1, 2)}),
    ("05", 2): ((full(1, 2, 5, 4), 3, 2, 2), {"dout": full(1, 2, 2, 2)}),
    ("05", 3): ((np.arange(6.0).reshape(1, 1, 2, 3), 2, 2, 1), {}),
    ("08", 1): ((np.arange(6.0).reshape(2, 3), full(3), full(3), (full(3), full(3))), {}),
    ("08", 2): ((ROW.reshape(2, 2, 1, 1), full(2), full(2), PAIR), {"dout": full(2, 2, 1, 1)}),
    ("08", 3): ((full(5), 0.5, 1, False), {"dout": full(5)}),
}


def asked(number: str, k: int, how: tuple[tuple[Any, ...], dict[str, Any]], capsys: Any) -> str:
    """What a puzzle prints of an input."""
    arguments, named = how
    puzzle(number).found(k, *arguments, **named)
    return capsys.readouterr().out


@pytest.fixture(params=WHICH, ids=lambda which: f"{which[0]}-{which[1]}")
def which(request: pytest.FixtureRequest) -> tuple[str, int]:
    return request.param


def test_what_is_wrong_passes_every_check_that_is_shown(which: tuple[str, int]) -> None:
    number, k = which
    lesson = LESSONS[number]
    exercise, _ = puzzles.WRONG[lesson.name][k - 1]
    state.begin(lesson.name, seed=0)
    names = rehearse.student(lesson, {exercise: puzzles.texts(lesson)[k - 1]})
    checks = [c for c in lesson.checks if not c.manual]
    assert any(c.exercise in lesson.functions[exercise] for c in checks)
    assert [c.id for c in checks if at_home.failure(c, dict(names)) is not None] == []


@pytest.mark.slow
def test_the_grader_finds_what_is_wrong(which: tuple[str, int]) -> None:
    number, k = which
    lesson = LESSONS[number]
    exercise, _ = puzzles.WRONG[lesson.name][k - 1]
    ended = rehearse.rehearse(lesson, {exercise: puzzles.texts(lesson)[k - 1]}, seed=3)
    assert any(ended.values())


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=lambda lesson: lesson.name)
def test_what_is_kept_is_the_known_mistake_and_cannot_simply_be_read(lesson: Lesson) -> None:
    path = puzzles.path_of(lesson)
    assert [text for _, text in opened.texts(path)] == puzzles.texts(lesson), "autograder build"
    raw = path.read_text(encoding="utf-8")
    assert "def " not in raw and "return" not in raw
    assert len(games.GAMES[lesson.name[:2]]) == len(puzzles.WRONG[lesson.name]) == 3


def test_the_smallest_known_input_is_the_record(which: tuple[str, int], capsys: Any) -> None:
    said = asked(*which, SMALLEST[which], capsys)
    record = games.GAMES[which[0]][which[1] - 1].record
    assert said.startswith(f"{which[1]} is wrong there: ") and "none smaller is known" in said
    assert f"Your input has {record} number" in said


def test_where_its_mistake_does_not_matter_it_is_right(which: tuple[str, int], capsys: Any) -> None:
    assert asked(*which, RIGHT[which], capsys).startswith(f"{which[1]} is right there, on ")


def test_the_cells_of_a_lesson_ask_about_what_is_right_there(capsys: Any) -> None:
    for lesson in LESSONS.values():
        names: dict[str, Any] = {"np": np}
        for cell in lesson.released.cells:
            if cell.cell_type == "code" and "broken" in cell.source:
                assert notebook.is_shown_only(cell)
                exec(cell.source, names)
        assert "1 is right there, on " in capsys.readouterr().out


def test_the_best_of_ones_own_is_remembered(capsys: Any) -> None:
    broken = puzzle("03")
    x, w, b, dout = full(2, 1, 1, 2), full(1, 1, 1, 1), full(1), full(2, 1, 1, 2)
    broken.found(1, x, w, b, dout=dout)
    assert "Your input has 10 numbers, the smallest known 6." in capsys.readouterr().out
    large = full(2, 1, 1, 3)
    broken.found(1, large, w, b, dout=large)
    said = capsys.readouterr().out
    assert "Your input has 14 numbers, the smallest known 6; your smallest has 10 numbers." in said


X, W, B = full(1, 1, 2, 2), full(1, 1, 1, 1), full(1)
NAN = np.array([[[[np.nan]]]])
ODD = {
    "dout is (1, 1, 1, 1), and out is (1, 1, 2, 2)": ((1, X, W, B), {"dout": W}),
    "missing a required argument: 'b'": ((1, X, W), {}),
    "got an unexpected keyword argument 'padding'": ((1, X, W, B), {"padding": 1}),
    "x has 2 axes: it must have 4.": ((1, full(2, 2), W, B), {}),
    "x has 3600 numbers: at least 1, at most 500.": ((1, full(1, 1, 60, 60), W, B), {}),
    "together: at most 500": ((1, full(1, 1, 20, 20), full(1, 1, 11, 11), B), {}),
    "x has 0 numbers": ((1, full(0, 1, 2, 2), W, B), {}),
    "x holds a number that is larger than 1000, or is none.": ((1, NAN, W, B), {}),
    "x is no array of numbers.": ((1, "abc", W, B), {}),
    "x is no array: its rows differ in length.": ((1, [[1.0], [1.0, 2.0]], W, B), {}),
    "stride is 0: at least 1, at most 16.": ((1, X, W, B, 0), {}),
    "pad is 999999: at least 0, at most 16.": ((1, X, W, B, 1, 999999), {}),
    "Both refuse this: a window of 1 does not fit": ((1, X, W, B, 2), {}),
    "There are 1, 2 and 3": ((4, X, W, B), {}),
    "The right function cannot take this": ((1, X, W, 1.0), {}),
    "cannot reshape array of size 2": ((1, X, W, full(2)), {}),
}


@pytest.mark.parametrize("said", ODD)
def test_what_is_no_input_is_a_sentence(said: str, capsys: Any) -> None:
    arguments, named = ODD[said]
    puzzle("03").found(*arguments, **named)
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((1, full(2, 1), full(1), full(1), START, True, 0.9, 0.0), "eps is 0.0: at least 1e-05"),
        ((1, full(2, 3), full(1), full(1), START), "gamma has the shape (1,)"),
        ((1, full(2, 1), full(1), full(1), (full(3), full(1))), "running has the shape (3,)"),
        ((3, full(2), 0.0, 1), "The right answer is not a number there."),
    ],
)
def test_so_it_is_in_lesson_08(arguments: tuple[Any, ...], said: str, capsys: Any) -> None:
    puzzle("08").found(*arguments)
    assert said in capsys.readouterr().out


def test_the_largest_input_takes_a_moment(capsys: Any) -> None:
    many = full(250, 1, 1, 1)
    start = time.process_time()
    puzzle("03").found(1, many[:160], full(1, 1, 1, 1), full(1), 1, 0, dout=many[:160])
    puzzle("03").found(1, many, full(1, 1, 1, 1), full(1), 1, 16)
    assert time.process_time() - start < 2
    assert "is wrong there: dw" in capsys.readouterr().out


def test_a_wrong_function_can_be_called(capsys: Any) -> None:
    broken = puzzle("03")
    _, cache = broken[1].conv_forward(full(1, 1, 1, 1), 3 * full(1, 1, 1, 1), full(1))
    assert broken[1].conv_backward(full(1, 1, 1, 1), cache)[0].ravel() == [3.0]
    assert "found(3, dout, w)   record: 6 numbers" in repr(broken)


def test_a_lesson_without_a_puzzle_says_which_have_one() -> None:
    with pytest.raises(ValueError, match="there are some for 03, 05 and 08"):
        puzzle("04")


def test_while_grading_there_is_nothing_to_compare(tmp_path: Path) -> None:
    lesson = LESSONS["03"]
    stage(lesson, tmp_path)
    assert not (tmp_path / "convbook/puzzle" / opened.FOLDER.name).exists()
    source = "from convbook.puzzle import puzzle\nbroken = puzzle('03')\nbroken.found(1, 2)\nbroken"
    shown = f"{source}\nprint(broken)"
    done = subprocess.run(
        [sys.executable, "-c", shown], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.stdout == 2 * f"{room.NONE}\n" and done.stderr == ""


def test_an_input_stays_as_it_is(capsys: Any) -> None:
    x = full(1)
    puzzle("08").found(3, x, 0.5, 1)
    assert x == [1.0] and "x afterwards" in capsys.readouterr().out
    assert inputs.MOST == 500 and isinstance(puzzle("08"), Puzzle)
