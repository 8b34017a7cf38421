"""Turn a student's text into HTML that holds no script, no handler and no address to load.

Markdown is rendered by mistune, cleaned by nh3 and its formulas set as MathML, which browsers show
without a script and without a network.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from html import escape, unescape

import mistune
import nh3
from latex2mathml.converter import convert
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from autograder.shown import ESCAPES

TAGS = frozenset(
    """a b blockquote br code del details div em h1 h2 h3 h4 h5 h6 hr i li ol p pre s span strong
    sub summary sup table tbody td th thead tr ul""".split()
)
ATTRIBUTES = {"a": {"href"}, "div": {"class"}, "span": {"class"}}
# latex2mathml lets \text and \href write raw markup and addresses, so its result is cleaned too.
MATHML_TAGS = frozenset(
    """math menclose mfrac mi mn mo mover mpadded mphantom mroot mrow mspace msqrt mstyle msub
    msubsup msup mtable mtd mtext mtr munder munderover""".split()
)
MATHML_ATTRIBUTES = {
    "*": set("columnalign display displaystyle mathvariant stretchy width".split())
}
SCHEMES = {"http", "https", "mailto"}
MAX_TEXT = 20_000  # characters of one output
LONG = 10_000  # characters of a cell that is rendered anew each time
INLINE_MATH = re.compile(r'<span class="math">\\\((.*?)\\\)</span>', re.DOTALL)
BLOCK_MATH = re.compile(r'<div class="math">\$\$\n?(.*?)\n?\$\$</div>', re.DOTALL)

_markdown = mistune.create_markdown(escape=False, plugins=["math", "strikethrough", "table"])


def _kept(render: Callable[[str], str]) -> Callable[[str], str]:
    """Keep what was rendered, unless it is long: most cells of a class are the lesson's own."""
    kept = lru_cache(maxsize=1000)(render)
    return lambda text: kept(text) if len(text) < LONG else render(text)


@_kept
def markdown(text: str) -> str:
    """Render Markdown with formulas; everything that could run or load is left out."""
    # $$...$$ on a line of its own is a block to a reader, but not yet to mistune.
    text = re.sub(r"^\$\$(.+?)\$\$$", r"$$\n\1\n$$", text, flags=re.MULTILINE)
    clean = nh3.clean(
        str(_markdown(text)), tags=set(TAGS), attributes=ATTRIBUTES, url_schemes=SCHEMES
    )
    clean = BLOCK_MATH.sub(
        lambda found: f'<div class="scroll">{_formula(found[1], "block")}</div>', clean
    )
    return INLINE_MATH.sub(lambda found: _formula(found[1], "inline"), clean)


@_kept
def code(source: str) -> str:
    """Highlight Python source."""
    return highlight(source, PythonLexer(), HtmlFormatter(nowrap=True))


def plain(text: str) -> str:
    """Show text as it is, without terminal colours, cut where it is very long."""
    text = ESCAPES.sub("", text)
    if len(text) > MAX_TEXT:
        text = text[:MAX_TEXT] + f"\n... {len(text) - MAX_TEXT} more characters"
    return escape(text)


@lru_cache
def code_styles() -> str:
    """Return the style sheet that `code` needs, for light and dark."""
    light = HtmlFormatter(style="default").get_style_defs("pre.code")
    dark = HtmlFormatter(style="github-dark").get_style_defs("pre.code")
    colours = "\n".join(line for line in light.splitlines() if "pre.code ." in line)
    night = "\n".join(line for line in dark.splitlines() if "pre.code ." in line)
    return f"{colours}\n@media (prefers-color-scheme: dark) {{\n{night}\n}}"


def _formula(tex: str, display: str) -> str:
    tex = unescape(tex).strip()
    try:
        formula = convert(tex, display=display)
    except Exception:  # the library raises many kinds; a formula it cannot set is shown as typed
        return f"<code>{escape(tex)}</code>"
    return nh3.clean(formula, tags=set(MATHML_TAGS), attributes=MATHML_ATTRIBUTES)
