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
    upper, lower = (line.get_xydata()[1:] for line in plt.gca().lines)
    at = {text.get_text(): text.get_position() for text in plt.gca().texts}
    assert lower[0, 0] < at["a"][0] < at["b"][0] < lower[1, 0]
    assert lower[0, 1] == lower[1, 1] > upper[0, 1] == upper[1, 1] == at["a"][1]
    assert len(plt.gca().patches) == 4  # in, a, b and out: no box on the lower line
