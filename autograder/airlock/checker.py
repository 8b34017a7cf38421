"""The trusted process: runs check cells and judges them. Never runs a line the student wrote.

The grader sends ["begin", ...] once and then ["check", ...] for each check. The answer to a check
is the fields of a Verdict and whether the student's process can still be used.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import hashlib
import math
import random
import socket
import sys
from functools import cache
from types import CodeType
from typing import Any

import numpy as np

from autograder.shown import plain

from . import kernels, wire
from .errors import MissingName, NotPlain, StudentError, StudentGone
from .inside.recorder import Recorder, captured
from .limits import Limits
from .link import Link
from .remote import Remote
from .verdict import error_output

judge: Any = None  # what is told of each check, and asked why one failed; see judging.judge
HINT = "  Hint: "  # how the line of a hint begins
GIVEN = "<given>"  # the file of all given cells, in tracebacks
Judged = tuple[str, float, str, str, list[str]]  # status, score, message, name of error, traceback


class Names(dict[str, Any]):
    """The globals of check cells: their own, then builtins, then the student's names."""

    link: Link | None = None  # None while the prelude runs: it must not depend on a student
    student_names: frozenset[str] = frozenset()  # never taken from the builtins

    def __missing__(self, name: str) -> Any:
        ours = hasattr(builtins, name) and name not in self.student_names
        if ours or name.startswith("__") or self.link is None:
            raise KeyError(name)
        value = self.link.ask(name, "get", name)[0]
        if type(value) is Remote:  # a function is asked for once in a check
            self[name] = value
        return value


@cache
def compiled(source: str, file: str) -> tuple[CodeType, ...]:
    """Compile a cell of the course; what is compiled in the fork server costs a checker nothing.

    Such cells are plain Python. As in a notebook, the value of a last expression is displayed.
    """
    statements = ast.parse(source, file).body
    last = [statements.pop()] if statements and isinstance(statements[-1], ast.Expr) else []
    shown = [compile(ast.Interactive([one]), file, "single") for one in last]
    return (compile(ast.Module(statements, []), file, "exec"), *shown)


def warm_up() -> None:
    """Load nothing: the fork server runs the grader's own source for that."""


def serve(control: socket.socket, call: socket.socket, config: dict[str, Any]) -> None:
    """Answer the grader until it goes away."""
    limits = Limits(**config["limits"])
    grader = wire.Channel(control)
    checker = Checker(Link(wire.Channel(call), limits.call_seconds), limits)
    checker.grader = grader
    while True:
        action, *arguments = grader.receive()
        grader.send(checker.begin(*arguments) if action == "begin" else checker.check(*arguments))


class Checker:
    """Runs the prelude once, then each check in a copy of the names that it left."""

    def __init__(self, link: Link, limits: Limits) -> None:
        self.link = link
        self.limits = limits
        self.names = Names(__name__="__main__")
        self.recorder = Recorder(limits.output_bytes)
        self.value: Any = None  # of the last expression of the cell that ran last
        self.seed = 0

    grader: wire.Channel | None = None

    def begin(self, seed: int, setup: str, prelude: list[str], student_names: list[str]) -> str:
        """Run the set-up and the given cells; return '' or what went wrong."""
        self.seed = seed
        self._seed_for("prelude")
        for source in [setup, *prelude]:
            error = self.run(source, GIVEN)
            # A given cell may need what the student writes. Its names then come from over there.
            if error is not None and not (source is not setup and isinstance(error, NameError)):
                return f"{type(error).__name__}: {error}"
        if self.grader is not None:
            kernels.install(self.grader)
        for name in student_names:
            self.names.pop(name, None)
        self.names.link, self.names.student_names = self.link, frozenset(student_names)
        self.before = dict(self.names)
        return ""

    def check(self, check_id: str, source: str, points: float) -> list[Any]:
        """Run one check cell and judge it."""
        self.link.begin_check(self.limits.check_seconds)
        error = self._tried(check_id, source)
        if error is None:
            status, score = grade(self.value, points)
            if judge is not None and status == "pass":
                judge.passed(check_id)
            return [status, score, "", self.recorder.outputs, "", None, None]
        outputs = self.recorder.outputs
        if said := self._passes_with_ours(check_id, source, points):
            return ["pass", float(points), said, self.recorder.outputs, "", None, None]
        if judge is not None:
            judge.failed(check_id)
        status, score, message, name, lines = judged(error, self.limits)
        mistake, told = self._explain(check_id, error, status)
        if HINT in told:  # of two hints, that of the mistake belongs to what failed
            message = "\n".join(line for line in message.split("\n") if not line.startswith(HINT))
        message = self._with_call(error, message) + told
        lines = [*lines[:-1], message]
        picture = self._picture(source, error, status)
        outputs = [*outputs, error_output(name, message, lines)]
        lost = self.link.gone.reason if self.link.gone else ""
        return [status, score, message, outputs, lost, mistake, picture]

    def _tried(
        self, check_id: str, source: str, ours: dict[str, Any] | None = None
    ) -> BaseException | None:
        """Run a check, with functions of ours among its names; return what it ended in."""
        self._seed_for(check_id)
        self.names.update(ours or {})
        try:
            if judge is not None:
                judge.begin_check(check_id)
            raised = self.run(source, f"<{check_id}>")
        finally:
            self.names.clear()
            self.names.update(self.before)  # no check depends on another
        for output in self.recorder.outputs:
            if output.get("name") == "stderr":  # a warning is no reason to lose points
                output["name"] = "stdout"
        return self.link.gone or raised

    def _passes_with_ours(self, check_id: str, source: str, points: float) -> str:
        """Run a failed check again with the lesson's own functions for those that failed before.

        Returns:
            What to say where it passes, else ''.
        """
        for ours in judge.instead(check_id) if judge is not None else ():
            if self.link.gone or self.link.is_half_over():
                return ""
            try:
                self.link.put_in_place(ours)
                error = self._tried(check_id, source, ours)
                self.link.put_back()
            except (StudentGone, Exception):  # of the student's process: the first verdict stands
                return ""
            if error is None and grade(self.value, points)[0] == "pass":
                names = " and ".join(ours)
                return f"Passed with the lesson's own {names}: a mistake costs its points once."
        return ""

    def run(self, source: str, file: str) -> BaseException | None:
        """Run a cell of the course, called file in tracebacks; return what it ended in."""
        self.recorder.reset()
        self.value = None
        with captured(self.recorder):
            sys.displayhook = self.show
            try:
                for code in compiled(source, file):
                    exec(code, self.names)
            except BaseException as raised:
                return raised
        return None

    def show(self, value: Any) -> None:
        """Keep the value of a cell's last expression, and show it as a notebook does."""
        self.value = value
        if value is not None:
            text = repr(value)
            data = {"text/plain": text}
            shown = {"output_type": "execute_result", "data": data, "metadata": {}}
            self.recorder.add(shown, len(text))

    def _explain(self, check_id: str, error: BaseException, status: str) -> tuple[str | None, str]:
        """Return the name of the known mistake behind a failure and what to say of it, if any."""
        seen = hasattr(error, "shortcut")  # also of a call that came to no end
        if judge is None or not (seen or (status in ("fail", "error") and not self.link.gone)):
            return None, ""
        try:
            found = judge.explain(check_id, error)
        except Exception:  # the check is judged; a diagnosis that fails must not change that
            return None, ""
        return (found[0], f"\n{found[1]}") if found else (None, "")

    def _with_call(self, error: BaseException, message: str) -> str:
        """Add to a message which call raised, or gave None where something was needed."""
        if isinstance(error, StudentError) and not isinstance(error, NotImplementedError):
            with contextlib.suppress(Exception):  # as above
                call = judge.call(error) if judge is not None else ""
                return f"{message}\n  In the call: {call}" if call else message
        if type(error) is TypeError and "NoneType" in str(error) and self.link.gave_none:
            return (
                f"{self.link.gave_none} returned None: does it end without a return?\n  {message}"
            )
        return message

    def _picture(self, source: str, error: BaseException, status: str) -> dict[str, Any] | None:
        """Return data of where an answer differs, if there is something to see."""
        if judge is None or status != "fail":
            return None
        try:
            return judge.picture(source, error)
        except Exception:  # as above: no picture must change what was judged
            return None

    def _seed_for(self, purpose: str) -> None:
        """Start NumPy's and Python's own generators afresh, so that no order matters."""
        digest = hashlib.sha256(f"{self.seed}/{purpose}".encode()).digest()
        random.seed(digest)
        np.random.seed(list(np.frombuffer(digest, np.uint32)))


