"""One HTML file for a deck, with all it needs: slides, style, reveal.js and its notes plugin."""

import re
from collections.abc import Mapping, Sequence
from importlib.resources import files

import jinja2
from pygments.formatters import HtmlFormatter

from autograder.build import licence
from autograder.pages import html
from autograder.slides.source import Deck, Slide
from convbook.demo.page import read_asset

SCRIPTS = ("demos.js", "timer.js", "handout.js", "deck.js")
_templates = jinja2.Environment(
    loader=jinja2.PackageLoader("autograder.slides"), autoescape=True, trim_blocks=True
)


def page(deck: Deck, shown: Sequence[Sequence[str]], assets: Mapping[str, str]) -> str:
    """Write the page.

    Args:
        deck: the deck.
        shown: for each slide, the HTML of each of its blocks.
        assets: the files of reveal.js, by name.
    """
    return _templates.get_template("deck.html.j2").render(
        title=deck.title,
        licence=licence.LINE,
        slides=[_slide(slide, blocks) for slide, blocks in zip(deck.slides, shown, strict=True)],
        styles="\n".join(
            [assets["reset.css"], assets["reveal.css"], _colours(), _own("deck.css"), _code()]
        ),
        scripts=[
            _closed(text)
            for text in (assets["reveal.js"], assets["plugin/notes.js"], *map(_own, SCRIPTS))
        ],
        seconds=round(60 * deck.minutes),
    )


def _slide(slide: Slide, blocks: Sequence[str]) -> dict[str, object]:
    """Prepare one slide for the template."""
    pairs = [(b.kind, text) for b, text in zip(slide.blocks, blocks, strict=True) if text.strip()]
    first = [text for kind, text in pairs if kind == slide.kind]
    rest = [pair for pair in pairs if pair[0] not in (slide.kind, "answer")]
    kinds = [slide.kind, *(["halves"] if slide.halves else [])]
    kinds += [f"with-{kind}" for kind, _ in rest if kind in ("demo", "picture")]
    return {
        "classes": " ".join(dict.fromkeys(kinds)),
        "heading": re.sub(r"^<p>|</p>\s*$", "", html.markdown(slide.heading)),
        "label": slide.words,
        "first": first,
        "rest": rest,
        "answers": [text for kind, text in pairs if kind == "answer"],
        "halves": slide.halves,
        "notes": html.markdown(slide.notes),
        "minutes": slide.minutes,
    }


def _own(name: str) -> str:
    return files("autograder.slides").joinpath("templates", name).read_text(encoding="utf-8")


def _colours() -> str:
    """The colours of the demos, for light and for dark; the variables are theirs."""
    css = read_asset("demo.css")
    light, dark = re.findall(r"^:root.*?\{(.*?)^\}", css, flags=re.MULTILINE | re.DOTALL)[:2]
    return f":root {{{light}}}\n:root[data-theme=dark] {{{dark}}}"


def _code() -> str:
    """Colours of code, for light and dark."""
    light = HtmlFormatter(style="default").get_style_defs("pre.code")
    dark = HtmlFormatter(style="github-dark").get_style_defs("[data-theme=dark] pre.code")
    lines = [line for line in f"{light}\n{dark}".splitlines() if "pre.code ." in line]
    return "\n".join(lines)


def _closed(script: str) -> str:
    """No text in a script may end its element."""
    return script.replace("</script", "<\\/script")
