"""The instructor's report: its numbers by hand, what it shows, and what it does not let through."""

import json
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest
from nbgrader.api import Gradebook

from autograder.build.source import text_of
from autograder.classroom import gradebook, record
from autograder.classroom.late import Late
from autograder.classroom.room import Classroom, class_at
from autograder.cli import main
from autograder.course import COURSE_ID, Lesson, lessons
from autograder.grading.grade import CheckResult, Grade, _keep_results, blank
from autograder.report import plots, read, tally
from autograder.report.read import Work
from autograder.report.tally import Exercise, Tally
from autograder.report.write import write

LESSON = "02_convolution"
DUE = datetime(2026, 10, 5, 22, 0)


def results(**wrong: tuple[str, str, str | None]) -> tuple[CheckResult, ...]:
    """Results of lesson 02, right but for some exercises: status, message, mistake."""
    found = []
    for check in lessons()[LESSON].checks:
        status, message, mistake = wrong.get(check.exercise, ("pass", "", None))
        status = "manual" if check.manual else status
        score = check.points if status == "pass" else 0.0
        found.append(
            CheckResult(check.id, check.exercise, check.points, score, status, message, mistake)
        )
    return tuple(found)


def counted(*works: Work) -> Tally:
    result = Tally(lessons()[LESSON])
    for work in works:
        result.add(work)
    return result


FLIPPED = ("fail", "Not yet: 4 of 4 values differ.", "filter flipped")
OTHER = ("fail", "Not yet: out: 3 of 9 values differ.\n  First at [0]", None)
BLANK = ("missing", "not written yet", None)


def test_difficulty_and_discrimination_are_those_of_a_hand_example() -> None:
    """Twenty students: the even ones get 1 of 2 points here and 3 elsewhere, two get it all."""
    exercise = Exercise("a", 2.0)
    mine = [1.0, 0.0] * 9 + [2.0, 2.0]
    rest = [3.0, 1.0] * 9 + [4.0, 4.0]
    for x, y in zip(mine[:19], rest[:19], strict=True):
        exercise.add(x, y, "wrong")
    assert exercise.discrimination is None  # of nineteen, nothing is said
    exercise.add(mine[19], rest[19], "right")
    # sums by hand: x 13, y 44, xx 17, yy 122, xy 43
    assert exercise.share == 13 / 40
    by_hand = (20 * 43 - 13 * 44) / ((20 * 17 - 13**2) * (20 * 122 - 44**2)) ** 0.5
    assert exercise.discrimination == pytest.approx(by_hand)
    assert by_hand == pytest.approx(np.corrcoef(mine, rest)[0, 1])
    assert exercise.outcomes == {"wrong": 19, "right": 1}


def test_where_all_are_alike_there_is_no_discrimination() -> None:
    exercise = Exercise("a", 2.0)
    for _ in range(30):
        exercise.add(0.1 + 0.2, 18.3, "wrong")
    assert exercise.discrimination is None


def test_the_rest_is_what_the_other_exercises_gave() -> None:
    """Whoever gets one exercise gets the others: within rounding, a correlation of 1."""
    good, bad = results(), results(**dict.fromkeys(lessons()[LESSON].functions, BLANK))
    tallied = counted(*(Work(f"s{k}", good if k % 2 else bad) for k in range(20)))
    for exercise in tallied.exercises.values():
        assert exercise.share == 0.5
        assert exercise.discrimination == pytest.approx(1.0)
        assert exercise.outcomes == {"right": 10, "not written": 10}


def test_a_small_class_by_hand() -> None:
    tallied = counted(
        Work("ada", results()),
        Work("bo", results(correlate2d=FLIPPED)),
        Work("cy", results(correlate2d=FLIPPED, conv_forward=OTHER)),
        Work("di", results(conv_forward=BLANK)),
        Work("ed", problem="not a notebook"),
    )
    assert tallied.scores == [20, 17, 10, 13]
    flipped = tallied.mistakes["correlate2d", "filter flipped"]
    assert (flipped.count, flipped.examples) == (
        2,
        [("bo", "check-correlate2d"), ("cy", "check-correlate2d")],
    )
    assert list(tallied.unexplained) == [
        ("conv_forward", "out: … of … values differ. First at […]")
    ]
    assert tallied.exercises["conv_forward"].share == 0.5  # 7, 7, 0 and 0 of 7
    assert tallied.exercises["correlate2d"].outcomes == {"right": 2, "wrong": 2}
    tallied.add_absent(["ada", "fi"])
    assert [row.student for row in tallied.rows] == ["ada", "bo", "cy", "di", "ed", "fi"]
    assert [r.student for r, _ in tallied.needing(tally.ABSENT)] == ["fi"]
    assert [(r.student, text) for r, text in tallied.needing(tally.UNREADABLE)] == [
        ("ed", "not a notebook")
    ]


