"""The exceptions of a check: what student code raised, and what it did not give."""

from __future__ import annotations

import builtins
from typing import Any

from autograder.shown import one_line

LINE_CHARS = 160  # of a source line in a message
TEXT_CHARS = 1000  # of a student's exception


class StudentError(Exception):
    """Student code raised an exception. The class raised is also the builtin of that name."""

    kind = "Exception"
    text = ""
    asked = ""  # what the check had asked for
    function = ""  # the student's function where it happened, if known
    where = ""  # ", line 7: <source line>"
    place: list[Any] | None = None  # the same as number and text
    called: tuple[str, tuple[Any, ...], dict[str, Any]] | None = None  # by the check, and how
    frames: list[str] = []  # noqa: RUF012 - replaced, never changed

    def __str__(self) -> str:
        return self.text


class NotPlain(TypeError):
    """A check needs plain data, but the student's function gave an object of its own."""


class MissingName(NameError):
    """The student's notebook does not define a name."""


class StudentGone(BaseException):
    """The student's process does not answer any more. Nothing in a check should catch this."""

    def __init__(
        self, function: str, reason: str, whole: bool = False, seconds: float = 0.0, kind: str = ""
    ) -> None:
        super().__init__(function)
        self.function = function
        self.reason = reason  # "late", "again", "ended", or what was wrong with the answer
        self.whole = whole  # late for the whole check, rather than for one call
        self.seconds = seconds  # that it was waited for
        self.kind = kind  # of the arguments


# Builtins whose constructors want more than a message stand in by their nearest plain parent.
_SPECIAL = (StopIteration, StopAsyncIteration, UnicodeDecodeError, UnicodeEncodeError,
            UnicodeTranslateError, BaseExceptionGroup)  # fmt: skip
_BUILTIN = {
    name: kind
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, Exception) and not issubclass(kind, _SPECIAL)
}
_classes: dict[tuple[str, type], type[StudentError]] = {}


def student_error(names: list[str], text: str, frames: list[Any]) -> StudentError:
    """Build the exception that a check sees when student code raised one."""
    base = next((_BUILTIN[name] for name in names if name in _BUILTIN), Exception)
    name = names[0] if names[0].isidentifier() else "Exception"
    key = (name[:60], base)
    if key not in _classes:
        bases = (StudentError,) if base is Exception else (StudentError, base)
        if len(_classes) > 1000:
            _classes.clear()
        _classes[key] = type(key[0], bases, {"kind": key[0]})
    error = _classes[key](one_line(text, TEXT_CHARS))
    error.text = one_line(text, TEXT_CHARS)
    _locate(error, frames)
    return error


def _locate(error: StudentError, frames: list[Any]) -> None:
    """Note where it happened: the last frame in one of the student's cells, else the last one."""
    known = [f for f in frames if type(f) is list and [type(x) for x in f] == [str, int, str, str]]
    error.frames = [
        f"  in {one_line(name, 60)}, line {number}: {one_line(line, LINE_CHARS)}"
        for _, number, name, line in known
    ]
    cells = [frame for frame in known if frame[0].startswith("<ipython-input")] or known
    if cells:
        _, number, name, line = cells[-1]
        error.function = name if name.isidentifier() else ""
        error.place = [number, one_line(line, LINE_CHARS)]
        error.where = f"line {number}: {error.place[1]}"
