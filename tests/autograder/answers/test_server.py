"""The server of the page: who may ask it, what it says, and what it saves."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import nbformat
import pasted
import psutil
import pytest
from cells import named, write
from written_class import CELL, LESSON, WRITTEN, Page, Serve, given, grade, hand_in

from autograder.answers import read
from autograder.classroom import record, taken_down
from autograder.classroom.by_hand import Given
from autograder.classroom.gradebook import Book
from autograder.classroom.room import Classroom
from autograder.classroom.verify import verify
from autograder.cli import main
from autograder.course import Check, lessons

pytestmark = pytest.mark.slow
SEEN = {"points": None, "comment": "", "done": False}


@pytest.fixture
def page(room: Classroom, serve: Serve) -> Page:
    page = serve(room)
    page.open()
    return page


def ids(page: Page) -> dict[str, str]:
    """Return the id of each student's answer, which the page itself does not tell."""
    names = json.loads(page.ask(f"/questions/{CELL}/names")[1])
    return {name.split()[0].lower(): id for id, name in names.items()}


def wish(page: Page, student: str, points: float | None, **more: Any) -> dict[str, Any]:
    """Return a wish for a student's answer, made from what it is now."""
    id = ids(page)[student]
    now = page.question()["answers"][id]
    return {
        "id": id,
        "key": now["key"],
        "seen": now["given"],
        "given": {"points": points, "comment": "", "done": points is not None} | more,
    }


def html(page: Page, student: str) -> str:
    """Return what the page shows of an answer."""
    id = ids(page)[student]
    key = page.question()["answers"][id]["key"]
    status, text = page.ask(f"/questions/{CELL}/wordings/{key}?id={id}")
    assert status == 200, text
    return json.loads(text)["html"]


def raw(page: Page, path: str, **headers: str) -> http.client.HTTPResponse:
    """Ask with these headers and no others."""
    address = urllib.parse.urlsplit(page.address)
    connection = http.client.HTTPConnection(address.hostname or "", address.port or 0, timeout=30)
    connection.putrequest("GET", path, skip_host="Host" in headers)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    return connection.getresponse()


PATHS = ["/", f"/questions/{CELL}", f"/questions/{CELL}/names", "/static/answers.js", "/nowhere"]


@pytest.mark.parametrize("path", PATHS)
def test_who_has_no_token_is_told_nothing(path: str, room: Classroom, serve: Serve) -> None:
    page = serve(room)
    for wrong in ("", "?token=", "?token=wrong", f"?token={page.address[-43:].swapcase()}"):
        status, text = page.ask(path + wrong)
        assert (status, json.loads(text)) == (
            403,
            {"error": "use the address that autograder answers printed"},
        )
    assert not list(page.cookies)
    status, _ = page.ask(f"/questions/{CELL}/save", [])
    assert status == 403


def test_another_name_of_this_machine_is_refused_and_its_own_are_not(page: Page) -> None:
    path = page.address.removeprefix(page.root)
    port = page.root.rpartition(":")[2]
    for host in ("evil.example", f"evil.example:{port}", "127.0.0.1", f"0.0.0.0:{port}", ""):
        assert raw(page, path, Host=host).status == 403, host
    for host in (f"127.0.0.1:{port}", f"localhost:{port}"):
        assert raw(page, path, Host=host).status == 200, host


def test_it_listens_on_this_machine_alone(page: Page) -> None:
    connections = psutil.Process(page.process.pid).net_connections("inet")
    (listening,) = (one for one in connections if one.status == psutil.CONN_LISTEN)
    assert listening.laddr.ip == "127.0.0.1"


def test_cookies_are_for_this_page_alone_and_every_answer_forbids_scripts(page: Page) -> None:
    found = raw(page, page.address.removeprefix(page.root))
    cookies = found.headers.get_all("Set-Cookie") or []
    assert len(cookies) == 2
    assert all("HttpOnly" in one and "SameSite=Strict" in one for one in cookies)
    assert page.address[-43:] not in "".join(cookies)
    for path in ("/", "/nowhere", "/static/answers.css"):
        headers = raw(page, path).headers
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self';")
        assert "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"


