"""What hidden checks say of wrong answers, and that they cannot be talked out of it."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from autograder.judging import judge
from convbook.check import NotYet

x = np.arange(12.0).reshape(3, 4)
w = np.ones((2, 2))


@pytest.fixture(autouse=True)
def lesson() -> Iterator[None]:
    judge.begin("02_convolution", seed=5)
    yield
    judge.begin("02_convolution", seed=5)


def test_input_depends_on_the_seed_and_the_check_alone() -> None:
    def drawn(seed: int, check: str) -> float:
        judge.begin("02_convolution", seed)
        judge.begin_check(check)
        return judge.rng().random()

    assert drawn(1, "a") == drawn(1, "a")
    assert len({drawn(1, "a"), drawn(1, "b"), drawn(2, "a")}) == 3


def refused(function: Callable) -> str:
    with pytest.raises(NotYet) as caught:
        judge.value("correlate2d", function, x, w)
    return str(caught.value)


def test_the_message_names_the_call_and_the_difference() -> None:
    lines = refused(lambda x, w: np.zeros((2, 3))).splitlines()
    assert lines[0] == "Not yet: correlate2d with x of shape (3, 4), w of shape (2, 2):"
    assert lines[1] == "  result: 6 of 6 values differ."
    assert len(lines) <= 6


def test_a_changed_argument_is_found_even_with_the_right_result() -> None:
    def greedy(x: np.ndarray, w: np.ndarray) -> np.ndarray:
        result = judge.reference("correlate2d")(x, w)
        w[0, 0] = 7
        return result

    assert "correlate2d changes its argument w" in refused(greedy)
    assert w[0, 0] == 7
    w[0, 0] = 1


def test_a_changed_list_is_found() -> None:
    def greedy(X: np.ndarray, filters: list, biases: list, *place: int) -> float:
        result = judge.reference("volume_entry")(X, filters, biases, *place)
        biases.append(0.0)
        return result

    with pytest.raises(NotYet, match="changes its argument biases"):
        judge.value(
            "volume_entry", greedy, np.ones((3, 3, 1)), [np.ones((2, 2, 1))], [0.5], 0, 0, 0
        )


def test_forward_wants_a_pair_and_leaves_the_cache_alone() -> None:
    args = np.ones((1, 1, 2, 2)), np.ones((1, 1, 2, 2)), np.zeros(1)
    out = np.full((1, 1, 1, 1), 4.0)
    judge.forward("conv_forward", lambda *_: (out, object()), *args)
    with pytest.raises(NotYet, match="must return two things, out and cache"):
        judge.forward("conv_forward", lambda *_: out, *args)


def test_backward_says_which_gradient_differs_after_which_call() -> None:
    judge.begin("03_backprop", seed=5)
    forward, backward = judge.reference("conv_forward"), judge.reference("conv_backward")
    args = np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)), np.zeros(1)
    names, results = ("conv_forward", "conv_backward"), ("dx", "dw", "db")
    judge.backward(names, (forward, backward), *args, results=results)

    def half(dout: np.ndarray, cache: tuple) -> tuple:
        dx, dw, db = backward(dout, cache)
        return dx, dw / 2, db

    with pytest.raises(NotYet, match=r"(?s)conv_forward with x .*dw of conv_backward: 4 of 4"):
        judge.backward(names, (forward, half), *args, results=results)
    with pytest.raises(NotYet, match="must return 3 gradients"):
        judge.backward(names, (forward, lambda dout, cache: dout), *args, results=results)


def test_a_forward_function_may_return_more_than_a_pair() -> None:
    judge.begin("08_normalization", seed=5)
    names = ("batchnorm_forward", "batchnorm_backward")
    forward, backward = map(judge.reference, names)
    args = x, np.ones(4), np.zeros(4), (np.zeros(4), np.ones(4))
    returns, results = ("out", "cache", "running"), ("dx", "dgamma", "dbeta")
    judge.forward(names[0], forward, *args, returns=returns)
    judge.backward(names, (forward, backward), *args, returns=returns, results=results)
    for wrong in (lambda *args: forward(*args)[:2], lambda *args: forward(*args)[0]):
        with pytest.raises(NotYet, match="must return three things, out, cache and running"):
            judge.forward(names[0], wrong, *args, returns=returns)
        with pytest.raises(NotYet, match="must return three things, out, cache and running"):
            judge.backward(names, (wrong, backward), *args, returns=returns, results=results)