def test_who_needs_a_look_and_why() -> None:
    came = DUE + timedelta(minutes=90)
    by_hand = {"handed_in": came, "due": DUE}
    late = Late(came.replace(tzinfo=UTC), DUE.replace(tzinfo=UTC), 1, 0, 10.0, 2.0)
    in_time = Late(came.replace(tzinfo=UTC), DUE.replace(tzinfo=UTC), 0, 0, 0.0, 0.0)
    tallied = counted(
        Work("a", results(shift_gap=("timeout", "no answer within 20 s", None))),
        Work("b", results(shift_gap=("error", "MemoryError: [limit met: 4096 MiB]", None))),
        Work("c", results(shift_gap=("error", "TypeError: x", None))),
        Work("d", results(), sandbox="none"),
        Work("e", results(), notes=("check-x was deleted: the lesson's own is used",)),
        Work("f", results(), penalty=2.0, late=late, **by_hand),
        Work("g", results(shift_gap=("not-run", "no compiler", None))),
        Work("h", results(), sandbox="bwrap", handed_in=DUE, due=DUE),
        Work("i", results(shift_gap=("pass", "Passed with the lesson's own conv_forward", None))),
        Work("j", results(), **by_hand),
        Work("k", results(), late=in_time, **by_hand),
        Work("l", results(), no_time="timestamp.txt, line 1: 'soon' is no time"),
    )
    assert {row.student: [why for why, _ in row.looks] for row in tallied.rows} == {
        "a": [tally.LIMIT],
        "b": [tally.LIMIT],
        "c": [tally.ERROR],
        "d": [tally.UNPROTECTED],
        "e": [tally.CHANGED],
        "f": [tally.LATE],
        "g": [tally.NOT_RUN],
        "h": [],
        "i": [tally.OURS],
        "j": [tally.LATE],
        "k": [],
        "l": [tally.NO_TIME],
    }
    assert [text for _, text in tallied.needing(tally.LATE)] == [
        "1 day late: came 2026-10-05 23:30 UTC, was due 2026-10-05 22:00 UTC, 10 % off (2 points)",
        "by 2 h",
    ]
    assert tallied.hours == [-1.5, 0.0, -1.5, -1.5]
    assert tallied.rows[5].total == 18


def test_points_given_by_hand_count() -> None:
    tallied = counted(
        Work("a", results(), by_hand={"answer-why_flip": 1.5}),
        Work("b", results(), by_hand={"check-conv_forward": 1.0}),
    )
    assert [(row.score, row.by_hand, row.total) for row in tallied.rows] == [
        (20, 1.5, 21.5),
        (18, None, 18),
    ]
    assert tallied.waiting == 1


Entry = tuple[str, Grade, datetime | None]  # whose, what it came to, when it came in


def save(room: Classroom, *entries: Entry) -> None:
    """Enter grades as a run does: notebook, record, gradebook."""
    lesson = lessons()[LESSON]
    with record.opened(room.results) as ledger, gradebook.opened(room.db_url) as book:
        book.register(lesson)
        for student, grade, when in entries:
            path = room.notebook(student, lesson)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text_of(grade.cells), encoding="utf-8")
            ledger.append(record.of(student, grade, lesson, "x", "y"))
            book.save(student, grade, when)


def graded(lesson: Lesson, found: tuple[CheckResult, ...], sandbox: str = "bwrap") -> Grade:
    cells = blank(lesson, "").cells
    cells.cells.pop(0)  # it says that nothing could be graded
    _keep_results(cells, found)
    return Grade(lesson.name, sandbox, 7, found, (), cells)


HOSTILE = [
    "<script>alert(1)</script>",
    "a\"><img src=x onerror='alert(2)'>",
    "{{ 7 * 7 }} & co",
    "%2e%2e?x=1#y",
    "javascript:alert(3)",
    "right\u202eleft",
]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    """A class whose names, messages and code would all like to be markup."""
    room = class_at(tmp_path_factory.mktemp("hostile"))
    lesson = lessons()[LESSON]
    said = "ValueError: </pre><script src='http://example.com/x.js'></script>"
    entries: list[Entry] = []
    for number, name in enumerate(HOSTILE):
        student = name.replace("/", "\u2215")  # a folder's name holds no slash
        found = results(shift_gap=("error", said, None), correlate2d=("fail", said, "<b>bold</b>"))
        entries.append((student, graded(lesson, found), DUE - timedelta(hours=number)))
        page = room.feedback / student / LESSON / f"{LESSON}.html"
        page.parent.mkdir(parents=True)
        page.write_text("feedback")
    entries.append(("no\nbook", blank(lesson, "<svg onload=alert(4)> cannot be read"), None))
    save(room, *entries)
    return room


