"""The predictions of every lesson: students are given no answer, and each truth is right."""

import re

import numpy as np
import pytest

from autograder import asking
from autograder.course import Lesson, lessons, root
from convbook import notebook
from convbook.guess import asked, kinds
from convbook.guess.kinds import Choice, Number, Row
from convbook.guess.pictures import Box, Curve

QUESTIONS = {n: asking.questions(x.notebook, n) for n, x in lessons().items()}
LESSONS = [lesson for name, lesson in lessons().items() if QUESTIONS[name]]
PARTS = [
    pytest.param(part, id=f"{name} {part.label}")
    for questions in QUESTIONS.values()
    for name, question in questions.items()
    for part in question.parts
]
# What is asked, and no folded answer tells: worked out here once more.
WORKED = {
    "01/weights": [3 * 32 * 32, 3 * 200 * 200],
    "02/local": [32 * 32 * 10 * (5 * 5 * 3 + 1)],
    "03/coarse": [(3.1**2 - 9) / 0.1, (3.1**2 - 2.9**2) / 0.2],
    "03/line": [np.convolve([10, 1], [3, 5]), None],
    "03/stride": [5, [1, 0, 10], np.convolve([1, 0, 10], [1, 2, 3])],
    "03/passes": [2 * 8 * 3 * 32 * 32],
    "04/price": [9, 1, 363 * 3025 / (3 * 227 * 227)],
    "04/reshape": [[1, 2, 3, 4], [1, 2, 10, 20]],
    "05/cost": [1 / 4, 1 / 16, sum(0.25**i for i in range(5))],
    "05/stripes": [[0, 1, 0, 1], [1, 1, 1, 1]],
    "05/replaced": [[16, 2, 2, 0], 16 * (2 * 2 * 16 + 1), 16 * (3 * 3 * 3 + 1)],
    "06/softmax": [[1 / 4, 3 / 4], np.log(4)],
    "06/hinge": [5 - 3 + 1, max(0, 1 - 3 + 1), 1],
    "06/alexnet": [3 * 227**2 * 96 * 55**2, None, 363 / (3 * 227**2)],
    "06/vgg": [[4096, 512, 7, 7], 4096 * 512 * 49, [4096, 4096, 1, 1]],
    "07/first": [0 + 10 + 200, 0 + 20 + 400],
    "07/separable": [9 * 192**2, 9 * 192 + 192**2],
    "07/one": [np.convolve([1, 2], [3, 4]), None],
    "07/rim": [7 * 7, None],
    "08/sizes": [np.sqrt(50 * 0.01 / 2), 0.5**10, 2**10, np.sqrt(2 / 50)],
    "08/four": [[16, 8, 8 * 16, 8 * 4], [8 * 1024, 16 * 1024, 1024, 4 * 1024]],
}


def prose(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_what_students_are_given_holds_no_answer(lesson: Lesson) -> None:
    """Neither the released notebook nor what is in notebooks/ and convbook/."""
    places = ("notebooks/{0}/{0}.ipynb", "convbook/handout/lessons/{0}.ipynb")
    given = [lesson.released, *(notebook.read(root() / p.format(lesson.name)) for p in places)]
    for cells in given:
        text = prose("\n".join(cell.source for cell in cells.cells))
        assert "<!-- guess" not in text
        for name, question in QUESTIONS[lesson.name].items():
            assert f'guess.ask("{name}")' in text
            for paragraph in filter(None, map(prose, question.answer.split("\n\n"))):
                assert paragraph not in text, name
            assert not [line for line in question.lines if line in text]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_each_prediction_can_be_opened_by_the_cell_that_asks(lesson: Lesson) -> None:
    cells = [c for c in lesson.released.cells if asking.TAG in c.metadata.get("tags", ())]
    names = [m[1] for c in cells if (m := asking.NAMED.search(c.source))]
    assert names == list(QUESTIONS[lesson.name])
    for name in names:
        assert asked.question(name) == QUESTIONS[lesson.name][name]
    assert all(cell.metadata["jupyter"]["source_hidden"] for cell in cells)


def test_a_lesson_asks_again_what_was_asked_two_before() -> None:
    for name, questions in QUESTIONS.items():
        later = next((x for n, x in lessons().items() if int(n[:2]) == int(name[:2]) + 2), None)
        if questions and later:
            text = "\n".join(cell.source for cell in later.released.cells)
            assert f'guess.again("{later.name[:2]}")' in text


@pytest.mark.parametrize("part", PARTS)
def test_the_truth_is_right_and_a_page_is_not_told(part: kinds.Part) -> None:
    match part:
        case Number():
            typed = [repr(part.truth)]
        case Row():
            typed = [", ".join(map(repr, part.truth))]
        case Choice():
            typed = [part.right]
        case Box():
            top, bottom, left, right = part.truth
            typed = [[top, bottom - 1, left, right - 1]]
        case Curve():
            typed = [[min(1.0, max(0.0, height)) for height in part._true()]]
    guess = part.read(typed[0])
    assert part.is_right(guess)
    assert "truth" not in part.asked()
    assert not re.search(r"\$|\\", part.label), "a label is no formula"
    assert part.label.count("`") % 2 == 0


@pytest.mark.parametrize("name", WORKED)
def test_truths_worked_out_once_more(name: str) -> None:
    question = asked.question(name)
    assert question is not None
    for part, value in zip(question.parts, WORKED[name], strict=True):
        if value is not None:
            assert part.is_right(np.asarray(value, dtype=float).tolist()), part.label
            assert not part.is_right((1.5 * np.asarray(value) + 1).tolist())


def test_there_are_boxes_and_curves() -> None:
    parts = [p.values[0] for p in PARTS]
    assert sum(isinstance(p, Box) for p in parts) >= 2
    assert sum(isinstance(p, Curve) for p in parts) >= 2
