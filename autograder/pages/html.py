"""Turn a student's text into HTML that holds no script, no handler and no address to load.

Markdown is rendered by mistune, cleaned by nh3 and its formulas set as MathML, which browsers show
without a script and without a network. What is left has no class, no id and no style: on a page it
looks like text, and like nothing of the page's own.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape, unescape
from typing import Any
from urllib.parse import quote, unquote

import mistune
import nh3
from jinja2 import pass_context
from latex2mathml.converter import convert
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from autograder import shown
from autograder.pages.patience import Overdue, within
from autograder.pictures import PictureError, checked

TAGS = frozenset(
    """a b blockquote br code del details div em h1 h2 h3 h4 h5 h6 hr i img li ol p pre s span
    strong sub summary sup table tbody td th thead tr ul""".split()
)
ATTRIBUTES = {"a": {"href"}, "img": {"src"}}
# latex2mathml lets \text and \href write raw markup and addresses, so its result is cleaned too.
MATHML_TAGS = frozenset(
    """math menclose mfrac mi mn mo mover mpadded mphantom mroot mrow mspace msqrt mstyle msub
    msubsup msup mtable mtd mtext mtr munder munderover""".split()
)
MATHML_ATTRIBUTES = {
    "*": set("columnalign display displaystyle mathvariant stretchy width".split())
}
SCHEMES = {"http", "https", "mailto", "attachment"}  # the last of pictures alone
LINK = re.compile(r"(?:https?|mailto):", re.IGNORECASE)
MAX_TEXT = 20_000  # characters of one output, of one text that is set, of code with colours
MAX_SHOWN = 100_000  # characters of one text or piece of code that is shown as typed
LONG = 10_000  # characters of a cell that is rendered anew each time
SECONDS = 2.0  # of the processor, for one text
MOST_PICTURES = 20  # in one text
ELSEWHERE = "it lies elsewhere, and a page loads nothing"
# A formula that stands alone may be wider than a page; </div> ends it.
FORMULA = '<div class="scroll" tabindex="0" role="group" aria-label="a formula">'
AS_TYPED = "This text is long or takes long to set, so it is shown as it was typed."
DATA = re.compile(r"data:image/[\w.+-]+;base64,([A-Za-z0-9+/=]+)")


@dataclass
class _Parts:
    """What is put into a text after it was cleaned, each where its mark stands.

    Attributes:
        attachments: the pictures that came with the text.
        mark: what nobody can have written.
        html: of each part.
    """

    attachments: Mapping[str, Any]
    mark: str = field(default_factory=lambda: f"part{secrets.token_hex(8)}n")
    html: list[str] = field(default_factory=list)

    def keep(self, html: str) -> str:
        self.html.append(html)
        return f"{self.mark}{len(self.html) - 1}e"

    def attribute(self, tag: str, name: str, value: str) -> str | None:
        """Let through addresses of links; that of a picture is a mark."""
        if tag == "img":
            return self.keep(self._picture(value))
        return value if LINK.match(value) and self.mark not in value else None

    def into(self, clean: str) -> str:
        """Put the parts into what was cleaned."""
        nowhere = self.keep(_no_picture(ELSEWHERE))
        clean = re.sub(rf'<img(?: src="({self.mark}\d+e)")?>', lambda m: m[1] or nowhere, clean)
        return re.sub(rf"{self.mark}(\d+)e", lambda m: self.html[int(m[1])], clean)

    def _picture(self, address: str) -> str:
        try:
            if sum(part.startswith("<img") for part in self.html) >= MOST_PICTURES:
                raise PictureError(f"a text may have {MOST_PICTURES}")
            return picture(self._content(address))
        except PictureError as error:
            return _no_picture(str(error))

    def _content(self, address: str) -> Any:
        scheme, _, name = address.partition(":")
        if scheme.lower() != "attachment":
            raise PictureError(ELSEWHERE)
        found = self.attachments.get(name) or self.attachments.get(unquote(name))
        if not isinstance(found, Mapping) or not found:
            raise PictureError("it did not come with the notebook")
        if "text/plain" in found:
            raise PictureError(shown.one_line(found["text/plain"]))
        return next(iter(found.values()))


def picture(content: Any) -> str:
    """Return a picture with its content in it.

    Raises:
        PictureError: as `checked`.
    """
    kind, base64 = checked(content)
    return f'<img alt="a picture" src="data:{kind};base64,{base64}">'


def _no_picture(reason: str) -> str:
    return f"<em>[a picture is left out: {escape(reason)}]</em>"


class _Renderer(mistune.HTMLRenderer):
    """Mistune's own, but formulas are kept aside, and pictures keep their address until `nh3`."""

    def __init__(self, parts: _Parts) -> None:
        super().__init__(escape=False)
        self._parts = parts

    def inline_math(self, text: str) -> str:
        return self._parts.keep(formula(text, "inline"))

    def block_math(self, text: str) -> str:
        return self._parts.keep(f"{FORMULA}{formula(text, 'block')}</div>")

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return f'<img src="{escape(unescape(url))}">'


