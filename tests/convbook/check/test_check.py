"""The comparison and the gradient check, and what they say."""

import numpy as np
import pytest

from convbook import check, gpu
from convbook.check import NotYet, fingerprint


def refused(*args: object, **kwargs: object) -> str:
    with pytest.raises(NotYet) as caught:
        check.same(*args, **kwargs)
    return str(caught.value)


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (np.ones((2, 3)), np.ones((2, 3))),
        (np.float32(0.1), 0.1),
        ([[1.0, 2.0]], np.array([[1.0, 2.0]])),
        (np.int64(3), 3),
        (0, 0.0),
        (np.array([np.inf, 1.0]), np.array([np.inf, 1.0])),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        ([("conv", (3, 4)), None, True], [("conv", (3, 4)), None, True]),
        ({"a": 1, "b": "x"}, {"b": "x", "a": 1}),
        (np.bool_(True), True),
    ],
)
def test_equal_answers_pass(actual: object, expected: object) -> None:
    check.same(actual, expected)


@pytest.mark.parametrize(
    ("actual", "expected", "said"),
    [
        (np.ones((3, 1)), np.ones(3), "keepdims"),
        (np.ones((2, 3)), np.ones((3, 2)), "changed places"),
        (np.ones(6), np.ones((3, 2)), "look at the reshape"),
        (np.zeros((0, 3)), np.ones(3), "shape (0, 3)"),
        (np.array([1, 2]), np.array([1.0, 2.0]), "whole numbers"),
        (3.0, 3, "floating point"),
        (np.array([1.0, np.nan]), np.ones(2), "not finite"),
        (np.array([1.0, np.inf]), np.ones(2), "not finite"),
        (1.0 + 0j, 1.0, "complex"),
        (True, 1, "true or false"),
        (1, True, "1 (an int), expected True"),
        (False, True, "out is False, expected True."),
        (None, 1.0, "without a return"),
        ("x", "y", "expected 'y'"),
        (np.array([True, False]), np.array([True, True]), "1 of 2 values differ"),
        (np.bool_(False), True, "expected True"),
        ({"a": 1}, {"a": 2}, "expected 2"),
        ({"a": 1}, {"b": 1}, "keys"),
        ([1, (2, 3)], [1, (2, 4)], "out[1]: 1 of 2 values differ"),
        ([(1,)], [(1,), (1, 2)], "1 entries, expected 2"),
        (object(), np.ones(2), "expected 2 values of shape (2,)"),
        ([[1.0], [1.0, 2.0]], np.ones(2), "expected 2 values"),
    ],
)
def test_different_answers_say_what_differs(actual: object, expected: object, said: str) -> None:
    assert said in refused(actual, expected)


def test_the_message_counts_and_shows_the_first_and_the_worst() -> None:
    expected = np.zeros((2, 3))
    actual = np.array([[0, 0, 1.0], [0, -5.0, 0]])
    lines = refused(actual, expected, "out", hint="Look at the sign.").splitlines()
    assert lines == [
        "Not yet: out: 2 of 6 values differ.",
        "  First at [0, 2]: yours 1, expected 0.",
        "  Worst at [1, 1]: yours -5, expected 0.",
        "  Hint: Look at the sign.",
    ]


def test_a_hint_about_values_does_not_stand_below_a_wrong_kind() -> None:
    assert "Hint" not in refused(3.0, 3, "out", "Divide by N.")
    assert "Hint: Divide by N." in refused(4.0, 3.0, "out", "Divide by N.")


def test_an_array_on_a_device_has_a_fingerprint() -> None:
    with gpu.simulated():
        far = gpu.cupy.ones(3)
    with pytest.raises(NotYet) as caught:
        check.same(far, np.ones(3))
    assert len(list(fingerprint.of_failure("# 1 point. One.", 2, caught.value))) == 1


def test_values_that_look_alike_are_shown_in_full() -> None:
    assert "yours 1.00000001" in refused(np.array([1.00000001]), np.ones(1), rtol=1e-12, atol=0)


def test_a_front_end_is_given_the_message_without_a_traceback() -> None:
    error = check.not_yet("out is wrong.", "Look.")
    assert error._render_traceback_() == ["Not yet: out is wrong.", "  Hint: Look."]


def test_raises_tells_returned_from_raised() -> None:
    check.raises(ValueError, lambda: int("x"), "int('x')")
    with pytest.raises(NotYet, match="returned 3"):
        check.raises(ValueError, lambda: 3, "three()")
    with pytest.raises(NotYet, match="raised KeyError, expected ValueError"):
        check.raises(ValueError, lambda: {}["a"], "look()")
    with pytest.raises(NotImplementedError):
        check.raises(ValueError, blank, "blank()")


def blank() -> None:
    raise NotImplementedError


@pytest.mark.parametrize("size", [(4, 3), (40, 30)], ids=["every number", "directions"])
def test_gradient_takes_the_right_one_and_refuses_a_wrong_one(size: tuple[int, int]) -> None:
    x = np.random.default_rng(0).normal(size=size)
    dout = np.random.default_rng(1).normal(size=size)
    check.gradient(np.sin, x, np.cos(x) * dout, dout)
    check.gradient(np.sin, x, (np.cos(x) * dout).astype(np.float32), dout)
    for wrong in (np.cos(x), 1.01 * np.cos(x) * dout, -np.cos(x) * dout):
        with pytest.raises(NotYet):
            check.gradient(np.sin, x, wrong, dout)


def test_gradient_looks_at_the_form_first() -> None:
    with pytest.raises(NotYet, match="shape"):
        check.gradient(np.sum, np.ones((2, 3)), np.ones((3, 2)))


@pytest.mark.parametrize("kind", [int, np.int32, np.uint64])
def test_whole_numbers_are_compared_exactly(kind: type) -> None:
    check.same(np.array([120_000], kind), [120_000])
    with pytest.raises(NotYet, match=r"yours 120001|yours 120001\.0"):
        check.same(np.array([5, 120_001], kind), [5, 120_000])
    with pytest.raises(NotYet):
        check.same(2**62 + 1, 2**62)
    check.same(120_000.1, 120_000.0)  # a floating-point number may be rounded
