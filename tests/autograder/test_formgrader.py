"""Formgrader in the checkout: it lists the course, and its button grades through the airlock."""

import json
import shutil
import sys
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest
import sample_class
from machine import needs
from nbgrader.api import Gradebook
from server import serving

from autograder import course
from autograder.classroom import record
from autograder.classroom.room import class_at
from autograder.classroom.verify import verify

LESSON = "02_convolution"
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


def test_formgraders_button_grades_and_its_points_are_recorded(
    tmp_path: Path,
) -> None:
    checkout = tmp_path / "course"
    for part in ("solutions", "notebooks"):
        shutil.copytree(course.root() / part / LESSON, checkout / part / LESSON)
    shutil.copy(course.root() / "nbgrader_config.py", checkout)
    for student in ("ada", "jan"):
        sample_class.hand_in(checkout / "class" / "submitted", student)
    command = [sys.executable, "-m", "jupyterlab", "--allow-root"]
    with serving(command, home=tmp_path, cwd=checkout) as address:
        browser = Browser(address)
        assert [a["name"] for a in browser.ask("assignments")] == [LESSON]
        assert browser.ask(f"assignment/{LESSON}/assign", "POST")["success"]
        for student, score in (("ada", 20), ("jan", 0)):
            done = browser.ask(f"submission/{LESSON}/{student}/autograde", "POST")
            assert done["success"], done["log"]
            assert browser.ask(f"submission/{LESSON}/{student}")["score"] == score
        with Gradebook(class_at(checkout / "class").db_url) as book:
            id = book.find_grade(CHECK, LESSON, LESSON, "ada").id
        points = json.dumps({"manual_score": 3.5, "extra_credit": 1}).encode()
        assert browser.ask(f"grade/{id}", "PUT", points)["manual_score"] == 3.5
    assert record.state(checkout / "class").entered == {("ada", LESSON, CHECK): (3.5, 1.0)}
    assert list(verify(class_at(checkout / "class"))) == []
