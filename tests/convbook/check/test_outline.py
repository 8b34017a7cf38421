"""The outline of a difference: what helps, and nothing that an answer could spell out."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from convbook import check
from convbook.check.compare import difference

WORD = "spelled"
PLAIN = st.recursive(
    st.one_of(
        st.just(WORD), st.integers(10**5, 10**300), st.floats(), st.booleans(), st.none(),
        st.complex_numbers(),
        arrays(st.sampled_from([np.float64, np.int64, np.complex64]), array_shapes(max_side=4)),
        st.builds(np.array, st.just(WORD)),
        st.builds(np.zeros, array_shapes(max_side=2000, max_dims=2)),
    ),
    lambda parts: st.one_of(
        st.lists(parts, max_size=3), st.dictionaries(st.just(WORD), parts), st.tuples(parts, parts)
    ),
    max_leaves=4,
)  # fmt: skip
EXPECTED = (
    np.arange(12.0).reshape(3, 4),
    5,
    2.5,
    "word",
    True,
    {"a": 1},
    [1, "b"],
    np.ones(2),
    None,
)


@given(PLAIN, st.sampled_from(EXPECTED))
def test_no_word_and_no_long_number_of_an_answer_is_in_it(answer: object, expected: object) -> None:
    text = difference(answer, expected, "out", exact=False)
    assert (text is None) == (difference(answer, expected, "out") is None)
    assert WORD not in (text or "")
    assert not re.search(r"\d{4,}|\d\.\d{3,}", text or ""), text


@pytest.mark.parametrize(
    ("answer", "expected", "said"),
    [
        (227.0, 226.0, "out is a little more, expected 226."),
        (9, 54, "out is 9, expected 54."),
        (0.1234, 0.5, "out is about 0.12, expected 0.5."),
        (1e30, 1.0, "out is very large, expected 1."),
        (-1e-9, 1.0, "out is near 0, expected 1."),
        (100000, 5, "out is 1.0e+05, expected 5."),
        (1234.5, 5.0, "out is about 1.2e+03, expected 5."),
        (999.6, 5.0, "out is about 1.0e+03, expected 5."),
        (0.00123, 1.0, "out is about 1.2e-03, expected 1."),
        ("runs", "waits", "out is a str, expected 'waits'."),
        (np.ones((2, 3)), np.ones((3, 2)), "out has shape (2, 3), expected (3, 2).\n  Rows and"),
        (np.ones(9999), np.ones(2), "out has another shape, expected (2,)."),
        ([1.5] * 9, ["a", 1], "out has too many entries, expected 2."),
        ({"b": 1}, {"a": 1}, "out has other keys, expected ['a']."),
        (np.arange(6.0), np.ones(6), "out: most of 6 values differ.\n  First at [0]: yours 0, exp"),
        (2.123 * np.arange(6), np.arange(6.0), "Every value is multiplied by 2.1."),
    ],
)
def test_it_says_what_helps(answer: object, expected: object, said: str) -> None:
    with pytest.raises(check.NotYet) as raised:
        check.same(answer, expected)
    assert said in raised.value.outline


def test_a_problem_that_nobody_vouches_for_has_no_outline() -> None:
    assert check.not_yet("it is 5").outline == ""
    assert check.not_yet("it is 5", "look", outline="it is wrong").outline == (
        "Not yet: it is wrong\n  Hint: look"
    )
