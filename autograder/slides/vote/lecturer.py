"""What the lecturer's own machine can ask for, below a secret: the decks, and to open a vote."""

import io
from collections.abc import Collection
from dataclasses import dataclass, field
from hmac import compare_digest
from pathlib import Path
from typing import ClassVar

import segno
from tornado import web
from tornado.locks import Condition

from autograder.pages.serving import HEADERS
from autograder.slides.vote import poll as votes
from autograder.slides.vote.handler import STATIC, Guarded, Nothing, Stream
from autograder.slides.vote.poll import Poll, Refused

HEAD = '<link rel="icon" href="data:,">\n<link rel="stylesheet" href="vote.css">\n</head>'
BODY = '<script src="vote.js"></script>\n</body>'
KINDS = {"css": "text/css", "js": "text/javascript"}


@dataclass(frozen=True)
class Desk:
    """What is shown here.

    Attributes:
        poll: the votes.
        decks: the built pages, by name.
        phones: the address for phones.
        hosts: the names of this server.
        secret: the first part of every address of it.
    """

    poll: Poll
    decks: dict[str, Path]
    phones: str
    hosts: Collection[str]
    secret: str = field(repr=False)


def application(desk: Desk) -> web.Application:
    """Return what answers the lecturer."""
    below, known = r"/([^/]+)/", {"desk": desk}
    return web.Application(
        [
            (below, _List, known),
            (below + r"(\w+)\.html", _Deck, known),
            (below + r"(vote\.(?:css|js))", _File, known),
            (below + r"qr\.svg", _Code, known),
            (below + r"events", _Events, known),
            (below + r"(open|close|clear)", _Turn, known),
        ],
        default_handler_class=Nothing,
        default_handler_args={"poll": desk.poll, "hosts": desk.hosts},
        log_function=lambda handler: None,
    )


class _Known(Guarded):
    """Answers only below the secret."""

    headers = HEADERS | {"Content-Security-Policy": "frame-ancestors 'self'"}

    def initialize(self, desk: Desk) -> None:  # type: ignore[override]
        super().initialize(desk.poll, desk.hosts)
        self.desk = desk

    def prepare(self) -> None:
        super().prepare()
        if not compare_digest(self.path_args[0].encode(), self.desk.secret.encode()):
            raise Refused(404, "Use the address that autograder slides printed.")


class _List(_Known):
    def get(self, secret: str) -> None:
        links = "".join(f'<li><a href="{name}.html">{name}</a>\n' for name in self.desk.decks)
        self.finish(
            '<!doctype html>\n<html lang="en"><title>Decks</title>\n<h1>Decks</h1>\n'
            f'<meta name="color-scheme" content="light dark">\n<ul>\n{links}</ul>\n'
        )


class _Deck(_Known):
    """A deck as it was built, and the parts for votes, which a deck in a file does not have."""

    def get(self, secret: str, name: str) -> None:
        if name not in self.desk.decks:
            raise Refused(404, "There is no such deck.")
        text = self.desk.decks[name].read_text(encoding="utf-8")
        page, _, rest = text.replace("</head>", HEAD, 1).rpartition("</body>")
        self.finish(page + BODY + rest)


class _File(_Known):
    def get(self, secret: str, name: str) -> None:
        kind = KINDS[name.rpartition(".")[2]]
        self.set_header("Content-Type", f"{kind}; charset=utf-8")
        self.finish((STATIC / name).read_text(encoding="utf-8"))


class _Code(_Known):
    def get(self, secret: str) -> None:
        self.set_header("Content-Type", "image/svg+xml")
        self.finish(qr(self.desk.phones))


def qr(address: str) -> bytes:
    """Draw an address as a QR code, an SVG file: black on white in both themes, for scanners."""
    file = io.BytesIO()
    code = segno.make_qr(address, error="m")
    code.save(file, kind="svg", light="#fff", omitsize=True)
    return file.getvalue()


class _Events(_Known, Stream):
    open_ones: ClassVar[set[Stream]] = set()

    async def get(self, secret: str) -> None:  # type: ignore[override]
        await Stream.get(self)

    def message(self) -> object:
        return {"phones": self.desk.phones, "vote": self.poll.for_lecturer()}

    def changed(self) -> Condition:
        return self.poll.counted


class _Turn(_Known):
    def post(self, secret: str, what: str) -> None:
        if what == "open":
            self.poll.open(votes.question(self.wish()))
        elif what == "close":
            self.poll.close()
        else:
            self.poll.clear()
        self.finish({})