def test_nothing_is_saved_for_a_page_of_somebody_else(page: Page, room: Classroom) -> None:
    wanted, path = [wish(page, "ada", 2)], f"/questions/{CELL}/save"
    for header in ({"X-XSRFToken": ""}, {"X-XSRFToken": "2|0|0|0"}):
        assert page.ask(path, wanted, header)[0] == 403
    assert given(room)["ada"] == Given(None, "", False)
    assert page.ask(path, wanted)[0] == 200


def test_no_name_and_no_folder_is_told_before_it_is_asked_for(page: Page) -> None:
    everything = page.ask("/")[1] + json.dumps(page.question())
    for key in {answer["key"] for answer in page.question()["answers"].values()}:
        id = next(i for i, a in page.question()["answers"].items() if a["key"] == key)
        everything += page.ask(f"/questions/{CELL}/wordings/{key}?id={id}")[1]
    assert "Ada Lovelace" not in everything
    assert not [student for student in WRITTEN if student in everything.lower().split('"')]
    assert "Ada Lovelace" in page.ask(f"/questions/{CELL}/names")[1]


def test_alike_answers_are_together_and_what_is_done_comes_last(page: Page) -> None:
    found, who = page.question(), {id: name for name, id in ids(page).items()}
    of_key: dict[str, list[str]] = {}
    for id, answer in found["answers"].items():
        of_key.setdefault(answer["key"], []).append(who[id])
    groups = [sorted(sorted(of_key[key]) for key in group) for group in found["groups"]]
    assert groups[0] == [["ada", "bao"], ["chen"]]
    assert [["dora"]] in groups  # one word more, and it is another answer
    assert groups[-1] == [["gus"]]
    assert found["answers"][ids(page)["gus"]]["given"] == SEEN | {"done": True}
    assert found["points"] == [0, 1, 2]
    assert "A friend uses a library" in found["question"]
    assert "Whatever filter my layer" in found["model"] and "one of the two" in found["model"]


def test_what_students_wrote_is_shown_clean_and_within_bounds(page: Page) -> None:
    hostile = html(page, "hana")
    for active in ("<script", "onerror", "onclick", "javascript:", "<style", "<form", "<iframe"):
        assert active not in hostile
    assert "seen.png" not in hostile and "id=" not in hostile and "class=" not in hostile
    assert r"\u202e" in hostile and "evil text" in hostile
    assert len(html(page, "ines")) < 200_000
    assert 'src="data:image/png;base64,' in html(page, "fay")
    assert "a picture is left out: it has 50000 x 50000 pixels" in html(page, "jan")


def test_points_and_comments_are_in_the_gradebook_the_record_and_every_table(
    page: Page, room: Classroom, capsys: pytest.CaptureFixture[str]
) -> None:
    for student in ("ada", "bao"):
        assert page.save(wish(page, student, 1.5, comment="Which <b>two</b>?\x00"))[0] == 200
    assert page.save(wish(page, "gus", 1))[0] == 200
    assert given(room)["ada"] == Given(1.5, "Which <b>two</b>?", True)
    assert record.state(room.results).entered["ada", LESSON, CELL] == (1.5, 0.0)
    assert list(verify(room)) == [] == taken_down.seen(record.state(room.results))
    where = ["--class", str(room.results)]
    assert main(["verify", *where]) == 0
    table = room.results / "grades.csv"
    assert main(["export", *where, "-o", str(table)]) == 0
    assert "1.5" in next(line for line in table.read_text().splitlines() if "ada" in line)
    assert main(["feedback", LESSON, *where]) == 0
    text = (room.feedback / "ada" / LESSON / f"{LESSON}.html").read_text(encoding="utf-8")
    assert "1.5 of 2 for written answers" in text and "Which &lt;b&gt;two" in text
    assert main(["report", LESSON, *where]) == 0


def test_what_was_saved_is_there_after_the_server_was_killed(
    page: Page, room: Classroom, serve: Serve
) -> None:
    assert page.save(wish(page, "ada", 2, comment="Yes."), wish(page, "dora", 0))[0] == 200
    page.process.send_signal(signal.SIGKILL)
    page.process.wait()
    again = serve(room)
    assert again.ask(f"/questions/{CELL}")[0] == 403
    again.open()
    answers, who = again.question()["answers"], ids(again)
    assert answers[who["ada"]]["given"] == {"points": 2.0, "comment": "Yes.", "done": True}
    assert answers[who["dora"]]["given"] == {"points": 0.0, "comment": "", "done": True}
    assert list(verify(room)) == []


