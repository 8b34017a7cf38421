"""Plots as SVG inside a page, which gives them their colours, light or dark."""

import io
import re
import zlib
from collections.abc import Mapping
from typing import Any

from matplotlib.figure import Figure

NOTHING = dict.fromkeys(("Date", "Creator", "Format", "Type"))  # to say of when and by what


def inline(figure: Figure, label: str, colours: Mapping[str, str], **how: Any) -> str:
    """Write a figure as an SVG element.

    Args:
        figure: the figure, drawn with colours that stand in for those of the page.
        label: of the figure. Pictures of a page with different labels share no id.
        colours: each stand-in, and what to write in its place.
        how: further arguments of savefig.
    """
    file = io.StringIO()
    figure.savefig(file, format="svg", transparent=True, metadata=NOTHING, **how)
    text = file.getvalue()
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text[text.index("<svg") :], flags=re.DOTALL)
    text = re.sub(r'(\bid="|href="#|url\(#)', rf"\1p{zlib.crc32(label.encode())}-", text)
    return re.sub("|".join(colours), lambda found: colours[found[0]], text)
