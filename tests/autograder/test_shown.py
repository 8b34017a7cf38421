"""What others wrote is shown in one line, bounded, and steers no terminal."""

import pytest

from autograder.shown import one_line, plain

STEERING = "\x1b[31mred\x1b[0m \x07bell \u202egnp.exe\u202c \x9b2J\ufeff"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two\nlines\r\n\tand a tab", "two lines and a tab"),
        ("  much   space  ", "much space"),
        ("Zoë Müller, 李雷, Ольга", "Zoë Müller, 李雷, Ольга"),
        ("a\u2028b\u0085c\x00d", "a b c d"),
        ("a\ud800b", "a b"),
        (STEERING, "red bell gnp.exe 2J"),
        (None, "None"),
    ],
)
def test_one_line(text: object, shown: str) -> None:
    assert one_line(text) == shown


def test_what_is_long_is_cut_before_it_is_looked_at() -> None:
    assert one_line("ab " * 10_000_000, 20) == "ab ab ab ab ab a ..."
    assert len(plain("x" * 1000, 100)) == 100


def test_plain_text_keeps_its_lines() -> None:
    assert plain("one\n\ttwo", 100) == "one\n\ttwo"
    assert plain(STEERING, 100) == "red bell gnp.exe 2J"
