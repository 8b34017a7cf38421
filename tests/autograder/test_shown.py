"""What others wrote is shown bounded, steers no terminal, and hides nothing."""

import sys
import time
import unicodedata

import pytest

from autograder.shown import one_line, plain, visible

STEERING = "\x1b[31mred\x1b[0m \x07bell \u202egnp.exe\u202c \x9b2J\ufeff"
SEEN = r"red \x07bell \u202egnp.exe\u202c \x9b2J\ufeff"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two\nlines\r\n\tand a tab", "two lines and a tab"),
        ("  much   space  ", "much space"),
        ("Zoë Müller, 李雷, Ольга", "Zoë Müller, 李雷, Ольга"),
        ("a\u2028b\u0085c\x00d", "a b c\\x00d"),
        ("a\ud800b", "a\\ud800b"),
        (STEERING, SEEN),
        (None, "None"),
    ],
)
def test_one_line(text: object, shown: str) -> None:
    assert one_line(text) == shown


def test_what_is_long_is_cut_before_it_is_looked_at() -> None:
    assert one_line("ab " * 10_000_000, 20) == "ab ab ab ab ab a ..."
    assert len(plain("x" * 1000, 100)) == 100


def test_very_many_are_soon_done_and_none_is_left() -> None:
    begun = time.process_time()
    for text in (
        "\x07" * 2_000_000,
        "a\x07" * 1_000_000,
        "\x1b[" * 1_000_000,
        "\u200d\ufe0f" * 10**6,
    ):
        assert all(c.isprintable() for c in set(plain(text, 1 << 30)))
    assert time.process_time() - begun < 10


def test_plain_text_keeps_its_lines() -> None:
    assert plain("one\n\ttwo", 100) == "one\n\ttwo"
    assert plain(STEERING, 100) == SEEN
    assert plain("10 %\r20 %\r\nend", 100) == "10 %\n20 %\nend"


def test_nothing_that_steers_or_hides_is_left() -> None:
    spaces, unseen = " \n\t", ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
    shown_signs = {"ARABIC", "KAITHI"}  # marks of format that have a shape
    left = [
        letter
        for letter in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(letter) in unseen and letter not in spaces
        if visible(f"a{letter}b") == f"a{letter}b"
        if unicodedata.name(letter, "?").split()[0] not in shown_signs
    ]
    assert left == []
    blanks = "\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\ufe0f\u180b\U000e0100\U000e0041"
    assert all(ascii(blank)[1:-1] in visible(f"a{blank}b") for blank in blanks)


@pytest.mark.parametrize("text", ["می‌خواهم", "क्‍ष", "👩‍💻 ❤️ 👍🏽", "naïve, 李雷, עברית"])
def test_what_writing_needs_is_left_alone(text: str) -> None:
    assert visible(text) == text == one_line(text)
