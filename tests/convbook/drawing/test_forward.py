"""Pictures of cells show the numbers they are given, and mark the right ones."""

import matplotlib.pyplot as plt
import numpy as np

from convbook import drawing


def bold() -> list[str]:
    return [text.get_text() for text in plt.gca().texts if text.get_fontweight() == "bold"]


def words() -> str:
    return "\n".join(text.get_text() for text in plt.gca().texts)


def test_a_depth_column_is_marked_in_every_slice() -> None:
    x, y, d = np.indices((2, 3, 4))
    drawing.column_and_slice(100 * x + 10 * y + d, 1, 2, 3, "both")
    assert bold() == ["120", "121", "122", "123"]
    assert plt.gca().get_title() == "both"


def test_every_stop_of_a_window_is_drawn() -> None:
    drawing.stops(7, 3, 2)
    assert "(7 \N{MINUS SIGN} 3)/2 + 1 = 3" in words()
    assert [f"from {start}" in words() for start in (0, 2, 4, 6)] == [True] * 3 + [False]


def test_a_window_at_full_depth_is_marked_in_every_slice() -> None:
    drawing.full_depth(C=3, K=4, size=5, F=3)
    colours = [patch.get_facecolor() for patch in plt.gca().patches]
    assert sum(plt.matplotlib.colors.to_hex(c) == drawing.BLUE for c in colours) == 3 * 3 * 3
    assert sum(plt.matplotlib.colors.to_hex(c) == drawing.GREEN for c in colours) == 4


def test_the_first_stop_is_worked_out() -> None:
    drawing.first_stop([2, 0, 1, 3, -1], [1, 0, -1], [0, 1, -3, 2, 3])
    assert "0·1 + 2·0 + 0·(\N{MINUS SIGN}1) = 0" in words()
    assert bold() == ["0", "2", "0", "0"]


def test_one_entry_and_its_window_are_marked() -> None:
    x = np.arange(12.0).reshape(3, 4)
    drawing.one_window(x, np.ones((2, 2)), np.zeros((2, 3)), 1, 2, "one")
    assert bold() == ["6", "7", "10", "11", "0"]


def test_a_transposed_convolution_ends_in_its_sum() -> None:
    drawing.stamps([4.0, 8.0, 2.0], [0.5, 1.0, 0.5], 2, "grows")
    texts = [text.get_text() for text in plt.gca().texts]
    assert [text for text in texts if text][-8:] == ["2", "4", "6", "8", "5", "2", "1", "sum"]


def test_shared_counts_the_means() -> None:
    picture, channel, _, _ = np.indices((2, 3, 4, 5))
    drawing.shared([channel, picture], ["batch norm", "layer norm"], "who")
    assert [a.get_title() for a in plt.gcf().axes] == ["batch norm\n3 means", "layer norm\n2 means"]
