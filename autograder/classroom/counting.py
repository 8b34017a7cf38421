"""How lessons make the course's grade: in policy.toml, as what lateness costs.

    [course]
    lowest_dropped = 1      # of the lessons that count, the one without which the grade is best
    bonus = ["10_gpu"]      # gives points, and is not missed by who has none
    cap = 100               # percent, the most that the grade can be; without it, there is none

    [course.weights]        # without this table, each point counts the same
    02_convolution = 1
    03_backprop = 2
    10_gpu = 1

    [canvas]                # titles of columns; the same for [moodle]
    02_convolution = "Lab 2 (4711)"
    course = "All labs (4720)"

The grade is in percent. Each lesson gives its weight, times the part of its points that was got,
after lateness. The sum over the lessons, bonus ones included, is divided by the weights of those
that are no bonus and were not dropped. What was not handed in gives nothing. The result is rounded.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations
from typing import Any

from autograder.classroom.rules import Rules, short
from autograder.handin.given import PLATFORMS
from autograder.shown import one_line

TABLE = "course"
COURSE = "course"  # among titles: the course's grade
_KEYS = ("lowest_dropped", "bonus", "cap", "weights")
_MOST = 1000  # a weight, or percent
_LONGEST = 255  # characters of a title


@dataclass(frozen=True)
class Counting:
    """What counts for the course's grade.

    Attributes:
        weights: of each lesson that counts; where empty, all count by their points.
        lowest_dropped: how many lessons are left out.
        bonus: the lessons that give points and are not missed.
        cap: percent, at most; None for no such limit.
    """

    weights: Mapping[str, float] = field(default_factory=dict)
    lowest_dropped: int = 0
    bonus: frozenset[str] = frozenset()
    cap: float | None = None

    def weight(self, lesson: str, most: float) -> float:
        """Return how much a lesson counts that gives so many points; 0 for not at all."""
        return self.weights.get(lesson, 0.0) if self.weights else most

    def grade(
        self, most: Mapping[str, float], scores: Mapping[str, float]
    ) -> tuple[float, tuple[str, ...]]:
        """Work out a student's grade.

        Args:
            most: lesson to the points that it gives, of those that were graded.
            scores: lesson to the points that the student got, of those that were handed in.

        Returns:
            The grade in percent, not rounded, and the lessons that were dropped.

        Raises:
            ValueError: no lesson that counts, and is no bonus, was graded.
        """
        weights = {lesson: self.weight(lesson, points) for lesson, points in most.items()}
        got = {x: w * scores.get(x, 0.0) / most[x] for x, w in weights.items() if w and most[x]}
        counted = [lesson for lesson in got if lesson not in self.bonus]
        if not counted:
            raise ValueError("no lesson that counts was graded")
        extra = sum(points for lesson, points in got.items() if lesson in self.bonus)

        def percent(kept: tuple[str, ...]) -> float:
            whole = sum(weights[lesson] for lesson in kept)
            return 100 * (extra + sum(got[lesson] for lesson in kept)) / whole

        number = max(1, len(counted) - self.lowest_dropped)
        kept = max(combinations(counted, number), key=percent)
        grade = percent(kept)
        dropped = tuple(lesson for lesson in counted if lesson not in kept)
        return (grade if self.cap is None else min(grade, self.cap)), dropped


def rounded(value: float) -> str:
    """Return points or percent as text: two decimals at most, a half upwards."""
    # To nine decimals first: what is a half, and a little less in binary, is a half.
    near = Decimal(f"{value:.9f}").quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{near.normalize():f}" if near else "0"


def read(rules: Rules, lessons: Collection[str]) -> Counting:
    """Read what counts.

    Args:
        rules: policy.toml.
        lessons: the names of the course's lessons.

    Raises:
        CourseError: it cannot be understood; the text says what to write in which line.
    """
    found = rules.table(TABLE)
    rules.only(TABLE, _KEYS)
    dropped = rules.number(TABLE, "lowest_dropped", 0, 99) if "lowest_dropped" in found else 0
    if dropped % 1:
        raise rules.error(TABLE, "lowest_dropped", "lowest_dropped is a whole number")
    weights = _weights(rules, lessons)
    bonus = _bonus(rules, lessons)
    counted = [lesson for lesson in weights or lessons if lesson not in bonus]
    if not counted:
        raise rules.error(TABLE, "bonus", "all that counts is bonus: take a lesson out of it")
    if dropped >= len(counted):
        what = f"lowest_dropped is less than {len(counted)}: so many count, and are no bonus"
        raise rules.error(TABLE, "lowest_dropped", what)
    for lesson in bonus:
        if weights and lesson not in weights:
            what = f"{lesson} needs a weight, too: write {lesson} = 1 below [course.weights]"
            raise rules.error(TABLE, "bonus", what)
    cap = rules.number(TABLE, "cap", 1, _MOST) if "cap" in found else None
    return Counting(weights, int(dropped), bonus, cap)


def titles(rules: Rules, lessons: Collection[str]) -> dict[str, dict[str, str]]:
    """Read what columns are called; arguments and errors as for `read`.

    Returns:
        Platform to lesson, or `COURSE`, to title.
    """
    found = {}
    for platform in PLATFORMS:
        theirs: dict[str, str] = {}
        for lesson, title in rules.table(platform).items():
            if lesson != COURSE:
                _need(rules, platform, lesson, lessons, lesson)
            if not _is_title(title):
                what = f'a title is a text in quotes, as the column has it: {lesson} = "Lab 2"'
                raise rules.error(platform, lesson, what)
            if title in theirs.values():
                what = f"{short(title)} is the title of another column already"
                raise rules.error(platform, lesson, what)
            theirs[lesson] = title
        if theirs:
            found[platform] = theirs
    return found


def _weights(rules: Rules, lessons: Collection[str]) -> dict[str, float]:
    table = f"{TABLE}.weights"
    for lesson in rules.table(table):
        _need(rules, table, lesson, lessons, lesson)
    weights = {x: rules.number(table, x, 0, _MOST) for x in rules.table(table)}
    return {lesson: weight for lesson, weight in weights.items() if weight}


def _bonus(rules: Rules, lessons: Collection[str]) -> frozenset[str]:
    value = rules.table(TABLE).get("bonus", [])
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        what = 'bonus is a list of lessons in quotes: bonus = ["10_gpu"]'
        raise rules.error(TABLE, "bonus", what)
    for lesson in value:
        _need(rules, TABLE, "bonus", lessons, lesson)
    return frozenset(value)


def _need(rules: Rules, table: str, name: str, lessons: Collection[str], lesson: str) -> None:
    """Refuse what is no lesson."""
    if lesson not in lessons:
        known = ", ".join(lessons)
        raise rules.error(table, name, f"no lesson {short(lesson)}; there are {known}")


def _is_title(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST and one_line(value, 999) == value
