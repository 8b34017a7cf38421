"""Plots as inline SVG that takes its colours from the page, and so follows light and dark."""

import contextlib
import re
from collections.abc import Iterator
from html import escape
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
from cycler import cycler
from matplotlib.figure import Figure

from autograder.pages.svg import inline
from convbook.grids import COLOURS, PAPER, TEXT

# Matplotlib is given stand-ins, which become variables of deck.css: C0 to C4 are the strong blue,
# orange, green, purple and grey, C5 to C9 the same pale, for areas with text on them.
NAMES = ("x-on", "w-on", "out-on", "grad-on", "muted", "x", "w", "out", "grad", "pad")
CYCLE = {colour: f"var(--{name})" for colour, name in zip(COLOURS, NAMES, strict=True)}
VARIABLES = CYCLE | {TEXT: "currentColor", PAPER: "var(--bg)"}
SHARPNESS = 200  # dots an inch of what is no line, such as photographs
LOOK: Any = {
    "axes.edgecolor": TEXT,
    "axes.facecolor": "none",
    "axes.labelcolor": TEXT,
    "axes.prop_cycle": cycler(color=list(CYCLE)),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": "large",
    "figure.facecolor": "none",
    "figure.figsize": (11, 5),
    "font.family": "DejaVu Sans",
    "font.size": 16,
    "legend.edgecolor": TEXT,
    "legend.facecolor": PAPER,
    "legend.labelcolor": TEXT,
    "lines.linewidth": 2.5,
    "lines.markersize": 8,
    "patch.edgecolor": TEXT,
    "svg.fonttype": "path",
    "text.color": TEXT,
    "xtick.color": TEXT,
    "ytick.color": TEXT,
}


@contextlib.contextmanager
def style() -> Iterator[None]:
    """Draw for slides: large text, and colours that `svg` can replace."""
    show, backend = plt.show, matplotlib.get_backend()
    plt.switch_backend("agg")
    plt.show = lambda *args, **how: None
    try:
        with matplotlib.rc_context(LOOK):
            yield
    finally:
        plt.close("all")
        plt.show = show
        plt.switch_backend(backend)


def svg(figure: Figure, alt: str) -> str:
    """Give a figure as an SVG element with its alternative text and the size of its least text."""
    with matplotlib.rc_context({"svg.hashsalt": alt}):
        text = inline(figure, alt, VARIABLES, dpi=SHARPNESS, bbox_inches="tight")
    return text.replace(
        "<svg ", f'<svg role="img" aria-label="{escape(alt)}" data-points="{_least(text):g}" ', 1
    )


def _least(text: str) -> float:
    """The size of the smallest text that is drawn, in points: letters are paths 100 points high."""
    scales = re.findall(r"scale\(([\d.]+) -[\d.]+\)", text)
    return 100 * min(map(float, scales), default=1)
