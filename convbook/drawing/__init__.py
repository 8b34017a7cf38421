"""Pictures that a lesson shares with its deck: cells with numbers, and what flows between them.

In come numbers; a picture is drawn with its title. A deck draws it larger, in the colours of its
page, which stand in the place of those of `cells`.
"""

from convbook.drawing.backward import between_zeros, chain, circuit, gate, places, stamps
from convbook.drawing.cells import (
    BLUE,
    GREEN,
    PALE_BLUE,
    PALE_GREEN,
    PALE_GREY,
    PALE_ORANGE,
    arrow,
    canvas,
    cells,
)
from convbook.drawing.forward import (
    column_and_slice,
    first_stop,
    full_depth,
    holes,
    one_window,
    stops,
    two_maps,
)
from convbook.drawing.memories import formats, orders, two_memories
from convbook.drawing.paths import paths
from convbook.drawing.products import added_back, blocks, window_to_column
from convbook.drawing.sharing import bars, shared, ways
from convbook.drawing.warp import warp

__all__ = [
    "BLUE",
    "GREEN",
    "PALE_BLUE",
    "PALE_GREEN",
    "PALE_GREY",
    "PALE_ORANGE",
    "added_back",
    "arrow",
    "bars",
    "between_zeros",
    "blocks",
    "canvas",
    "cells",
    "chain",
    "circuit",
    "column_and_slice",
    "first_stop",
    "formats",
    "full_depth",
    "gate",
    "holes",
    "one_window",
    "orders",
    "paths",
    "places",
    "shared",
    "stamps",
    "stops",
    "two_maps",
    "two_memories",
    "warp",
    "ways",
    "window_to_column",
]
