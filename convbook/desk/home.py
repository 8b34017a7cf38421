"""The home page: the lessons, what each teaches, the points so far, and what to do next.

A Jupyter server extension that `convbook lab` turns on. The tab that shows the page in JupyterLab
is labextensions/convbook/static/home.js.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import json
import re
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado.web import authenticated

from convbook import notebook
from convbook.desk import known
from convbook.desk.known import Known
from convbook.guess import kept
from convbook.points import said

VALIDATE = "nbgrader.server_extensions.validate_assignment.handlers"
BUSY = "Saving, and running the checks of what has changed. A minute at most for each lesson."
STYLE = """
.convbook { max-width: 62em; margin: 0 auto; padding: 16px 32px 48px; line-height: 1.45;
  color: var(--jp-ui-font-color1); font-family: var(--jp-content-font-family); font-size: 14px; }
.convbook h1 { font-size: 26px; margin: 12px 0 4px; }
.convbook a { color: var(--jp-content-link-color); font-weight: 600; text-decoration: none; }
.convbook a:hover, .convbook a:focus { text-decoration: underline; }
.convbook .next { border-left: 5px solid rgb(46, 125, 50); background: rgba(46, 125, 50, 0.12);
  padding: 8px 14px; margin: 14px 0; }
.convbook table { border-collapse: collapse; width: 100%; table-layout: fixed; }
.convbook td { padding: 8px 0 8px 16px; vertical-align: top;
  border-top: 1px solid var(--jp-border-color2); }
.convbook td:first-child { padding-left: 0; }
.convbook .points { white-space: nowrap; text-align: right; width: 6em; }
.convbook .small { color: var(--jp-ui-font-color2); font-size: 12.5px; }
.convbook progress { appearance: none; display: block; width: 100%; margin-top: 4px; height: 8px;
  border: 0; background: var(--jp-border-color2); }
.convbook progress::-webkit-progress-bar { background: var(--jp-border-color2); }
.convbook progress::-webkit-progress-value { background: rgb(46, 125, 50); }
.convbook progress::-moz-progress-bar { background: rgb(46, 125, 50); }
.convbook button { font: inherit; padding: 6px 14px; cursor: pointer; color: inherit;
  border: 1px solid var(--jp-border-color1); background: var(--jp-layout-color2); }
"""


def page(lessons: Sequence[Known]) -> str:
    """Return the page as HTML that JupyterLab puts into a tab.

    Args:
        lessons: what is known of each lesson, in their order.
    """
    points = sum(x.lesson.points for x in lessons)
    most = sum(x.lesson.most for x in lessons)
    total = said(points, most, sum(x.lesson.answers for x in lessons))
    rows = "".join(map(_row, lessons))
    guesses = kept.said(lessons[0].lesson.path.parent.parent) if lessons else ""
    return f"""<style>{STYLE}</style><div class="convbook">
<h1>The ConvNet workbook</h1>
<div>{total}, as your notebooks were last looked at.</div>
<div class="next"><b>Next:</b> {_next(lessons)}</div>
<p><button data-busy="{escape(BUSY)}">Bring my points up to date</button></p>
<table>{rows}</table>
{f"<p>{escape(guesses)}</p>" if guesses else ""}
<p class="small">Counted are the checks that you can see; grading has hidden ones. A
lesson takes 80 to 90 minutes. This page is always in the Help menu, and behind Home above each
notebook.</p></div>"""


def _row(x: Known) -> str:
    lesson = x.lesson
    todo = escape(lesson.todo or ("done" if lesson.most else ""))
    if not x.looked:
        todo = "not looked at yet"
    elif x.changed:
        todo = f"saved since then; before: {todo}"
    if lesson.not_run:
        todo += f"; {lesson.not_run:g} not run on this machine"
    bar = f'<progress max="{lesson.most:g}" value="{lesson.points:g}"></progress>'
    return (
        f"<tr><td>{_link(x)}<br>{_prose(x.teaches)}</td>"
        f'<td class="points">{lesson.points:g} of {lesson.most:g}{bar if lesson.most else ""}</td>'
        f'<td class="small" style="width: 15em">{todo}</td></tr>'
    )


def _next(lessons: Sequence[Known]) -> str:
    x = next((x for x in lessons if not x.looked or x.lesson.todo), None)
    if x is None:
        return "nothing. Every check that you can see passes: hand in, or grade yourself."
    return f"{_link(x)}{': ' if x.lesson.todo else ''}{escape(x.lesson.todo)}."


def _link(x: Known) -> str:
    path = f"{x.lesson.path.parent.name}/{x.lesson.path.name}"
    return f'<a href="#" data-path="{escape(path)}">{escape(x.lesson.title)}</a>'


def _prose(text: str) -> str:
    """Return a sentence of a lesson as HTML: a capital, code as code, formulas in letters."""
    text = escape(text[:1].upper() + text[1:])
    text = re.sub(r"`([^`]*)`", r"<code>\1</code>", text)
    text = re.sub(r"\^\{?(\w+)\}?(?=[^$]*\$)", r"<sup>\1</sup>", text)
    return re.sub(r"\$([^$]*)\$", r"<i>\1</i>", text)


class HomeHandler(JupyterHandler):
    """Answers GET with what is known, POST with what is true now."""

    @authenticated
    async def get(self) -> None:
        self._answer()

    @authenticated
    async def post(self) -> None:
        lock = self.settings.setdefault("convbook_lock", asyncio.Lock())
        async with lock:  # asked twice at once: the second finds nothing left to run
            await asyncio.to_thread(known.bring_up_to_date, self._lessons())
        self._answer()

    def _answer(self) -> None:
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(page(known.last(self._lessons())))

    def _lessons(self) -> list[Path]:
        return _lessons_of(self)


class PassedHandler(JupyterHandler):
    """Answers GET with the checks of one lesson that were right when they last ran, as JSON."""

    @authenticated
    def get(self) -> None:
        asked = Path(self.get_query_argument("path", "")).parts[-2:]
        found = (path for path in _lessons_of(self) if path.parts[-2:] == asked)
        self.finish(json.dumps([name for path in found for name in known.passed(path)]))


def _lessons_of(handler: JupyterHandler) -> list[Path]:
    return notebook.lessons_in(Path(handler.settings["server_root_dir"]).expanduser())


class NbgraderHandler(JupyterHandler):
    """Answers what nbgrader's Validate button asks, with nbgrader's own handlers.

    They load nbgrader, which takes longer than all the rest of a start. So that waits until the
    button is there, and is done beside everything else.
    """

    async def prepare(self, **options: Any) -> None:
        await super().prepare(**options)
        nbgrader = await asyncio.to_thread(importlib.import_module, VALIDATE)
        self.settings["root_dir"] = str(Path(self.settings["server_root_dir"]).expanduser())
        asked = self.request.path.removeprefix(self.settings["base_url"])
        self.__class__ = dict(nbgrader.default_handlers)[f"/{asked}"]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    return [{"module": "convbook.desk.home"}]


def _load_jupyter_server_extension(server: Any) -> None:
    base = url_path_join(server.web_app.settings["base_url"], "convbook")
    handlers = [("home", HomeHandler), ("passed", PassedHandler)]
    found = [(url_path_join(base, name), handler) for name, handler in handlers]
    if importlib.util.find_spec("nbgrader"):  # which students of a release do not have
        url = server.web_app.settings["base_url"]
        asked = ("assignments/validate", "nbgrader_version")
        found += [(url_path_join(url, name), NbgraderHandler) for name in asked]
    server.web_app.add_handlers(".*$", found)
