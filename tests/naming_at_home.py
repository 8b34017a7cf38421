"""Let the shown part of a check fail in this process, as it does in a student's notebook."""

from types import TracebackType

from autograder.course import Check, Lesson
from autograder.judging import rehearse
from convbook import notebook


def failing(
    lesson: Lesson, cells: dict[str, str], check_id: str
) -> tuple[str, BaseException, TracebackType | None]:
    """Return the check as students have it, what it ended in, and the traceback from its cell."""
    check = next(c for c in lesson.checks if c.id == check_id)
    shown = notebook.public(check.source)
    names = rehearse.student(lesson, cells)
    error = rehearse.run(Check(check.id, check.exercise, check.points, shown, False), names)
    assert error is not None
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename != f"<{check.id}>":
        trace = trace.tb_next
    return shown, error, trace
