"""The points that a lesson's text names, held to the `points=` of its checks and answers.

Beside them the table at the top says how hard an exercise is, and where a trial has measured it how
many minutes it takes.
"""

from collections.abc import Iterator
from itertools import pairwise
from re import Match

from nbformat import NotebookNode

from autograder.course import Check, Lesson
from autograder.worth import (
    AT_END,
    BY_HAND,
    COMMENT,
    DIFFICULTY,
    HEADING,
    LEVELS,
    MINUTES,
    PLAN,
    QUESTION,
    ROW,
    RUBRIC,
    TABLE,
    columns,
    named,
    said,
)
from convbook import notebook


def lint(lesson: Lesson, cells: NotebookNode) -> Iterator[str]:
    """Find headings, rows of the table at the top, checks and questions that name other points.

    Args:
        lesson: the lesson, for its checks and exercises.
        cells: its solution notebook.

    Yields:
        One line a finding.
    """
    text = "\n\n".join(cell.source for cell in cells.cells if cell.cell_type == "markdown")
    yield from _headings(lesson, HEADING.findall(text))
    yield from _table(lesson, [row for table in TABLE.findall(text) for row in ROW.findall(table)])
    yield from _effort(text)
    above = {notebook.grade_id(cell): one.source for one, cell in pairwise(cells.cells)}
    for check in lesson.checks:
        if check.manual:
            question = QUESTION.search(above.get(check.id, ""))
            yield from _differs(f"{check.id}: the question above it", question, check)
            yield from _differs(f"{check.id}: its rubric", RUBRIC.search(check.source), check)
        else:
            yield from _differs(f"{check.id}: its comment", COMMENT.match(check.source), check)


def _headings(lesson: Lesson, headings: list[str]) -> Iterator[str]:
    for heading in headings:
        found, right = AT_END.search(heading), said(_points(lesson, heading))
        if not found or found[1] != right:
            yield f"'{heading}' has to end in ({right}), which its checks give"
    yield from _once(lesson, "headings '### Exercise ...'", headings)


def _table(lesson: Lesson, rows: list[tuple[str, str]]) -> Iterator[str]:
    answers = sum(check.points for check in lesson.checks if check.manual)
    for what, points in rows:
        right = f"{answers if BY_HAND in what else _points(lesson, what):g}"
        what, points = what.strip(), points.strip()
        if points != right:
            yield f"the table of points: {what} has {points}, its cells give {right}"
    texts = [what for what, _ in rows]
    yield from _once(lesson, "rows of the table of points", texts)
    if answers and not any(BY_HAND in text for text in texts):
        yield f"no row of the table of points says '{BY_HAND}'"


def _effort(text: str) -> Iterator[str]:
    """Find rows of the table that do not say how hard an exercise is, or no whole minutes."""
    found, plan = columns(text), PLAN.search(text)
    for level in found.get(DIFFICULTY, [""]):
        if level not in LEVELS:
            yield f"the table of points: its {DIFFICULTY} '{level}' is none of {', '.join(LEVELS)}"
    minutes = found.get(MINUTES, [])
    for one in minutes:
        if one and not (one.isdecimal() and int(one)):
            yield f"the table of points: '{one}' are no whole minutes"
    total = sum(int(one) for one in minutes if one.isdecimal())
    if plan and total > int(plan[1]):
        yield f"the table of points: {total} minutes of exercises, and {plan[1]} planned in all"


def _once(lesson: Lesson, what: str, texts: list[str]) -> Iterator[str]:
    """Find exercises that are not named in just one of some texts."""
    for exercise in lesson.exercises:
        times = sum(exercise in named(lesson.functions, text) for text in texts)
        if times != 1:
            yield f"{times} {what} name `{exercise}`: one has to"


def _points(lesson: Lesson, text: str) -> float:
    """Add up the checks of the exercises that a text names."""
    names = frozenset().union(*(lesson.functions[name] for name in named(lesson.functions, text)))
    return sum(c.points for c in lesson.checks if not c.manual and c.exercise in names)


def _differs(where: str, found: Match[str] | None, check: Check) -> Iterator[str]:
    text = " ".join(found[1].split()) if found else "nothing"
    right = said(check.points)
    if text != right:
        yield f"{where} says {text}, points= gives {right}"
