"""Serve the decks to this machine, and the votes to phones, until the program is stopped."""

import secrets
import signal
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop
from tornado.netutil import bind_sockets

from autograder.course import CourseError
from autograder.slides.build import decks
from autograder.slides.vote import lecturer, network, phones
from autograder.slides.vote.poll import Poll

HERE = "127.0.0.1"
NAMES = (HERE, "localhost")
PORTS = range(8000, 8020)  # short to type, and the same the next time
BOUNDS: dict[str, Any] = {
    "idle_connection_timeout": 20,  # seconds, as is the next
    "body_timeout": 20,
    "max_header_size": 8 << 10,
    "max_body_size": 4 << 10,
}


class Bounded(HTTPServer):
    """A server that closes what connects when it is full."""

    most: int
    open_ones = 0

    def handle_stream(self, stream: Any, address: Any) -> None:
        if self.open_ones >= self.most:
            stream.close()
            return
        self.open_ones += 1
        super().handle_stream(stream, address)

    def on_close(self, server_conn: object) -> None:
        self.open_ones -= 1
        super().on_close(server_conn)


def serve(
    course: Path, names: Sequence[str], address: str | None, say: Callable[[str, str], None]
) -> None:
    """Serve decks until the program is interrupted.

    Args:
        course: the course.
        names: of built decks; all that are built where none is named.
        address: of this machine, for phones; found where it is not given.
        say: is called with the lecturer's address and that for phones.

    Raises:
        CourseError: a deck was not built, or an address cannot be used.
    """
    pages, poll = built(course, names), Poll()
    outside = listen(address or network.address(), PORTS)
    inside = listen(HERE, [0])
    host, port = outside[0].getsockname()[:2]
    own = inside[0].getsockname()[1]
    desk = lecturer.Desk(
        poll, pages, f"http://{host}:{port}", [f"{n}:{own}" for n in NAMES], secrets.token_urlsafe()
    )
    most = network.connections()
    run(lecturer.application(desk), inside, most)
    run(phones.application(poll, [f"{host}:{port}"]), outside, most)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    first = f"{next(iter(pages))}.html" if len(pages) == 1 else ""
    say(f"http://{HERE}:{own}/{desk.secret}/{first}", desk.phones)
    IOLoop.current().start()


def built(course: Path, names: Sequence[str]) -> dict[str, Path]:
    """Return the pages of decks, by name.

    Raises:
        CourseError: one that was named is not there, or none is.
    """
    known, folder = decks(course), course / "build" / "lectures"
    for name in names:
        if name not in known:
            raise CourseError(f"there is no deck {name}; there are {', '.join(known)}")
    pages = {name: folder / f"{name}.html" for name in names or known}
    missing = [name for name, page in pages.items() if not page.is_file()]
    if missing and (names or len(missing) == len(pages)):
        raise CourseError(f"not built yet: run autograder slides {' '.join(names)}".rstrip())
    return {name: page for name, page in pages.items() if name not in missing}


def listen(address: str, ports: Sequence[int]) -> list[socket.socket]:
    """Listen at the first port that is free.

    Raises:
        CourseError: the address is not of this machine, or no port is free.
    """
    if address == "0.0.0.0":
        raise CourseError("phones need the address of one network: 0.0.0.0 stands for all")
    for port in ports:
        try:
            return bind_sockets(port, address, socket.AF_INET)
        except OSError as error:
            why = error.strerror or type(error).__name__
    raise CourseError(f"{address} cannot be used ({why}): name another with --address")


def run(answers: Any, sockets: list[socket.socket], most: int) -> None:
    """Answer what comes in at these sockets, up to a number of connections."""
    server = Bounded(answers, **BOUNDS)
    server.most = most
    server.add_sockets(sockets)
