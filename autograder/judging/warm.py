"""What a checker's fork server loads once, so that no submission waits: the judge first."""

from contextlib import suppress
from importlib import import_module

from autograder import course, mistakes
from autograder.airlock import checker, parts
from autograder.judging import inputs, judge, outcomes, rehearse  # noqa: F401 - inputs: for checks


def up(name: str) -> None:
    """Put the judge in, load a lesson's solution, and compile what runs in a checker."""
    checker.judge = judge
    lesson = course.lessons()[name]
    lesson.reference()
    for source in lesson.given:
        parts.compiled(source, parts.GIVEN)
    for check in _checks(lesson):
        parts.compiled(check.source, f"<{check.id}>")
    _for_failures(lesson)


def _for_failures(lesson: course.Lesson) -> None:
    """Compile the known mistakes, and the checks as they run to their end."""
    import_module("numpy.ma")  # np.unique does, and a picture of a difference calls it
    for mistake in mistakes.possible(lesson):
        with suppress(ValueError, SyntaxError):  # it changes what somebody has changed already
            for source in mistakes.cells((mistake,), lesson).values():
                rehearse.compiled(source, rehearse.REPLACED)
    for source in lesson.given:
        rehearse.compiled(source, rehearse.REPLACED)
    for check in _checks(lesson):
        outcomes.to_the_end(check.source, f"<{check.id}>")


def _checks(lesson: course.Lesson) -> list[course.Check]:
    return [check for check in lesson.checks if not check.manual]
