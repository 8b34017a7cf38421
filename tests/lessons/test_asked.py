"""Every hidden check: what it tries beyond the shown part, and the sentence that asks for it.

Who follows the text and passes what is shown loses hidden points only for a fault that the text
warned of. A row of asked.txt names the lesson, the check, what is tried, and the words of the
released lesson, which stand before the check. A check '*' stands for all of its lesson.
"""

import re
from pathlib import Path

import pytest

from autograder.course import Lesson, lessons
from autograder.judging import rehearse
from convbook import notebook

TABLE = Path(__file__).with_name("asked.txt")
HIDDEN = "### BEGIN HIDDEN TESTS"
ALL = "*"
# What stands in a hidden part, and the word that a row of its check then has.
TRIED = {
    "judge.refuses(": "raises",
    "check.raises(": "raises",
    "judge.no_loops(": "loops",
    "judge.derived(": "measured",
    "judge.without(": "called",
    "tiers.quiet(": "moved",
    "for policy in": "polic",
    "integers(-9, 9": "whole numbers",
}
LESSONS = list(lessons().values())


def rows() -> list[tuple[str, ...]]:
    """Return lesson, check, what is tried and the words, for each row."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    told = [line for line in lines if line and not line.startswith("#")]
    return [tuple(part.strip() for part in line.split("|", 3)) for line in told]


def hidden(lesson: Lesson) -> dict[str, str]:
    """Return the hidden part of each check of a lesson, by the check's name."""
    parts = {c.id.removeprefix("check-"): c.source.partition(HIDDEN)[2] for c in lesson.checks}
    return {name: part for name, part in parts.items() if part}


def before(lesson: Lesson, check: str) -> str:
    """Return what students read before a check, other checks left out; '*' is the first."""
    cells = []
    for cell in lesson.released.cells:
        if notebook.is_check(cell):
            if check in (ALL, notebook.grade_id(cell).removeprefix("check-")):
                break
        else:
            cells.append(cell.source)
    return plain("\n".join(cells))


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("row", rows(), ids=lambda row: " ".join(row[:3]))
def test_the_sentence_stands_before_the_check(row: tuple[str, ...]) -> None:
    number, check, _, said = row
    lesson = next(lesson for lesson in LESSONS if lesson.name.startswith(number))
    assert check == ALL or check in hidden(lesson), f"{lesson.name} has no hidden check {check}"
    assert plain(said) in before(lesson, check), f"before {check} nothing says {said!r}"


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_every_hidden_check_has_its_sentences(lesson: Lesson) -> None:
    tried: dict[str, str] = {}
    for number, check, what, _ in rows():
        if lesson.name.startswith(number):
            tried[check] = f"{tried.get(check, '')} {what}"
    missing = [
        f"{check}: {word}"
        for check, part in hidden(lesson).items()
        for word in ("", *(word for code, word in TRIED.items() if code in part))
        if word not in tried.get(check, "") or check not in tried
    ]
    assert missing == []
    assert "arguments unchanged" in tried[ALL]
    assert "no other packages" in tried[ALL]


# Lesson, exercise, function, which of its results is None, and the checks that this fails.
NOT_WRITTEN = (
    ("03", "conv_forward", "conv_backward", 0, ("conv_backward-dx", "conv_backward-stride_pad")),
    ("03", "conv_forward", "conv_backward", 2, ("conv_backward-db",)),
    ("04", "conv_forward_im2col", "conv_backward_im2col", 0, ("conv_backward_im2col-dx",)),
    ("04", "conv_forward_im2col", "conv_backward_im2col", 1, ("conv_backward_im2col-dw",)),
    ("06", "softmax_loss", "softmax_loss", 1, ("softmax_loss-gradient", "softmax_loss-large")),
    ("06", "affine_forward", "affine_backward", 0, ("affine_backward-dx",)),
    ("07", "conv_forward", "conv_backward", 2, ("conv_backward-dw",)),
    ("08", "batchnorm_forward", "batchnorm_backward", 1, ("batchnorm_backward-dgamma_dbeta",)),
)


@pytest.mark.parametrize("case", NOT_WRITTEN, ids=lambda case: f"{case[0]} {case[2]} {case[3]}")
def test_a_result_that_is_none_fails_only_the_checks_that_show_it(
    case: tuple[str, str, str, int, tuple[str, ...]],
) -> None:
    number, exercise, name, place, failing = case
    lesson = next(lesson for lesson in LESSONS if lesson.name.startswith(number))
    without = f"""
whole = {name}

def {name}(*args):
    results = list(whole(*args))
    results[{place}] = None
    return tuple(results)
"""
    cells = {exercise: lesson.solutions[exercise] + without}
    results = rehearse.rehearse(lesson, cells, seed=5)
    own = {n.removeprefix("check-"): e for n, e in results.items() if f"check-{name}" in n}
    assert {check for check, error in own.items() if error} == set(failing)
