"""autograder mistake new writes an entry that can be put into the lesson's list as it is."""

from pathlib import Path

import nbformat
import pytest
from cells import named
from machine import SANDBOX

from autograder import mistakes
from autograder.cli import main
from autograder.course import lessons
from autograder.judging import rehearse

LESSON = lessons()["02_convolution"]
ODD = '''def correlate2d(img, k):
    """Mine, with a \\\\ in it."""
    return np.full((img.shape[0] - k.shape[0] + 1, img.shape[1] - k.shape[1] + 1), 0.25)'''


def handed_in(tmp_path: Path, source: str) -> str:
    book = nbformat.from_dict(LESSON.released)
    for exercise in LESSON.exercises:
        named(book, exercise).source = LESSON.solutions[exercise]
    named(book, "correlate2d").source = source
    path = tmp_path / "02_convolution.ipynb"
    nbformat.write(book, path)
    return str(path)


def test_the_entry_is_one_of_the_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = handed_in(tmp_path, ODD)
    assert main(["mistake", "new", path, "correlate2d", "--sandbox", SANDBOX]) == 0
    text = capsys.readouterr().out
    assert "# check-correlate2d: Not yet: the impulse" in text
    made: list[mistakes.Mistake] = eval(f"[\n{text}\n]", vars(mistakes))
    assert made[0].exercise == "correlate2d"
    assert made[0].code.strip() == ODD
    results = rehearse.rehearse(LESSON, mistakes.cells((made[0],), LESSON), seed=1)
    assert results["check-correlate2d"] is not None


def test_what_has_a_name_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flipped = next(m for m in mistakes.known(LESSON.name) if m.exercise == "correlate2d")
    path = handed_in(tmp_path, mistakes.source(flipped, LESSON))
    main(["mistake", "new", path, "correlate2d", "--sandbox", SANDBOX])
    assert f"# check-correlate2d is told: {flipped.name}" in capsys.readouterr().out


def test_an_exercise_that_is_not_there_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["mistake", "new", handed_in(tmp_path, ODD), "pool"]) != 0
    assert "has no exercise pool; it has correlate1d" in capsys.readouterr().err
