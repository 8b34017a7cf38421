"""A page that cannot be made stops its own process, and a short one takes its place."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from nbformat import NotebookNode

from autograder.feedback import maker
from autograder.feedback.maker import Maker

ENDLESS = "while True: pass"
# What a page does in the other process, in the place of the real one, where the notebook has text.
BAD = {
    "endless": (ENDLESS, "more than 1 s of the processor"),
    "memory": ("bytearray(2 << 30)", "more than 1024 MiB of memory"),
    "crash": ("__import__('os').abort()", "its process ended (-6)"),
    "killed": ("__import__('os').kill(__import__('os').getpid(), 9)", "its process was stopped"),
    "leaves": ("__import__('os')._exit(0)", "its process ended (0)"),
    "error": ("1/0", "ZeroDivisionError: division by zero"),
    "deep": ("(f := lambda: f())()", "RecursionError"),
    "large": ("return_('x' * (40 << 20))", "more than 32 MiB"),
    "prints": ("print('x' * 100_000); 1/0", "ZeroDivisionError"),
}
DRIVER = """
import sys
from autograder.feedback import maker, page
real = page.page
def made(cells, title, problem=""):
    if any(cell["source"] == "BAD" for cell in cells["cells"]):
        found = []
        exec({bad!r}, {{"return_": found.append}})
        return found[0]
    return real(cells, title, problem)
page.page = made
maker.SECONDS = 1.0
maker._limit()
own = maker.os.fdopen(maker.os.dup(1), "wb")
maker.os.dup2(maker.os.open(maker.os.devnull, maker.os.O_WRONLY), 1)
maker._serve(sys.stdin.buffer, own)
"""


def started(bad: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-P", "-c", DRIVER.format(bad=bad)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, **pipes)


@pytest.mark.parametrize("name", BAD)
def test_a_page_that_cannot_be_made_costs_itself_alone(
    name: str, graded: NotebookNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, reason = BAD[name]
    monkeypatch.setattr(maker, "_started", lambda: started(bad))
    monkeypatch.setattr(maker, "SECONDS", 1.0)
    hostile = json.loads(json.dumps(graded))
    hostile["cells"].append({"cell_type": "markdown", "metadata": {}, "source": "BAD"})
    with Maker() as made:
        page, problem = made.page(hostile, "01_target")
        assert reason in problem and problem.startswith("the page is without the notebook")
        assert reason.encode() in page and b"3 of 3 points" in page and b"# as it is" not in page
        whole, nothing = made.page(graded, "01_target")
        assert nothing == "" and b"# as it is" in whole and reason.encode() not in whole


def test_where_nothing_can_be_made_there_is_an_error(
    graded: NotebookNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-c", "pass"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    monkeypatch.setattr(maker, "_started", lambda: subprocess.Popen(command, **pipes))
    with Maker() as made, pytest.raises(OSError, match=r"no page could be made: its process ended"):
        made.page(graded, "01_target")


def test_files_beside_a_hand_in_are_no_part_of_the_program(
    graded: NotebookNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("jinja2", "mistune", "json", "autograder"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    monkeypatch.chdir(tmp_path)
    with Maker() as made:
        assert made.page(graded, "01_target")[1] == ""
    assert not (tmp_path / "ran").exists()


def test_no_process_is_left(graded: NotebookNode) -> None:
    with Maker() as made:
        made.page(graded, "01_target")
        assert made._process is not None
        number = made._process.pid
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


def clocks() -> int:
    """Count the clocks that run, when those that were stopped have ended."""
    running = [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]
    for thread in running:
        thread.join(1)
    return sum(thread.is_alive() for thread in running)


def test_a_page_that_nobody_comes_for_is_not_mixed_up_with_the_next(graded: NotebookNode) -> None:
    before = clocks()
    with Maker() as made:
        made.begin(graded, "01_other")
        assert b"01_target" in made.page(graded, "01_target")[0]
        made.begin(graded, "01_other")
    assert clocks() == before, "a clock runs on"


def test_what_ends_its_process_while_nobody_waits_costs_that_page_alone(
    graded: NotebookNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Maker() as made:
        end = made.begin(graded, "01_target")
        assert made._process is not None
        made._process.kill()
        made._process.wait()
        page, problem = end()
        assert "its process was stopped" in problem and b"3 of 3 points" in page
        assert made.page(graded, "01_target")[1] == ""


def circle() -> list[object]:
    found: list[object] = []
    found.append(found)
    return found


def deep() -> list[object]:
    found: list[object] = []
    for _ in range(200_000):
        found = [found]
    return found


@pytest.mark.parametrize("strange", [object, lambda: b"bytes", circle, deep, lambda: {1, 2}])
def test_what_cannot_be_sent_leaves_the_process_and_no_clock(
    strange: Callable[[], object], graded: NotebookNode
) -> None:
    with Maker() as made:
        made.page(graded, "01_target")
        process, before = made._process, clocks()
        with pytest.raises((TypeError, ValueError, RecursionError)):
            made.page({"metadata": {}, "cells": [strange()]}, "01_target")
        assert clocks() == before
        assert made.page(graded, "01_target")[1] == ""
        assert made._process is process


def test_who_is_interrupted_waits_for_no_clock_and_gets_no_other_page(
    graded: NotebookNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: object) -> tuple[bool, bytes]:
        raise KeyboardInterrupt

    with Maker() as made:
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(maker, "_receive", interrupted)
            made.page(graded, "01_other")
        assert made._clock is not None and made._clock.daemon
        assert b"01_target" in made.page(graded, "01_target")[0]
