"""What is said of a failed check: all of it to the instructor, and to the student what is public.

A hidden call hands its arguments to code that the student wrote. Whatever that code decides may
hold them: the text, the notes and the causes of an exception, the name of its class or of a
function, the class of an answer. None of it is told. What is told of a hidden part is

- what the check's author says: what was called, and in words of a short list how the answer differs
  (`convbook.check.compare`, without `exact`);
- of an exception the nearest built-in class, and the line of the student's own source at which it
  came about, if that is a line of a cell that was handed in. Class and line are one of some
  thousands: less than the sizes of the one call that failed, which the check's author tells anyway.

The shown part of a check is told whole: it runs before any hidden call has been made, so that the
student's process knows nothing yet. That order is `grading.grade`'s.
"""

from __future__ import annotations

import sys
from typing import Any

from autograder.shown import one_line, plain

from . import packing
from .errors import LINE_CHARS, MissingName, NotPlain, StudentError, StudentGone
from .limits import Limits

Judged = tuple[str, str, str, list[str]]  # status, message, name of error, traceback
HINT = "  Hint: "  # how the line of a hint begins
NOT_WHOLE = "Its text is not shown; other sizes than the shown ones may bring it about."
FORM = "the check cannot use the answer: is it of the form that the exercise asks for?"
DIFFERS = "Not yet: the answer is not what the hidden part of the check expects."
NOT_PLAIN = (
    "an object came back where plain data is needed"
    " (numbers, text, NumPy arrays, or lists, tuples and dicts of them)"
)
NOT_RUN = "a part of this check cannot run on this machine"


def whole(error: BaseException, limits: Limits) -> Judged:
    """Turn the exception that ended a check into a status, a message and a traceback.

    The traceback never holds a line of the check: it shows the student's own frames, or nothing.
    """
    name = type(error).__name__
    if isinstance(error, StudentGone):
        status, message = _gone(error, limits)
        name = "TimeoutError" if status == "timeout" else "StudentProcessEnded"
        return status, message, name, [message]
    if isinstance(error, StudentError):
        return _raised(error, limits)
    if isinstance(error, MissingName):
        message = _missing(error)
        return "missing", message, "NameError", [message]
    text = plain(error, limits.verdict_chars)
    if isinstance(error, _of_checks("NotRun")):
        return "not-run", text, name, [text]
    if isinstance(error, (*_of_checks("NotYet"), NotPlain)):
        return "fail", text, name, [text]
    text = f"{name}: {text}" if text else name
    return "fail", text, name, [text]


def told(error: BaseException, limits: Limits) -> str:
    """Return what a student is told where a hidden part ended in this exception."""
    if isinstance(error, StudentGone):
        return _gone(error, limits)[1]
    if isinstance(error, StudentError):
        return _told_of_raised(error, limits)
    if isinstance(error, MissingName):
        return _missing(error)
    if isinstance(error, NotPlain):
        return NOT_PLAIN
    if isinstance(error, _of_checks("NotRun")):
        return NOT_RUN
    if isinstance(error, _of_checks("NotYet")):
        return plain(getattr(error, "outline", "") or DIFFERS, limits.verdict_chars)
    return f"{_built_in(error)}: {FORM}"


def one_hint(text: str, said: str) -> str:
    """Leave out a hint where what is added has one: that of a known mistake fits what failed."""
    if HINT not in said:
        return text
    return "\n".join(line for line in text.split("\n") if not line.startswith(HINT))


def at_line(place: Any, cells: list[str]) -> str:
    """Say at which line of a student's cells an exception came about, or return ''.

    Args:
        place: the line's number in its cell and its text, as the student's process says.
        cells: the cells that have run. The line must be one of theirs.
    """
    match place:
        case [int(number), str(text)] if number > 0:
            found = (line for cell in cells for line in cell.split("\n")[number - 1 : number])
            if any(one_line(line, LINE_CHARS) == text for line in found):
                return f"\n  At line {number} of its cell: {text}"
    return ""


def ended(how: str) -> str:
    """Return how a student's process ended, without the number that its code has chosen."""
    return how.partition(" with exit code")[0]


def _of_checks(name: str) -> tuple[type[BaseException], ...]:
    """Return an exception of the course's checks, where a check has loaded them."""
    known = getattr(sys.modules.get("convbook.check"), name, None)
    return (known,) if known else ()


def _built_in(error: BaseException) -> str:
    """Return the name of the nearest class that is Python's own."""
    kinds = (kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins")
    return next(kinds)


def _missing(error: MissingName) -> str:
    return (
        f"{error} is not defined: the notebook has no top-level function or variable of that "
        "name (was its cell deleted, renamed, or did it stop with an error?)"
    )


def _gone(error: StudentGone, limits: Limits) -> tuple[str, str]:
    what = error.function or "the submitted code"
    if error.reason == "late" and error.whole:
        return "timeout", f"{what} was stopped: the check took more than {limits.check_seconds:g} s"
    if error.reason == "late":
        return "timeout", f"{what} gave no answer within {error.seconds:g} s and was stopped"
    if error.reason == "again":
        return "timeout", f"{what} was not called: such a call gave no answer before"
    if error.reason == "ended":
        return "error", f"{what} ended the notebook's process instead of giving an answer"
    return "error", f"{what} gave no proper answer ({error.reason})"


def _raised(error: StudentError, limits: Limits) -> Judged:
    if isinstance(error, NotImplementedError):
        message = f"{error.function} is not written yet (NotImplementedError)"
        return "missing", message, "NotImplementedError", [message]
    hint = limits.hint(error.kind, error.text)
    text = f"{error.text} [{hint}]" if hint else error.text
    place = ", ".join(
        part for part in (error.function and f"in {error.function}", error.where) if part
    )
    message = f"{error.kind}: {text}" + (f" ({place})" if place else "")
    message = plain(message, limits.verdict_chars)
    return "error", message, error.kind, [*error.frames, message]


def _told_of_raised(error: StudentError, limits: Limits) -> str:
    what = error.asked or "the submitted code"
    if isinstance(error, NotImplementedError):
        return f"{what} is not written yet (NotImplementedError)"
    if error.text in packing.TOO_LARGE:
        return f"{what} gave an answer that is too large: {error.text}"
    hint = limits.hint(error.kind, error.text)
    met = f" [{hint}]" if hint else ""
    return f"{_built_in(error)} in a hidden call of {what}{met}. {NOT_WHOLE}"
