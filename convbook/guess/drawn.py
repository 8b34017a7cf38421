"""The SVG of what is guessed by drawing: a picture with boxes, axes with curves.

Its colours are those of the text around it, so that it suits light and dark pages. Guess and truth
differ in their stroke as well: a guess is dashed.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from io import BytesIO
from typing import Any

GUESS = 'stroke="rgb(214, 106, 0)" stroke-width="3" stroke-dasharray="7 5"'
TRUTH = 'stroke="rgb(46, 140, 50)" stroke-width="6" stroke-opacity="0.6"'
DOTTED = 'stroke-dasharray="1 5"'
FAINT = 'stroke="currentColor" stroke-opacity="0.35"'
TEXT = 'fill="currentColor" font-size="12"'
WIDEST, HIGHEST, CELL = 440, 300, 26  # of a picture, and of a cell of a grid
ACROSS, UP = 380, 200  # of axes
LEFT, ABOVE, BELOW, BESIDE = 50, 22, 42, 28  # room for numbers and names
SUPERS = str.maketrans(
    "-0123456789", "\u207b\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"
)


def power(exponent: int) -> str:
    """Write a power of ten."""
    return {0: "1", 1: "10"}.get(exponent, "10" + str(exponent).translate(SUPERS))


@dataclass(frozen=True)
class Picture:
    """A grid of cells, or a photograph, with numbers of rows and columns."""

    name: str
    rows: int
    columns: int
    step: int

    @property
    def cell(self) -> float:
        most = CELL if self.name == "grid" else WIDEST
        return min(most, WIDEST / self.columns, HIGHEST / self.rows)

    def asked(self) -> dict[str, Any]:
        """Return what a page needs to draw on it."""
        return {"svg": self.svg(""), "cell": self.cell, "left": BESIDE, "above": ABOVE}

    def svg(self, label: str, inside: str = "") -> str:
        width, height = self.columns * self.cell, self.rows * self.cell
        ground = self._grid() if self.name == "grid" else self._photo(width, height)
        return _svg(
            width + BESIDE + 8, height + ABOVE + 8, label, ground + self._numbers() + inside
        )

    def box(self, corners: Sequence[int], stroke: str) -> str:
        top, bottom, left, right = (x * self.cell for x in corners)
        place = f'x="{left + BESIDE:g}" y="{top + ABOVE:g}"'
        size = f'width="{right - left:g}" height="{bottom - top:g}"'
        return f'<rect {place} {size} fill="none" {stroke}/>'

    def _grid(self) -> str:
        width, height = self.columns * self.cell, self.rows * self.cell
        down = "".join(
            f"M{BESIDE + i * self.cell:g} {ABOVE}v{height:g}" for i in range(self.columns + 1)
        )
        flat = "".join(
            f"M{BESIDE} {ABOVE + i * self.cell:g}h{width:g}" for i in range(self.rows + 1)
        )
        return f'<path d="{down}{flat}" {FAINT}/>'

    def _photo(self, width: float, height: float) -> str:
        address = _encoded(self.name, self.rows, self.columns, self.step)
        place = f'x="{BESIDE}" y="{ABOVE}" width="{width:g}" height="{height:g}"'
        return f'<image {place} preserveAspectRatio="none" href="{address}"/>'

    def _numbers(self) -> str:
        every = 1 if max(self.rows, self.columns) <= 16 else 20
        middle = self.cell / 2
        text = []
        for i in range(0, self.columns, every):
            x = BESIDE + i * self.cell + middle
            text.append(f'<text x="{x:g}" y="{ABOVE - 7}" text-anchor="middle" {TEXT}>{i}</text>')
        for i in range(0, self.rows, every):
            y = ABOVE + i * self.cell + middle + 4
            text.append(f'<text x="{BESIDE - 7}" y="{y:g}" text-anchor="end" {TEXT}>{i}</text>')
        return "".join(text)


@dataclass(frozen=True)
class Axes:
    """Two axes with a few numbers each."""

    x: str
    y: str
    across: Sequence[tuple[float, str]]
    up: Sequence[tuple[float, str]]

    def asked(self) -> dict[str, Any]:
        """Return what a page needs to draw on it."""
        area = {"left": LEFT, "above": ABOVE, "width": ACROSS, "height": UP}
        return {"svg": self.svg(""), **area}

    def svg(self, label: str, inside: str = "") -> str:
        ground = (
            f'<rect x="{LEFT}" y="{ABOVE}" width="{ACROSS}" height="{UP}" fill="none" {FAINT}/>'
        )
        text = [f'<text x="{LEFT}" y="{ABOVE - 8}" {TEXT}>{self.y}</text>']
        for place, said in self.across:
            x = LEFT + place * ACROSS
            ground += f'<path d="M{x:g} {ABOVE}v{UP}" {FAINT} {DOTTED}/>'
            where = f'x="{x:g}" y="{ABOVE + UP + 16}"'
            text.append(f'<text {where} text-anchor="middle" {TEXT}>{said}</text>')
        for place, said in self.up:
            y = ABOVE + (1 - place) * UP
            ground += f'<path d="M{LEFT} {y:g}h{ACROSS}" {FAINT} {DOTTED}/>'
            where = f'x="{LEFT - 7}" y="{y + 4:g}"'
            text.append(f'<text {where} text-anchor="end" {TEXT}>{said}</text>')
        middle, below = LEFT + ACROSS / 2, ABOVE + UP + 34
        text.append(f'<text x="{middle:g}" y="{below}" text-anchor="middle" {TEXT}>{self.x}</text>')
        return _svg(LEFT + ACROSS + 20, ABOVE + UP + BELOW, label, ground + "".join(text) + inside)

    def line(self, points: Sequence[tuple[float, float]], stroke: str) -> str:
        places = (
            f"{LEFT + x * ACROSS:.1f},{ABOVE + (1 - min(1.0, max(0.0, y))) * UP:.1f}"
            for x, y in points
        )
        return f'<polyline points="{" ".join(places)}" fill="none" {stroke}/>'


def _svg(width: float, height: float, label: str, inside: str) -> str:
    role = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    size = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    style = "max-width: 100%; height: auto; display: block"
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {role} style="{style}">{inside}</svg>'


@cache
def _encoded(name: str, rows: int, columns: int, step: int) -> str:
    """Return a photograph as an address that holds it."""
    import matplotlib.image  # slow to load, and most guesses want no picture

    from convbook import data

    pixels = data.photo(name)[0, :, ::step, ::step][:, :rows, :columns].transpose(1, 2, 0)
    file = BytesIO()
    matplotlib.image.imsave(file, pixels.repeat(3, axis=2) if pixels.shape[2] == 1 else pixels)
    return f"data:image/png;base64,{b64encode(file.getvalue()).decode()}"