def test_of_two_who_grade_at_once_the_later_is_told(
    page: Page, room: Classroom, serve: Serve
) -> None:
    other = serve(room)
    other.open()
    mine = [wish(page, "ada", 2), wish(page, "emil", 0)]
    assert other.save(wish(other, "ada", 1, comment="mine"))[0] == 200
    status, said = page.save(*mine)
    (conflict,) = said["conflicts"]
    assert status == 409
    assert conflict["now"]["given"] == {"points": 1.0, "comment": "mine", "done": True}
    assert conflict["who"] and conflict["when"].startswith("20")
    assert given(room)["ada"] == Given(1.0, "mine", True)
    assert given(room)["emil"] == Given(None, "", False)  # all of a decision, or nothing
    assert page.save(wish(page, "ada", 2), wish(page, "emil", 0))[0] == 200
    assert list(verify(room)) == []


def test_a_changed_answer_is_queued_again_with_its_old_points(page: Page, room: Classroom) -> None:
    for student, points in (("ada", 2), ("dora", 1), ("emil", 1), ("fay", 2), ("gus", 1)):
        assert page.save(wish(page, student, points, comment="So."))[0] == 200
    stale = wish(page, "emil", 2)
    hand_in(room, "ada", "As good:  THE layer can learn either filter.")
    hand_in(room, "dora", WRITTEN["dora"])
    (room.submitted / "dora" / LESSON / "timestamp.txt").write_text("2026-10-12 10:00:00 UTC")
    hand_in(room, "emil", "Better, in fact.")
    hand_in(room, "gus", None)
    (room.submitted / "fay" / LESSON / "timestamp.txt").write_text("2026-10-12 10:00:00 UTC")
    grade(room)
    now = given(room)
    assert now["emil"] == Given(1.0, "So.", False)
    assert [now[s] for s in ("ada", "dora", "fay", "gus")] == [
        Given(2.0, "So.", True),
        Given(1.0, "So.", True),
        Given(2.0, "So.", True),
        Given(1.0, "So.", True),
    ]
    assert page.save(stale)[0] == 409  # it was given for what is no longer there
    assert "Better, in fact." in html(page, "emil")
    assert page.save(wish(page, "emil", 1, comment="So."))[0] == 200
    grade(room)
    assert given(room)["emil"] == Given(1.0, "So.", True)
    assert list(verify(room)) == []


