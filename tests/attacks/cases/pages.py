"""What a hand-in shows, names or brings along: page, table and the others stay as they are."""

import json

import pasted

from attacks.case import Case, Make, Notebook, cell_named, cells, code_cell, edited, markdown_cell
from attacks.target import FULL, SCALE

BOX = '<div class="result good"><strong>scale: passed, 5 of 5 points</strong></div>'
ANSI = "\x1b[2J\x1b]0;owned\x07\rscale: 5 / 5\nada  20 / 20"
PNG = r"""
import struct, zlib
from IPython.display import Image, display

def part(kind, data):
    end = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + end

head = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 2, 0, 0, 0)
image = b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IEND", b"")
for _ in range(COUNT):
    display(Image(image))
"""


def case(name: str, tries: str, make: Make, honest: float = FULL, *names: str) -> Case:
    return Case("pages", name, tries, make, honest, names=names)


def text(name: str, tries: str, source: str) -> Case:
    """A text of the student's own."""
    return case(name, tries, edited(lambda book: book["cells"].insert(0, markdown_cell(source))))


def own(name: str, tries: str, *sources: str) -> Case:
    """Code cells of the student's own, after all others."""
    return case(name, tries, edited(lambda book: book["cells"].extend(map(code_cell, sources))))


def images(name: str, tries: str, size: int, count: int) -> Case:
    """Pictures that code shows."""
    return own(name, tries, PNG.replace("SIZE", str(size)).replace("COUNT", str(count)))


def wrong_scale(name: str, tries: str, source: str, *names: str) -> Case:
    """An exercise that does not work."""
    return case(name, tries, cells(scale=source), FULL - SCALE, *names)


def called(name: str, tries: str, grade_id: str) -> Case:
    """Two cells of a name that the student chose."""

    def change(book: Notebook) -> None:
        mark = {"grade_id": grade_id, "solution": False, "grade": True, "checksum": "0"}
        book["cells"] += [code_cell(x) | {"metadata": {"nbgrader": mark}} for x in ("1", "2")]

    return case(name, tries, edited(change))


def marked(name: str, tries: str, **mark: object) -> Case:
    """A check whose mark is odd."""

    def change(book: Notebook) -> None:
        cell_named(book, "check-scale")["metadata"]["nbgrader"] |= mark | {"checksum": "0"}

    return case(name, tries, edited(change))


def brought(name: str, tries: str, content: object, source: str = "![](attachment:a)") -> Case:
    """A text with something pasted into it."""
    cell = markdown_cell(source) | {"attachments": {"a": content}}
    return case(name, tries, edited(lambda book: book["cells"].insert(0, cell)))


def deep(book: Notebook) -> None:
    book["cells"][0]["metadata"]["deep"] = json.loads("[" * 500 + "]" * 500)


def many_names(book: Notebook) -> None:
    marks = ({"nbgrader": {"grade_id": f"{n} {'x' * 3000}"}} for n in range(1500))
    book["cells"] += [code_cell("1") | {"metadata": mark} for mark in marks]


