"""Where an answer differs: what the page shows, and what it keeps to itself."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from cells import named
from nbformat import NotebookNode

from autograder.feedback.page import page
from autograder.grading.grade import Grade
from autograder.judging import difference
from autograder.pictures import DIFFERENCE
from convbook import check


def failure(got: object, wanted: object) -> BaseException:
    """Return what the comparison of an answer ends in."""
    with pytest.raises(check.NotYet) as raised:
        check.same(got, wanted)
    return raised.value


def shown(got: object, wanted: object) -> dict[str, Any]:
    return difference.of(failure(got, wanted), hidden=False) or {}


def zones(got: object, wanted: object) -> list[str]:
    """Return what is shown of an answer to a hidden call: nothing but zones."""
    data = difference.of(failure(got, wanted), hidden=True)
    assert data is None or set(data) == {"zones"}
    return data["zones"] if data else []


def test_a_visible_part_shows_both_arrays() -> None:
    got, wanted = np.arange(6.0).reshape(1, 1, 2, 3), np.arange(6.0).reshape(1, 1, 2, 3)
    got[0, 0, 1, 2] = 7.5
    assert shown(got, wanted) == {
        "shape": [1, 1, 2, 3],
        "at": [0, 0],
        "corner": [0, 0],
        "yours": [["0", "1", "2"], ["3", "4", "7.5"]],
        "expected": [["0", "1", "2"], ["3", "4", "5"]],
        "marks": ["...", "..x"],
    }


def test_a_hidden_part_shows_zones_alone() -> None:
    got, hidden = np.zeros((2, 3, 4, 5)), np.zeros((2, 3, 4, 5))
    hidden[1, :, 0, 4] = 123.456
    assert zones(got, hidden) == ["..x", "...", "..."]
    hidden[0, 2, 2, 3] = 7
    assert zones(got, hidden) == ["..x", ".x.", "..."]


@pytest.mark.parametrize(
    ("shape", "wrong", "expected"),
    [
        ((4,), 0, ["x.."]),
        ((4,), 2, [".x."]),
        ((2,), 1, [".x"]),
        ((3, 1), (2, 0), [".", ".", "x"]),
        ((2, 2), (1, 0), ["..", "x."]),
        ((50, 60), (30, 59), ["...", "..x", "..."]),
    ],
)
def test_zones_are_there_for_every_shape(
    shape: tuple[int, ...], wrong: Any, expected: list[str]
) -> None:
    hidden = np.zeros(shape)
    hidden[wrong] = 1
    assert zones(np.zeros(shape), hidden) == expected


def test_which_places_are_wrong_spells_nothing_out() -> None:
    """Two answers that are wrong inside, in other places, give one picture."""
    hidden, patterns = (
        np.zeros((1, 2, 8, 9)),
        np.random.default_rng(0).random((2, 1, 2, 6, 7)) > 0.5,
    )
    seen = []
    for wrong in patterns:
        got = hidden.copy()
        got[..., 1:-1, 1:-1] += wrong
        seen.append(zones(got, hidden))
    assert seen == [["...", ".x.", "..."]] * 2


def test_where_all_of_a_hidden_answer_is_wrong_there_is_no_picture() -> None:
    assert zones(np.zeros((2, 2)), np.ones((2, 2))) == []


def test_a_large_array_shows_the_part_around_the_first_wrong_value() -> None:
    got, wanted = np.zeros((30, 40)), np.zeros((30, 40))
    wanted[29, 20] = 1
    data = shown(got, wanted)
    assert data["corner"] == [22, 16]
    assert data["marks"][7] == "....x..."
    assert len(data["marks"]) == len(data["yours"]) == 8


def test_values_that_differ_look_different() -> None:
    got, wanted = np.array([1.0, 2.0]), np.array([1.0001, 2.0])
    data = shown(got, wanted)
    assert data["expected"] == [["1.0001", "2"]]


def test_the_first_wrong_part_of_a_tuple_or_a_dict_is_shown() -> None:
    right, wrong = np.ones(3), np.array([1.0, 1.0, 2.0])
    data = shown((np.ones(2), wrong), (np.ones(2), right))
    assert data["marks"] == ["..x"]
    pair = {"a": right, "b": np.ones((2, 2))}
    data = shown(pair | {"a": wrong}, pair)
    assert data["marks"] == ["..x"]


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
    assert difference.of(failure(got, wanted), hidden=False) is None


def test_nan_is_shown() -> None:
    data = shown(np.array([np.nan, 1.0]), np.ones(2))
    assert data["yours"] == [["nan", "1"]]


def test_the_page_shows_values_of_visible_parts_and_zones_of_hidden_ones(
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
    pictures = [
        o.data[DIFFERENCE]
        for c in cells.cells
        for o in c.get("outputs", [])
        if DIFFERENCE in o.get("data", {})
    ]
    assert [data["zones"] for data in pictures[1:]] == [["x..", "x..", "x.."]]
    assert html.count("<svg") == 1
    assert len(html) < 300_000


def test_the_page_shows_how_the_first_wrong_number_should_come_about(
    answers: NotebookNode, graded: Callable[[NotebookNode], Grade]
) -> None:
    layer = named(answers, "conv_forward")
    layer.source = layer.source.replace("+ b[f]", "+ 2 * b[f]")
    html = page(graded(answers).cells, "02_convolution")
    assert "How <code>out[0, 0, 0, 0]</code>, the first wrong number, should come about" in html
    assert html.count('<td class="used">') == 8  # 1 x 2 windows and filters of two channels
    assert "1 · 1 + 1 · 0 + 10 · 0 + 10 · 2 + 0.5 (bias) = 21.5</p>" in html


def test_a_students_own_picture_is_not_shown(
    answers: NotebookNode, graded: Callable[[NotebookNode], Grade]
) -> None:
    """Only what the grader itself made is drawn: a cell cannot bring a picture of that kind."""
    named(answers, "correlate2d").source = (
        "from IPython.display import display\n"
        f"display({{'{DIFFERENCE}': {{'zones': ['x']}}}}, raw=True)\n"
        "def correlate2d(x, w):\n    return 1"
    )
    cells = graded(answers).cells
    own = named(cells, "correlate2d")
    assert not any(DIFFERENCE in o.get("data", {}) for o in own.outputs)


def test_a_page_names_no_script(
    answers: NotebookNode, graded: Callable[[NotebookNode], Grade]
) -> None:
    named(answers, "correlate2d").source = "def correlate2d(x, w):\n    return x[:2, :2] * 0"
    assert re.search(r"<script|javascript:|\son\w+=", page(graded(answers).cells, "x")) is None
