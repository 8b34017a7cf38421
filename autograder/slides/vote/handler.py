"""What the pages of lecturer and phones share: bounded requests, and a stream of what is new."""

import asyncio
import contextlib
import json
import time
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from tornado import web
from tornado.iostream import StreamClosedError
from tornado.locks import Condition

from autograder.pages.serving import Plain
from autograder.slides.vote.poll import Poll, Refused

STATIC = Path(__file__).parent / "static"
MOST_STREAMS = 1000
LIFE = 60  # seconds of a stream; a phone that went away holds none for longer, others come again
LULL = 0.1  # seconds between two messages, as votes come in bursts


class Guarded(Plain):
    """Answers under the server's own name, and takes nothing that another site's page sends."""

    poll: Poll
    hosts: Collection[str]

    def initialize(self, poll: Poll, hosts: Collection[str]) -> None:
        self.poll, self.hosts = poll, hosts

    def prepare(self) -> None:
        if self.request.host not in self.hosts:
            raise Refused(403, "This is not the name of this server.")
        origin = self.request.headers.get("Origin")
        if origin is not None and origin != f"http://{self.request.host}":
            raise Refused(403, "This comes from another page.")

    def wish(self) -> Any:
        """The JSON that was sent."""
        try:
            return json.loads(self.request.body)
        except (ValueError, RecursionError):
            raise Refused(400, "This is no JSON.") from None

    def told(self, error: BaseException | None) -> tuple[int, str] | None:
        return (error.status, str(error)) if isinstance(error, Refused) else None

    def log_exception(self, *error: Any) -> None:
        """Say nothing of who went away."""
        if not isinstance(error[1], StreamClosedError):
            super().log_exception(*error)


class Nothing(Guarded):
    """There is no such page."""

    def prepare(self) -> None:
        super().prepare()
        raise web.HTTPError(404)


class Stream(Guarded):
    """Server-sent events: what is shown now, and again when it has changed.

    What changes while a message is on its way is left out: a slow reader gets the newest alone.
    """

    open_ones: ClassVar[set["Stream"]]  # a set for phones, and one for the lecturer

    def message(self) -> Any:
        raise NotImplementedError

    def changed(self) -> Condition:
        raise NotImplementedError

    async def get(self) -> None:
        if len(self.open_ones) >= MOST_STREAMS:
            raise Refused(503, "No more phones can vote. Raise your hand.")
        self.set_header("Content-Type", "text/event-stream")
        self.open_ones.add(self)
        try:
            with contextlib.suppress(StreamClosedError, asyncio.TimeoutError):
                await self._tell(time.monotonic() + LIFE)
        finally:
            self.open_ones.discard(self)

    async def _tell(self, ends: float) -> None:
        self.write("retry: 1000\n")
        told: list[Any] = []
        while self in self.open_ones and (left := ends - time.monotonic()) > 0:
            now = self.message()
            if told == [now]:
                await self.changed().wait(timedelta(seconds=left))
                continue
            self.write(f"data: {json.dumps(now)}\n\n")
            await asyncio.wait_for(self.flush(), left)
            told = [now]
            await asyncio.sleep(LULL)

    def on_connection_close(self) -> None:
        self.open_ones.discard(self)