def grade(value: Any, points: float) -> tuple[str, float]:
    """Turn the value of the last expression into a status and a score.

    A float is a partial score (NumPy's float64 is a float). Anything else means full marks.
    """
    if not isinstance(value, float):
        return "pass", float(points)
    if not math.isfinite(value) or value < 0:
        return "partial", 0.0
    return ("pass", float(points)) if value >= points else ("partial", float(value))


def judged(error: BaseException, limits: Limits) -> Judged:
    """Turn the exception that ended a check into a status, a message and a traceback.

    The traceback never holds a line of the check: it shows the student's own frames, or nothing.
    """
    name = type(error).__name__
    if isinstance(error, StudentGone):
        status, message = _gone(error, limits)
        name = "TimeoutError" if status == "timeout" else "StudentProcessEnded"
        return status, 0.0, message, name, [message]
    if isinstance(error, StudentError):
        return _raised(error, limits)
    if isinstance(error, MissingName):
        message = (
            f"{error} is not defined: the notebook has no top-level function or variable of that "
            "name (was its cell deleted, renamed, or did it stop with an error?)"
        )
        return "missing", 0.0, message, "NameError", [message]
    known = sys.modules.get("convbook.check")
    text = plain(error, limits.verdict_chars)
    if isinstance(error, getattr(known, "NotRun", ())):
        return "not-run", 0.0, text, name, [text]
    if isinstance(error, (getattr(known, "NotYet", ()), NotPlain)):
        return "fail", 0.0, text, name, [text]
    text = f"{name}: {text}" if text else name
    return "fail", 0.0, text, name, [text]


def _gone(error: StudentGone, limits: Limits) -> tuple[str, str]:
    what = error.function or "the submitted code"
    if error.reason == "late" and error.whole:
        return "timeout", f"{what} was stopped: the check took more than {limits.check_seconds:g} s"
    if error.reason == "late":
        return "timeout", f"{what} gave no answer within {limits.call_seconds:g} s and was stopped"
    if error.reason == "ended":
        return "error", f"{what} ended the notebook's process instead of giving an answer"
    return "error", f"{what} gave no proper answer ({error.reason})"


def _raised(error: StudentError, limits: Limits) -> Judged:
    if isinstance(error, NotImplementedError):
        message = f"{error.function} is not written yet (NotImplementedError)"
        return "missing", 0.0, message, "NotImplementedError", [message]
    hint = limits.hint(error.kind, error.text)
    text = f"{error.text} [{hint}]" if hint else error.text
    place = ", ".join(
        part for part in (error.function and f"in {error.function}", error.where) if part
    )
    message = f"{error.kind}: {text}" + (f" ({place})" if place else "")
    message = plain(message, limits.verdict_chars)
    return "error", 0.0, message, error.kind, [*error.frames, message]
