"""A student's text becomes HTML that is harmless, looks like text, and is soon made."""

import contextlib
import re
import time
from collections.abc import Callable
from html.parser import HTMLParser

import pasted
import pytest

from autograder.pages import html, patience
from autograder.pages.patience import Overdue, within

GOOD = pasted.text(pasted.png())
PICTURE = f"data:image/png;base64,{GOOD}"
PROCESSOR = 20.0  # seconds: the limit is a tenth of it


class Shape(HTMLParser):
    """Collects attributes, and sees whether every element that begins ends."""

    VOID = frozenset({"br", "hr", "img"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.attributes: set[str] = set()
        self.tags: set[str] = set()
        self.open: list[str] = []
        self.strays = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.add(tag)
        self.attributes |= {f"{tag} {name}" for name, _ in attrs}
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.strays += 1


@pytest.mark.parametrize(
    "text",
    [
        '<div class="result good"><strong>passed, 3 of 3 points</strong></div>',
        "<section class=notebook></section></section></div></div><div class='comment'>ours</div>",
        "<p style='position:fixed;inset:0;background:#fff'>all is well</p>",
        "<span id='check-scale' name=body><a name=forms id=cookie>x</a></span>",
        "<style>.result { display: none }</style><link rel=stylesheet href=x>",
        "<marquee>m</marquee><dialog open>d</dialog><form action=x><input name=y><button>z</form>",
        "<details open><summary onclick=x>a</summary>b",
        "</section></main></body></html><h1>02_convolution</h1><b>20 of 20 points.</b>",
        "<table class=arrays><tr><td class=wrong colspan=999>x",
        '<b class="part0e">part0e</b> partabcdefn0e',
        "<svg><style><img src=x onerror=y></style></svg><math><mtext><table><mglyph><style><!--",
        "# h {.result #x}\n\n[x]{.good} ::: result good :::",
    ],
)
def test_nothing_looks_like_the_pages_own(text: str) -> None:
    shape = Shape(html.markdown(text))
    assert shape.attributes <= {"a href", "a rel"}
    assert shape.tags <= html.TAGS
    assert (shape.open, shape.strays) == ([], 0)


@pytest.mark.parametrize(
    "address",
    [
        "#check-scale",
        "//a.example",
        "/etc",
        "../../ada/x.html",
        "javascript:x",
        "data:text/html,x",
        "attachment:a",
        "vbscript:x",
        "java\tscript:x",
        "file:///x",
        "x",
    ],
)
def test_a_link_leads_to_an_address_in_full_or_nowhere(address: str) -> None:
    for text in (f"[x]({address})", f'<a href="{address}">x</a>', f"[x]\n\n[x]: {address}"):
        assert "href" not in html.markdown(text)
    assert 'href="https://a.example/x"' in html.markdown("[x](https://a.example/x)")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("![s](attachment:image.png)", "image.png"),
        ("![s](attachment:my%20pic.png)", "my pic.png"),
        ("![s](attachment:my pic.png)", "my pic.png"),
        ("![s](<attachment:my pic.png>)", "my pic.png"),
        ("![s](attachment:image (1).png)", "image (1).png"),
        ("![s](attachment:a%20b.png)", "a%20b.png"),
        ("<img src='attachment:x.png' width=9 onerror=x>", "x.png"),
        ('<p align=center><img alt="y" src="attachment:my pic.png"></p>', "my pic.png"),
        ("![s][r]\n\n[r]: attachment:x.png", "x.png"),
        ("- in a list ![s](attachment:zoë.png)", "zoë.png"),
        (f"![s]({PICTURE})", ""),
        (f'<img src="{PICTURE}">', ""),
    ],
)
def test_a_pasted_picture_is_shown(text: str, name: str) -> None:
    page = html.markdown(text, {name: {"image/png": GOOD}} if name else None)
    assert re.findall(r"<img[^>]*>", page) == [f'<img alt="a picture" src="{PICTURE}">']
    assert "attachment" not in page


def test_several_pictures_are_shown_and_their_number_is_limited() -> None:
    pictures = {f"{i}.png": {"image/png": GOOD} for i in range(60)}
    page = html.markdown("\n\n".join(f"![](attachment:{name})" for name in pictures), pictures)
    assert page.count("<img") == html.MOST_PICTURES
    assert page.count("a picture is left out: a text may have") == 60 - html.MOST_PICTURES


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("![s](http://a.example/x.png)", "it lies elsewhere"),
        ("<img src=//a.example/x.png>", "it lies elsewhere"),
        ("<img srcset='http://a.example/x.png 2x'>", "it lies elsewhere"),
        ("![s](file:///etc/passwd)", "it lies elsewhere"),
        ("![s](attachment:gone.png)", "it did not come with the notebook"),
        ("![s](attachment:svg.png)", "it is no PNG, JPEG, GIF or WebP"),
        ("![s](attachment:large.png)", "it has 50000 x 50000 pixels"),
        ("![s](data:image/svg+xml;base64,PHN2Zy8+)", "it is no PNG, JPEG, GIF or WebP"),
        ("![s](data:image/png,x)", "it lies elsewhere"),
        ("![s](attachment:kept.png)", "&lt;b&gt; why"),
    ],
)
def test_what_is_left_out_is_said(text: str, reason: str) -> None:
    given = {
        "svg.png": {"image/png": pasted.text(b"<svg onload='x'/>")},
        "large.png": {"image/png": pasted.text(pasted.png(50_000, 50_000))},
        "kept.png": {"text/plain": "<b> why"},
    }
    page = html.markdown(text, given)
    assert f"[a picture is left out: {reason}" in page
    assert "<img" not in page and "example" not in page


