"""A warp's picture shows the sectors that its threads take."""

import matplotlib.pyplot as plt
import pytest

from convbook import drawing

BACKGROUND = 1  # what no thread asks for is of one colour


@pytest.mark.parametrize(
    ("elements", "sectors", "used"),
    [
        (range(32), 4, "4 sectors, 100% used"),
        (range(0, 32 * 64, 64), 32, "32 sectors, 12.5% used"),
        ([0] * 32, 1, "1 sector, 12.5% used"),
        (range(1, 33), 5, "5 sectors, 80% used"),
        ([8, 9], 1, "1 sector, 25% used"),
    ],
)
def test_a_thread_has_the_colour_of_its_sector(
    elements: list[int], sectors: int, used: str
) -> None:
    elements = list(elements)
    drawing.warp(elements, "its title")
    axis = plt.gca()
    assert axis.get_title() == f"its title: {used}"
    colours = [patch.get_facecolor() for patch in axis.patches]
    threads, numbers = colours[: len(elements)], colours[len(elements) :]
    assert len(numbers) == 8 * sectors
    firsts = sorted({e // 8 for e in elements})
    for thread, element in enumerate(elements):
        assert numbers[8 * firsts.index(element // 8) + element % 8] == threads[thread]
    asked = {8 * firsts.index(e // 8) + e % 8 for e in elements}
    assert len({numbers[k] for k in range(len(numbers)) if k not in asked}) <= BACKGROUND
