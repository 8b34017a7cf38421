"""A gradient that is measured has no points, and is told so by name; see also tests/proof."""

import measured
import pytest
from machine import lesson_params

from autograder.course import Lesson
from autograder.judging import judge, rehearse
from autograder.mistakes import shortcuts

SMALL = ("central differences", "small steps")


@pytest.mark.slow
@pytest.mark.parametrize("lesson", lesson_params())
def test_a_measured_gradient_has_no_points_and_is_named(lesson: Lesson) -> None:
    for exercise, way, cell in measured.answers(lesson):
        if way not in SMALL:  # the others take long, or fail as any wrong answer does
            continue
        names = rehearse.student(lesson, {exercise: cell})
        judge.begin(lesson.name, seed=3)
        for check in measured.checks(lesson, exercise):
            error = rehearse.run(check, names)
            assert error is not None, (exercise, way, check.id)
            told = judge.explain(check.id, error)
            alone = check.id == "check-max_pool_backward-ties"  # at a tie a slope is wrong anyway
            assert alone or (told and told[0] == shortcuts.MEASURED.name), (way, check.id)
