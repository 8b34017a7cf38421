"""The pictures of host and device say what the lesson says of them."""

import matplotlib.pyplot as plt
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from convbook import drawing
from convbook.drawing.cells import PALE_BLUE, PALE_ORANGE


def test_the_bus_is_fifty_times_slower_than_the_memory_of_the_device() -> None:
    drawing.two_memories("two")
    texts = [text.get_text() for text in plt.gca().texts]
    assert "bus: 40 GB / s" in texts and "2 TB / s" in texts
    assert plt.gca().get_title() == "two"


def test_the_wait_of_the_processor_ends_with_the_last_kernel() -> None:
    drawing.orders("three")
    spans = [bar.get_paths()[0].get_extents() for bar in plt.gca().collections]
    kernels = [span for span in spans if span.ymax < 1]
    host = [span for span in spans if span.ymin > 1]
    assert len(kernels) == 3 and len(host) == 5
    assert max(span.xmax for span in host) == pytest.approx(kernels[-1].xmax, abs=0.2)


def test_a_number_has_as_many_cells_as_bits() -> None:
    drawing.formats({"float16": (5, 10)}, "bits")
    colours = [to_hex(p.get_facecolor()) for p in plt.gca().patches if isinstance(p, Rectangle)]
    assert colours.count(PALE_ORANGE) == 5 and colours.count(PALE_BLUE) == 10
    assert [text.get_text() for text in plt.gca().texts] == ["float16", "5", "10"]
