"""A class with written answers of all kinds, and somebody who asks for the page that is served."""

import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import nbformat
import pasted
from cells import named, write
from machine import SANDBOX

from autograder.classroom import by_hand, gradebook, taken_down
from autograder.classroom.by_hand import Given
from autograder.classroom.grade import Graded, grade_class
from autograder.classroom.room import Classroom
from autograder.course import lessons

LESSON, CELL = "02_convolution", "answer-why_flip"
SKETCH = pasted.text(pasted.png(60, 40))
HOSTILE = """<script>document.title = "taken"</script>
<img src=x onerror="document.title = 'taken'"> <img src="http://127.0.0.1:9/seen.png">
<style>main { display: none }</style>

[go](javascript:alert(1)) <a href="javascript:alert(1)">there</a>

<form action="http://127.0.0.1:9/"><input name="q"></form> <iframe src="/"></iframe> <p id="points"
class="wording" onclick="document.title = 'taken'">evil text</p> \u202e backwards </div></main>
"""
WRITTEN: dict[str, str | None] = {
    "ada": "As good: the layer can learn either filter.",
    "bao": "as good:  the layer can learn EITHER filter.",
    "chen": "As good - the layer can learn either filter!",
    "dora": "As good: the layer can not learn either filter.",
    "emil": "Worse, because the flip loses information.",
    "fay": "![sketch](attachment:my sketch.png) As I drew it.",
    "gus": None,
    "hana": HOSTILE,
    "ines": "long " * 200_000,
    "jan": "![a](attachment:a.png)",
}
PICTURES = {
    "fay": {"my sketch.png": {"image/png": SKETCH}},
    "jan": {"a.png": {"image/png": pasted.text(pasted.png(50_000, 50_000))}},
}


def hand_in(room: Classroom, student: str, text: str | None) -> None:
    """Hand in a notebook whose exercises are left blank, with an answer or none."""
    cells = nbformat.from_dict(lessons()[LESSON].released)
    if text is not None:
        named(cells, CELL).source = text
    if student in PICTURES:
        named(cells, CELL)["attachments"] = PICTURES[student]
    write(cells, room.submitted / student / LESSON / f"{LESSON}.ipynb")


def grade(room: Classroom) -> None:
    """Grade a class, as the command does."""
    assert all(isinstance(one, Graded) for one in grade_class(room, [LESSON], SANDBOX))
    taken_down.take_down(room)


def given(room: Classroom) -> dict[str, Given]:
    """Return what the gradebook has for the answers, by student."""
    with gradebook.opened(room.db_url) as book:
        return {entry.student: entry.given for entry in by_hand.entries(book, LESSON, CELL)}


@dataclass
class Page:
    """What is served, and somebody who asks for it as a browser does."""

    process: subprocess.Popen[str]
    address: str
    cookies: CookieJar = field(default_factory=CookieJar)
    form: str = ""

    @property
    def root(self) -> str:
        return self.address.partition("/?")[0]

    def open(self) -> None:
        """Visit the page, and take what it gives."""
        self.form = re.findall(r'name="form" content="([^"]+)"', self.ask(self.address)[1])[0]

    def ask(
        self, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, str]:
        """Ask for an address, or a path of it; return the status and the text."""
        url = path if path.startswith("http") else self.root + path
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data=data)
        for name, value in ({"X-XSRFToken": self.form} | (headers or {})).items():
            request.add_header(name, value)
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        try:
            with opener.open(request, timeout=60) as found:
                return found.status, found.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def question(self) -> dict[str, Any]:
        return json.loads(self.ask(f"/questions/{CELL}")[1])

    def save(self, *wishes: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        status, text = self.ask(f"/questions/{CELL}/save", list(wishes))
        return status, json.loads(text)


Serve = Callable[..., Page]


@contextmanager
def served(room: Classroom, course: Path | None = None) -> Iterator[Page]:
    """Serve a class, of this course or of the one in a folder."""
    command = [sys.executable, "-m", "autograder.cli", "answers", LESSON, "--no-browser"]
    process = subprocess.Popen(
        [*command, "--class", str(room.results)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | ({"CONVBOOK_COURSE": str(course)} if course else {}),
    )
    try:
        assert process.stdout
        yield Page(process, process.stdout.readline().strip())
    finally:
        process.kill()
        process.communicate()
