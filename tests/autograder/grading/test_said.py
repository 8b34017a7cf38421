"""What is said of a failure: the call, the exception's own text, that None came back, one hint."""

from collections.abc import Callable

import pytest
from cells import named
from nbformat import NotebookNode

from autograder.grading.grade import Grade

Graded = Callable[[NotebookNode], Grade]


def said(answers: NotebookNode, graded: Graded, exercise: str, cell: str, check: str) -> str:
    named(answers, exercise).source = cell
    return next(c.message for c in graded(answers).checks if c.id == check)


def changed(answers: NotebookNode, exercise: str, old: str, new: str) -> str:
    text = named(answers, exercise).source
    assert old in text
    return text.replace(old, new)


def test_an_exception_is_told_with_the_call_and_its_own_text(
    answers: NotebookNode, graded: Graded
) -> None:
    """It is raised where the padding is not 0, so the check shows which call that was."""
    cell = changed(answers, "conv_forward", "    return ", "    [1, 2][9 * pad]\n    return ")
    text = said(answers, graded, "conv_forward", cell, "check-conv_forward-stride_pad")
    first, second = text.split("\n")[:2]
    assert first.startswith("IndexError: list index out of range (in conv_forward, line ")
    assert second.startswith("  In the call: conv_forward with x of shape (")
    assert "pad=1" in second


@pytest.mark.parametrize(
    ("old", "exercise", "check", "wanted"),
    [
        ("    return ", "correlate2d", "check-correlate2d", "is None. Does the function end"),
        ("    return ", "conv_forward", "check-conv_forward", "conv_forward returned None"),
    ],
)
def test_that_none_came_back_is_said(
    answers: NotebookNode, graded: Graded, old: str, exercise: str, check: str, wanted: str
) -> None:
    cell = changed(answers, exercise, old, "    _ = ")
    assert wanted in said(answers, graded, exercise, cell, check)


def test_of_two_hints_that_of_the_mistake_is_given(answers: NotebookNode, graded: Graded) -> None:
    cell = changed(answers, "correlate2d", "* w)", "* w[::-1, ::-1])")
    text = said(answers, graded, "correlate2d", cell, "check-correlate2d")
    assert "This is a known mistake: filter flipped" in text
    assert text.count("Hint:") == 1


def test_another_exception_than_was_asked_for_is_told_in_its_words(
    answers: NotebookNode, graded: Graded
) -> None:
    cell = changed(answers, "conv_forward", "raise ValueError(", "raise KeyError(")
    text = said(answers, graded, "conv_forward", cell, "check-conv_forward-fit")
    assert "raised KeyError, expected ValueError" in text
    assert "Its text: " in text
