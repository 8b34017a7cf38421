"""The server of the page on which written answers are graded, for this machine alone.

Who asks it must have its token. It says no name of a student but to who asks for names.
"""

import json
import secrets
from dataclasses import dataclass, field
from hmac import compare_digest
from pathlib import Path
from typing import Any

import jinja2
from tornado import web

from autograder.answers import read
from autograder.answers.read import Answer
from autograder.answers.save import Conflict, WishError, save, wishes
from autograder.classroom import gradebook
from autograder.classroom.room import Classroom
from autograder.course import Check, CourseError, Lesson
from autograder.handin import roster
from autograder.pages import serving
from autograder.shown import one_line, plain

HERE = Path(__file__).parent
HOSTS = ("127.0.0.1", "localhost")

_templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=True, trim_blocks=True
)


@dataclass(frozen=True)
class Desk:
    """What is graded here, and who may.

    Attributes:
        room: a graded class.
        lesson: the lesson.
        port: of the server, on this machine.
        token: whoever has it may do all that the page can.
    """

    room: Classroom
    lesson: Lesson
    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    @property
    def address(self) -> str:
        return f"http://{HOSTS[0]}:{self.port}/?token={self.token}"

    def check(self, name: str) -> Check:
        """Return the question of a name.

        Raises:
            HTTPError: there is none.
        """
        for check in read.questions(self.lesson):
            if check.id == name:
                return check
        raise web.HTTPError(404, reason="there is no such question")


def application(desk: Desk) -> web.Application:
    """Return what answers the requests of the page."""
    of_desk = {"desk": desk}
    return web.Application(
        [
            (r"/", _Page, of_desk),
            (r"/questions/([^/]+)", _Question, of_desk),
            (r"/questions/([^/]+)/wordings/([0-9a-f]+)", _Wording, of_desk),
            (r"/questions/([^/]+)/names", _Names, of_desk),
            (r"/questions/([^/]+)/save", _Save, of_desk),
            (r"/static/(.*)", _Static, of_desk | {"path": str(HERE / "static")}),
        ],
        default_handler_class=_Nothing,
        default_handler_args=of_desk,
        cookie_secret=secrets.token_bytes(32),
        xsrf_cookies=True,
        # A browser has the same cookies for all ports of a machine.
        xsrf_cookie_name=f"answers-{desk.port}-form",
        xsrf_cookie_kwargs={"httponly": True, "samesite": "Strict"},
        log_function=lambda handler: None,
    )


class _Guarded(serving.Plain):
    """Answers nobody but a page of this server, in a browser that was given the token."""

    desk: Desk
    headers = serving.HEADERS | {
        "Content-Security-Policy": serving.POLICY,
        "Cross-Origin-Opener-Policy": "same-origin",
    }

    def initialize(self, desk: Desk) -> None:
        self.desk = desk

    def prepare(self) -> None:
        # A name that leads to this machine, made by somebody else, is not ours.
        if self.request.host not in {f"{host}:{self.desk.port}" for host in HOSTS}:
            raise web.HTTPError(403, reason="this is not the name of this server")
        if not self._is_known():
            raise web.HTTPError(403, reason="use the address that autograder answers printed")

    def _is_known(self) -> bool:
        return self.get_signed_cookie(self._cookie) == b"known"

    @property
    def _cookie(self) -> str:
        return f"answers-{self.desk.port}"

    def told(self, error: BaseException | None) -> tuple[int, str] | None:
        if isinstance(error, CourseError):
            return 503, plain(error, 4000)
        return (400, str(error)) if isinstance(error, WishError) else None


class _Nothing(_Guarded):
    def get(self) -> None:
        raise web.HTTPError(404)

    post = get


class _Static(_Guarded, web.StaticFileHandler):
    def initialize(self, desk: Desk, path: str) -> None:  # type: ignore[override]
        _Guarded.initialize(self, desk)
        web.StaticFileHandler.initialize(self, path)


class _Page(_Guarded):
    def _is_known(self) -> bool:
        token = self.get_query_argument("token", "")
        if compare_digest(token.encode(), self.desk.token.encode()):
            self.set_signed_cookie(
                self._cookie, "known", expires_days=None, httponly=True, samesite="Strict"
            )
            return True
        return super()._is_known()

    def get(self) -> None:
        questions = [check.id for check in read.questions(self.desk.lesson)]
        page = _templates.get_template("answers.html.j2")
        form = self.xsrf_token.decode()
        self.finish(page.render(lesson=self.desk.lesson.name, questions=questions, form=form))


class _Question(_Guarded):
    def get(self, name: str) -> None:
        room, lesson, check = self.desk.room, self.desk.lesson, self.desk.check(name)
        with gradebook.opened(room.db_url) as book:
            found = read.question(room, book, lesson, check)
        question, model = read.asked(lesson, check)
        self.finish(
            {
                "question": question,
                "model": model,
                "points": read.choices(check),
                "groups": [[wording.key for wording in group] for group in found.groups],
                "answers": {answer.id: _said(answer) for answer in found.answers.values()},
            }
        )


class _Wording(_Guarded):
    def get(self, name: str, key: str) -> None:
        room, lesson, check = self.desk.room, self.desk.lesson, self.desk.check(name)
        ids = set(self.get_query_arguments("id"))
        with gradebook.opened(room.db_url) as book:
            found = read.current(room, book, lesson, check, ids)
        same = [answer for answer in found.values() if answer.key == key]
        self.finish({"html": read.shown(room, lesson, check, same)})


class _Names(_Guarded):
    def get(self, name: str) -> None:
        room, check = self.desk.room, self.desk.check(name)
        people = roster.read(room.results)
        with gradebook.opened(room.db_url) as book:
            found = read.question(room, book, self.desk.lesson, check)
        names = {a.id: people.of(a.student).name or a.student for a in found.answers.values()}
        self.finish({id: one_line(name) for id, name in names.items()})


class _Save(_Guarded):
    def post(self, name: str) -> None:
        check = self.desk.check(name)
        try:
            body = json.loads(self.request.body)
        except (ValueError, RecursionError):
            raise WishError("this is no JSON") from None
        found = save(self.desk.room, self.desk.lesson, check, wishes(body, check))
        if found:
            self.set_status(409)
        self.finish({"conflicts": [_told(conflict) for conflict in found]})


def _said(answer: Answer) -> dict[str, Any]:
    given = answer.given
    shown = {"points": given.points, "comment": given.comment, "done": given.is_done}
    return {"key": answer.key, "given": shown}


def _told(conflict: Conflict) -> dict[str, Any]:
    now = _said(conflict.now) if conflict.now else None
    return {"id": conflict.id, "now": now, "who": one_line(conflict.who), "when": conflict.when}
