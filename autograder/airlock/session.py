"""One submission: a student's process, a checker, and what to do when one of them is lost."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import socket
from collections.abc import Callable, Iterator
from typing import Any

from autograder.pictures import DIFFERENCE
from autograder.shown import plain

from . import kernels, packing, told, wire
from .deadline import LOST, Deadline
from .hung import Cells
from .launch import Late, Lost, Worker, Workers, ending
from .outputs import clean, limits_met
from .sandbox import SandboxError
from .verdict import STATUSES, Verdict, error_output

GRACE_SECONDS = 1.0  # for a checker to say that its time is over, before it is killed
DRAWN = "image/png"
ATTEMPTS = 2  # at one check whose checker ends


class Session:
    """Runs a submission's cells and checks. Use as a context manager.

    When the student's process hangs or ends, it is killed. The next cell or check then gets a
    fresh process, in which the cells that had run are run again, and a fresh checker.
    """

    def __init__(
        self,
        airlock: Workers,
        seed: int | Callable[[], int],
        prelude: list[str],
        student_names: list[str],
        setup: str | Callable[[int], str],
    ) -> None:
        self._airlock = airlock
        self._limits = airlock.limits
        self._draw = seed if callable(seed) else lambda: seed
        self._setup = setup
        self._given = [prelude, student_names]
        self.seed: int | None = None  # drawn when the first check begins
        self._ran: list[tuple[str, str]] = []  # what to do again in a fresh process
        self._shown: dict[str, Verdict] = {}  # by check: what its shown part came to
        self._final: set[str] = set()  # checks whose shown part has cost the process
        self._hung: list[list[str]] = []  # calls that gave no answer in time, and of what kind
        self._hung_cells = Cells(student_names)
        self._cells = 0
        self._drew = False
        self._ends = Deadline(self._limits.session_seconds)
        self._student: Worker | None = None
        self._checker: Worker | None = None
        self._call: socket.socket | None = None  # the checker's end of the call channel

    def __enter__(self) -> Session:
        self._start_student()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        if self._drew:
            self._airlock.drew()

    def close(self) -> None:
        """End both processes and everything the student's has started."""
        for worker in (self._student, self._checker):
            if worker is not None:
                worker.end()
        if self._call is not None:
            self._call.close()
        self._student = self._checker = self._call = None

    def run_student(self, source: str, again: bool = True) -> list[dict[str, Any]]:
        """Run one cell of the student and return its outputs, cleaned.

        Where a fresh process takes the place of this one, the cell is run again, or left out.
        """
        self._cells += 1
        try:
            outputs = self._do("run", source, again)
        except Lost as lost:
            text = f"the cell was stopped: {lost}"
            return [error_output("CellStopped", text, [f"CellStopped: {text}"])]
        kept = clean(outputs, self._limits, self._cells)
        self._drew |= any(DRAWN in output.get("data", {}) for output in kept)
        return kept + limits_met(kept, self._limits)

    def show_check(self, check_id: str, source: str) -> None:
        """Run the shown part of a check where it stands. `run_check` goes on with it, from there.

        All that is shown of cells and of these parts comes from a process that has met no hidden
        call, as long as every one of them runs before the first `run_check`.
        """
        with contextlib.suppress(Lost):
            self._do("keep", check_id)
            self._shown[check_id] = self._ask(["show", check_id, source], 0.0)
            if self._student is None:
                self._final.add(check_id)

    def run_check(self, check_id: str, source: str, points: float) -> Verdict:
        """Run one check against the student's process and return its verdict."""
        shown = self._shown.get(check_id)
        if shown is not None and check_id in self._final:
            return shown
        found = self._ask(["check", check_id, source, float(points)], float(points))
        outputs, words = found.outputs, found.told
        if shown is not None and "pass" not in (shown.status, found.status):
            pictures = filter(_is_picture, shown.outputs)
            outputs = [*itertools.filterfalse(_is_picture, outputs), *pictures]
            words = shown.told
        words = told.one_hint(words, found.said) + found.said
        return dataclasses.replace(found, outputs=outputs, told=words)

    def _ask(self, order: list[Any], points: float) -> Verdict:
        """Have the checker run a check, or its shown part, and return what it came to."""
        text = ""
        for _ in range(ATTEMPTS):
            try:
                self._need_student()
                if order[0] == "check" and order[1] in self._shown:
                    self._run("back", order[1], self._limits.cell_seconds)
                self._need_checker()
            except Lost as lost:
                return self._verdict("timeout", told.ended(str(lost)))
            assert self._checker is not None
            checker = self._checker
            try:
                answer = self._answer(checker, order)
                return self._judge(answer, points, order[0] == "show")
            except wire.Timeout:
                self.close()
                limit = self._limits.check_seconds
                return self._verdict("timeout", f"the check was stopped after {limit:g} s")
            except wire.ProtocolError:
                text = ending(checker.end(), self._limits)
                self.close()
        return self._verdict("error", f"the check's own process ended at this answer: {text}")

    def _answer(self, checker: Worker, request: list[Any]) -> Any:
        """Have a check run; meanwhile give the checker what it cannot get where it is."""
        assert self._student is not None
        seconds = self._limits.check_seconds + GRACE_SECONDS
        with self._within(seconds, self._student, checker) as end:
            checker.channel.send(request, end)
            while (answer := checker.channel.receive(end))[0] in (kernels.ORDER, LOST):
                if answer[0] == LOST:
                    checker.channel.send(end.lost(), end)
                else:
                    checker.channel.send_frame(*self._run_kernel(answer[1], end), deadline=end)
            return answer

    def _run_kernel(self, order: list[Any], deadline: Deadline) -> tuple[bytes, list[Any]]:
        """Have a kernel run in a sandbox that is made for it and ends with it.

        What comes back is the student's doing, and goes on to the checker as it is.
        """
        if self._airlock.machine is None:
            return _failed("NotRun", "[emulator] not run: this grader has no C++ compiler (g++)")
        worker = self._airlock.start_workshop()
        own = Deadline(max(deadline.left(), 0.0), worker.lost)
        try:
            return self._airlock.programs.run(order, worker.channel, own)
        except wire.Timeout:
            raise  # the time of the check is over
        except wire.ProtocolError:
            text = ending(worker.end(), self._limits)
            return _failed("ValueError", f"the emulator did not come to an end: {text}")
        finally:
            worker.end()
            deadline.excuse(own.excused)

    def _judge(self, answer: Any, points: float, is_shown: bool) -> Verdict:
        """Build the verdict from the checker's answer, and let a lost student go."""
        status, score, message, public, place, outputs, lost, said, mistake, picture = answer
        if status not in STATUSES:
            raise wire.ProtocolError("not a verdict")
        if lost:
            assert self._student is not None
            reason, *call = lost
            how = ending(self._student.end(), self._limits)
            if reason == "late":
                self._hung.append(call)
            if reason == "ended":
                message, public = f"{message} ({how})", f"{public} ({told.ended(how)})"
            outputs[-1] = error_output(outputs[-1]["ename"], message, [message])
            self.close()
        public += told.at_line(place, [text for action, text in self._ran if action == "run"])
        message, public = (plain(text, self._limits.verdict_chars) for text in (message, public))
        score = min(max(score, 0.0), points)
        outputs = clean(outputs, self._limits)
        if picture:
            data = {DIFFERENCE: picture, "text/plain": "[a picture of where the answer differs]"}
            outputs.append({"output_type": "display_data", "data": data, "metadata": {}})
        words = message if is_shown else public
        return Verdict(status, score, message, outputs, mistake, words, said)

    def _verdict(self, status: str, message: str) -> Verdict:
        name = "TimeoutError" if status == "timeout" else "CheckEnded"
        outputs = [error_output(name, message, [message])]
        return Verdict(status, 0.0, message, outputs, told=message)

    @contextlib.contextmanager
    def _within(self, seconds: float, *workers: Worker) -> Iterator[Deadline]:
        """Give workers so many seconds of the session's; what they lose is not charged."""
        left = max(min(seconds, self._ends.left()), 0.0)
        deadline = Deadline(left, lambda: sum(worker.lost() for worker in workers))
        try:
            yield deadline
        finally:
            self._ends.excuse(deadline.excused)

    def _start_student(self) -> None:
        self.close()
        student_end, self._call = socket.socketpair()
        with student_end:
            self._student = self._airlock.start_student(student_end)

    def _need_student(self) -> None:
        """Have a student's process in which all cells so far have run."""
        while self._student is None:
            self._check_time()
            self._start_student()
            for index, (action, text) in enumerate(self._ran):
                try:
                    self._run(action, text, self._limits.cell_seconds)
                except Lost:
                    del self._ran[index]  # it ran before, but now it hangs: go on without it
                    break
        self._check_time()

    def _check_time(self) -> None:
        if self._ends.left() <= 0:
            self.close()
            limit = self._limits.session_seconds
            raise Lost(f"limit met: {limit:g} s for the whole notebook")

    def _need_checker(self) -> None:
        """Have a checker that has run the given cells."""
        if self._checker is not None:
            return
        assert self._call is not None
        with self._call:
            self._checker = self._airlock.start_checker(self._call)
        self._call = None
        seed = self.seed if self.seed is not None else self._draw()
        self.seed = seed
        setup = self._setup(seed) if callable(self._setup) else self._setup
        begin = ["begin", seed, setup, *self._given, self._hung + self._hung_cells.calls]
        deadline = Deadline(self._limits.start_seconds, self._checker.lost)
        try:
            self._checker.channel.send(begin, deadline)
            problem = self._checker.channel.receive(deadline)
        except wire.ProtocolError as error:
            how = ending(self._checker.end(), self._limits)
            raise SandboxError(f"a checker did not start: {error}, {how}") from None
        if problem:
            raise SandboxError(f"the given cells of the lesson do not run: {problem}")

    def _do(self, action: str, text: str, again: bool = True) -> Any:
        """Have the student's process run a cell, or keep its names; return its outputs, or Lost."""
        self._need_student()
        limit = self._limits.cell_seconds
        try:
            outputs = self._run(action, text, self._hung_cells.seconds(text, limit))
        except Late:
            self._hung_cells.add(text)
            raise
        if again:
            self._ran.append((action, text))
        return outputs

    def _run(self, action: str, text: str, seconds: float) -> Any:
        """Run one cell and return its outputs as they came, or raise Lost; Late after so long."""
        assert self._student is not None
        student, number = self._student, self._cells
        try:
            with self._within(seconds, student) as deadline:
                student.channel.send([action, number, text], deadline)
                answer = student.channel.receive(deadline, most=packing.OUTPUTS)
            if type(answer) is not list or len(answer) != 2 or answer[0] != number:
                raise wire.ProtocolError("malformed message")
            return answer[1]
        except wire.Timeout:
            self.close()
            again = " that calls what has hung" if seconds < self._limits.cell_seconds else ""
            raise Late(f"limit met: {seconds:g} s for a cell{again}") from None
        except wire.PeerGone:
            reason = ending(student.end(), self._limits)
        except wire.ProtocolError as error:
            reason = str(error)
        self.close()
        raise Lost(reason)


def _failed(name: str, text: str) -> tuple[bytes, list[Any]]:
    """Write as a frame that a kernel was not run, or not to its end."""
    return packing.encode(["raised", name, text])


def _is_picture(output: dict[str, Any]) -> bool:
    return DIFFERENCE in output.get("data", {})