def _kept(render: Callable[[str], str]) -> Callable[[str], str]:
    """Keep what was rendered, unless it is long: most cells of a class are the lesson's own."""
    kept = lru_cache(maxsize=1000)(render)
    return lambda text: kept(text) if len(text) < LONG else render(text)


def markdown(
    text: str, attachments: Mapping[str, Any] | None = None, seconds: float = SECONDS
) -> str:
    """Render Markdown with formulas; everything that could run or load is left out.

    What is too long, or takes too long, is shown as it was typed.

    Args:
        text: the Markdown.
        attachments: pictures by the names that the text has for them, each by its types.
        seconds: of the processor, at most.
    """
    text = text.encode("utf-8", "backslashreplace").decode()  # half a character is none for nh3
    text, attachments = _without_data(text, attachments or {})
    try:
        if len(text) > MAX_TEXT:
            raise Overdue
        return within(seconds, lambda: _set(text, attachments) if attachments else _plain_set(text))
    except (Overdue, RecursionError):
        return f"<p><em>{AS_TYPED}</em></p>\n<pre>{plain(text, MAX_SHOWN)}</pre>"


@pass_context
def cell_markdown(context: Any, text: str) -> str:
    """Render the Markdown of the cell that nbconvert shows, its attachments too."""
    cell = context.get("cell")
    own = cell is not None and cell.get("source") == text
    return markdown(text, cell.get("attachments") if own else None)


def _without_data(text: str, attachments: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Take pictures that stand in a text out of it: they are long."""
    found: dict[str, Any] = {}

    def keep(data: re.Match[str]) -> str:
        name = f"in the text {len(found)}"
        found[name] = {"image": data[1]}
        return f"attachment:{quote(name)}"

    text = DATA.sub(keep, text)
    return (text, {**attachments, **found}) if found else (text, attachments)


def _set(text: str, attachments: Mapping[str, Any]) -> str:
    parts = _Parts(attachments)
    # $$...$$ on a line of its own is a block to a reader, but not yet to mistune.
    text = re.sub(r"^\$\$(.+?)\$\$$", r"$$\n\1\n$$", text, flags=re.MULTILINE)
    for name in sorted(attachments, key=len, reverse=True):
        if re.search(r"[\s()]", name):  # which Markdown takes for the end of an address
            text = text.replace(f"attachment:{name}", f"attachment:{quote(name)}")
    renderer = _Renderer(parts)
    render = mistune.create_markdown(renderer=renderer, plugins=["math", "strikethrough", "table"])
    clean = nh3.clean(
        str(render(text)),
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        attribute_filter=parts.attribute,
    )
    return parts.into(shown.visible(clean))


@_kept
def _plain_set(text: str) -> str:
    return _set(text, {})


def code(source: str, seconds: float = SECONDS) -> str:
    """Highlight Python source. What is very long, or takes too long, has no colours, and is cut.

    Args:
        source: the text.
        seconds: of the processor, at most.
    """
    try:
        if len(source) > MAX_TEXT:
            raise Overdue
        return within(seconds, lambda: _coloured(source))
    except (Overdue, RecursionError):
        return plain(source, MAX_SHOWN)


def cell_code(source: str, language: Any = None, metadata: Any = None) -> str:
    """Highlight the code of a cell as nbconvert's filter of this name does."""
    return f'<div class="highlight hl-ipython3"><pre>{code(source)}</pre></div>'


@_kept
def _coloured(source: str) -> str:
    return shown.visible(highlight(source, PythonLexer(), HtmlFormatter(nowrap=True)))


def plain(text: str, limit: int = MAX_TEXT) -> str:
    """Show text as it is, without terminal colours, cut where it is very long."""
    more = len(text) - limit
    cut = f"\n... {more} more characters" if more > 0 else ""
    return escape(shown.plain(text[:limit], limit) + cut)


@lru_cache
def code_styles() -> str:
    """Return the style sheet that `code` needs, for light and dark."""
    light = HtmlFormatter(style="default").get_style_defs("pre.code")
    dark = HtmlFormatter(style="github-dark").get_style_defs("pre.code")
    colours = "\n".join(line for line in light.splitlines() if "pre.code ." in line)
    night = "\n".join(line for line in dark.splitlines() if "pre.code ." in line)
    return f"{colours}\n@media (prefers-color-scheme: dark) {{\n{night}\n}}"


def formula(tex: str, display: str) -> str:
    """Set a formula as MathML.

    Args:
        tex: the formula, without the marks around it.
        display: "inline" or "block".
    """
    tex = tex.strip()
    try:
        found = convert(tex, display=display)
    except Exception:  # the library raises many kinds; a formula it cannot set is shown as typed
        return f"<code>{shown.visible(escape(tex))}</code>"
    clean = nh3.clean(found, tags=set(MATHML_TAGS), attributes=MATHML_ATTRIBUTES)
    return shown.visible(clean)
