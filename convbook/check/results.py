"""The result of a check as a small box below its cell, with the same in plain text under it.

A front end that says which cell it runs (JupyterLab, Notebook, VS Code) gets a box and one line of
error. What runs a notebook without one (nbgrader's Validate, nbconvert) keeps outputs as text, and
gets everything in the error itself. The error is always there: it is what grading looks at.

Where a check fails again, the box names the known mistake that gives the same answer, if there is
one.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from dataclasses import dataclass, replace
from html import escape
from types import TracebackType
from typing import Any

from convbook.check import names

# The first line of every check: what it is worth, and what grading adds to what is shown.
WORTH = re.compile(r"# ([\d.]+ points?)\. ")
HIDDEN = re.compile(r"Hidden: (.*)")
GREEN, AMBER, GREY = "46, 125, 50", "230, 126, 0", "120, 120, 120"
AGAIN = "run that cell, then this one again."


@dataclass(frozen=True)
class Result:
    """A heading, what differs, and what to do: as HTML and as text.

    Attributes:
        colour: the red, green and blue of its edge.
        heading: the outcome in some words.
        body: lines that keep their spaces, or ''.
        advice: a sentence below, or ''.
        is_wrong: whether it is of a wrong answer; what is not written yet is no answer.
    """

    colour: str
    heading: str
    body: str = ""
    advice: str = ""
    is_wrong: bool = False

    def __str__(self) -> str:
        advice = f"  {self.advice}" if self.body else self.advice
        return "\n".join(filter(None, [self.heading, self.body, self.advice and advice]))

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self.html()}

    def html(self) -> str:
        """Return the box; its colours suit light and dark pages."""
        body = (
            f'<pre style="margin: 4px 0; padding: 0; background: none; color: inherit">'
            f"{escape(self.body)}</pre>"
        )
        advice = f"<div>{escape(self.advice)}</div>"
        return (
            f'<div style="border-left: 5px solid rgb({self.colour});'
            f" background: rgba({self.colour}, 0.12); padding: 6px 12px; margin: 4px 0;"
            f' max-width: 60em"><b>{escape(self.heading)}</b>'
            f"{body if self.body else ''}{advice if self.advice else ''}</div>"
        )


def of_error(error: BaseException, trace: TracebackType | None, source: str) -> Result | None:
    """Return the result that an exception stands for, or None where Python's own words are best.

    Args:
        error: what a cell raised.
        trace: its traceback, from the cell inwards.
        source: the text of the cell.
    """
    name = type(error).__name__
    if name in ("NotYet", "NotRun"):
        first, *rest = str(error).splitlines()
        hint = next((line.strip() for line in rest if line.startswith("  Hint: ")), "")
        body = "\n".join(line for line in rest if not line.startswith("  Hint: "))
        is_wrong = name == "NotYet"
        return Result(AMBER if is_wrong else GREY, first, body, hint, is_wrong)
    if isinstance(error, NotImplementedError) and not error.args:
        todo = f"Write it in its cell instead of raise NotImplementedError, {AGAIN}"
        return Result(AMBER, f"Not written yet: {_innermost(trace)}", "", todo)
    if isinstance(error, NameError) and WORTH.match(source) and trace and trace.tb_next is None:
        todo = "Run the cells above from the top, then this one again."
        return Result(AMBER, f"Not there yet: {error.name}", "", todo)
    return None


def of_check(source: str, error: BaseException | None) -> Result | None:
    """Return the result of a check that passed, or that ended in an error of Python's."""
    worth = WORTH.match(source)
    if not worth:
        return None
    if error is None:
        hidden = HIDDEN.search(source.split("\n")[0])
        advice = f"Grading also tries what is hidden: {hidden[1]}" if hidden else ""
        return Result(GREEN, f"Passed: {worth[1]}.", "", advice)
    if isinstance(error, KeyboardInterrupt):
        return None
    todo = "The arrow (---->) nearest to the last line shows where. Mend it, "
    heading, is_written = f"Not yet: {type(error).__name__}", type(error) is not NotImplementedError
    return Result(AMBER, heading, "", todo + AGAIN, is_wrong=is_written)


def with_name(
    result: Result, source: str, error: BaseException, trace: TracebackType | None
) -> Result:
    """Add to what a check came to the known mistake that comes to the same; arguments as above."""
    found = names.of_failure(source, error, trace)
    if not found:
        return result
    listed = "; or ".join(f"{one.name} ({one.symptom})" for one in found)
    body = "\n".join(filter(None, [result.body, f"  This looks like a known mistake: {listed}."]))
    advice = f"Hint: {found[0].hint}" if len(found) == 1 else result.advice
    return replace(result, body=body, advice=advice)


def in_short(result: Result, source: str) -> str:
    """Return the line of error that stands below a box."""
    worth = WORTH.match(source)
    if not worth or result.colour != AMBER:
        return result.heading
    return f"{result.heading.split(':')[0]}: 0 of {worth[1]}."


def watch(*kinds: type[Exception]) -> None:
    """Show results in this kernel, those of these exceptions too. Where there is none: nothing."""
    interactive = sys.modules.get("IPython")
    shell = interactive.get_ipython() if interactive else None
    if getattr(shell, "kernel", None) is not None:
        _Watch(shell, kinds)


class _Watch:
    """Stands in a kernel and shows a result where a cell has one."""

    def __init__(self, shell: Any, kinds: tuple[type[Exception], ...]) -> None:
        self.shell, self.source, self.shown = shell, "", False
        self.failures: Counter[str] = Counter()  # wrong answers to each check since it passed last
        shell.events.register("pre_run_cell", self.begin)
        shell.events.register("post_run_cell", self.end)
        shell.set_custom_exc((*kinds, NotImplementedError, NameError), self.fail)

    def begin(self, info: Any) -> None:
        self.source, self.shown = info.raw_cell or "", False

    def fail(self, shell: Any, kind: Any, error: Any, trace: Any, tb_offset: Any = None) -> None:
        """Show an exception of the course: the box, and the error that it is."""
        # The first frame is IPython's own.
        result = of_error(error, trace.tb_next, self.source)
        if result is not None:
            result = self.again(result, error, trace.tb_next)
            self.shown = True
            lines = str(result).splitlines()
            if self.has_boxes():
                self.show(result)
                lines = [in_short(result, self.source)]
            error._render_traceback_ = lambda: lines
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)

    def end(self, done: Any) -> None:
        """Show what became of a check that said nothing of it yet."""
        error = done.error_before_exec or done.error_in_exec
        result = of_check(self.source, error)
        if error is None:
            self.failures.pop(self.source, None)
        if result is not None and not self.shown:
            if error is not None and error.__traceback__ is not None:
                result = self.again(result, error, error.__traceback__.tb_next)
            self.show(result)

    def again(self, result: Result, error: BaseException, trace: TracebackType | None) -> Result:
        """Count a wrong answer; return its result, with the mistake's name from the second on."""
        if not WORTH.match(self.source) or not result.is_wrong:
            return result
        self.failures[self.source] += 1
        known = self.failures[self.source] > 1
        return with_name(result, self.source, error, trace) if known else result

    def has_boxes(self) -> bool:
        """Tell whether somebody looks on: a front end says which cell it runs."""
        return "cellId" in self.shell.get_parent().get("metadata", {})

    def show(self, result: Result) -> None:
        from IPython.display import display

        display(result)


def _innermost(trace: TracebackType | None) -> str:
    """Return the name of the function that raised."""
    name = "this cell"
    while trace is not None:
        name = trace.tb_frame.f_code.co_name
        trace = trace.tb_next
    return name if name.isidentifier() else "this cell"
