"""A warp at its access to memory: 32 threads, and the sectors that they take."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
from matplotlib.patches import Rectangle

from convbook.drawing.cells import COLOURS, PALE_GREY, PAPER, canvas

SECTOR = 8  # numbers of four bytes in 32 bytes
ROW = 8  # sectors beside each other
WIDE = 2  # of a thread's cell, in those of a number
GAP = 0.6  # between sectors


def warp(elements: Sequence[int], title: str = "") -> None:
    """Draw the threads of a warp above the sectors that they take, in the same colours.

    Args:
        elements: the element of the array that each thread asks for.
        title: of the whole; what it costs is added.
    """
    sectors = sorted({e // SECTOR for e in elements})
    rows = -(-len(sectors) // ROW)
    used = 100 * len(set(elements)) / (SECTOR * len(sectors))
    cost = f"{len(sectors)} sector{'s' * (len(sectors) > 1)}, {used:g}% used"
    axis = canvas(32 * WIDE + 5, 3.6 + 3.4 * rows, f"{title}: {cost}", 0.14)
    small = 0.75 * plt.rcParams["font.size"]
    colour = {sector: COLOURS[k % 4] for k, sector in enumerate(sectors)}
    for thread, element in enumerate(elements):
        _cell(axis, thread * WIDE, 0.9, WIDE, colour[element // SECTOR])
        axis.text(thread * WIDE + 1, 1.95, str(thread), ha="center", va="center",
                  fontsize=small, color=PAPER)  # fmt: skip
    axis.text(0, 0.6, "thread", fontsize=small)
    for k, sector in enumerate(sectors):
        left, top = k % ROW * (SECTOR + GAP), 4.9 + k // ROW * 3.4
        for place in range(SECTOR):
            asked = sector * SECTOR + place in elements
            _cell(axis, left + place, top, 1, colour[sector] if asked else PALE_GREY)
        first = f"{'' if k else 'element '}{sector * SECTOR}"
        axis.text(left, top - 0.25, first, fontsize=small)
    plt.show()


def _cell(axis: plt.Axes, left: float, top: float, width: float, colour: str) -> None:
    axis.add_patch(Rectangle((left + 0.04, top), width - 0.08, 1.9, facecolor=colour))
