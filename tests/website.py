"""A page of the website, read as a browser would."""

from html.parser import HTMLParser
from pathlib import Path


class Page(HTMLParser):
    """What a page of the website says of itself.

    links: where it leads to, and what it loads.
    ids: the places in it.
    demos: the demos in it, each a page of its own.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.demos: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src", "xlink:href") and value:
                self.links.append(value)
            elif name == "id" and value:
                self.ids.add(value)
            elif name == "srcdoc" and value:
                self.demos.append(value)
