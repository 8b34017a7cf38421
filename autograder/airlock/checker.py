"""The trusted process: runs check cells and judges them. Never runs a line the student wrote.

The grader sends ["begin", ...] once, then ["show", ...] for the shown part of each check, and
["check", ...] for the rest of it. The answer is the fields of a Verdict and whether the student's
process can still be used. Before it answers, the checker may ask the grader for something that it
cannot see from here.
"""

from __future__ import annotations

import contextlib
import hashlib
import random
import socket
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from . import kernels, wire
from .deadline import LOST, Deadline
from .errors import StudentError, StudentGone
from .hung import Hung
from .inside.recorder import Recorder, captured
from .limits import Limits
from .link import Lent, Link
from .parts import GIVEN, HIDDEN, SHOWN, Names, Shown, compiled, grade
from .told import one_hint, told, whole
from .verdict import error_output

judge: Any = None  # what is told of each check, and asked why one failed; see judging.judge


def warm_up() -> None:
    """Load nothing: the fork server runs the grader's own source for that."""


def serve(control: socket.socket, call: socket.socket, config: dict[str, Any]) -> None:
    """Answer the grader until it goes away."""
    limits = Limits(**config["limits"])
    grader = wire.Channel(control)
    link = Link(wire.Channel(call), limits.call_seconds, partial(lost, grader))
    checker = Checker(link, limits)
    checker.grader = grader
    while True:
        action, *arguments = grader.receive()
        grader.send(checker.actions[action](*arguments))


def lost(grader: wire.Channel) -> float:
    """Ask the grader how many seconds of this check were lost to others."""
    grader.send([LOST])
    return float(grader.receive())