class Page(HTMLParser):
    """Collects the tags, attributes and links of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]


def test_hostile_names_and_messages_stay_text(hostile: Classroom) -> None:
    paths = list(write(hostile, []))
    assert [path.name for path in paths] == [f"{LESSON}.html", "grades.html", "index.html"]
    for path in paths:
        page = Page(path)
        assert page.tags.isdisjoint({"script", "img", "iframe", "object", "link", "b"})
        assert not [name for name in page.attributes if name.startswith("on")]
        text = path.read_text(encoding="utf-8")
        assert "&lt;script&gt;alert(1)" in text
        assert "49 &amp; co" not in text
        assert "\u202e" not in text


def test_links_to_feedback_are_relative_and_lead_there(hostile: Classroom) -> None:
    path = hostile.results / "report" / f"{LESSON}.html"
    list(write(hostile, [LESSON]))
    links = [link for link in Page(path).links if "feedback" in link]
    there = {str((path.parent / unquote(link.partition("#")[0])).resolve()) for link in links}
    pages = {str(p.resolve()) for p in hostile.feedback.rglob("*.html")}
    assert there == pages and len(pages) == len(HOSTILE)
    assert not [link for link in links if not link.startswith("../feedback/")]


def test_nothing_is_fetched_and_nothing_runs(hostile: Classroom) -> None:
    for path in write(hostile, []):
        text = path.read_text(encoding="utf-8")
        assert "default-src 'none'" in text
        assert re.findall(r"@import|url\((?!#)", text) == []
        page = Page(path)
        assert not [link for link in page.links if re.match(r"[a-z]+:|//", link)]
        ids = re.findall(r' id="([^"]*)"', text)
        assert len(ids) == len(set(ids))


def test_what_the_page_says_of_a_small_class_without_a_due_date(
    hostile: Classroom,
) -> None:
    list(write(hostile, []))
    text = (hostile.results / "report" / f"{LESSON}.html").read_text(encoding="utf-8")
    assert "Discrimination is left out: it says nothing with fewer than 20 students." in text
    assert "The gradebook has no due date for this lesson." in text
    assert "with fewer than 10 students nobody can tell" in text
    assert "6 of 7" in text
    assert "Could not be graded: 1" in text


def test_times_are_counted_against_the_due_date_and_its_extensions(tmp_path: Path) -> None:
    room = class_at(tmp_path)
    lesson = lessons()[LESSON]
    whole = graded(lesson, results())
    times = {"ada": DUE - timedelta(hours=3), "bo": DUE + timedelta(hours=5), "di": None}
    times["cy"] = times["bo"]
    save(room, *((name, whole, when) for name, when in times.items()))
    with Gradebook(room.db_url, COURSE_ID) as book:
        book.update_or_create_assignment(LESSON, duedate=DUE)
        book.update_or_create_submission(LESSON, "cy", extension=timedelta(days=1))
        book.update_or_create_student("never")
    list(write(room, []))
    text = (room.results / "report" / f"{LESSON}.html").read_text(encoding="utf-8")
    assert "2 in time, 1 late; the line is the due date" in text
    assert 'bo: <span class="quiet">by 5 h</span>' in text
    assert "Not handed in: 1" in text


def test_a_graded_notebook_that_is_gone_or_damaged_is_named(tmp_path: Path) -> None:
    room = class_at(tmp_path)
    lesson = lessons()[LESSON]
    save(room, *((name, graded(lesson, results()), None) for name in ("ada", "bo", "cy")))
    room.notebook("ada", lesson).unlink()
    room.notebook("bo", lesson).write_text(json.dumps({"cells": [{}]}))
    with read.opened(room) as found:
        problems = {work.student: work.problem for work in found.works(lesson)}
    assert "is missing: run autograder grade again" in problems["ada"]
    assert "cannot be read: run autograder grade again" in problems["bo"]
    assert problems["cy"] == ""


def test_a_class_that_was_not_graded_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", "--class", str(tmp_path)]) == 2
    assert "run autograder grade first" in capsys.readouterr().err
    save(class_at(tmp_path), ("ada", graded(lessons()[LESSON], results()), None))
    assert main(["report", "99_no", "--class", str(tmp_path)]) == 2
    assert main(["report", "03_backprop", "--class", str(tmp_path)]) == 2
    assert "holds no grades of 03_backprop" in capsys.readouterr().err
    assert main(["report", "--class", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith("index.html")


def test_pictures_take_the_colours_of_the_page() -> None:
    drawn = plots.scores([20.0, 3.0], 20) + plots.times([-5.0, 100.0]) + plots.course([("a", [9])])
    assert re.findall(r"#[0-9a-f]{6}", drawn) == []
    assert drawn.count("<svg") == 3
    assert "DejaVu" not in drawn
