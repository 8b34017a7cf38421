"""Ways through a net that part and meet again."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from convbook.drawing.cells import (
    GREY,
    PALE_BLUE,
    PALE_GREEN,
    PALE_GREY,
    TEXT,
    Place,
    arrow,
    box,
    canvas,
    large,
)

WIDE, STEP, HIGH = 3.3, 4.0, 2.0  # a box, from box to box, from path to path
VOLUME = 3.5  # how wide a volume is drawn


def paths(
    start: str,
    ways: Sequence[Sequence[str]],
    end: str,
    after: Sequence[str] = (),
    title: str = "",
) -> None:
    """Draw a volume that goes several ways at once, from left to right, and where they meet.

    Args:
        start: the volume before them.
        ways: the layers of each path, the first path on top; a path without layers is a line.
        end: what joins them.
        after: the layers after that.
        title: of the picture.
    """
    middle, most = 0.9 + HIGH * (len(ways) - 1) / 2, max(map(len, ways))
    first = VOLUME + 1.5 + WIDE / 2  # the middle of the first box
    left, right = first - WIDE / 2, first + STEP * (most - 1) + WIDE / 2
    join = right + 1.5 + VOLUME / 2
    its_middle = join + VOLUME / 2 + STEP - WIDE / 2
    axis = canvas(join + VOLUME / 2 + STEP * len(after), 1.8 + HIGH * (len(ways) - 1), title)
    _volume(axis, (VOLUME / 2, middle), start, PALE_BLUE)
    for k, layers in enumerate(ways):
        y = 0.9 + HIGH * k
        axis.plot([VOLUME, left, right], [middle, y, y], color=GREY, linewidth=2, zorder=0)
        if layers:
            arrow(axis, (VOLUME, middle), (left, y))
            _chain(axis, layers, first, y)
        arrow(axis, (right, y), (join - VOLUME / 2, middle))
    _volume(axis, (join, middle), end, PALE_GREEN)
    if after:
        arrow(axis, (join + VOLUME / 2, middle), (its_middle - WIDE / 2, middle))
        _chain(axis, after, its_middle, middle)
    plt.show()


def _chain(axis: Axes, layers: Sequence[str], left: float, y: float) -> None:
    """Draw layers one after the other, the first around the point (left, y)."""
    for k, name in enumerate(layers):
        if k:
            arrow(axis, (left + STEP * (k - 1) + WIDE / 2, y), (left + STEP * k - WIDE / 2, y))
        box(axis, (left + STEP * k, y), name, PALE_GREY, WIDE)


def _volume(axis: Axes, place: Place, text: str, fill: str) -> None:
    box(axis, place, "", fill, VOLUME)
    size = large() * (0.85 if "\n" in text else 1)
    axis.text(*place, text, ha="center", va="center", fontsize=size, color=TEXT)
