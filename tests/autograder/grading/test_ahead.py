"""A lesson's airlock opens while the gradebook's programs load: once, and never for nothing."""

from pathlib import Path
from typing import Any

import pytest
import sample_class
from machine import SANDBOX

from autograder import cli
from autograder.airlock import SandboxError
from autograder.course import CourseError, Lesson, lessons
from autograder.grading import airlocks

LESSON = "02_convolution"
pytestmark = pytest.mark.slow


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Note each airlock that is opened."""
    found: list[Any] = []
    real = airlocks._opened

    def noted(*args: Any) -> Any:
        found.append(real(*args))
        return found[-1]

    monkeypatch.setattr(airlocks, "_opened", noted)
    return found


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note the lesson of each airlock that is opened ahead."""
    found: list[str] = []
    real = airlocks.ahead

    def noted(lesson: Lesson, sandbox: str | None) -> Any:
        found.append(lesson.name)
        return real(lesson, sandbox)

    monkeypatch.setattr(airlocks, "ahead", noted)
    return found


def test_who_grades_uses_the_one_that_was_opened_ahead(opened: list[Any]) -> None:
    lesson = lessons()[LESSON]
    with airlocks.ahead(lesson, SANDBOX), airlocks.airlock(lesson, SANDBOX) as used:
        assert [one.airlock for one in opened] == [used]
        with used.session(seed=1, student_names={"f"}) as session:
            session.run_student("def f(): return 2")
            assert session.run_check("check-f", "assert f() == 2", 4).status == "pass"
    assert not airlocks._open


@pytest.mark.parametrize("error", [SandboxError("no sandbox here"), CourseError("not every point")])
def test_why_it_does_not_open_is_told_to_who_grades(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fails(*_: Any) -> Any:
        raise error

    monkeypatch.setattr(airlocks, "_opened", fails)
    lesson = lessons()[LESSON]
    told = pytest.raises(type(error), match=str(error))
    with airlocks.ahead(lesson, SANDBOX), told, airlocks.airlock(lesson, SANDBOX):
        raise AssertionError("it is open")


def grade(folder: Path) -> int:
    words = ["grade", "--class", str(folder), *(["--sandbox", SANDBOX] if SANDBOX else [])]
    return cli.main(words)


def test_a_class_opens_one_and_where_nothing_is_new_none(
    tmp_path: Path, opened: list[Any], begun: list[str]
) -> None:
    sample_class.hand_in(tmp_path / "submitted", "ada")
    assert (grade(tmp_path), len(opened), begun) == (0, 1, [LESSON])
    assert (grade(tmp_path), len(opened), begun) == (0, 1, [LESSON])
    sample_class.hand_in(tmp_path / "submitted", "gus")
    assert (grade(tmp_path), len(opened), begun) == (0, 2, [LESSON] * 2)
    assert not airlocks._open


def test_what_is_wrong_with_the_class_is_said_and_nothing_is_left_open(
    tmp_path: Path, opened: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    sample_class.hand_in(tmp_path / "submitted", "ada")
    (tmp_path / "policy.toml").write_text("grace = [")
    assert grade(tmp_path) == 2
    assert "policy.toml" in capsys.readouterr().err
    assert not airlocks._open
