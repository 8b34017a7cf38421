"""Which wordings are put together, and which only look alike."""

import pytest

from autograder.answers.alike import LONGEST, MOST, Wording, groups
from autograder.classroom.written import Written

PLAIN = "The two nets are as good, because the weights are learned and follow the flip."


def wording(text: str, count: int = 1, pictures: str = "") -> Wording:
    return Wording(f"{text}{pictures}", Written(text, {}).normal, pictures, count)


def together(one: str, other: str) -> bool:
    return len(groups([wording(one), wording(other)])) == 1


@pytest.mark.parametrize(
    "other",
    [
        PLAIN.replace("because", "becuase"),
        PLAIN.removesuffix("."),
        PLAIN.replace("learned", "learnt"),
        PLAIN.replace(" and ", " & "),
    ],
)
def test_what_is_nearly_the_same_is_together(other: str) -> None:
    assert together(PLAIN, other)


@pytest.mark.parametrize(
    ("one", "before", "after"),
    [
        (PLAIN, "are as good", "are not as good"),
        (PLAIN, "are learned", "aren't learned"),
        (PLAIN, "the flip", "no flip"),
        ("It takes 105,415,200 multiplications both ways", "200", "300"),
        ("the map has 32 x 32 entries in every channel", "32 x", "33 x"),
        ("her filters learn faster than mine in this net", "faster", "slower"),
        ("the sum over the window stays if pad > 0 there", ">", "<"),
        ("a", "a", "b"),
        ("", "", "x"),
    ],
)
def test_what_says_something_else_is_not(one: str, before: str, after: str) -> None:
    assert not together(one, one.replace(before, after))


def test_other_pictures_are_another_answer() -> None:
    assert len(groups([wording(PLAIN, pictures="a"), wording(PLAIN, pictures="b")])) == 2


def test_the_commonest_stand_first() -> None:
    rare, common = wording("nothing changes at all"), wording(PLAIN, count=3)
    assert groups([rare, common]) == [[common], [rare]]


def test_a_group_is_no_longer_than_a_person_reads() -> None:
    many = [wording(f"{PLAIN}{'!' * n}") for n in range(MOST + 1)]
    assert sorted(map(len, groups(many))) == [1, MOST]


def test_long_texts_are_not_compared() -> None:
    long = "many words " * LONGEST
    assert not together(long, f"{long}!")


def test_capitals_spaces_and_how_an_accent_is_written_make_no_other_answer() -> None:
    keys = {Written(t, {}).key for t in ("Très  bien\n", "tre\u0300s BIEN", " très bien")}
    assert len(keys) == 1
    assert Written("2²", {}).key != Written("22", {}).key
    assert Written("a", {}).key != Written("a", {"p": {"image/png": "x"}}).key
