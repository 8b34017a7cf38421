"""The report's pictures, as SVG that takes its colours and its type from the page."""

import re
from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
from markupsafe import Markup
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from autograder.pages.svg import inline
from autograder.report.tally import OUTCOMES, Exercise

# Colours that stand in the drawing for the page's own, which change in the dark.
TEXT, LINE, BAR, LATE = "#010101", "#020202", "#030303", "#040404"
SHADES = ("#050505", "#060606", "#070707", "#080808", "#090909")  # of OUTCOMES
VARIABLES = {
    TEXT: "var(--text)",
    LINE: "var(--line)",
    BAR: "var(--bar)",
    LATE: "var(--bad)",
    **{shade: f"var(--outcome-{number})" for number, shade in enumerate(SHADES)},
}
STYLE: Any = {
    "axes.edgecolor": LINE,
    "axes.labelcolor": TEXT,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "font.size": 10,
    "svg.fonttype": "none",  # text stays text: it can be found, read out and zoomed
    "svg.hashsalt": "report",
    "text.color": TEXT,
    "xtick.color": TEXT,
    "ytick.color": TEXT,
}
WIDTH = 5.0  # inches at 72 units each; a page shows it as wide as there is room
DAY = 24.0


def scores(points: Sequence[float], most: float) -> Markup:
    """Draw how many students have how many points.

    Args:
        points: of each student.
        most: the points there are.
    """
    with rc_context(STYLE):
        figure, axis = _figure(2.6)
        edges = np.arange(np.ceil(most) + 2) - 0.5
        axis.hist(points, edges.tolist(), color=BAR, rwidth=0.85)
        middle = float(np.median(points))
        axis.axvline(middle, color=TEXT, linestyle="--", linewidth=1)
        axis.set_title(f"{len(points)} students; the dashed line is the median, {middle:g}")
        axis.set_xlabel(f"points of the checks, of {most:g}")
        axis.set_ylabel("students")
        _whole(axis)
        return _svg(figure, f"Points: median {middle:g} of {most:g}, {len(points)} students")


def outcomes(exercises: Sequence[Exercise]) -> Markup:
    """Draw what part of the class got each exercise right, and what went wrong for the others."""
    with rc_context(STYLE):
        figure, axis = _figure(0.9 + 0.34 * len(exercises))
        left = np.zeros(len(exercises))
        for outcome, shade in zip(OUTCOMES, SHADES, strict=True):
            part = np.array([100 * e.outcomes[outcome] / max(e.count, 1) for e in exercises])
            names = [e.name for e in exercises]
            axis.barh(names, part, left=left, color=shade, height=0.7, label=outcome)
            left += part
        axis.invert_yaxis()
        axis.set_xlim(0, 100)
        axis.set_xlabel("% of the students")
        figure.legend(loc="outside upper left", ncols=len(OUTCOMES), frameon=False, fontsize=9,
                      handlelength=1, columnspacing=1)  # fmt: skip
        return _svg(figure, "What each exercise came to, as parts of the class")


def times(hours: Sequence[float]) -> Markup:
    """Draw when the class handed in, in days before the due date.

    Args:
        hours: before the due date, of each student; less than 0 is late.
    """
    days = -np.array(hours) / DAY
    low, high = np.floor(days.min()), max(1.0, np.ceil(days.max()))
    step = max(0.25, (high - low) / 60)
    edges = np.concatenate(
        [np.arange(0, low - step, -step)[::-1], np.arange(step, high + step, step)]
    )
    bins = edges.tolist()
    with rc_context(STYLE):
        figure, axis = _figure(2.2)
        axis.hist(days[days <= 0], bins, color=BAR, rwidth=0.9)
        axis.hist(days[days > 0], bins, color=LATE, rwidth=0.9)
        axis.axvline(0, color=TEXT, linewidth=1)
        late = int((days > 0).sum())
        axis.set_title(f"{len(days) - late} in time, {late} late; the line is the due date")
        axis.set_xlabel("days after the due date; less than 0 is before it")
        axis.set_ylabel("students")
        _whole(axis)
        return _svg(figure, f"Hand-in times: {len(days) - late} in time, {late} late")


def course(lessons: Sequence[tuple[str, Sequence[float]]]) -> Markup:
    """Draw how points are spread in each lesson.

    Args:
        lessons: the name of each and every student's part of its points, in percent.
    """
    with rc_context(STYLE):
        figure, axis = _figure(0.9 + 0.4 * len(lessons))
        line = {"color": TEXT}
        axis.boxplot(
            [parts for _, parts in lessons],
            orientation="horizontal",
            tick_labels=[name for name, _ in lessons],
            whis=(5, 95),
            showfliers=False,
            patch_artist=True,
            boxprops={"facecolor": BAR, "edgecolor": TEXT},
            medianprops=line,
            whiskerprops=line,
            capprops=line,
        )
        axis.invert_yaxis()
        axis.set_xlim(0, 101)
        axis.set_xlabel("% of the points of the checks")
        axis.set_title("The points of each lesson")
        return _svg(figure, "The points of each lesson")


def _figure(height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    return figure, figure.add_subplot()


def _whole(axis: Axes) -> None:
    """Count students in whole numbers."""
    axis.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))


def _svg(figure: Figure, label: str) -> Markup:
    """Write a figure as an element of the page, with the page's type."""
    text = inline(figure, label, VARIABLES).replace("*{stroke", ".plot *{stroke")
    text = re.sub(r"'DejaVu Sans'[^;\"]*", "system-ui, sans-serif", text)
    text = re.sub(r'<svg .*?viewBox="([^"]*)"[^>]*>', "", text, count=1, flags=re.DOTALL)
    width, height = (72 * float(size) for size in figure.get_size_inches())
    about = f'class="plot" role="img" aria-label="{escape(label)}"'
    head = f'<svg {about} viewBox="0 0 {width:g} {height:g}">'
    return Markup(head + text.replace("xlink:href", "href"))
