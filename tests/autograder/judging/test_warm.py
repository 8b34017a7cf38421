"""What a checker's fork server loads is not loaded again by those that are forked from it."""

import pytest

from autograder import mistakes
from autograder.airlock import checker, parts
from autograder.course import lessons
from autograder.judging import outcomes, rehearse, warm


@pytest.mark.parametrize("name", ["02_convolution", "08_normalization"])
def test_nothing_that_a_failed_check_needs_is_compiled_again(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checker, "judge", None)  # it is put in, and taken out again
    caches = (parts.compiled, rehearse.compiled, outcomes.to_the_end)
    for cache in caches:
        cache.cache_clear()
    warm.up(name)
    misses = [cache.cache_info().misses for cache in caches]
    assert all(misses)
    lesson = lessons()[name]
    check = next(c for c in lesson.checks if not c.manual)
    for mistake in mistakes.forms(name)[:5]:
        names = rehearse.student(lesson, mistakes.cells((mistake,), lesson))
        rehearse.to_the_end(check, names, outcomes.Watch())
    parts.compiled(check.source, f"<{check.id}>")
    assert [cache.cache_info().misses for cache in caches] == misses
