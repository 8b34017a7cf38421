"""Where the text of a lesson says what something is worth, how long it takes, how hard it is."""

import re
from collections.abc import Collection, Mapping

HEADING = re.compile(r"^### Exercise \d.*$", re.MULTILINE)
TABLE = re.compile(
    r"^\| section \| exercise \| points \|.*\n\|[-|]+\|\n((?:\|.*\n)*)", re.MULTILINE
)
ROW = re.compile(  # | 3, 4 | `f`, `g` | 2 |, and what stands in further columns
    r"^\|[^|]*\|([^|]*)\|([^|]*)\|(?:[^|\n]*\|)*$", re.MULTILINE
)
PLAN = re.compile(r"^Plan about (\d+) minutes\b", re.MULTILINE)
MINUTES, DIFFICULTY = "minutes", "difficulty"  # columns of the table
LEVELS = ("easy", "medium", "hard")
NAME = re.compile(r"`(\w+)`")
AT_END = re.compile(r"\(([^()]+)\)$")
BY_HAND = "graded by hand"
COMMENT = re.compile(r"# (\d\S* points?)\b")
QUESTION = re.compile(r"\((\d\S*\s+points?),\s+graded\s+by\s+hand\)")
RUBRIC = re.compile(r"^- \*\*(\d\S* points?):\*\*", re.MULTILINE)


def said(points: float) -> str:
    """Return points as a heading says them."""
    return f"{points:g} {'point' if points == 1 else 'points'}"


def columns(text: str) -> dict[str, list[str]]:
    """Return the columns of the table of points by their headings; {} where there is no table."""
    found = TABLE.search(text)
    if not found:
        return {}
    head, _, *rows = ([cell.strip() for cell in line.split("|")[1:-1]] for line in _lines(found))
    return {name: [row[k] if k < len(row) else "" for row in rows] for k, name in enumerate(head)}


def _lines(table: re.Match[str]) -> list[str]:
    return table[0].rstrip("\n").split("\n")


def named(functions: Mapping[str, Collection[str]], text: str) -> set[str]:
    """Return the exercises of which a text names a function.

    Args:
        functions: the names that each exercise's cell defines.
        text: a heading, or a row of the table of points.
    """
    names = set(NAME.findall(text))
    return {exercise for exercise, defined in functions.items() if names.intersection(defined)}
