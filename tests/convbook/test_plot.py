"""Pictures are drawn, with a title and labels that tell the truth."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from convbook import plot


@pytest.fixture(autouse=True)
def no_window(monkeypatch: pytest.MonkeyPatch) -> None:
    plt.switch_backend("agg")
    monkeypatch.setattr(plt, "show", lambda: None)


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
    assert all(axis.get_frame_on() and axis.axison for axis in figure.axes), "no map without frame"


def test_the_middle_grey_of_a_signed_map_is_0_and_its_bar_says_so() -> None:
    plot.maps([np.array([[-3.0, 1.0]]), np.array([[1.0, 2.0]])], ["signed", "not"], "both")
    signed, plain, *bars = plt.gcf().axes
    assert signed.images[0].get_clim() == (-3, 3)
    assert plain.images[0].get_clim() == (1, 2)
    assert len(bars) == 1


def test_a_montage_has_a_row_of_its_own_pictures_for_each_class() -> None:
    x = np.zeros((6, 3, 8, 8), dtype=np.uint8)
    y = np.array([0, 1, 0, 1, 1, 1])
    x[y == 1, 0] = 255  # red
    plot.montage(x, y, ["black", "red"], "both", each=3)
    axis = plt.gcf().axes[0]
    picture = axis.images[0].get_array()
    assert [label.get_text() for label in axis.get_yticklabels()] == ["black", "red"]
    assert axis.get_title() == "both"
    for row, red in enumerate([0.0, 1.0]):
        assert picture[int(axis.get_yticks()[row]), 4].tolist() == [red, 0, 0, 1]
    empty = picture[4, 2 * 9 + 4]  # only two black pictures, of the three asked for
    assert empty.tolist() == [0, 0, 0, 0]


def test_a_montage_of_grey_floats() -> None:
    plot.montage(np.full((2, 1, 4, 4), 0.5), np.array([0, 1]), ["a", "b"], "grey", each=1)
    picture = plt.gcf().axes[0].images[0].get_array()
    assert picture[0, 0].tolist() == [0.5, 0.5, 0.5, 1]


def test_histograms_give_each_panel_its_deviation() -> None:
    near, far = np.array([-1.0, 1.0, 1.0, -1.0]), np.array([[-1000.0, 1000.0]])
    plot.histograms([[near, far], [far, near]], ["a", "b"], ["one", "two"], "all", "number")
    figure = plt.gcf()
    titles = [axis.get_title() for axis in figure.axes]
    assert titles == ["one, std 1", "two, std 1000", "one, std 1000", "two, std 1"]
    heights = [sum(bar.get_height() for bar in axis.patches) for axis in figure.axes]
    assert heights == [1, 0, 0, 1]  # what lies beyond the axis counts, and is not seen
    assert figure.axes[2].get_xlabel() == "number" and figure.axes[2].get_ylabel()


def test_volumes_are_boxes_with_their_names_and_shapes() -> None:
    plot.volumes([(3, 32, 16), (4096, 1, 1)], ["INPUT", "FC"], "a net")
    axis = plt.gca()
    assert axis.get_title() == "a net"
    assert [t.get_text() for t in axis.texts] == ["INPUT\n3\n32 x 16", "FC\n4096\n1 x 1"]
    assert len(axis.patches) == 2 * 3, "three faces of each box"
    corners = [patch.get_xy() for patch in axis.patches]
    assert max(c[:, 0].max() for c in corners[:3]) < min(c[:, 0].min() for c in corners[3:])
    height = np.ptp(corners[0][:, 1]) / np.ptp(corners[3][:, 1])
    assert np.isclose(height, np.cbrt(32))
