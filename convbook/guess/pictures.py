"""Guesses that are drawn: a box on a picture, and a curve on axes."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Any

from convbook.guess import drawn
from convbook.guess.numbers import Refused, number

HANDLES = 9  # points of a curve that are moved up and down
NEAR = 0.1  # of the height of the axes: how far off a curve may be on average
OVERLAP = 0.5  # of a box on a photograph: what both boxes share, as a part of what either covers
LARGEST = 256  # rows or columns of a picture
Corners = tuple[int, int, int, int]  # first row, one beyond the last, and the same of columns


@dataclass(frozen=True)
class Box:
    """A box on a picture.

    Attributes:
        label: what is in it.
        picture_of: 'grid', or the name of a photograph.
        rows, columns: how large the picture is.
        step: which pixels of the photograph it has: every so manyth.
        truth: the right box.
    """

    label: str
    picture_of: str
    rows: int
    columns: int
    step: int
    truth: Corners

    @classmethod
    def of(cls, label: str, picture: str, truth: str) -> Box:
        """Read it from a lesson: 'grid 11 x 11' or 'photo coffee 80 x 99 step 5', '4:9, 6:11'."""
        form = r"(?:(grid)|photo (\w+)) (\d+) x (\d+)(?: step (\d+))?"
        found = re.fullmatch(form, picture)
        where = re.fullmatch(r"(\d+):(\d+), (\d+):(\d+)", truth)
        if not found or not where:
            raise ValueError("write 'grid 11 x 11' and '4:9, 6:11'")
        corners = tuple(map(int, where.groups()))
        rows, columns = int(found[3]), int(found[4])
        top, bottom, left, right = corners
        if not (top < bottom <= rows <= LARGEST and left < right <= columns <= LARGEST):
            raise ValueError("the box does not lie on the picture")
        step = int(found[5] or 1)
        return cls(label, found[1] or found[2], rows, columns, step, (top, bottom, left, right))

    def asked(self) -> dict[str, Any]:
        size = {"rows": self.rows, "columns": self.columns}
        return {"kind": "box", "label": self.label, **size, **self._canvas().asked()}

    def read(self, typed: object) -> Corners:
        ends = typed if isinstance(typed, list) and len(typed) == 4 else []
        if not ends or not all(type(x) is int for x in ends):
            raise Refused("Draw a box, or type its first and last row and column.")
        top, last_row, left, last_column = ends
        if not (0 <= top <= last_row < self.rows and 0 <= left <= last_column < self.columns):
            raise Refused(
                f"Rows go from 0 to {self.rows - 1}, columns from 0 to {self.columns - 1},"
                " and the first comes before the last."
            )
        return top, last_row + 1, left, last_column + 1

    def is_right(self, guess: Corners) -> bool:
        if self.picture_of == "grid":
            return tuple(guess) == self.truth
        return self._overlap(guess) >= OVERLAP

    def said(self, guess: Corners) -> str:
        return _slices(guess)

    def told(self) -> str:
        return _slices(self.truth)

    def far(self, guess: Corners) -> str:
        share = self._overlap(guess)
        return "" if share == 1 else f"{100 * share:.0f} % is in both"

    def picture(self, guess: Corners) -> str:
        canvas = self._canvas()
        boxes = canvas.box(self.truth, drawn.TRUTH) + canvas.box(guess, drawn.GUESS)
        text = f"Your box {_slices(guess)}, the true one {_slices(self.truth)}"
        return canvas.svg(text, boxes)

    def _canvas(self) -> drawn.Picture:
        return drawn.Picture(self.picture_of, self.rows, self.columns, self.step)

    def _overlap(self, guess: Corners) -> float:
        """Return what two boxes share, as a part of what either covers."""
        (a, b, c, d), (e, f, g, h) = guess, self.truth
        both = max(0, min(b, f) - max(a, e)) * max(0, min(d, h) - max(c, g))
        return both / ((b - a) * (d - c) + (f - e) * (h - g) - both)


@dataclass(frozen=True)
class Axis:
    """An axis: its name, its ends, and whether equal steps are equal factors."""

    name: str
    low: float
    high: float
    log: bool

    @classmethod
    def of(cls, text: str) -> Axis:
        """Read it from a lesson: 'step h 1e-13 .. 1 log'."""
        found = re.fullmatch(r"(.+) (\S+) \.\. (\S+)( log)?", text)
        if not found:
            raise ValueError("write an axis as 'step h 1e-13 .. 1 log'")
        low, high, log = number(found[2]), number(found[3]), bool(found[4])
        if low >= high or (log and low <= 0):
            raise ValueError(f"the axis '{text}' has no length")
        return cls(found[1], low, high, log)

    def place(self, value: float) -> float:
        """Return where a value lies, from 0 to 1."""
        if self.log:
            value = max(value, 1e-300)
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def value(self, place: float) -> float:
        """Return the value at a place, the inverse of `place`."""
        if self.log:
            return self.low * (self.high / self.low) ** place
        return self.low + place * (self.high - self.low)

    def ticks(self) -> list[tuple[float, str]]:
        """Return a few places and what is written there."""
        if not self.log:
            return [(i / 4, f"{self.value(i / 4):.3g}") for i in range(5)]
        first = math.ceil(math.log10(self.low) - 1e-9)
        last = math.floor(math.log10(self.high) + 1e-9)
        step = max(1, math.ceil((last - first) / 5))
        return [(self.place(10.0**k), drawn.power(k)) for k in range(last, first - 1, -step)]


@dataclass(frozen=True)
class Curve:
    """A curve on axes.

    Attributes:
        label: what it shows.
        x, y: the axes.
        truth: points of it, by place on the axes; between them it is straight.
        near: how far off is right, on average, as a part of the height.
    """

    label: str
    x: Axis
    y: Axis
    truth: tuple[tuple[float, float], ...]
    near: float = NEAR

    @classmethod
    def of(cls, label: str, x: str, y: str, truth: str, near: str = "") -> Curve:
        """Read it from a lesson; see `kinds`."""
        across, up = Axis.of(x), Axis.of(y)
        pairs = [pair.split() for pair in truth.split(",")]
        points = tuple((across.place(number(a)), up.place(number(b))) for a, b in pairs)
        if len(points) < 2 or list(points) != sorted(points):
            raise ValueError("give the curve's points from left to right")
        found = re.fullmatch(r"within (\S+) %", near)
        return cls(label, across, up, points, float(found[1]) / 100 if found else NEAR)

    def asked(self) -> dict[str, Any]:
        axes = {
            name: {"name": axis.name, "low": axis.low, "high": axis.high, "log": axis.log}
            for name, axis in (("x", self.x), ("y", self.y))
        }
        canvas = self._canvas().asked() | {"handles": HANDLES}
        return {"kind": "curve", "label": self.label, **axes, **canvas}

    def read(self, typed: object) -> list[float]:
        heights = typed if isinstance(typed, list) and len(typed) == HANDLES else []
        if not heights or not all(type(h) in (int, float) and 0 <= h <= 1 for h in heights):
            raise Refused("Draw the curve from the left end to the right, or move its points.")
        return [float(h) for h in heights]

    def is_right(self, guess: Sequence[float]) -> bool:
        return self._off(guess) <= self.near

    def said(self, guess: Sequence[float]) -> str:
        return self._ends(guess)

    def told(self) -> str:
        return self._ends(self._true())

    def far(self, guess: Sequence[float]) -> str:
        return f"{100 * self._off(guess):.0f} % of the height apart"

    def picture(self, guess: Sequence[float]) -> str:
        canvas, places = self._canvas(), [i / (HANDLES - 1) for i in range(HANDLES)]
        lines = canvas.line(self.truth, drawn.TRUTH)
        lines += canvas.line(list(zip(places, guess, strict=True)), drawn.GUESS)
        return canvas.svg(f"Your curve {self._ends(guess)}; the true one", lines)

    def _canvas(self) -> drawn.Axes:
        ticks = self.x.ticks(), self.y.ticks()
        return drawn.Axes(escape(self.x.name), escape(self.y.name), *ticks)

    def _true(self) -> list[float]:
        """Return the true heights where the handles are."""
        return [_between(self.truth, i / (HANDLES - 1)) for i in range(HANDLES)]

    def _off(self, guess: Sequence[float]) -> float:
        pairs = zip(guess, self._true(), strict=True)
        return sum(abs(a - min(1.0, max(0.0, b))) for a, b in pairs) / HANDLES

    def _ends(self, heights: Sequence[float]) -> str:
        """Say what a curve is at the left, in the middle and at the right."""
        some = [heights[0], heights[len(heights) // 2], heights[-1]]
        return "{} \u2026 {} \u2026 {}".format(*(f"{self.y.value(h):.2g}" for h in some))


def _between(points: Sequence[tuple[float, float]], x: float) -> float:
    """Return the height of a curve of straight pieces; beyond its ends it goes on level."""
    if x <= points[0][0]:
        return points[0][1]
    for (x0, y0), (x1, y1) in pairwise(points):
        if x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0) if x1 > x0 else y1
    return points[-1][1]


def _slices(corners: Sequence[int]) -> str:
    top, bottom, left, right = corners
    return f"[{top}:{bottom}, {left}:{right}]"
