"""Grading one notebook, through the airlock and the command line."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from cells import named, write
from machine import SANDBOX, lesson_params
from nbformat import NotebookNode

from autograder.airlock import Airlock
from autograder.course import Lesson
from autograder.feedback.page import page
from autograder.grading import grade as grading
from autograder.grading.airlocks import open_airlock
from autograder.grading.grade import Grade
from autograder.handin import reader, submission
from convbook import notebook

STATUSES = {"pass", "partial", "fail", "error", "timeout", "missing", "not-run", "manual"}


def result(grade: Grade, check_id: str) -> grading.CheckResult:
    return next(check for check in grade.checks if check.id == check_id)


@pytest.mark.long
@pytest.mark.parametrize("lesson", lesson_params())
def test_a_solution_has_full_marks_and_a_blank_none(lesson: Lesson) -> None:
    with open_airlock(lesson, SANDBOX) as airlock:
        solved = grading.grade(submission.read(lesson.path), airlock)
        assert (solved.score, solved.max_score) == (20, 20)
        assert {c.status for c in solved.checks} == {"pass", "manual"}
        path = lesson.path.parents[2] / "notebooks" / lesson.name / lesson.path.name
        blank = grading.grade(submission.read(path), airlock)
    for check in blank.checks:
        assert check.score == 0
        assert check.status == ("manual" if check.id.startswith("answer-") else "missing")
        assert "NotImplementedError" in check.message or check.message == "no answer"


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [
        ("def correlate2d(x, w):\n    return 2 * x", "fail", "has shape"),
        ("def correlate2d(x, w):\n    return x / [1, 2, 3][7]", "error", "IndexError"),
        ("def correlate2d(x, w):\n    raise NotImplementedError", "missing", "not written yet"),
        ("def correlate2d(x, w)\n    return x", "missing", "correlate2d"),
        ("def correlate_2d(x, w):\n    return x", "missing", "correlate2d"),
        ("correlate2d = None", "fail", "not callable"),
        ("def correlate2d(x, w):\n    import os; os._exit(0)", "error", "ended"),
    ],
)
def test_each_way_to_go_wrong_has_its_status(
    code: str,
    status: str,
    said: str,
    answers: NotebookNode,
    graded: Callable[[NotebookNode], Grade],
) -> None:
    named(answers, "correlate2d").source = code
    outcome = graded(answers)
    check = result(outcome, "check-correlate2d")
    assert (check.status, check.score) == (status, 0)
    assert said in check.message
    assert outcome.score == 17, "one bad answer costs one check"


def test_stderr_and_warnings_cost_nothing(
    answers: NotebookNode, graded: Callable[[NotebookNode], Grade]
) -> None:
    cell = named(answers, "correlate2d")
    body = (
        "    import sys, warnings\n    print('x', file=sys.stderr)\n    warnings.warn('careful')\n"
    )
    cell.source = cell.source.replace("    ### BEGIN SOLUTION\n", body)
    assert graded(answers).score == 20


def test_a_cell_that_shows_something_is_not_run(
    answers: NotebookNode, graded: Callable[[NotebookNode], Grade]
) -> None:
    demo = next(c for c in answers.cells if notebook.is_shown_only(c))
    demo.source = "correlate2d = None"
    assert graded(answers).score == 20


def test_a_cell_that_shows_something_is_run_if_asked_for_and_costs_nothing(
    airlock: Airlock, lesson: Lesson, answers: NotebookNode
) -> None:
    demo = next(c for c in answers.cells if notebook.is_shown_only(c))
    demo.source = "correlate2d = None\nprint('shown')"
    parsed = reader.parse(nbformat.writes(answers, version=4))
    found = grading.grade(submission.reconcile(parsed, lesson), airlock, all_cells=True)
    assert found.score == 20
    outputs = [o for c in found.cells.cells if c.source == demo.source for o in c.outputs]
    assert [output.text for output in outputs] == ["shown\n"]


def test_promise_03_a_seed_repeats_a_grading_and_is_else_fresh(
    airlock: Airlock, lesson: Lesson, answers: NotebookNode, tmp_path: Path
) -> None:
    named(answers, "correlate2d").source = "def correlate2d(x, w):\n    return x[0] * 0 - 1.0"
    path = write(answers, tmp_path / "a.ipynb")
    once = grading.grade(submission.read(path), airlock)
    again = grading.grade(submission.read(path), airlock, seed=once.seed)
    other = grading.grade(submission.read(path), airlock)
    assert once == again
    assert other.seed != once.seed


def test_the_command_prints_the_promised_json(
    answers: NotebookNode, tmp_path: Path, airlock: Airlock
) -> None:
    path = write(answers, tmp_path / "homework.ipynb")
    done = command("check", str(path), "--json", "--sandbox", SANDBOX, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    assert list(data)[:4] == ["assignment", "score", "max_score", "written_max_score"]
    assert (data["assignment"], data["score"], data["max_score"]) == ("02_convolution", 20, 20)
    assert data["sandbox"] == SANDBOX
    keys = ["id", "exercise", "points", "score", "status", "message", "mistake"]
    assert all(list(check) == keys for check in data["checks"])
    assert {check["status"] for check in data["checks"]} <= STATUSES


def test_the_command_writes_a_feedback_page_where_it_is_asked_to(
    answers: NotebookNode, tmp_path: Path
) -> None:
    path = write(answers, tmp_path / "homework.ipynb")
    done = command("check", str(path), "--sandbox", SANDBOX, cwd=tmp_path)
    assert "feedback" not in done.stderr and [p.name for p in tmp_path.iterdir()] == [path.name]
    written = tmp_path / "page.html"
    done = command("check", str(path), "--sandbox", SANDBOX, "-o", str(written), cwd=tmp_path)
    assert f"feedback: {written}" in done.stderr
    text = written.read_text(encoding="utf-8")
    assert "HIDDEN" not in text and "<script" not in text
    total = "20 of 20 points by checks; written answers, graded by hand, can add 2"
    assert total in text and total in done.stdout
    elsewhere = tmp_path / "no such folder" / "page.html"
    done = command("check", str(path), "--sandbox", SANDBOX, "-o", str(elsewhere), cwd=tmp_path)
    assert done.returncode == 0 and "20 of 20 points" in done.stdout
    assert "Name another place with -o" in done.stderr


def test_the_page_is_not_written_through_a_link(answers: NotebookNode, tmp_path: Path) -> None:
    path = write(answers, tmp_path / "homework.ipynb")
    victim = tmp_path / "victim"
    victim.write_text("mine")
    for name in ("page.html", "page.html.part"):
        (tmp_path / name).symlink_to(victim)
        page = str(tmp_path / "page.html")
        done = command("check", str(path), "--sandbox", SANDBOX, "-o", page, cwd=tmp_path)
        assert "no feedback page" in done.stderr and "20 of 20" in done.stdout
        assert victim.read_text() == "mine"
        (tmp_path / name).unlink(missing_ok=True)


def test_nor_into_a_folder_that_is_a_link(answers: NotebookNode, tmp_path: Path) -> None:
    (tmp_path / "else").mkdir()
    path = write(answers, tmp_path / "homework.ipynb")
    (tmp_path / "mallory").symlink_to("else")
    page = "mallory/page.html"
    done = command("check", str(path), "--sandbox", SANDBOX, "-o", page, cwd=tmp_path)
    assert "no feedback page: mallory is a link" in done.stderr and "20 of 20" in done.stdout
    assert list((tmp_path / "else").iterdir()) == []


def test_without_a_sandbox_every_result_says_so(answers: NotebookNode, tmp_path: Path) -> None:
    path = write(answers, tmp_path / "homework.ipynb")
    done = command("check", str(path), "--json", "--sandbox", "none", cwd=tmp_path)
    assert json.loads(done.stdout)["sandbox"] == "none"
    assert "unprotected" in done.stderr


@pytest.mark.parametrize("name", ["none.ipynb", "broken.ipynb", "foreign.ipynb"])
def test_what_cannot_be_graded_exits_2_with_one_line(name: str, tmp_path: Path) -> None:
    (tmp_path / "broken.ipynb").write_text("{")
    (tmp_path / "foreign.ipynb").write_text('{"cells": [], "nbformat": 4}')
    done = command("check", name, "--json", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1


def command(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "autograder.cli", *args], cwd=cwd, capture_output=True, text=True
    )


def test_promise_13_feedback_shows_only_what_is_public_and_safe(
    answers: NotebookNode, graded: Callable[[NotebookNode], Grade]
) -> None:
    named(answers, "correlate2d").source = (
        "from IPython.display import HTML, display\n"
        "display(HTML('<script>alert(1)</script>'))\n"
        "print('<script>alert(2)</script>')\n"
        "def correlate2d(x, w):\n    raise ValueError('<img src=x onerror=alert(3)>')"
    )
    answer = named(answers, "answer-why_flip")
    answer.source = "\n\n".join(
        [
            "Text <script>alert(4)</script> <b onclick=alert(5)>b</b> <style>p {}</style>",
            "[x](javascript:alert(6)) <a href='JaVaScRiPt:alert(7)'>y</a>",
            r"$\href{javascript:alert(8)}{x}$ $\text{<script>alert(9)</script>}$",
            "![i](http://example.com/i.png) <iframe src='http://example.com'></iframe>",
        ]
    )
    html = page(graded(answers).cells, "02_convolution")
    assert re.findall(r"<[^>]*(?:javascript:|\son\w+\s*=)", html, re.IGNORECASE) == []
    assert re.findall(r"<(?:script|iframe|style>p|link|object)", html, re.IGNORECASE) == []
    assert "example.com" not in html
    assert "HIDDEN" not in html
    assert "judge" not in html
    assert "17 of 20 points by checks" in html
    assert "<math" in html
    assert len(html) < 300_000
