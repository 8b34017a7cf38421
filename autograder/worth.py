"""Where the text of a lesson says what something is worth."""

import re
from collections.abc import Collection, Mapping

HEADING = re.compile(r"^### Exercise \d.*$", re.MULTILINE)
TABLE = re.compile(r"^\| section \| exercise \| points \|\n\|[-|]+\|\n((?:\|.*\n)*)", re.MULTILINE)
ROW = re.compile(r"^\|[^|]*\|([^|]*)\|([^|]*)\|$", re.MULTILINE)  # | 3, 4 | `f`, `g` | 2 |
NAME = re.compile(r"`(\w+)`")
AT_END = re.compile(r"\(([^()]+)\)$")
BY_HAND = "graded by hand"
COMMENT = re.compile(r"# (\d\S* points?)\b")
QUESTION = re.compile(r"\((\d\S*\s+points?),\s+graded\s+by\s+hand\)")
RUBRIC = re.compile(r"^- \*\*(\d\S* points?):\*\*", re.MULTILINE)


def said(points: float) -> str:
    """Return points as a heading says them."""
    return f"{points:g} {'point' if points == 1 else 'points'}"


def named(functions: Mapping[str, Collection[str]], text: str) -> set[str]:
    """Return the exercises of which a text names a function.

    Args:
        functions: the names that each exercise's cell defines.
        text: a heading, or a row of the table of points.
    """
    names = set(NAME.findall(text))
    return {exercise for exercise, defined in functions.items() if names.intersection(defined)}
