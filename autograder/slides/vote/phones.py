"""What phones can ask for: the page, what is asked now, and to vote."""

import secrets
from collections.abc import Collection
from typing import Any, ClassVar

from tornado import web
from tornado.locks import Condition

from autograder.pages.serving import HEADERS, POLICY
from autograder.slides.vote.handler import STATIC, Guarded, Nothing, Stream
from autograder.slides.vote.poll import Poll, Refused


def application(poll: Poll, hosts: Collection[str]) -> web.Application:
    """Return what answers phones, which ask for it by one of these hosts."""
    known = {"poll": poll, "hosts": hosts}
    return web.Application(
        [
            (r"/", _Page, known),
            (r"/(phone\.(?:css|js))", _Static, known | {"path": str(STATIC)}),
            (r"/events", _Events, known),
            (r"/vote", _Vote, known),
        ],
        default_handler_class=Nothing,
        default_handler_args=known,
        cookie_secret=secrets.token_bytes(32),
        log_function=lambda handler: None,
    )


class _Phone(Guarded):
    """Knows a phone again by the name that it was given, which says nothing of whose it is."""

    headers = HEADERS | {"Content-Security-Policy": POLICY}

    def voter(self) -> str | None:
        return (self.get_signed_cookie(self._cookie) or b"").decode() or None

    def name(self) -> str:
        """The phone's name, and a new one where it has none."""
        name = self.voter() or secrets.token_urlsafe(16)
        self.set_signed_cookie(
            self._cookie, name, expires_days=None, httponly=True, samesite="Strict"
        )
        return name

    @property
    def _cookie(self) -> str:
        """A browser has the same cookies for all ports of a machine."""
        return f"vote-{self.request.host.rpartition(':')[2]}"


class _Page(_Phone):
    def get(self) -> None:
        self.name()
        self.finish((STATIC / "phone.html").read_text(encoding="utf-8"))


class _Static(_Phone, web.StaticFileHandler):
    def initialize(self, path: str, **known: Any) -> None:  # type: ignore[override]
        _Phone.initialize(self, **known)
        web.StaticFileHandler.initialize(self, path)


class _Events(_Phone, Stream):
    open_ones: ClassVar[set[Stream]] = set()

    def prepare(self) -> None:
        super().prepare()
        self.phone = self.name()

    def message(self) -> object:
        return self.poll.for_phone(self.phone)

    def changed(self) -> Condition:
        return self.poll.turned


class _Vote(_Phone):
    def post(self) -> None:
        voter = self.voter()
        if voter is None:
            raise Refused(403, "Allow cookies for this page, and load it again.")
        self.poll.cast(voter, self.wish())
        self.finish({})
