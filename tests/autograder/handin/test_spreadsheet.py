"""No cell of a CSV file is a formula, numbers stay numbers, and nothing is lost."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograder.handin.spreadsheet import harmless, original
from autograder.shown import one_line


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("  +1+1", "'+1+1"),
        ("\t=1", "'=1"),
        ("\r@x", "'@x"),
        ("＝1+1", "'＝1+1"),
        ("﹣1+1", "'﹣1+1"),
        ("Ada;=1+1", "Ada;'=1+1"),
        ("Ada, =1+1", "Ada,' =1+1"),
        ("a|-b", "a|'-b"),
        ("a\n=1", "a =1"),
        ('Ada;"=1"', 'Ada;\'"=1"'),
        ("=a;=b;;=c", "'=a;'=b;;'=c"),
        ("\u200b=1", r"\u200b=1"),
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
    ],
)
def test_what_would_be_calculated_is_text(text: str, cell: str) -> None:
    assert harmless(text) == cell


@pytest.mark.parametrize(
    "text", ["-1.5", "19.55", "+3", "1e5", "-", "", "a-b", "Lovelace, Ada", "O'Neil", "a@b.example"]
)
def test_what_is_harmless_is_left_alone(text: str) -> None:
    assert harmless(text) == text


@given(st.text(alphabet="=+-@＝'\";,| ab1\u200b\x1b\ud800", max_size=12))
@example("'=1")
@example("''=1")
def test_what_was_written_is_read_again(text: str) -> None:
    assert original(harmless(text)) == one_line(text)
