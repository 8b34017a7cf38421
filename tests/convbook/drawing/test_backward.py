"""What a sketch says is what layers compute."""

from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes

from convbook import drawing, layers


def drawn(draw: Callable[[str], None]) -> Axes:
    draw("its title")
    axis = plt.gca()
    assert axis.get_title() == "its title"
    return axis


def said(axis: Axes) -> list[str]:
    return [text.get_text() for text in axis.texts if text.get_text()]


def rows(axis: Axes) -> list[list[float]]:
    """The numbers in the cells of a sketch: a list for each height, from left to right."""
    found: dict[float, list[tuple[float, float]]] = {}
    for text in axis.texts:
        number = text.get_text().replace("\N{MINUS SIGN}", "-")
        if number.lstrip("-").isdigit():
            x, y = text.get_position()
            found.setdefault(y, []).append((x, float(number)))
    return [[number for _, number in sorted(line)] for _, line in sorted(found.items())]


def test_the_circuit_says_what_comes_out_and_what_comes_back() -> None:
    x, y = 2, 1
    m = x * (x + y)
    dm = 2 * m
    ds, through_product = dm * x, dm * (x + y)
    shown = said(drawn(drawing.circuit))
    assert {f"x = {x}", f"y = {y}", f"s = {x + y}", f"m = {m}", f"L = {m * m}"} <= set(shown)
    assert sorted(shown.count(str(n)) for n in (dm, through_product)) == [1, 1]
    assert shown.count(str(ds)) == 3


def test_the_gate_is_relu() -> None:
    (*x, first, second, third, fourth), back = rows(drawn(drawing.gate))
    out, cache = layers.relu_forward(np.array(x))
    assert [first, second, third, fourth] == out.tolist()
    assert back[:4] == layers.relu_backward(np.array(back[4:]), cache).tolist()


def test_the_zeros_between_give_the_dx_of_stride_2() -> None:
    line, turned = rows(drawn(drawing.between_zeros))
    w = np.array(turned[::-1])
    _, cache = layers.conv_forward(np.zeros((1, 1, 1, 5)), w.reshape(1, 1, 1, 3), np.zeros(1), 2)
    dx, _, _ = layers.conv_backward(np.array(line[:2]).reshape(1, 1, 1, 2), cache)
    assert line[2:9] == [0, 0, line[0], 0, line[1], 0, 0]
    assert line[9:] == dx.ravel().tolist()


def test_the_windows_of_the_places_add_up() -> None:
    cells = [line for line in rows(drawn(drawing.places)) if len(line) == 10]
    for line in cells:
        assert sum(np.array(line[:8]).reshape(4, 2)).tolist() == line[8:]
    assert len(cells) == 2


def test_what_is_copied_twice_comes_back_doubled() -> None:
    x, below, *back = rows(drawn(drawing.added_back))
    assert back == [[n * k for n, k in zip(line, (1, 2, 2, 1), strict=True)] for line in (x, below)]


def test_the_first_column_is_the_first_window() -> None:
    axis = drawn(drawing.window_to_column)
    bold = [t.get_text() for t in axis.texts if t.get_fontweight() == "bold"]
    assert bold == ["0", "1", "4", "5"] * 2
    assert {"34", "44", "54"} <= set(said(axis))


@pytest.mark.parametrize("draw", [drawing.chain, drawing.blocks])
def test_names_stand_in_the_picture(draw: Callable[[str], None]) -> None:
    axis = drawn(draw)
    assert said(axis)
    box = axis.get_window_extent()
    assert all(box.contains(*axis.transData.transform(t.get_position())) for t in axis.texts)
