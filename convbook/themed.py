"""Plots in a notebook: one picture that is light or dark as the page is, with words beside it.

A plot goes out as an SVG inside <img alt="...">. Its colours are variables with two values; the
browser takes the dark ones where the page says so, also when the theme is switched afterwards.
Images inside a plot, and what is drawn upon them, keep their colours. Where there is no kernel, as
in grading, plots stay what Matplotlib makes of them.
"""

from __future__ import annotations

import colorsys
import json
import re
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

GROUND, INK = 0x11 / 255, 0.9  # lightness in the dark: of JupyterLab's ground, and of black
STANDS_OUT = 4.5  # contrast of text with its ground, as WCAG asks for it
MOST = 2_000_000  # characters of an SVG; of more lines than anybody sees, pixels are enough
# What JupyterLab, Notebook 7 and nbconvert's pages, VS Code, Colab and websites say of their theme.
# A page that says nothing leaves it to the reader's system.
THEMES = {
    "light": '[data-jp-theme-light="true"],.vscode-light,[theme="light"],[data-theme="light"]',
    "dark": '[data-jp-theme-light="false"],.vscode-dark,[theme="dark"],[data-theme="dark"]',
}
STYLE = "".join(f":is({on}) .convbook-plot{{color-scheme:{name}}}" for name, on in THEMES.items())
# A group whose colours stay, which Matplotlib indents; or a colour.
_COLOUR = re.compile(r'^( *)<g id="kept-.*?^\1</g>|(?<=: )#[0-9a-f]{6}\b', re.DOTALL | re.MULTILINE)
_NOTHING = dict.fromkeys(("Date", "Creator", "Format", "Type"))  # to say of when and by what


def watch(shell: Any) -> None:
    """Show plots in this way in the kernel that this is the shell of."""
    try:
        from matplotlib_inline.config import InlineBackend
    except ImportError:  # a kernel that shows plots in a way of its own
        return

    def bundle(figure: Figure, **_: Any) -> dict[str, str]:
        if not figure.axes:
            return {}
        return {"text/html": html(figure, said_of(shell.history_manager.input_hist_raw[-1]))}

    shell.display_formatter.mimebundle_formatter.for_type_by_name(
        "matplotlib.figure", "Figure", bundle
    )
    InlineBackend.instance(parent=shell).figure_formats = set()  # else each plot goes out twice


def html(figure: Figure, alt: str = "") -> str:
    """Return a figure as an <img> with its style.

    Args:
        figure: the figure.
        alt: what it shows; its titles where that is ''.
    """
    from IPython.core.pylabtools import print_figure

    alt = " ".join((alt or titles(figure) or "A plot without a title.").split())
    text = svg(figure)
    address = f"data:image/svg+xml,{quote(text, safe=_PLAIN)}"
    if len(text) > MOST:
        address = f"data:image/png;base64,{print_figure(figure, 'png', base64=True)}"
    return f'<style>{STYLE}</style><img class="convbook-plot" alt="{escape(alt)}" src="{address}">'


_PLAIN = " '/:;=,()!*?@$[]|~^`{}+"  # what may stand in an address inside double quotes


def titles(figure: Figure) -> str:
    """Return the title of a figure, or those of its axes where it has none."""
    return figure.get_suptitle() or "; ".join(
        dict.fromkeys(axis.get_title() for axis in figure.axes if axis.get_title())
    )


@cache
def _said() -> dict[str, str]:
    """Return what the lessons say of the plots that their cells draw, by the cell's text."""
    lessons = (Path(__file__).parent / "handout" / "lessons").glob("*.ipynb")
    read = [json.loads(lesson.read_text(encoding="utf-8")) for lesson in lessons]
    cells = [cell for lesson in read for cell in lesson["cells"] if "alt" in cell["metadata"]]
    return {"".join(cell["source"]): cell["metadata"]["alt"] for cell in cells}


def said_of(source: str) -> str:
    """Return what a lesson says of the plot of a cell; '' for a cell that is no lesson's."""
    return _said().get(source, "")


def svg(figure: Figure) -> str:
    """Return a figure as SVG with colours for light and for dark."""
    import matplotlib
    from IPython.core.pylabtools import print_figure

    found = {"#000000"}  # what Matplotlib does not write out is black

    def variable(match: re.Match[str]) -> str:
        if match[0].startswith("#"):
            found.add(match[0])
            return f"var(--{match[0][1:]})"
        return match[0]

    names = _mark(figure)
    try:
        with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "convbook"}):
            text = print_figure(figure, "svg", metadata=_NOTHING)
    finally:
        for artist, name in names:
            artist.set_gid(name)
    text = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.DOTALL)
    text = re.sub(r'fill="(#[0-9a-f]{6})"', r'style="fill: \1"', text)  # the ground of a hatch
    text = re.sub(r"\n\s*", " ", _COLOUR.sub(variable, text))
    text = re.sub(r"(\d\.\d{3})\d+", r"\1", text)  # of a point; Base64 has no dots
    return text.replace("<defs>", f"<style>{_sheet(sorted(found))}</style><defs>", 1)


def _mark(figure: Figure) -> list[tuple[Artist, str | None]]:
    """Name what keeps its colours; return it with the names that it had."""
    keep = figure.findobj(_has_values)
    for axis in figure.axes:
        if axis.images:
            keep += [*axis.lines, *axis.texts, *axis.patches, *axis.collections]
    names = [(artist, artist.get_gid()) for artist in keep]
    for number, artist in enumerate(keep):
        artist.set_gid(f"kept-{number}")
    return names


def _has_values(artist: Artist) -> bool:
    """Tell whether an artist's colours stand for numbers, as its colour bar says."""
    return getattr(artist, "get_array", lambda: None)() is not None


def _sheet(colours: list[str]) -> str:
    """Return the style that gives each colour its two values."""
    light = ";".join(f"--{c[1:]}:{c}" for c in colours)
    dark = ";".join(f"--{c[1:]}:{in_the_dark(c)}" for c in colours)
    return (
        f":root{{{light};fill:var(--000000)}}[id^=kept]{{fill:#000}}"
        f"@media (prefers-color-scheme:dark){{:root{{{dark}}}}}"
    )


@cache
def in_the_dark(colour: str) -> str:
    """Return the same hue, as light as it was dark, and not harder to see than on white.

    Args:
        colour: as #rrggbb; white becomes the ground, black the ink.
    """
    hue, light, saturation = colorsys.rgb_to_hls(*_rgb(colour))
    light = INK - light * (INK - GROUND)
    asked = min(STANDS_OUT, contrast(colour, "#ffffff"))
    ground = _hex(GROUND, GROUND, GROUND)
    while contrast(new := _hex(*colorsys.hls_to_rgb(hue, light, saturation)), ground) < asked:
        light += 0.01
    return new


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21, as WCAG counts it."""
    dark, light = sorted(map(_luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _rgb(colour)]
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = bytes.fromhex(colour[1:])
    return red / 255, green / 255, blue / 255


def _hex(red: float, green: float, blue: float) -> str:
    return "#" + bytes(round(255 * part) for part in (red, green, blue)).hex()
