"""What a checker's fork server loads once, so that no submission waits for it."""

from autograder import course, diagnosis, difference, inputs, judge  # noqa: F401 - loaded here
from autograder.airlock import checker


def up(name: str) -> None:
    """Load a lesson's solution, and compile its given cells and its checks."""
    lesson = course.lessons()[name]
    lesson.reference()
    for source in lesson.given:
        checker.compiled(source, checker.GIVEN)
    for check in lesson.checks:
        if not check.manual:
            checker.compiled(check.source, f"<{check.id}>")