def test_a_changed_answer_is_queued_though_grading_was_killed_before_the_gradebook(
    page: Page, room: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert page.save(wish(page, "emil", 1))[0] == 200
    hand_in(room, "emil", "Better, in fact.")
    with monkeypatch.context() as patched:
        patched.setattr(Book, "save", lambda *args: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            grade(room)
    assert given(room)["emil"].is_done
    grade(room)
    assert given(room)["emil"] == Given(1.0, "", False)


WRONG: dict[str, Any] = {
    "no list": {},
    "an empty list": [],
    "no answer": [1],
    "no points": [{"id": "a", "key": "b", "seen": SEEN, "given": {}}],
    "too many points": [{"id": "a", "key": "b", "seen": SEEN, "given": SEEN | {"points": 3}}],
    "fewer than none": [{"id": "a", "key": "b", "seen": SEEN, "given": SEEN | {"points": -1}}],
    "no number": [{"id": "a", "key": "b", "seen": SEEN, "given": SEEN | {"points": float("nan")}}],
    "very many": [{"id": "a", "key": "b", "seen": SEEN, "given": SEEN | {"points": 10**400}}],
    "no end": [{"id": "a", "key": "b", "seen": SEEN, "given": SEEN | {"points": float("inf")}}],
    "true": [{"id": "a", "key": "b", "seen": SEEN, "given": SEEN | {"points": True}}],
    "a long comment": [
        {"id": "a", "key": "b", "seen": SEEN, "given": SEEN | {"comment": "x" * 20_001}}
    ],
    "a number for an id": [{"id": 1, "key": "b", "seen": SEEN, "given": SEEN}],
}


def test_nothing_is_saved_where_it_cannot_be_recorded(page: Page, room: Classroom) -> None:
    wanted = wish(page, "ada", 2)
    key = room.results / record.KEY
    key.rename(key.with_suffix(".away"))
    status, said = page.save(wanted)
    assert status == 503 and "put the key back" in said["error"]
    key.with_suffix(".away").rename(key)
    assert given(room)["ada"] == Given(None, "", False)
    assert page.save(wanted)[0] == 200
    assert list(verify(room)) == []


def test_an_answer_of_too_many_pictures_is_shown_without_them(page: Page, room: Classroom) -> None:
    large = pasted.text(pasted.png() + bytes(4 << 20))
    cells = nbformat.read(room.submitted / "emil" / LESSON / f"{LESSON}.ipynb", as_version=4)
    answer = named(cells, CELL)
    answer.source = " ".join(f"![](attachment:{n}.png)" for n in range(3)) + " as drawn"
    answer["attachments"] = {f"{n}.png": {"image/png": large} for n in range(3)}
    write(cells, room.submitted / "emil" / LESSON / f"{LESSON}.ipynb")
    grade(room)
    shown = html(page, "emil")
    assert len(shown) < 10_000 and read.TOO_MUCH in shown and "as drawn" in shown


def test_a_notebook_that_cannot_be_read_is_counted_and_the_others_are_there(
    page: Page, room: Classroom
) -> None:
    (room.autograded / "emil" / LESSON / f"{LESSON}.ipynb").write_text("{")
    found = page.question()
    assert found["answers"][ids(page)["emil"]]["key"] == ""
    assert len(found["answers"]) == len(WRITTEN)
    assert not [group for group in found["groups"] if "" in group]


def test_a_request_that_cannot_be_meant_changes_nothing(page: Page, room: Classroom) -> None:
    before = given(room)
    for name, body in WRONG.items():
        status, text = page.ask(f"/questions/{CELL}/save", body)
        assert status == 400 and 10 < len(json.loads(text)["error"]) < 100, (name, text)
    gone = {"id": "0" * 32, "key": "b", "seen": SEEN, "given": SEEN}
    assert page.save(gone) == (
        409,
        {"conflicts": [{"id": "0" * 32, "now": None, "who": "", "when": ""}]},
    )
    assert page.ask("/questions/check-correlate1d")[0] == 404
    assert page.ask("/questions/x/save", [])[0] == 404
    assert given(room) == before


def test_half_points_are_offered_where_the_rubric_has_them() -> None:
    whole = read.questions(lessons()[LESSON])[0]
    half = Check(whole.id, whole.exercise, 2, whole.source + "\n- **1.5 points:** nearly.", True)
    assert read.choices(half) == [0, 0.5, 1, 1.5, 2]
    assert read.choices(Check("a", "a", 0.5, "**Half a point:** yes.", True)) == [0, 0.5]


def run(*more: str) -> str:
    command = [sys.executable, "-m", "autograder.cli", "answers", *more, "--no-browser"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    return done.stderr


def test_what_cannot_be_served_gives_one_line(room: Classroom, serve: Serve) -> None:
    where = ["--class", str(room.results)]
    assert "no lesson 02; there are" in run("02", *where)
    assert "03_backprop: nothing was graded yet: run autograder grade first" in run(
        "03_backprop", *where
    )
    port = serve(room).root.rpartition(":")[2]
    assert f"port {port} cannot be used" in run(LESSON, *where, "--port", port)
    assert "port 70000 cannot be used" in run(LESSON, *where, "--port", "70000")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_server_says_what_comes_next(how: signal.Signals, page: Page) -> None:
    page.process.send_signal(how)
    rest, _ = page.process.communicate(timeout=30)
    assert f"autograder feedback {LESSON} writes the pages again" in rest
    assert page.process.returncode == 0


def test_no_command_line_shows_the_token(room: Classroom, tmp_path: Path) -> None:
    opened, browser = tmp_path / "opened", tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$@" > {opened}.part\nmv {opened}.part {opened}\n')
    browser.chmod(0o755)
    command = [sys.executable, "-m", "autograder.cli", "answers", LESSON]
    process = subprocess.Popen(
        [*command, "--class", str(room.results)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"BROWSER": str(browser)},
    )
    try:
        assert process.stdout
        address = process.stdout.readline().strip()
        for _ in range(600):
            if opened.exists():
                break
            time.sleep(0.1)
        url = opened.read_text().strip()
        assert address[-43:] not in url
        leading = Path(urllib.request.url2pathname(urllib.parse.urlsplit(url).path))
        assert address in leading.read_text() and leading.stat().st_mode & 0o777 == 0o600
    finally:
        process.terminate()
        process.communicate(timeout=30)
    assert not leading.exists()
