"""A map of the wrong size is told which formula gives it, where one alone does."""

import numpy as np
import pytest

from autograder.judging import judge, sizes
from convbook.check import NotYet

CALL = {"x": np.zeros((2, 3, 11, 16)), "w": np.zeros((4, 3, 5, 2)), "stride": 2, "pad": 3}
RIGHT = (2, 4, 7, 11)  # (11 - 5 + 6) / 2 + 1 and (16 - 2 + 6) / 2 + 1


@pytest.mark.parametrize(
    ("size", "said"),
    [
        ((6, 10), "without + 1"),
        ((13, 21), "without the stride"),
        ((17, 22), "as large as the padded input"),
        ((11, 16), "as large as the input"),
        ((8, 9), "HH and WW in each other's place"),
        ((9, 8), "H and W in each other's place"),
        ((3, 3), ""),
    ],
)
def test_the_formula_is_named(size: tuple[int, int], said: str) -> None:
    text = sizes.formula(CALL, (2, 4, *size), RIGHT)
    assert said in text
    assert bool(text) is bool(said)


def test_two_that_give_it_are_not_named() -> None:
    call = CALL | {"pad": 0}  # as large as the input, and as large as the padded one
    assert sizes.formula(call, (2, 4, 11, 16), (2, 4, 4, 8)) == ""


def test_a_call_without_windows_has_no_formula() -> None:
    assert sizes.formula({"x": np.zeros((2, 3))}, (2, 3), (2, 4)) == ""


def test_the_judge_says_it_before_it_says_that_an_argument_was_changed() -> None:
    judge.begin("02_convolution", seed=5)
    x, w = np.ones((1, 1, 7, 8)), np.ones((2, 1, 3, 2))

    def greedy(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int) -> tuple:
        x[0] = 7
        return np.zeros((1, 2, 2, 3)), None

    with pytest.raises(NotYet, match="without \\+ 1"):
        judge.forward("conv_forward", greedy, x, w, np.zeros(2), stride=2)
