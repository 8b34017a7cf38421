"""Formgrader in the checkout: it lists the course, and its button grades through the airlock."""

import json
import shutil
import sys
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import nbformat
import pasted
import pytest
import sample_class
from cells import named
from machine import needs
from nbgrader.api import Gradebook
from server import serving

from autograder import course
from autograder.classroom import record
from autograder.classroom.room import class_at
from autograder.classroom.verify import verify

LESSON = "02_convolution"
PICTURE = pasted.text(pasted.png())
CHECK = "check-correlate1d"

pytestmark = [
    pytest.mark.slow,
    needs("sandbox"),
]


class Browser:
    """Asks Formgrader as its own page does: with the cookie it was given."""

    def __init__(self, address: str) -> None:
        self.address, self.cookies = address, CookieJar()
        handler = urllib.request.HTTPCookieProcessor(self.cookies)
        self.opener = urllib.request.build_opener(handler)
        self.opener.open(f"{address}/lab", timeout=30).read()

    def ask(self, path: str, method: str = "GET", body: bytes = b"") -> Any:
        token = next(cookie.value for cookie in self.cookies if cookie.name == "_xsrf")
        request = urllib.request.Request(
            f"{self.address}/formgrader/api/{path}",
            method=method,
            data=None if method == "GET" else body,
            headers={"X-XSRFToken": token or ""},
        )
        return json.load(self.opener.open(request, timeout=120))

    def page(self, student: str) -> str:
        """Return the page on which a student's notebook is graded by hand."""
        found = self.ask(f"submitted_notebooks/{LESSON}/{LESSON}")
        number = next(entry["id"] for entry in found if entry["student"] == student)
        address = f"{self.address}/formgrader/submissions/{number}/"
        return self.opener.open(address, timeout=120).read().decode()


def paste(path: Path) -> None:
    """Paste pictures into the written answer of a hand-in, one of which is none."""
    cells = nbformat.read(path, as_version=4)
    answer = named(cells, "answer-why_flip")
    answer.source = (
        "![a](attachment:my sketch.png) ![b](attachment:b.png) \u202e <style>p{}</style>"
    )
    answer["attachments"] = {
        "my sketch.png": {"image/png": PICTURE},
        "b.png": {'image/png" onerror="x': pasted.text(b"<svg onload='x'/>")},
    }
    cells.cells.insert(2, nbformat.v4.new_code_cell("is_seen = True  # \u2066 not \u2069"))
    nbformat.write(cells, path)


def test_formgraders_button_grades_and_its_points_are_recorded(
    tmp_path: Path,
) -> None:
    checkout = tmp_path / "course"
    for part in ("solutions", "notebooks"):
        shutil.copytree(course.root() / part / LESSON, checkout / part / LESSON)
    shutil.copy(course.root() / "nbgrader_config.py", checkout)
    for student in ("ada", "jan"):
        paste_into = sample_class.hand_in(checkout / "class" / "submitted", student)
        if student == "ada":
            paste(paste_into)
    command = [sys.executable, "-m", "jupyterlab", "--allow-root"]
    with serving(command, home=tmp_path, cwd=checkout) as address:
        browser = Browser(address)
        assert [a["name"] for a in browser.ask("assignments")] == [LESSON]
        assert browser.ask(f"assignment/{LESSON}/assign", "POST")["success"]
        for student, score in (("ada", 20), ("jan", 0)):
            done = browser.ask(f"submission/{LESSON}/{student}/autograde", "POST")
            assert done["success"], done["log"]
            assert browser.ask(f"submission/{LESSON}/{student}")["score"] == score
        page = browser.page("ada")
        assert page.count(f'src="data:image/png;base64,{PICTURE}"') == 1
        assert "a picture is left out: it is no PNG, JPEG, GIF or WebP" in page
        assert "onerror" not in page and "onload" not in page and "<style>p" not in page
        assert r"\u202e" in page and "\u202e" not in page
        assert r"\u2066" in page and "\u2066" not in page and "hl-ipython3" in page
        with Gradebook(class_at(checkout / "class").db_url) as book:
            id = book.find_grade(CHECK, LESSON, LESSON, "ada").id
        points = json.dumps({"manual_score": 3.5, "extra_credit": 1}).encode()
        assert browser.ask(f"grade/{id}", "PUT", points)["manual_score"] == 3.5
        for step in ("generate_feedback", "release_feedback"):  # nobody handed in through nbgrader
            done = browser.ask(f"assignment/{LESSON}/{step}", "POST")
            assert done["success"], done["log"]
    released = (checkout / "class" / "exchange" / "convbook" / "feedback").glob("*.html")
    assert len(list(released)) == 2
    assert record.state(checkout / "class").entered == {("ada", LESSON, CHECK): (3.5, 1.0)}
    assert list(verify(class_at(checkout / "class"))) == []
