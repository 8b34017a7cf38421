"""Let the shown part of a check fail in this process, as it does in a student's notebook."""

from types import TracebackType

from autograder.course import Lesson
from autograder.judging import at_home, rehearse


def failing(
    lesson: Lesson, cells: dict[str, str], check_id: str
) -> tuple[str, BaseException, TracebackType | None]:
    """Return the check as students have it, what it ended in, and the traceback from its cell."""
    check = next(c for c in lesson.checks if c.id == check_id)
    failed = at_home.failure(check, rehearse.student(lesson, cells))
    assert failed is not None
    return check.shown.source, *failed
