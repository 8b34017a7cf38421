"""Pictures are drawn, with a title and labels that tell the truth."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from convbook import plot


@pytest.fixture(autouse=True)
def no_window(monkeypatch: pytest.MonkeyPatch) -> None:
    plt.switch_backend("agg")
    monkeypatch.setattr(plt, "show", lambda: None)
    plt.close("all")


def test_difference_marks_every_wrong_value() -> None:
    expected = np.zeros((2, 3, 4, 5))
    actual = expected.copy()
    actual[1, 2, 3, 4] = actual[0, 0, 0, 0] = 1.0
    plot.difference(actual, expected)
    axis = plt.gcf().axes[0]
    assert axis.get_title().startswith("2 of 120 values differ")
    crosses = sorted(zip(*axis.lines[0].get_data(), strict=True))
    assert crosses == [(0, 0), (2 * 5 + 4, 4 + 3)]
    assert axis.get_xlabel() and axis.get_ylabel()


def test_maps_have_their_titles() -> None:
    plot.maps([np.eye(3), np.ones((2, 2))], ["one", "two"], "both")
    figure = plt.gcf()
    assert [axis.get_title() for axis in figure.axes] == ["one", "two"]
    assert figure.get_suptitle() == "both"
