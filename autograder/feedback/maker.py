"""Make pages in another process, which has limits: what a student wrote can only stop that one.

One process makes the pages of a class, one after the other. Where it ends over one, the next page
gets a fresh one.
"""

import json
import os
import resource
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any

from autograder.shown import one_line

MEMORY = 1 << 30  # bytes of address space; an ordinary page takes a tenth
SECONDS = 20.0  # of the processor, for one page: more than its parts may take together
WALL = 300.0  # of a page, on a machine that does other things too
MOST_BYTES = 32 << 20  # of one page
Made = tuple[bytes, str]  # a page, and why it is not the whole one, or ''
_HEAD = struct.Struct(">?Q")  # whether it is a page, and its length


class _NotMade(Exception):
    """A page that could not be made; the text says why."""


class Maker:
    """Makes pages. Use as a context manager."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._clock: threading.Timer | None = None  # runs while a page is in the making

    def __enter__(self) -> "Maker":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def page(self, cells: Any, title: str) -> Made:
        """Make a page; where that fails, one with the points, and without the notebook.

        Args:
            cells, title: as for `page.page`.

        Returns:
            The page, and why it is not the whole one, or ''.

        Raises:
            OSError: not even the short one could be made.
        """
        return self.begin(cells, title)()

    def begin(self, cells: Any, title: str) -> Callable[[], Made]:
        """Begin a page. What is returned waits for it, and is called before the next is begun."""
        self._ask(cells, title)

        def end() -> Made:
            try:
                return self._answer(), ""
            except _NotMade as error:
                problem = f"the page is without the notebook: {error}"
            self._ask(_points(cells), title, problem)
            try:
                return self._answer(), problem
            except _NotMade as error:
                raise OSError(f"no page could be made: {error}") from None

        return end

    def close(self) -> None:
        """End the process."""
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _ask(self, cells: Any, title: str, problem: str = "") -> None:
        request = json.dumps([cells, title, problem]).encode()
        if self._clock is not None:
            self.close()  # nobody came for the page before
        if self._process is None:
            self._process = _started()
        assert self._process.stdin
        self._clock = threading.Timer(WALL, self._process.kill)
        self._clock.daemon = True  # who is interrupted before the page's end does not wait for it
        self._clock.start()
        with suppress(OSError):  # where the process has ended, its answer is missing, too
            _send(self._process.stdin, True, request)

    def _answer(self) -> bytes:
        assert self._process and self._process.stdout and self._clock
        try:
            is_page, answer = _receive(self._process.stdout)
            if not is_page:
                raise _NotMade(answer.decode())
        except (_NotMade, OSError, struct.error) as error:
            self._process.kill()
            status = self._process.wait()
            self.close()
            raise error if isinstance(error, _NotMade) else _NotMade(_ending(status)) from None
        self._clock.cancel()
        self._clock = None
        return answer


def _started() -> "subprocess.Popen[bytes]":
    # -P: what lies in the folder where somebody works is no part of this program.
    command = [sys.executable, "-P", "-m", "autograder.feedback.maker"]
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, **pipes, start_new_session=True)


def _ending(status: int) -> str:
    if status == -signal.SIGPROF:
        return f"it takes more than {SECONDS:g} s of the processor"
    if status == -signal.SIGKILL:
        return "its process was stopped"
    return f"its process ended ({status})"


def _points(cells: Any) -> dict[str, Any]:
    """Return a notebook of the graded cells alone, with their results and without their text."""
    graded = (c for c in cells["cells"] if c["metadata"].get("nbgrader", {}).get("grade"))
    empty = {"source": "", "outputs": []}
    return {
        "metadata": {"handed_in": cells["metadata"].get("handed_in", {})},
        "cells": [
            {"cell_type": c["cell_type"], "metadata": c["metadata"], **empty} for c in graded
        ],
    }


def _send(pipe: IO[bytes], is_page: bool, content: bytes) -> None:
    pipe.write(_HEAD.pack(is_page, len(content)))
    pipe.write(content)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> tuple[bool, bytes]:
    """Read what was sent; raise struct.error at the pipe's end."""
    is_page, size = _HEAD.unpack(pipe.read(_HEAD.size))
    content = pipe.read(size)
    if len(content) < size:
        raise struct.error("cut off")
    return is_page, content


def _limit() -> None:
    """Limit this process."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Be that other process: make page after page, until there is none to make."""
    from autograder.feedback.page import page  # here: it loads much that only this process needs
    from convbook.notebook import Node

    while True:
        try:
            _, request = _receive(requests)
        except struct.error:
            return
        signal.setitimer(signal.ITIMER_PROF, SECONDS)  # nobody waits for it: it ends all
        try:
            made = page(*json.loads(request, object_hook=Node)).encode("utf-8", "backslashreplace")
            if len(made) > MOST_BYTES:
                raise ValueError(f"it has more than {MOST_BYTES >> 20} MiB")
            _send(answers, True, made)
        except MemoryError:
            _send(answers, False, f"it takes more than {MEMORY >> 20} MiB of memory".encode())
        except Exception as error:
            _send(answers, False, one_line(f"{type(error).__name__}: {error}").encode())
        signal.setitimer(signal.ITIMER_PROF, 0)


if __name__ == "__main__":
    _limit()
    # What something prints goes nowhere: the pipe is for pages.
    own = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    _serve(sys.stdin.buffer, own)
