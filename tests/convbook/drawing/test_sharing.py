"""Pictures that lessons share with their decks show the numbers they are given."""

import matplotlib.pyplot as plt

from convbook import drawing


def test_of_two_maps_each_has_its_own_places() -> None:
    drawing.two_maps(([[2, 7], [5, 3]], [[7]]), ("x", "out"), ([(0, 1)], ()), "the winner")
    texts = plt.gca().texts
    assert [text.get_text() for text in texts if text.get_fontweight() == "bold"] == ["7"]
    assert {"x", "out"} < {text.get_text() for text in texts}
    assert plt.gca().get_title() == "the winner"


def test_every_bar_has_its_value_and_every_row_its_name() -> None:
    drawing.bars({"p": [0.25, 0.75], "dscores": [-0.75, 0.75]}, ["right", "wrong"], "both")
    axes = plt.gcf().axes
    assert [[text.get_text() for text in axis.texts] for axis in axes] == [
        ["0.25", "0.75"],
        ["-0.75", "0.75"],
    ]
    assert [axis.get_ylabel() for axis in axes] == ["p", "dscores"]
    assert [label.get_text() for label in axes[-1].get_xticklabels()] == ["right", "wrong"]
    assert plt.gcf().get_suptitle() == "both"
