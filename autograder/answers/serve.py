"""Open the page on which written answers are graded, until it is stopped."""

import signal
import webbrowser
from collections.abc import Callable
from html import escape
from pathlib import Path

from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop
from tornado.netutil import bind_sockets

from autograder import disk
from autograder.answers import read
from autograder.answers.server import HOSTS, Desk, application
from autograder.classroom import gradebook, ledger, taken_down
from autograder.classroom.room import Classroom
from autograder.course import CourseError, Lesson

LAST_PORT = 65535
MOST_BYTES = 16 << 20  # of one request


def serve(
    room: Classroom, lesson: Lesson, port: int, browse: bool, say: Callable[[str], None]
) -> None:
    """Serve the page until the program is interrupted.

    Args:
        room: a graded class.
        lesson: the lesson with the written answers.
        port: of this machine; 0 for a free one.
        browse: whether to open a browser.
        say: is called with the page's address.

    Raises:
        CourseError: nothing was graded, the lesson has no written answers, or the port is taken.
    """
    ledger.check(room.results)
    with gradebook.opened(room.db_url) as book:
        for check in read.questions(lesson):
            read.question(room, book, lesson, check)
    if not 0 <= port <= LAST_PORT:
        raise CourseError(f"port {port} cannot be used: there are 1 to {LAST_PORT}")
    try:
        sockets = bind_sockets(port, HOSTS[0])
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise CourseError(f"port {port} cannot be used ({why}): name another, or none") from None
    desk = Desk(room, lesson, sockets[0].getsockname()[1])
    taken_down.watch(room)
    server = HTTPServer(application(desk), max_body_size=MOST_BYTES)
    server.add_sockets(sockets)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended in any way, it leaves no file
    leading = room.results / f"answers-{desk.port}.html"
    try:
        say(desk.address)
        if browse:
            _browse(leading, room.results, desk.address)
        IOLoop.current().start()
    finally:
        taken_down.unwatch()
        disk.remove(leading, below=room.results)


def _browse(leading: Path, below: Path, address: str) -> None:
    """Open a browser at a file that leads to the page: its command is for all to see."""
    page = f'<meta http-equiv="refresh" content="0; url={escape(address)}">\n'
    disk.remove(leading, below=below)
    disk.write(leading, page.encode(), mode=0o600, below=below)
    webbrowser.open(leading.resolve().as_uri())
