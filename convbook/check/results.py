"""What a check came to, in words: that it passed, or what an exception of it stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from types import TracebackType

from convbook.check import names

# The first line of every check: what it is worth, and what grading adds to what is shown.
WORTH = re.compile(r"# ([\d.]+ points?)\. ")
HIDDEN = re.compile(r"Hidden: (.*)")
GREEN, AMBER, GREY = "46, 125, 50", "230, 126, 0", "120, 120, 120"
AGAIN = "run that cell, then this one again."


@dataclass(frozen=True)
class Result:
    """A heading, what differs, and what to do.

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


def _innermost(trace: TracebackType | None) -> str:
    """Return the name of the function that raised."""
    name = "this cell"
    while trace is not None:
        name = trace.tb_frame.f_code.co_name
        trace = trace.tb_next
    return name if name.isidentifier() else "this cell"