class Checker:
    """Runs the prelude once, then each check in a copy of the names that it left."""

    def __init__(self, link: Link, limits: Limits) -> None:
        self.link = link
        self.limits = limits
        self.names = Names(__name__="__main__")
        self.recorder = Recorder(limits.output_bytes)
        self.value: Any = None  # of the last expression of the cell that ran last
        self.seed = 0
        self.shown: dict[str, Shown] = {}  # by check: what waits for its hidden part
        self.explaining = 0.0  # seconds on the clock that went into saying why checks failed
        self.actions: dict[str, Callable[..., Any]] = {
            "begin": self.begin,
            "show": self.show,
            "check": self.check,
        }

    grader: wire.Channel | None = None

    def begin(
        self,
        seed: int,
        setup: str,
        prelude: list[str],
        student_names: list[str],
        hung: list[list[str]],
    ) -> str:
        """Run the set-up and the given cells; return '' or what went wrong."""
        self.seed = seed
        self.link.hung = Hung(hung)
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

    def show(self, check_id: str, source: str) -> list[Any]:
        """Run the shown part of a check, and judge it; `check` goes on with it."""
        self.link.calls = judge.calls() if judge is not None else None
        shown = self._run_shown(check_id, source)
        self.shown[check_id] = shown
        picture = self._picture(shown.error, hidden=False) if shown.error else None
        self.link.calls = None
        if shown.error is None:
            return ["pass", 0.0, "", "", None, shown.outputs, "", "", None, None]
        return self._failed(check_id, shown.error, shown.outputs, picture)

    def check(self, check_id: str, source: str, points: float) -> list[Any]:
        """Run a check cell and judge it; where its shown part has run, the rest of it."""
        ends = Deadline(self.limits.check_seconds, self.link.lost)
        shown = self.shown.pop(check_id, None) or self._run_shown(check_id, source)
        error, outputs = shown.error, shown.outputs
        if error is None:
            error = self._run_hidden(check_id, source, shown)
            outputs = outputs + self.recorder.outputs
        if error is None:
            status, score = grade(self.value, points)
            if judge is not None and status == "pass":
                judge.passed(check_id)
            return [status, score, "", "", None, outputs, "", "", None, None]
        if passes := self._passes_with_ours(check_id, source, points, ends):
            return ["pass", float(points), passes, passes, None, outputs, "", "", None, None]
        if judge is not None:
            judge.failed(check_id)
        every = partial(self._every, check_id, source, ends)
        mistake, said = self._explain(check_id, error, every, ends)
        picture = self._picture(error, hidden=True)
        return self._failed(check_id, error, outputs, picture, mistake, said)

    def _passes_with_ours(self, check_id: str, source: str, points: float, ends: Deadline) -> str:
        """Run a failed check again with the lesson's own functions for those that failed before.

        Returns:
            What to say where it passes, else ''.
        """
        for ours in judge.instead(check_id) if judge is not None else ():
            if self.link.gone or ends.left() < ends.seconds / 2:
                return ""
            try:
                error = self._tried(check_id, source, ours, ends.left())
            except (StudentGone, Exception):  # of the student's process: the first verdict stands
                return ""
            if error is None and grade(self.value, points)[0] == "pass":
                names = " and ".join(ours)
                return f"Passed with the lesson's own {names}: a mistake costs its points once."
        return ""

    def _tried(
        self, check_id: str, source: str, ours: dict[str, Any], seconds: float
    ) -> BaseException | None:
        """Run both parts of a check with functions of ours in place; return what it ended in."""
        self._begin_check(check_id, seconds, Lent())
        self.link.put_in_place(ours)
        self.names.update(ours)
        shown = self._shown_part(check_id, source)
        error = shown.error or self._run_hidden(check_id, source, shown)
        if not self.link.gone:
            self.link.put_back()
        return error

    def _run_shown(self, check_id: str, source: str) -> Shown:
        self._begin_check(check_id, self.limits.check_seconds, Lent())
        return self._shown_part(check_id, source)

    def _shown_part(self, check_id: str, source: str) -> Shown:
        """Run what everybody sees, in a check that has begun."""
        error = self._run_part(check_id, source, SHOWN)
        ends = self.link.check_ends
        left = max(0.0, ends.seconds - ends.spent())
        outputs = self.recorder.outputs
        return Shown(error, dict(self.names), self.value, outputs, self.link.lent, left)

    def _run_hidden(self, check_id: str, source: str, shown: Shown) -> BaseException | None:
        self._begin_check(check_id, shown.left, shown.lent)
        self._seed_for(f"the hidden part of {check_id}")  # what is drawn here was not seen before
        self.names.clear()
        self.names.update(shown.names)
        self.value = shown.value
        return self._run_part(check_id, source, HIDDEN)

    def _begin_check(self, check_id: str, seconds: float, lent: Lent) -> None:
        self.link.begin_check(seconds, lent)
        self._seed_for(check_id)
        self.names.clear()
        self.names.update(self.before)  # no check depends on another
        self.value = None
        if judge is not None:
            judge.begin_check(check_id)

    def _run_part(self, check_id: str, source: str, part: int) -> BaseException | None:
        raised = self.run(source, f"<{check_id}>", part)
        for output in self.recorder.outputs:
            if output.get("name") == "stderr":  # a warning is no reason to lose points
                output["name"] = "stdout"
        return self.link.gone or raised

    def _failed(
        self,
        check_id: str,
        error: BaseException,
        outputs: list[dict[str, Any]],
        picture: dict[str, Any] | None,
        mistake: str | None = None,
        said: str = "",
    ) -> list[Any]:
        """Return the fields of a verdict about what ended a check."""
        status, message, name, lines = whole(error, self.limits)
        place = error.place if isinstance(error, StudentError) else None
        message = self._with_call(error, one_hint(message, said)) + said
        outputs = [*outputs, error_output(name, message, [*lines[:-1], message])]
        gone = self.link.gone
        lost = ["whole" if gone.whole else gone.reason, gone.function, gone.kind] if gone else []
        public = self._with_call(error, one_hint(told(error, self.limits), said))
        if judge is not None and judge.is_choice(check_id):
            said, picture = "", None
        return [status, 0.0, message, public, place, outputs, lost, said, mistake, picture]

    def run(self, source: str, file: str, part: int = SHOWN) -> BaseException | None:
        """Run a part of a cell of the course, called file in tracebacks.

        Returns:
            What it ended in.
        """
        self.recorder.reset()
        with captured(self.recorder):
            sys.displayhook = self.show_value
            try:
                for code in compiled(source, file)[part]:
                    exec(code, self.names)
            except BaseException as raised:
                return raised
        return None

    def show_value(self, value: Any) -> None:
        """Keep the value of a cell's last expression, and show it as a notebook does."""
        self.value = value
        if value is not None:
            text = repr(value)
            data = {"text/plain": text}
            shown = {"output_type": "execute_result", "data": data, "metadata": {}}
            self.recorder.add(shown, len(text))

    def _every(self, check_id: str, source: str, ends: Deadline) -> Any:
        """Run a failed check to its end, if it was quick; return what has watched it."""
        watch = judge.Watch()
        if ends.left() < ends.seconds / 2:
            return watch
        self._begin_check(check_id, ends.left(), Lent())
        with captured(Recorder(self.limits.output_bytes)):
            self.names[judge.WATCH] = watch
            exec(judge.to_the_end(source, f"<{check_id}>"), self.names)
        return watch

    def _explain(
        self, check_id: str, error: BaseException, every: Callable[[], Any], ends: Deadline
    ) -> tuple[str | None, str]:
        """Return the name of the known mistake behind a failure and what to say of it, if any.

        The search counts its own time. Where kernels run elsewhere it waits instead, so it also
        ends halfway through the check's time, and for all checks after as long as one may take.
        """
        seen = hasattr(error, "shortcut")  # also of a call that came to no end
        failed = whole(error, self.limits)[0] in ("fail", "error") and not self.link.gone
        if judge is None or not (seen or failed):
            return None, ""
        begun = ends.left()

        def late() -> bool:
            left = ends.left()
            return left < ends.seconds / 2 or self.explaining + begun - left > ends.seconds

        try:
            found = judge.explain(check_id, error, every, late)
        # The check is judged; a diagnosis that fails must not change that.
        except (StudentGone, Exception):
            return None, ""
        finally:
            self.explaining += begun - ends.left()
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

    def _picture(self, error: BaseException, hidden: bool) -> dict[str, Any] | None:
        """Return data of where an answer differs, if there is something to see."""
        if judge is None or whole(error, self.limits)[0] != "fail":
            return None
        try:
            return judge.picture(error, hidden, self.link.calls)
        except Exception:  # as above: no picture must change what was judged
            return None

    def _seed_for(self, purpose: str) -> None:
        """Start NumPy's and Python's own generators afresh, so that no order matters."""
        digest = hashlib.sha256(f"{self.seed}/{purpose}".encode()).digest()
        random.seed(digest)
        np.random.seed(np.frombuffer(digest, np.uint32))
