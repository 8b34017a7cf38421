"""The host and the device: two memories, orders that run ahead, and the bits of a number."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
from matplotlib.patches import Rectangle

from convbook.drawing.cells import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALE_BLUE,
    PALE_GREEN,
    PALE_GREY,
    PALE_ORANGE,
    PAPER,
    TEXT,
    arrow,
    canvas,
)

LAUNCH = 0.5  # how long the sketch of `orders` makes a launch, and below a kernel
KERNEL = 2.5


def two_memories(title: str = "") -> None:
    """Draw the host and the device, each with its memory, and the bus between them."""
    axis = canvas(20, 8, title)
    for left, width, fill, name, units, memory in (
        (0.3, 6, PALE_BLUE, "host: NumPy", "processor", "its memory"),
        (12.2, 7.5, PALE_GREEN, "device: CuPy", "thousands of small units", "its own memory"),
    ):
        axis.add_patch(Rectangle((left, 0.8), width, 6.4, facecolor=fill, edgecolor=GREY))
        for row, text, weight in (
            (1.7, name, "bold"),
            (3.6, units, "normal"),
            (5.9, memory, "normal"),
        ):
            where = left + width / 2, row
            axis.text(*where, text, ha="center", va="center", fontweight=weight, color=TEXT)
    axis.text(15.95, 4.5, "50 tera-operations / s", ha="center", va="center", color=TEXT)
    axis.text(15.95, 6.7, "2 TB / s", ha="center", va="center", color=TEXT)
    arrow(axis, (6.6, 3.0), (11.9, 3.0))
    arrow(axis, (11.9, 5.0), (6.6, 5.0))
    for row, text, weight in (
        (2.5, "upload", "normal"),
        (4.0, "bus: 40 GB / s", "bold"),
        (5.5, "download", "normal"),
    ):
        axis.text(9.25, row, text, ha="center", va="center", fontweight=weight)
    plt.show()


def orders(title: str = "") -> None:
    """Draw who works when: the processor orders three kernels, goes on, and waits for a value."""
    width = plt.rcParams["figure.figsize"][0]
    figure, axis = plt.subplots(figsize=(width, 0.42 * width))
    for k, name in enumerate(("x * 2", "+ 1", "sum")):
        axis.broken_barh([(LAUNCH * k, 0.4)], (1.25, 0.7), facecolor=BLUE)
        start = LAUNCH + KERNEL * k
        axis.broken_barh([(start, KERNEL - 0.1)], (0, 0.7), facecolor=PALE_GREEN, edgecolor=GREEN)
        axis.text(start + 1.2, 0.35, name, ha="center", va="center", color=TEXT)
    axis.broken_barh([(1.5, 2.5)], (1.25, 0.7), facecolor=PALE_BLUE, edgecolor=BLUE)
    axis.text(2.75, 1.6, "other work", ha="center", va="center", color=TEXT)
    axis.broken_barh([(4.05, 3.95)], (1.25, 0.7), facecolor=PALE_GREY, edgecolor=GREY, hatch="//")
    axis.text(6.0, 2.2, "float(total): it waits", ha="center", va="center")
    axis.text(0, 2.2, "three launches", va="center")
    axis.set(xlim=(-0.2, 8.2), ylim=(-0.2, 2.6), xticks=[], xlabel="time (a sketch, not to scale)")
    axis.set_yticks([0.35, 1.6], ["GPU", "processor"])
    axis.set_ylabel("who")
    axis.set_title(title)
    figure.tight_layout()
    plt.show()


def formats(numbers: Mapping[str, tuple[int, int]], title: str = "") -> None:
    """Draw how kinds of numbers spend their bits.

    Args:
        numbers: the name of each kind, and its bits of exponent and of mantissa; one is the sign.
        title: of the picture.
    """
    axis = canvas(40, 2.2 * len(numbers) + 0.4, title, inch=0.19)
    for row, (name, (exponent, mantissa)) in enumerate(numbers.items()):
        top, left = 0.6 + 2.2 * row, 6.0
        axis.text(5.5, top + 0.7, name, ha="right", va="center")
        for bits, strong, pale in (
            (1, GREY, PALE_GREY),
            (exponent, ORANGE, PALE_ORANGE),
            (mantissa, BLUE, PALE_BLUE),
        ):
            for bit in range(bits):
                axis.add_patch(Rectangle((left + bit + 0.06, top), 0.88, 1.4, facecolor=pale))
            if bits > 1:
                where = left + bits / 2, top + 0.7
                axis.add_patch(Rectangle((where[0] - 1, top), 2, 1.4, facecolor=strong))
                axis.text(*where, str(bits), ha="center", va="center", color=PAPER)
            left += bits
    plt.show()
