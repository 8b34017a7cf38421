"""What counts for the course's grade: the rules and their errors, and grades worked out by hand."""

import re
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.classroom import policy
from autograder.classroom.counting import Counting, rounded
from autograder.course import CourseError, lessons

GOOD = """
[course]
lowest_dropped = 1
bonus = ["10_gpu"]
cap = 110
weights.02_convolution = 1
weights."03_backprop" = 2.5
weights.10_gpu = 1
weights.05_pooling = 0

[canvas]  # as the gradebook has them
02_convolution = "Lab 2 (4711)"
course = "All labs (4720)"
"""
BAD = {
    "[course]\nlowest = 1\n": "line 2: there is no lowest; there are lowest_dropped, bonus, cap, w",
    "[course]\nlowest_dropped = 1.5\n": "line 2: lowest_dropped is a whole number",
    "[course]\nlowest_dropped = true\n": "line 2: lowest_dropped is a number, not True",
    "[course]\n\nlowest_dropped = 13\n": "line 3: lowest_dropped is less than 13: so many count",
    "[course]\nlowest_dropped = -1\n": "line 2: lowest_dropped is between 0 and 99, not -1",
    "[course]\ncap = 0\n": "line 2: cap is between 1 and 1000, not 0",
    "[course]\nbonus = '10_gpu'\n": r"line 2: bonus is a list .* write|bonus = \[\"10_gpu\"\]",
    "[course]\nbonus = [10]\n": r"line 2: bonus is a list of lessons in quotes",
    "[course]\nbonus = ['10']\n": "line 2: no lesson 10; there are 01_volumes",
    "[course]\nbonus = ['10_gpu']\n[course.weights]\n02_convolution = 1\n": "line 2: 10_gpu needs",
    "[course]\nbonus = ['10_gpu']\nweights.10_gpu = 1\n": "line 2: all that counts is bonus",
    "[course.weights]\n2 = 1\n": "line 2: no lesson 2; there are 01_volumes",
    "[course.weights]\n02_convolution = '1'\n": "line 2: 02_convolution is a number, not '1'",
    "[course.weights]\n02_convolution = inf\n": "line 2: 02_convolution is between 0 and 1000",
    "[course]\nweights = 3\n": r"line 2: course.weights is a table: write \[course.weights\]",
    "course = 1\n": r"line 1: course is a table: write \[course\]",
    "canvas = 'Lab'\n": r"line 1: canvas is a table: write \[canvas\]",
    "[moodle]\n2_conv = 'Lab 2'\n": "line 2: no lesson 2_conv; there are 01_volumes",
    "[moodle]\n02_convolution = 2\n": "line 2: a title is a text in quotes, .*: 02_convolution = ",
    "[moodle]\n02_convolution = ''\n": "line 2: a title is a text in quotes",
    "[moodle]\n02_convolution = 'Lab  2'\n": "line 2: a title is a text in quotes",
    "[canvas]\n02_convolution = 'Lab'\n03_backprop = 'Lab'\n": "line 3: Lab is the title of",
}


def read(folder: Path, text: str) -> policy.Policy:
    (folder / policy.FILE).write_text(text, encoding="utf-8")
    found = policy.read(folder, lessons())
    assert found is not None
    return found


def test_the_rules_are_read(tmp_path: Path) -> None:
    found = read(tmp_path, GOOD)
    weights = {"02_convolution": 1.0, "03_backprop": 2.5, "10_gpu": 1.0}
    assert found.counting == Counting(weights, 1, frozenset({"10_gpu"}), 110.0)
    titles = {"02_convolution": "Lab 2 (4711)", "course": "All labs (4720)"}
    assert found.titles == {"canvas": titles}
    assert found.deadlines == {} and found.percent_per_day == 0


@pytest.mark.parametrize("text", BAD)
def test_a_mistake_is_refused_with_its_line(text: str, tmp_path: Path) -> None:
    with pytest.raises(CourseError) as caught:
        read(tmp_path, text)
    said = str(caught.value)
    assert re.search(BAD[text], said), said
    assert policy.FILE in said and "\n" not in said


MOST = {"a": 20.0, "b": 10.0, "c": 20.0}


@pytest.mark.parametrize(
    ("rules", "scores", "grade", "dropped"),
    [
        (Counting(), {"a": 20, "b": 10, "c": 20}, 100, ()),
        (Counting(), {"a": 15, "c": 10}, 50, ()),  # 25 of 50
        (Counting(), {}, 0, ()),
        (Counting({"a": 1, "b": 3}), {"a": 10, "b": 10, "c": 20}, 87.5, ()),  # (.5 + 3) / 4
        # Of two halves the one that weighs more: without c 25 of 30, without b 30 of 40.
        (Counting(lowest_dropped=1), {"a": 20, "b": 5, "c": 10}, 100 * 25 / 30, ("c",)),
        # Without c 19 of 30, without b 20 of 40, without a 11 of 30.
        (Counting(lowest_dropped=1), {"a": 14, "b": 5, "c": 6}, 100 * 19 / 30, ("c",)),
        (Counting(lowest_dropped=9), {"a": 20, "b": 5, "c": 10}, 100, ("b", "c")),
        (Counting(bonus=frozenset("b")), {"a": 20, "b": 10, "c": 10}, 100, ()),  # 40 of 40
        (Counting(bonus=frozenset("b")), {"a": 20, "b": 10, "c": 20}, 125, ()),
        (Counting(bonus=frozenset("b"), cap=110), {"a": 20, "b": 10, "c": 20}, 110, ()),
        (Counting(bonus=frozenset("b"), cap=110), {"a": 20, "c": 20}, 100, ()),
    ],
)
def test_grades_worked_out_by_hand(
    rules: Counting, scores: dict[str, float], grade: float, dropped: tuple[str, ...]
) -> None:
    found = rules.grade(MOST, scores)
    assert found == (pytest.approx(grade), dropped)


def test_without_a_lesson_that_counts_there_is_no_grade() -> None:
    with pytest.raises(ValueError, match="no lesson that counts"):
        Counting(bonus=frozenset("a")).grade({"a": 20.0}, {"a": 20.0})


points = st.integers(0, 40).map(lambda halves: halves / 2)


@given(
    st.lists(st.tuples(points, st.integers(1, 5)), min_size=1, max_size=6),
    st.integers(0, 3),
)
def test_no_other_choice_of_dropped_lessons_is_better(
    got: list[tuple[float, int]], number: int
) -> None:
    names = [str(n) for n in range(len(got))]
    weights = {name: float(weight) for name, (_, weight) in zip(names, got, strict=True)}
    scores = {name: score for name, (score, _) in zip(names, got, strict=True)}
    grade, dropped = Counting(weights, number).grade(dict.fromkeys(names, 20.0), scores)
    assert len(dropped) == min(number, len(got) - 1)
    best = max(
        sum(Fraction(weights[x]) * Fraction(scores[x]) / 20 for x in kept)
        / sum(Fraction(weights[x]) for x in kept)
        for kept in combinations(names, len(got) - len(dropped))
    )
    assert grade == pytest.approx(float(100 * best))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        *((0.145, "0.15"), (2.675, "2.68"), (1.005, "1.01"), (89.994999, "89.99")),
        *((100.0, "100"), (0.0, "0"), (0.001, "0"), (13.6, "13.6"), (1000.0, "1000")),
        (0.1 + 0.2, "0.3"),
        (100 * 19 / 30, "63.33"),
    ],
)
def test_a_half_is_rounded_upwards(value: float, said: str) -> None:
    assert rounded(value) == said
