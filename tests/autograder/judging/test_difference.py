"""Where an answer differs: what the page shows, and what it keeps to itself."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from cells import named
from nbformat import NotebookNode

from autograder.feedback.page import page
from autograder.grading.grade import Grade
from autograder.judging import difference
from autograder.pictures import DIFFERENCE
from convbook import check, notebook

SOURCE = """
check.same(got, wanted)
### BEGIN HIDDEN TESTS
check.same(got, hidden)
### END HIDDEN TESTS
"""


def failure(**names: object) -> BaseException:
    """Run SOURCE as a check; return what it ends in."""
    try:
        exec(compile(SOURCE, "<check>", "exec"), {"check": check, **names})
    except check.NotYet as error:
        # An exec of ours, where IPython would be, and then the check's own <module>.
        error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next
        return error
    raise AssertionError("the check passed")


def test_a_visible_part_shows_both_arrays() -> None:
    got, wanted = np.arange(6.0).reshape(1, 1, 2, 3), np.arange(6.0).reshape(1, 1, 2, 3)
    got[0, 0, 1, 2] = 7.5
    assert difference.of(SOURCE, failure(got=got, wanted=wanted)) == {
        "shape": [1, 1, 2, 3],
        "at": [0, 0],
        "corner": [0, 0],
        "yours": [["0", "1", "2"], ["3", "4", "7.5"]],
        "expected": [["0", "1", "2"], ["3", "4", "5"]],
        "marks": ["...", "..x"],
    }


def test_a_hidden_part_shows_places_alone() -> None:
    got, hidden = np.zeros((2, 3, 4, 5)), np.zeros((2, 3, 4, 5))
    hidden[1, :, 0, 4] = 123.456
    data = difference.of(SOURCE, failure(got=got, wanted=got, hidden=hidden))
    assert data is not None and set(data) == {"shape", "maps"}
    assert "123" not in str(data)
    assert [index for index, _ in data["maps"]] == [[n, f] for n in range(2) for f in range(3)]
    assert data["maps"][0][1] == ["....."] * 4
    assert data["maps"][5][1] == ["....x", ".....", ".....", "....."]


def test_where_all_of_a_hidden_answer_is_wrong_there_is_no_picture() -> None:
    got = np.zeros((2, 2))
    assert difference.of(SOURCE, failure(got=got, wanted=got, hidden=got + 1)) is None


def test_a_failure_outside_the_check_counts_as_hidden() -> None:
    error = check.not_yet("no traceback", actual=np.zeros((2, 2)), expected=np.eye(2))
    assert set(difference.of(SOURCE, error) or ()) == {"shape", "maps"}


def test_a_large_array_shows_the_part_around_the_first_wrong_value() -> None:
    got, wanted = np.zeros((30, 40)), np.zeros((30, 40))
    wanted[29, 20] = 1
    data = difference.of(SOURCE, failure(got=got, wanted=wanted))
    assert data is not None and data["corner"] == [22, 16]
    assert data["marks"][7] == "....x..."
    assert len(data["marks"]) == len(data["yours"]) == 8


def test_the_maps_hold_the_first_wrong_part_however_late() -> None:
    got, hidden = np.zeros((9, 3, 50, 50)), np.zeros((9, 3, 50, 50))
    hidden[8, 1, 0, 0] = 1
    data = difference.of(SOURCE, failure(got=got, wanted=got, hidden=hidden))
    assert data is not None and data["maps"][-1][0] == [8, 1]
    assert len(data["maps"]) == 6
    assert all(len(marks) == 24 == len(marks[0]) for _, marks in data["maps"])


def test_values_that_differ_look_different() -> None:
    got, wanted = np.array([1.0, 2.0]), np.array([1.0001, 2.0])
    data = difference.of(SOURCE, failure(got=got, wanted=wanted))
    assert data is not None and data["expected"] == [["1.0001", "2"]]


def test_the_first_wrong_part_of_a_tuple_or_a_dict_is_shown() -> None:
    right, wrong = np.ones(3), np.array([1.0, 1.0, 2.0])
    data = difference.of(SOURCE, failure(got=(np.ones(2), wrong), wanted=(np.ones(2), right)))
    assert data is not None and data["marks"] == ["..x"]
    pair = {"a": right, "b": np.ones((2, 2))}
    data = difference.of(SOURCE, failure(got=pair | {"a": wrong}, wanted=pair))
    assert data is not None and data["marks"] == ["..x"]


@pytest.mark.parametrize(
    ("got", "wanted"),
    [
        (1.0, 2.0),
        ("a", "b"),
        (np.ones(3), np.ones(4)),
        (None, np.ones(3)),
        ([object()], [1.0]),
        (np.array([1j, 2j]), np.array([1j, 3j])),
        ({"a": np.ones(2)}, {"b": np.ones(2)}),
    ],
)
def test_what_has_no_places_has_no_picture(got: object, wanted: object) -> None:
    assert difference.of(SOURCE, failure(got=got, wanted=wanted)) is None


def test_nan_is_shown() -> None:
    data = difference.of(SOURCE, failure(got=np.array([np.nan, 1.0]), wanted=np.ones(2)))
    assert data is not None and data["yours"] == [["nan", "1"]]


def test_the_page_shows_values_of_visible_parts_and_maps_of_hidden_ones(
    answers: NotebookNode, graded: Callable[[NotebookNode], Grade]
) -> None:
    flipped = named(answers, "correlate2d")
    flipped.source = flipped.source.replace("* w)", "* w[::-1, ::-1])")
    far = named(answers, "locally_connected_forward")  # wrong at a stride that hidden parts have
    far.source = far.source.replace(
        "    return out", "    out[..., 0] *= stride != 3\n    return out"
    )
    cells = graded(answers).cells
    html = page(cells, "02_convolution")
    assert html.count("<figcaption>yours</figcaption>") == 1
    assert html.count('<td class="wrong">') == 8
    shown = [
        o.data[DIFFERENCE]
        for c in cells.cells
        for o in c.get("outputs", [])
        if DIFFERENCE in o.get("data", {})
    ]
    assert [sorted(data) for data in shown][1:] == [["maps", "shape"]]
    assert html.count("<svg") == len(shown[1]["maps"])
    assert len(html) < 300_000


def test_a_students_own_picture_is_not_shown(
    answers: NotebookNode, graded: Callable[[NotebookNode], Grade]
) -> None:
    """Only what the grader itself made is drawn: a cell cannot bring a picture of that kind."""
    named(answers, "correlate2d").source = (
        "from IPython.display import display\n"
        f"display({{'{DIFFERENCE}': {{'shape': [1], 'maps': []}}}}, raw=True)\n"
        "def correlate2d(x, w):\n    return 1"
    )
    cells = graded(answers).cells
    own = named(cells, "correlate2d")
    assert not any(DIFFERENCE in o.get("data", {}) for o in own.outputs)


def test_hidden_lines_are_told_from_visible_ones() -> None:
    assert [notebook.is_hidden(SOURCE, line) for line in range(1, 7)] == [
        False, False, True, True, True, False,
    ]  # fmt: skip


def test_a_page_names_no_script(
    answers: NotebookNode, graded: Callable[[NotebookNode], Grade]
) -> None:
    named(answers, "correlate2d").source = "def correlate2d(x, w):\n    return x[:2, :2] * 0"
    assert re.search(r"<script|javascript:|\son\w+=", page(graded(answers).cells, "x")) is None
