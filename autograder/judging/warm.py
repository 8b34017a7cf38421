"""What a checker's fork server loads once, so that no submission waits: the judge first."""

from autograder import course
from autograder.airlock import checker, parts
from autograder.judging import inputs, judge  # noqa: F401 - inputs is for checks


def up(name: str) -> None:
    """Put the judge in, load a lesson's solution, and compile its given cells and its checks."""
    checker.judge = judge
    lesson = course.lessons()[name]
    lesson.reference()
    for source in lesson.given:
        parts.compiled(source, parts.GIVEN)
    for check in lesson.checks:
        if not check.manual:
            parts.compiled(check.source, f"<{check.id}>")
