"""A demo as one HTML page: style, scripts and numbers inside, nothing fetched."""

import html
import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Literal

import numpy as np

Theme = Literal["auto", "light", "dark"]

# The order matters: each script uses the names of the ones before it.
SHARED_SCRIPTS = ("host", "grid", "layers", "stage")
ROOM_SCRIPTS = ("motion", "room")


def read_asset(name: str) -> str:
    """The text of a file that stands beside this module, such as "js/stage.js"."""
    return files("convbook.demo").joinpath(name).read_text(encoding="utf-8")


def to_json(data: Mapping[str, Any]) -> str:
    """Arrays and numbers as JSON that may stand inside a <script> element.

    Whole numbers are written without a decimal point, and every "<" is escaped, so that no
    text in the data can end the element. Raises ValueError for nan and inf, which JSON lacks.
    """

    def plain(value: Any) -> Any:
        if isinstance(value, np.generic | np.ndarray):
            return plain(value.tolist())
        if isinstance(value, list | tuple):
            return [plain(v) for v in value]
        if isinstance(value, Mapping):
            return {k: plain(v) for k, v in value.items()}
        if isinstance(value, float) and value.is_integer():
            return int(value)
        return value

    text = json.dumps(plain(data), allow_nan=False, ensure_ascii=False)
    return text.replace("<", "\\u003c")


class Demo:
    """A demo that shows itself in a notebook, and gives its page to slides and tests.

    name: its script in js/, without the ending.
    data: what the script reads: arrays, numbers, text.
    title: what a screen reader calls the frame.
    summary: one sentence that says what would be seen, for where there is no HTML.
    height: of the frame in pixels until its script has measured the content.
    scripts: further scripts in js/ that this one uses.
    """

    def __init__(
        self,
        name: str,
        data: Mapping[str, Any],
        title: str,
        summary: str,
        height: int = 560,
        scripts: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.data = dict(data)
        self.title = title
        self.summary = summary
        self.height = height
        self.scripts = (*SHARED_SCRIPTS, *scripts, name)

    def page(self, theme: Theme = "auto", room: bool = False) -> str:
        """The complete HTML document; "auto" follows the page around it, then the system.

        room: on a slide: it fills its frame, is large, and answers the slides' keys.
        """
        scripts = [read_asset(f"js/{name}.js") for name in self._names(room)]
        style = "\n".join(read_asset(f"{name}.css") for name in self._styles(room))
        # "</script>" in a string of a script would end it; "<\\/script>" is the same string.
        inside = "\n".join("<script>\n" + s.replace("</", "<\\/") + "</script>" for s in scripts)
        return (
            f'<!doctype html>\n<html lang="en" data-theme="{theme}">\n<head>\n'
            '<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{html.escape(self.title)}</title>\n"
            f"<style>\n{style}</style>\n</head>\n<body>\n"
            f"<noscript>{html.escape(self.summary)}</noscript>\n"
            f'<script type="application/json" id="data">{to_json(self.data)}</script>\n'
            f"{inside}\n</body>\n</html>\n"
        )

    def _styles(self, room: bool) -> list[str]:
        """The names of the style sheets: some demos have their own."""
        own = [self.name] if files("convbook.demo").joinpath(f"{self.name}.css").is_file() else []
        return ["demo", *own, *(["room"] if room else [])]

    def _names(self, room: bool) -> list[str]:
        """The names of the scripts, in their order."""
        shared, own = self.scripts[: len(SHARED_SCRIPTS)], self.scripts[len(SHARED_SCRIPTS) :]
        return [*shared, *(ROOM_SCRIPTS if room else ()), *own]

    def iframe(self, theme: Theme = "auto", room: bool = False) -> str:
        """The page inside an <iframe>, for a notebook, a slide (room) or any HTML page."""
        height = "100%" if room else f"{self.height}px"
        return (
            f'<iframe class="convbook-demo" title="{html.escape(self.title)}"'
            f' style="display:block;width:100%;height:{height};border:0"'
            f' srcdoc="{html.escape(self.page(theme, room))}"></iframe>'
        )

    def _repr_html_(self) -> str:
        return self.iframe()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self.iframe(), "text/plain": self.summary}

    def __repr__(self) -> str:
        return self.summary
