"""Draw the pictures of docs/architecture.md: docs/ways/NAME.txt becomes docs/ways/NAME.svg.

The first line of such a text is the title, the second says what there is to see, for those who
cannot see it. Each other line is a box or an arrow, in a grid of columns and rows:

    name: kind, column, row | heading | text | text
    name -> name: label

A box may reach over several, as in 2-3. Its kind is a class of ways.css. An arrow is straight, so
its boxes share a column or a row. Of two, there and back, the first lies above or to the right.
"""

import re
from html import escape
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "ways"
WIDTH, HEIGHT = 166, 92  # of a box in one cell of the grid
ACROSS, DOWN = 70, 52  # between two
LEFT, TOP, BELOW = 10, 34, 16  # around all
APART = 15  # an arrow from the middle, where there are two
LETTER = 7.8  # in a wide font
BOX = re.compile(r"(\w+): (\w+), (\d)(?:-(\d))?, (\d)(?:-(\d))? \| (.+)")
ARROW = re.compile(r"(\w+) -> (\w+)(?:: (.+))?")
PICTURE = """<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}" \
viewBox="0 0 {0} {1}" role="img">
<title>{title}</title>
<desc>{seen}</desc>
<style>
{style}</style>
<marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="9" markerHeight="9" \
markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 8 4 0 8z"/></marker>
<rect class="paper" width="100%" height="100%"/>
{pieces}
</svg>
"""


class Box(NamedTuple):
    """Where the edges of a box are."""

    left: int
    top: int
    right: int
    bottom: int


def draw(source: str) -> str:
    """Return the picture that a text describes; a ValueError says which line cannot be drawn."""
    title, seen, *lines = filter(None, source.splitlines())
    ways = [line.split(":")[0] for line in lines]
    boxes: dict[str, Box] = {}
    pieces = []
    for line in lines:
        if box := BOX.fullmatch(line):
            boxes[box[1]] = _place(*box.groups()[2:6])
            pieces += _box(box[2], boxes[box[1]], box[7].split(" | "))
        elif arrow := ARROW.fullmatch(line):
            there, back = f"{arrow[1]} -> {arrow[2]}", f"{arrow[2]} -> {arrow[1]}"
            turn = 0 if back not in ways else 1 if ways.index(there) < ways.index(back) else -1
            pieces += _arrow(boxes[arrow[1]], boxes[arrow[2]], arrow[3] or "", turn)
        else:
            raise ValueError(f"neither a box nor an arrow: {line}")
    _, _, right, bottom = map(max, zip(*boxes.values(), strict=True))
    text = {"title": escape(title), "seen": escape(seen), "pieces": "\n".join(filter(None, pieces))}
    style = (FOLDER / "ways.css").read_text(encoding="utf-8")
    return PICTURE.format(right + LEFT, bottom + BELOW, style=style, **text)


def _place(column: str, last_column: str | None, row: str, last_row: str | None) -> Box:
    wide, high = WIDTH + ACROSS, HEIGHT + DOWN
    left, right = LEFT + wide * (int(column) - 1), LEFT + wide * int(last_column or column) - ACROSS
    return Box(left, TOP + high * (int(row) - 1), right, TOP + high * int(last_row or row) - DOWN)


def _box(kind: str, box: Box, lines: list[str]) -> list[str]:
    """Draw a box with its lines, the first of them bold; a file has a folded corner."""
    left, top, right, bottom = box
    middle, first = (left + right) // 2, (top + bottom) // 2 + 14 - 9 * len(lines)
    if max(map(len, lines)) * LETTER > right - left:
        raise ValueError(f"too much for one line: {lines}")
    if kind == "frame":
        outline = f"M{left - 8} {top - 27}H{right + 8}V{bottom + 9}H{left - 8}z"
        return [f'<path class="frame" d="{outline}"/>', _text("label", middle, top - 9, lines[0])]
    fold = f"H{right - 14}l14 14h-14v-14l14 14" if kind == "file" else f"H{right}"
    shape = f'<path class="{kind}" d="M{left} {top}{fold}V{bottom}H{left}z"/>'
    styles = ["heading", *["body"] * (len(lines) - 1)]
    rows = zip(styles, range(first, bottom, 18), lines, strict=False)
    return [shape, *(_text(style, middle, y, line) for style, y, line in rows)]


def _arrow(start: Box, end: Box, label: str, turn: int) -> list[str]:
    """Draw an arrow: in the middle, or the first of two (turn 1), or the second (turn -1)."""
    y = (max(start.top, end.top) + min(start.bottom, end.bottom)) // 2 - APART * turn
    x = (max(start.left, end.left) + min(start.right, end.right)) // 2 + APART * turn
    if start.top < y < start.bottom and end.top < y < end.bottom:
        a, b = (start.right, end.left) if start.right < end.left else (start.left, end.right)
        below = 16 if turn < 0 else -6
        return [_line(a, y, b, y), _text("label", (a + b) // 2, y + below, label)]
    if start.left < x < start.right and end.left < x < end.right:
        a, b = (start.bottom, end.top) if start.bottom < end.top else (start.top, end.bottom)
        side, gap = ("label before", -7) if turn < 0 else ("label after", 7)
        return [_line(x, a, x, b), _text(side, x + gap, (a + b) // 2 + 5, label)]
    raise ValueError(f"an arrow would not be straight: {label}")


def _line(*ends: int) -> str:
    return '<path class="arrow" d="M{} {}L{} {}"/>'.format(*ends)


def _text(style: str, x: int, y: int, words: str) -> str:
    return f'<text class="{style}" x="{x}" y="{y}">{escape(words)}</text>' if words else ""


if __name__ == "__main__":
    for path in sorted(FOLDER.glob("*.txt")):
        picture = draw(path.read_text(encoding="utf-8"))
        path.with_suffix(".svg").write_text(picture, encoding="utf-8")
