"""Paths that part and meet again: each layer is drawn, in its row and in its order."""

import matplotlib.pyplot as plt

from convbook import drawing


def test_each_path_is_a_row_with_its_layers_in_order() -> None:
    drawing.paths("in", [["a", "b"], ["c"], []], "out", ["d", "e"], "three ways")
    at = {text.get_text(): text.get_position() for text in plt.gca().texts if text.get_text()}
    assert list(at) == ["in", "a", "b", "c", "out", "d", "e"]
    assert at["a"][1] == at["b"][1] < at["c"][1]
    assert at["in"][1] == at["out"][1] == at["d"][1] == at["c"][1]  # the middle of three rows
    along = [at[name][0] for name in ("in", "a", "b", "out", "d", "e")]
    assert along == sorted(along) and at["c"][0] == at["a"][0]
    assert plt.gca().get_title() == "three ways"


def test_a_path_without_layers_is_a_line_beside_the_longest() -> None:
    drawing.paths("in", [["a", "b"], []], "out")
    drawn = [line.get_xydata() for line in plt.gca().lines]
    below = max(line[:, 1].max() for line in drawn)
    straight = [line for line in drawn if (line[:, 1] == below).all()]
    boxes = [patch.get_window_extent() for patch in plt.gca().patches]
    assert len(straight) == 1 and len(boxes) == 4
    names = {text.get_text(): text.get_position()[0] for text in plt.gca().texts}
    assert straight[0][:, 0].min() < names["a"] < names["b"] < straight[0][:, 0].max()
