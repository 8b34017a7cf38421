"""What a checker's fork server loads is not loaded again by those that are forked from it."""

from pathlib import Path

import nbformat
import pytest

from autograder import course, mistakes
from autograder.airlock import checker, parts
from autograder.course import Lesson, lessons
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


def test_a_lesson_from_which_somebody_took_an_exercise_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a mistake that changes a line which is not there any more is left out."""
    whole = lessons()["02_convolution"]
    first, second = list(dict.fromkeys(m.exercise for m in mistakes.forms(whole.name)))[:2]
    cells = nbformat.read(whole.path, as_version=4)
    cells.cells = [
        c for c in cells.cells if c.metadata.get("nbgrader", {}).get("grade_id") != first
    ]
    for cell in cells.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == second:
            cell.source = f"def {second}(*args):\n    return 0"
    path = tmp_path / whole.path.name
    nbformat.write(cells, path)
    changed = Lesson(path)
    assert {m.exercise for m in mistakes.possible(changed)} == (
        {m.exercise for m in mistakes.forms(whole.name)} - {first}
    )
    monkeypatch.setattr(course, "lessons", lambda: {whole.name: changed})
    monkeypatch.setattr(checker, "judge", None)
    warm.up(whole.name)