@pytest.mark.parametrize(
    "hidden",
    ["\u202e", "\u200b", "\x1b[2J", "&#x202e;", "&#8203;", "&zwnj;", "\ue000", "\U000e0041"],
)
def test_what_cannot_be_seen_is_written_out(hidden: str) -> None:
    for page in (
        html.markdown(f"a{hidden}b `c{hidden}d` $e{hidden}f$ [g](http://x/{hidden})"),
        html.code(f"x = 'a{hidden}b'  # {hidden}"),
        html.plain(f"a{hidden}b"),
    ):
        assert [c for c in page if not c.isprintable() and c != "\n"] == []


def test_formulas_are_set_and_cannot_be_forged() -> None:
    page = html.markdown("$x^2$ and\n\n$$\\frac{a}{b}$$\n\nso $`y`$")
    assert page.count("<math") == 3 and "$" not in page
    typed = html.markdown(r'<span class="math">\(x\)</span> <div class="math">$$' "\ny\n$$</div>")
    assert "<span>" in typed


N = 448_000
QUADRATIC: dict[str, Callable[[int], str]] = {
    "formulas": lambda n: '<span class="math">\\(</span>' * (n // 28),
    "open formulas": lambda n: "$a " * (n // 3),
    "brackets": lambda n: "[" * n,
    "pictures": lambda n: "![" * (n // 2),
    "links": lambda n: "[a](" * (n // 4),
    "references": lambda n: "[a]: b\n" * (n // 7),
    "quotes": lambda n: "> " * (n // 2),
    "lists": lambda n: "\n".join("  " * i + "- a" for i in range(int(n**0.5))),
    "emphasis": lambda n: "*a **b " * (n // 7),
    "ticks": lambda n: "".join("`" * i + " " for i in range(1, int((2 * n) ** 0.5))),
    "html": lambda n: "<div>" * (n // 5),
    "items": lambda n: "<ul><li>" * (n // 8),
    "bold": lambda n: "<b><p>" * (n // 6),
    "comments": lambda n: "<!--" * (n // 4),
    "columns": lambda n: f"|{'a|' * (n // 6)}\n|{'-|' * (n // 6)}\n|{'b|' * (n // 6)}",
    "braces": lambda n: f"${'{' * (n // 2)}{'}' * (n // 2)}$",
    "fractions": lambda n: f"${'{x^'.join([''] * (n // 4))}$",
    "one line": lambda n: "a" * n,
    "entities": lambda n: "&" * n,
    "attachments": lambda n: "![](attachment:a b)" * (n // 19),
    "data": lambda n: "data:image/png;base64," * (n // 22),
}


@pytest.mark.parametrize("size", [html.MAX_TEXT - 200, N], ids=["at the limit", "large"])
@pytest.mark.parametrize("make", QUADRATIC.values(), ids=QUADRATIC)
def test_no_markdown_takes_long(make: Callable[[int], str], size: int) -> None:
    begun = time.process_time()
    page = html.markdown(make(size), {"a b": {"image/png": "x"}})
    assert time.process_time() - begun < PROCESSOR
    assert len(page) < 40 * html.MAX_TEXT + 6 * html.MAX_SHOWN


CODE = {
    "strings": '"' * N,
    "brackets": "(" * N,
    "formats": 'f"{' * (N // 3),
    "backslashes": "\\" * N,
    "names": "a." * (N // 2),
    "decorators": "@" * N,
    "spaces": " " * N + "x",
    "lines": "x=1\n" * (N // 4),
    "one line": "x" * N,
}


@pytest.mark.parametrize("source", CODE.values(), ids=CODE)
def test_no_code_takes_long_or_grows(source: str) -> None:
    for text in (source, source[: html.MAX_TEXT]):
        begun = time.process_time()
        page = html.code(text)
        assert time.process_time() - begun < PROCESSOR
        assert len(page) < 40 * html.MAX_TEXT + 6 * html.MAX_SHOWN
    assert "more characters" in html.code(source)


def test_a_step_is_stopped_even_where_errors_are_caught() -> None:
    def stubborn() -> None:
        while True:
            with contextlib.suppress(Exception):
                sum(range(1000))

    begun = time.process_time()
    with pytest.raises(Overdue):
        within(0.2, stubborn)
    assert time.process_time() - begun < 5
    assert within(1, lambda: 7) == 7


def test_what_takes_too_long_is_shown_as_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(text: str) -> str:
        while True:
            pass

    monkeypatch.setattr(html, "_plain_set", never)
    page = html.markdown("**a** <b>", seconds=0.1)
    assert html.AS_TYPED in page and "<pre>**a** &lt;b&gt;</pre>" in page
    assert patience.signal.getitimer(patience.signal.ITIMER_VIRTUAL)[0] == 0
