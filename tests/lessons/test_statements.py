"""Every fact the course teaches, and every exercise it promises: where it stands and what asks it.

A row of statements.txt names the statement, the lesson, the check that asks for it (none where it
is told and not asked), and words or a number that the lesson must hold.
"""

import re
from pathlib import Path

import pytest

from autograder import asking
from autograder.course import lessons

TABLE = Path(__file__).with_name("statements.txt")


def rows() -> list[tuple[str, ...]]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    told = [line for line in lines if line and not line.startswith("#")]
    return [tuple(part.strip() for part in line.split("|", 3)) for line in told]


def words(text: str) -> str:
    """Join lines of prose, and digits that a comma or a space divides."""
    joined = re.sub(r"\s+", " ", text.replace("{,}", ",").replace("\\,", " "))
    return re.sub(r"(?<=\d)[, _](?=\d{3}\b)", "", joined)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_a_statement_is_taught_and_asked(row: tuple[str, ...]) -> None:
    statement, number, check, said = row
    lesson = next((lesson for name, lesson in lessons().items() if name.startswith(number)), None)
    assert lesson is not None, f"no lesson {number} for: {statement}"
    ids = {c.id.removeprefix("check-") for c in lesson.checks}
    assert not check or check in ids, f"{lesson.name} has no check {check}; it has {sorted(ids)}"
    asked = asking.questions(lesson.notebook, lesson.name).values()
    texts = [cell.source for cell in lesson.released.cells] + [one.answer for one in asked]
    text = words("\n".join(texts))
    assert words(said) in text, f"{lesson.name} does not say {said!r}"
