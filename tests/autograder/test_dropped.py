"""An exercise that course.toml drops stays to be tried: no points, nothing hidden, nothing lost."""

import re
import shutil
from pathlib import Path

import nbformat
import pytest

from autograder import course, dropped, plan, worth
from autograder.build.generate import generate
from autograder.course import CourseError, Lesson, lessons, root
from autograder.released import NO_ANSWER

SECOND = lessons()["02_convolution"]


def names_of(lesson: Lesson) -> list[str]:
    return [*lesson.exercises, *(c.exercise for c in lesson.checks if c.manual)]


def text_of(lesson: Lesson) -> str:
    return "\n\n".join(cell.source for cell in lesson.released.cells)


@pytest.mark.parametrize("lesson", lessons().values(), ids=lambda lesson: lesson.name)
def test_each_exercise_goes_or_says_what_needs_it(lesson: Lesson) -> None:
    for name in names_of(lesson):
        less = Lesson(lesson.path, (name,))
        own = lesson.functions.get(name, {name})
        gone = {c.id for c in lesson.checks if c.exercise in own}
        try:
            left = {c.id for c in less.checks}
        except CourseError as error:
            assert re.search(r"needs .*: drop \w+, too, or keep what it needs", str(error))
            continue
        assert left == {c.id for c in lesson.checks} - gone and gone
        text = text_of(less)
        assert f"({dropped.NOTHING})" in text or text.count("# 0 points.") == len(gone)
        assert "HIDDEN" not in text
        rows = [row for table in worth.TABLE.findall(text) for row in worth.ROW.findall(table)]
        assert sum(float(points) for _, points in rows) == sum(c.points for c in less.checks)


def test_what_is_left_is_what_nbgrader_leaves_of_it() -> None:
    less = Lesson(SECOND.path, ("shift_gap", "why_flip", "correlate1d"))
    theirs = generate(root(), less.name, nbformat.from_dict(less.notebook))
    for own, other in zip(less.released.cells, theirs.cells, strict=True):
        assert (own.id, own.cell_type, own.source) == (other.id, other.cell_type, other.source)


def test_the_check_runs_still_and_speaks_of_nothing_hidden() -> None:
    less = Lesson(SECOND.path, ("shift_gap",))
    was = SECOND.released.cells
    (check,) = [
        (one, old)
        for one, old in zip(less.released.cells, was, strict=True)
        if old.metadata.get("nbgrader", {}).get("grade_id") == "check-shift_gap"
    ]
    now, old = (cell.source.split("\n") for cell in check)
    assert now[0] == "# 0 points. Shown: a ramp, in both directions." and now[1:] == old[1:]
    assert check[0].metadata.editable is False and check[0].metadata.deletable is False


def test_the_table_keeps_what_it_says_besides() -> None:
    text = text_of(Lesson(SECOND.path, ("shift_gap",)))
    assert "| 6 | `shift_gap` | 0 | 4 | easy |\n" in text


def test_a_dropped_answer_is_empty_text() -> None:
    less = Lesson(SECOND.path, ("answer-why_flip",))
    assert "Rubric" not in text_of(less) and NO_ANSWER in text_of(less)
    assert less.handout.written == 0 and not any(c.manual for c in less.checks)


@pytest.mark.parametrize(
    ("less", "said"),
    [
        (("nowhere",), "no exercise nowhere; there are "),
        (("check-shift_gap",), "no exercise check-shift_gap"),
        (tuple(SECOND.exercises), "take the lesson out of lessons instead"),
    ],
)
def test_what_cannot_be_dropped_is_one_line(less: tuple[str, ...], said: str) -> None:
    with pytest.raises(CourseError) as found:
        _ = Lesson(SECOND.path, less).notebook
    assert said in str(found.value) and plan.FILE in str(found.value)
    assert len(str(found.value).splitlines()) == 1


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The lessons' solutions as a course of its own."""
    place = tmp_path / "course"
    shutil.copytree(root() / "solutions", place / "solutions")
    monkeypatch.setenv("CONVBOOK_COURSE", str(place))
    yield place
    course.lessons.cache_clear()


def test_what_is_wrong_stops_every_command_at_once(copy: Path) -> None:
    (copy / plan.FILE).write_text('[without]\n02_convolution = ["conv_forwards"]')
    course.lessons.cache_clear()
    with pytest.raises(CourseError, match="no exercise conv_forwards"):
        course.lessons()
    (copy / plan.FILE).write_text('[without]\n02_convolution = ["conv_forward"]')
    course.lessons.cache_clear()
    assert course.lessons()["02_convolution"].max_score == 13
