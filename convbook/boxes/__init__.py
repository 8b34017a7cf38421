"""What appears below a check in a notebook: its result, where it goes wrong, and hints one by one.

A front end that says which cell it runs (JupyterLab, Notebook, VS Code) gets a box and one line of
error. What runs a notebook without one (nbgrader's Validate, nbconvert) keeps outputs as text, and
gets everything in the error itself. The error is always there: it is what grading looks at.
"""

from __future__ import annotations

import re
from collections import Counter
from types import TracebackType
from typing import Any

from convbook import look
from convbook.boxes import hints
from convbook.boxes.box import Box
from convbook.check import NotRun, NotYet, results


def watch(shell: Any) -> None:
    """Show what becomes of checks in the kernel that this is the shell of."""
    _Watch(shell)


class _Watch:
    """Stands in a kernel and shows a result where a cell has one."""

    def __init__(self, shell: Any) -> None:
        self.shell, self.source, self.shown = shell, "", False
        self.failures: Counter[str] = Counter()  # wrong answers to each check since it passed last
        self.calls = look.Calls()
        self.replaced: dict[str, tuple[Any, Any]] = {}  # functions of this check: theirs, noting
        shell.events.register("pre_run_cell", self.begin)
        shell.events.register("post_run_cell", self.end)
        shell.set_custom_exc((NotYet, NotRun, NotImplementedError, NameError), self.fail)

    def begin(self, info: Any) -> None:
        self.source, self.shown = info.raw_cell or "", False
        if results.WORTH.match(self.source):
            self.note_calls()

    def note_calls(self) -> None:
        """Let the layers that this check names note what they are called with."""
        self.calls, names = look.Calls(), self.shell.user_ns
        wanted = look.WAYS.keys() & set(re.findall(r"\w+", self.source))
        noting = look.noting(names, wanted, self.calls)
        self.replaced = {name: (names[name], noted) for name, noted in noting.items()}
        names.update(noting)

    def put_back(self) -> None:
        names = self.shell.user_ns
        for name, (theirs, noted) in self.replaced.items():
            if names.get(name) is noted:
                names[name] = theirs
        self.replaced = {}

    def fail(self, shell: Any, kind: Any, error: Any, trace: Any, tb_offset: Any = None) -> None:
        """Show an exception of the course: the box, and the error that it is."""
        # The first frame is IPython's own.
        result = results.of_error(error, trace.tb_next, self.source)
        if result is not None:
            box = self.box(result, error, trace.tb_next)
            self.shown = True
            lines = str(box.result).splitlines()
            if self.has_boxes():
                self.show(box)
                lines = [results.in_short(result, self.source)]
            error._render_traceback_ = lambda: lines
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)

    def end(self, done: Any) -> None:
        """Show what became of a check that said nothing of it yet."""
        error = done.error_before_exec or done.error_in_exec
        result = results.of_check(self.source, error)
        if error is None:
            self.failures.pop(self.source, None)
        if result is not None and not self.shown:
            trace = error.__traceback__ if error is not None else None
            self.show(self.box(result, error, trace.tb_next) if trace else Box(result))
        self.put_back()

    def box(self, result: results.Result, error: BaseException, trace: TracebackType | None) -> Box:
        """Count a wrong answer, and make its box: with each failure one hint more."""
        if not results.WORTH.match(self.source) or not result.is_wrong:
            return Box(result)
        self.failures[self.source] += 1
        times = self.failures[self.source]
        named = results.with_name(result, self.source, error, trace) if times > 1 else result
        theirs = {name: function for name, (function, _) in self.replaced.items()}
        ladder = hints.ladder(error, result, named, hints.of_line(error, self.calls, theirs))
        return Box(named, ladder[:times], times, look.demo(error, self.calls))

    def has_boxes(self) -> bool:
        """Tell whether somebody looks on: a front end says which cell it runs."""
        return "cellId" in self.shell.get_parent().get("metadata", {})

    def show(self, box: Box) -> None:
        from IPython.display import display

        display(box)
