"""The sentence about a wrong answer: it is found where it holds, and holds where it is said."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from convbook import check
from convbook.check.patterns import pattern

X = np.random.default_rng(0).normal(size=(3, 2, 4, 4)) + 1


def border_off(x: np.ndarray) -> np.ndarray:
    y = x.copy()
    y[..., 0, :] += 1
    y[..., :, -1] *= 3
    return y


def first_alone(x: np.ndarray) -> np.ndarray:
    y = np.random.default_rng(1).normal(size=x.shape)
    y[0] = x[0]
    return y


def channel(x: np.ndarray) -> np.ndarray:
    y = x.copy()
    y[:, 0] = y[:, 0] ** 2
    return y


WRONG: dict[str, tuple[Callable[[np.ndarray], np.ndarray], str]] = {
    "twice": (lambda x: 2 * x, "Every value is multiplied by 2."),
    "mean for sum": (lambda x: x / 8, "Every value is multiplied by 0.125, or divided by 8."),
    "sign": (lambda x: -x, "Every sign is the other way round."),
    "bias": (lambda x: x + 0.5, "Every value is 0.5 too large."),
    "less": (lambda x: x - 3, "Every value is 3 too small."),
    "turned": (lambda x: x.swapaxes(-1, -2), "Rows and columns have changed places."),
    "row": (lambda x: x[..., ::-1], "Every row is reversed."),
    "rows": (lambda x: x[..., ::-1, :], "The rows are in reverse order."),
    "flip": (
        lambda x: x[..., ::-1, ::-1],
        "It is rotated by 180 degrees: both axes are reversed.",
    ),
    "border": (border_off, "Only values along the border are wrong."),
    "first": (first_alone, "Along axis 0, number 0 is right and all others are wrong."),
    "channel": (channel, "Along axis 1, only number 0 is wrong."),
}


@pytest.mark.parametrize(("change", "says"), WRONG.values(), ids=WRONG)
def test_a_pattern_is_told_in_the_message_of_a_check(
    change: Callable[[np.ndarray], np.ndarray], says: str
) -> None:
    with pytest.raises(check.NotYet) as caught:
        check.same(change(X), X)
    assert str(caught.value).splitlines()[-1] == f"  {says}"


@pytest.mark.parametrize(
    "change", [np.sin, lambda x: x**2, lambda x: np.roll(x, 1), lambda x: x * 0], ids=range(4)
)
def test_where_there_is_no_pattern_nothing_is_said(change: Callable) -> None:
    wrong = change(X) != X
    assert pattern(change(X), X, wrong) == ""


def test_one_value_beside_zeros_shows_no_factor() -> None:
    wanted = np.array([0.0, 0.0, 11.0, 0.0, 0.0])
    assert pattern(wanted / 11, wanted, wanted != 0) == ""


SMALL = st.floats(-8, 8, width=16)


@settings(max_examples=300, deadline=None)
@given(arrays(float, (2, 3, 3), elements=SMALL), arrays(float, (2, 3, 3), elements=SMALL))
def test_what_is_said_is_true(got: np.ndarray, wanted: np.ndarray) -> None:
    wrong = got != wanted
    if not wrong.any():
        return
    text = pattern(got, wanted, wrong)
    if found := re.search(r"multiplied by ([^,]*[^,.])[,.]", text):
        np.testing.assert_allclose(got, float(found[1]) * wanted, rtol=1e-4, atol=1e-4)
    elif found := re.search(r"Every value is (\S+) too (large|small)", text):
        sign = 1 if found[2] == "large" else -1
        np.testing.assert_allclose(got, wanted + sign * float(found[1]), atol=1e-4)
    elif "sign" in text:
        np.testing.assert_allclose(got, -wanted, atol=1e-4)
    elif "border" in text:
        assert not wrong[:, 1, 1].any()
    elif "only number 0" in text:
        axis = int(text[11])
        assert not np.delete(wrong, 0, axis=axis).any()
    elif "number 0 is right" in text:
        assert not np.take(wrong, 0, axis=int(text[11])).any()