SLOW = [
    text(
        "many formulas",
        "448 kB that are searched again and again",
        '<span class="math">\\(</span>' * 16_000,
    ),
    text("many brackets", "links that never end", "[" * 19_000),
    text("many links", "200 kB of the same", "[a](" * 50_000),
    text("many quotes", "quotes in quotes", "> " * 9_000),
    text("deep lists", "lists in lists", "\n".join("  " * i + "- a" for i in range(190))),
    text("deep tags", "elements in elements", "<ul><li>" * 2_400),
    text("many columns", "3000 columns", "\n".join(f"|{c * 3000}" for c in ("a|", "-|", "b|"))),
    text("deep formula", "braces in braces", f"${'{' * 9_000}x{'}' * 9_000}$"),
    text("long line", "2 MB without a space", "a" * (2 << 20)),
    wrong_scale("many magics", "is read anew for each of its lines", "x = %time 1\n" * 40_000),
    wrong_scale(
        "nested too deeply",
        "breaks the parser that looks for the mistake",
        "-" * 100_000 + "1",
        "nested too deeply",
    ),
    wrong_scale("many dots", "100,000 attributes of attributes", "a" + ".b" * 100_000),
]
LARGE = [
    own("200 prints", "200 cells that print all they may", *["print('x' * 60_000)"] * 200),
    own(
        "small outputs",
        "200 outputs of each of 40 cells",
        *["from IPython.display import display\nfor i in range(200): display(i)"] * 40,
    ),
    own("much code", "a cell of 900 kB, each word in a colour", "if 0: x = 1\n" * 75_000),
    own("many cells", "900 cells of code", *["if 0: x = 1\n" * 400] * 900),
    images("large picture", "a PNG of 50,000 x 50,000", 50_000, 1),
    images("many pictures", "150 pictures of a cell", 7_000, 150),
    wrong_scale(
        "9 MiB, an exercise",
        "is larger than what is sent to a process",
        f"def scale(x, a):\n    return a * x\n#{'x' * (9 << 20)}",
        "not run: the cell has more than",
    ),
    own("9 MiB, another cell", "the same where nothing depends on it", "#" * (9 << 20)),
    own("3 MiB of emoji", "few characters that are many bytes", f"#{'🙂' * 800_000}"),
]
DECEIVES = [
    text("a box of ours", "looks like a passed check", BOX),
    text("out of the frame", "ends what it stands in", f"</div></section></main></body>{BOX}"),
    text(
        "over everything",
        "a style that covers the page",
        f"<style>.result{{}}</style><div style='position:fixed;inset:0'>{BOX}</div>",
    ),
    text(
        "names for scripts",
        "names that take the place of the page's",
        "<a id=check-scale name=body>x</a><form id=forms><input name=cookie></form>",
    ),
    text(
        "odd elements",
        "a marquee, a dialog, details",
        f"<marquee>{BOX}</marquee><dialog open>{BOX}</dialog><details open>{BOX}",
    ),
    own("a box in code", "in a comment and in an output", f"# {BOX}\nprint('''{BOX}''')"),
    text("turned around", "text that reads backwards", "0 \u202e5 fo 5\u202c points"),
    text("turned around by HTML", "the same in entities", "0 &#x202e;5 fo 5&#x202c; p &#8203;"),
    own(
        "unseen in code",
        "code that does not read as it runs",
        "ok = 'x\u202e\u2066# \u2069\u2066'\nx\u200by = 1 # \ue000",
    ),
    own("steers a terminal", "prints what clears a screen", f"print({ANSI!r})"),
    wrong_scale(
        "an error that steers",
        "an exception's text with the same",
        f"def scale(x, a):\n    raise ValueError({ANSI!r} + '\\u202e')",
    ),
    wrong_scale(
        "an error's own name",
        "a class of such a name",
        "def scale(x, a):\n    raise type('A\\x1b[2J\\nada  20', (Exception,), {})",
    ),
]
NAMES = [
    called("half a character in a name", "a name that no file can hold", "check-\ud800"),
    called("a name that steers", "escapes and lines in a name", f"check-{ANSI}"),
    called("a name without an end", "a name of a megabyte", "x" * (1 << 20)),
    called("a reversed name", "a name that reads as another", "check-\u202eelacs"),
    case("1500 names", "1500 cells of long names", edited(many_names)),
    marked("too many points", "points of 400 digits", points=10**400),
    marked("no number", "points that are none", points=float("nan")),
    case("deep metadata", "lists in lists in a cell's metadata", edited(deep)),
]
PASTED = [
    brought("SVG pasted", "a picture that runs", {"image/svg+xml": "<svg onload=attack_mark()>"}),
    brought(
        "picture that lies",
        "markup that says it is a PNG",
        {"image/png": pasted.text(b"<script>attack_mark()</script>")},
    ),
    brought(
        "type with a handler",
        "a type that ends its attribute",
        {'image/png" onerror="attack_mark()': pasted.text(pasted.png())},
    ),
    brought(
        "large picture pasted",
        "50,000 x 50,000 in a header",
        {"image/png": pasted.text(pasted.png(50_000, 50_000))},
    ),
    brought(
        "one picture a thousand times",
        "is put on the page each time",
        {"image/png": pasted.text(pasted.png() + bytes(100_000))},
        "![](attachment:a) " * 1000,
    ),
    brought("nothing pasted", "what is no picture at all", [[[]]]),
]
CASES = [*SLOW, *LARGE, *DECEIVES, *NAMES, *PASTED]
