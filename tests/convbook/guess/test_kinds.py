"""What is typed, chosen or drawn: rightly, wrongly, and absurdly."""

import math
from typing import Any

import pytest

from convbook.guess import kinds, numbers
from convbook.guess.numbers import Refused

NUMBER = kinds.part("number | over 32 x 32 | 3072")
ROUGH = kinds.part("number | how many times | 10 | within a factor of 3")
MEASURED = kinds.part("number | about | 0.33 | within 30 %")
SHAPE = kinds.part("shape | of `w` | 10, 3, 5, 5")
CHOICE = kinds.part("choice | it is | larger | * the same | smaller")
BOX = kinds.part("box | what `V` sees | grid 11 x 12 | 4:9, 6:11")
PHOTO = kinds.part("box | the eye | photo chelsea 100 x 151 step 3 | 32:46, 46:67")
CURVE = kinds.part("curve | the mean | batches 0 .. 40 | mean 0 .. 2 | 0 0, 20 2, 40 2")
LOG = kinds.part("curve | error | step 1e-4 .. 1 log | error 1e-4 .. 1 log | 1e-4 1e-4, 1 1")
LINE = [i / 8 for i in range(9)]


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("3072", 3072), (" 3,072 ", 3072), ("3 072", 3072), ("120'000", 120000), ("1.5e3", 1500),
        ("0.25", 0.25), ("1/4", 0.25), ("75 %", 0.75), ("-3", -3), ("5*5*3", 75),
        ("32 x 32 x 3", 3072), ("2^10", 1024), ("(7 - 3)/2 + 1", 3), ("\u22122", -2), (12, 12),
    ],
)  # fmt: skip
def test_a_number_may_be_written_in_many_ways(typed: object, value: float) -> None:
    assert numbers.number(typed) == value


@pytest.mark.parametrize(
    "typed",
    [
        "", "lots", "1,5", "nan", "inf", "1e999", "9**9**9", "2**-9999", "1/0", "(1", "--", "1 2",
        "x",
        "True",
        "__import__('os')", "[1]", "1j", "(-1)**0.5", "9" * 61, "(" * 5000, None, {}, [],
        "1" * 10_000_000,
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused_in_a_sentence(typed: object) -> None:
    with pytest.raises(Refused, match=r"such as 3072, 0.25 or 5\*5\*3\.$") as refused:
        numbers.number(typed)
    assert len(str(refused.value)) < 120


def test_a_row_may_be_written_in_many_ways_and_is_bounded() -> None:
    for typed in ("8, 3, 32, 32", "(8, 3, 32, 32)", "[8 3 32 32]", "8x3x32x32", "8;3;32;32"):
        assert numbers.row(typed) == [8, 3, 32, 32]
    for typed in ("", "()", "a, b", "8, , b", "1 " * 65, None):
        with pytest.raises(Refused):
            numbers.row(typed)


@pytest.mark.parametrize(
    ("part", "typed", "right", "far"),
    [
        (NUMBER, "3*32*32", True, ""),
        (NUMBER, "1024", False, "3 times too low"),
        (NUMBER, "3379.2", False, "10 % too high"),
        (NUMBER, "-3072", False, "with the other sign"),
        (NUMBER, "0", False, "3,072 off"),
        (ROUGH, "4", True, ""),
        (ROUGH, "2", False, "5 times too low"),
        (MEASURED, "0.4", True, ""),
        (SHAPE, "10, 3, 5, 5", True, ""),
        (SHAPE, "3, 10, 5, 5", False, "the right numbers in another order"),
        (SHAPE, "10, 3, 5", False, "3 in place of 4 numbers"),
        (SHAPE, "10, 3, 5, 6", False, "1 of 4 numbers differ"),
        (CHOICE, 1, True, ""),
        (CHOICE, 0, False, ""),
        (BOX, [4, 8, 6, 10], True, ""),
        (BOX, [4, 8, 6, 9], False, "80 % is in both"),
        (BOX, [0, 0, 0, 0], False, "0 % is in both"),
        (PHOTO, [33, 46, 48, 66], True, "79 % is in both"),
        (PHOTO, [32, 45, 92, 112], False, "0 % is in both"),
        (CURVE, [0, 0.25, 0.5, 0.75, 1, 1, 1, 1, 1], True, "0 % of the height apart"),
        (CURVE, [0.5] * 9, False, "39 % of the height apart"),
        (LOG, LINE, True, "0 % of the height apart"),
    ],
)
def test_a_guess_is_right_or_so_far_off(
    part: kinds.Part, typed: Any, right: bool, far: str
) -> None:
    guess = part.read(typed)
    assert part.is_right(guess) is right
    assert part.far(guess) == far
    assert part.said(guess) and part.told() and isinstance(part.picture(guess), str)


@pytest.mark.parametrize("part", [CHOICE, BOX, PHOTO, CURVE])
@pytest.mark.parametrize(
    "typed",
    ["", None, -1, 3, 1.0, True, "0", [], [0] * 4 + [9], [0, 0, 0, "9"],
     [9, 8, 0, 0], [0, 500, 0, 1],
          [math.nan] * 9, [2.0] * 9, [0.5] * 8, ["0.5"] * 9, {"a": 1}],
)  # fmt: skip
def test_what_was_not_chosen_or_drawn_is_refused(part: kinds.Part, typed: Any) -> None:
    with pytest.raises(Refused):
        part.read(typed)


@pytest.mark.parametrize("part", [NUMBER, SHAPE, BOX, PHOTO, CURVE, LOG])
def test_a_page_is_told_no_truth_before_a_guess(part: kinds.Part) -> None:
    told = repr(part.asked())
    assert part.told() not in told and 'stroke-opacity="0.6"' not in told
    assert not {"truth", "right", "within"} & part.asked().keys()


@pytest.mark.parametrize(
    "line",
    [
        "number | x", "number | x | lots", "number | x | 1 | nearly", "sum | x | 1",
        "choice | x | a | b",
        "choice | x | * a | * b", "choice | x | * a", "box | x | grid 3 x 3 | 0:4, 0:1",
        "box | x | grid 3 x 3 | 2:1, 0:1", "box | x | 3 x 3 | 0:1, 0:1",
        "curve | x | a 0 .. 1 | b 0 .. 1 | 0 0",
        "curve | x | a 1 .. 0 | b 0 .. 1 | 0 0, 1 1",
        "curve | x | a 0 .. 1 log | b 0 .. 1 | 0 0, 1 1",
        "curve | x | a 0 .. 1 | b 0 .. 1 | 1 0, 0 1", "",
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_understood_is_named(line: str) -> None:
    with pytest.raises(ValueError, match=f"^'{line}'".replace("|", r"\|").replace("*", r"\*")):
        kinds.part(line)
