"""Rules for what a lesson says and shows; each finding is one line that says what to do."""

import re
from collections.abc import Iterator
from itertools import pairwise

from nbformat import NotebookNode

from autograder.course import Check, Lesson
from convbook.check.results import WORTH

PREDICTION = "**Predict before you run.**"
DRAWS = re.compile(r"\bplt\.show\(|\b(?:plot|drawing)\.\w+\(")
# How a line begins that Markdown takes for an item, a heading or a quotation.
TAKEN = re.compile(r" {0,3}(?:[-+*]|\d+[.)]|#{1,6}|>)(?: |$)")
ITEM = re.compile(r" {0,3}(?:[-+*]|\d+[.)]) ")
# Turns of phrase that are no English, or none of the field's; and what to write.
PHRASES = {
    r"\bhow many [\w ]+? (?:has (?:it|the|a|an|one|each|its|`)|have they)": "does ... have",
    r"\bhas it \*\*": "does it have",
    r"\bshall\b": "is to, or will",
    r"\byour affair\b": "up to you",
    r"\bin truth\b": "really",
    r"\bin the head\b": "in your head, or: by hand",
    r"\bway there\b": "forward pass",
    r"\bthere and back\b": "forward and backward",
    r"\bgone on with\b": "resumed",
    r"\bbut for (?:a|the|its|rounding|one|1)\b": "except for",
    r"\bevery of the\b": "each of the",
    r"\bat a turn\b": "at a time",
    r"\bis none(?:[.,;:]|$)": "is not one",
    r"\bis no whole number\b": "is not a whole number",
    r"\bso (?:high|wide|many operations)\b": "say how high, wide or many",
    r"\bhalf a circle\b": "180 degrees",
    r"\bturns? (?:its|their|the) \w+ round\b": "flips the sign",
    r"\bone (?:mean|row|variance) a \w+": "per",
    r"\bwhich part of the\b": "what fraction of the",
    r"\bis wanted\b": "we want, or: is needed",
    r"\bthank us\b": "say what it is good for",
    r"\b(?:has|have) to say\b": "counts, or: affects",
    r"\btalk to each other\b": "depend on each other",
    r"\bthat counts from\b": "with the numbers",
    r"\blectures write\b": "on paper ... is written",
    r"\bfully connected layer": "fully-connected layer",
}


def lint(lesson: Lesson, cells: NotebookNode) -> Iterator[str]:
    """Find what reads or shows badly in a solution notebook.

    Args:
        lesson: the lesson, for its checks.
        cells: its notebook.

    Yields:
        One line a finding.
    """
    for item in lesson.checks:
        if not item.manual:
            yield from _without_box(item)
    for number, cell in enumerate(cells.cells, start=1):
        if cell.cell_type == "code":
            if DRAWS.search(cell.source) and not cell.metadata.get("alt"):
                yield f'cell {number} draws: say what it shows, alt="..." in its first line'
            continue
        for finding in [*_taken(cell.source), *_answered(cell.source), *phrases(cell.source)]:
            yield f"cell {number}: {finding}"


def phrases(text: str) -> Iterator[str]:
    """Find turns of phrase that are not English; code and quoted sentences are left out."""
    prose = re.sub(r"`[^`]*`|\$[^$]*\$|\"[^\"]*\"", "`", " ".join(text.split()))
    for wrong, right in PHRASES.items():
        found = re.search(wrong, prose, re.IGNORECASE)
        if found:
            yield f"'{found.group()}': write {right}"


def _without_box(item: Check) -> Iterator[str]:
    """Find a check that shows no box when it passes, or one that is cut."""
    first = item.source.split("\n")[0]
    if not WORTH.match(first):
        yield f"{item.id}: begins with '{first[:40]}', and not with '# 2 points. Shown: ...'"
    elif not first.endswith("."):
        yield f"{item.id}: its first line ends within a sentence, and the box shows no more"


def _taken(text: str) -> Iterator[str]:
    """Find lines inside a paragraph that Markdown takes for something else."""
    last = 0  # number of the list's last item
    for before, line in pairwise(["", *text.split("\n")]):
        number = re.match(r" {0,3}(\d+)[.)](?: |$)", line)
        inside = before.strip() and not ITEM.match(before)
        if inside and not before.startswith(("  ", "#", ">", "<", "|")):
            wrong = bool(TAKEN.match(line))
        else:
            wrong = number is not None and int(number[1]) not in (1, last + 1)
        if wrong:
            yield f"Markdown takes '{line[:20]}' for the beginning of a list or heading: rewrap"
        elif number:
            last = int(number[1])


def _answered(text: str) -> Iterator[str]:
    """Find predictions whose next paragraph is neither folded, nor a table or a heading."""
    text = re.sub(r"^<!-- guess .*?-->$", "", text, flags=re.DOTALL | re.MULTILINE)
    for this, following in pairwise(re.split(r"\n\s*\n", text.strip())):
        if PREDICTION in this and not following.startswith(("<details", "#", "|")):
            yield f"'{following[:40]}...' follows a prediction: fold an answer into <details>"
