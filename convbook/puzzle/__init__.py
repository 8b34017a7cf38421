"""Break the grader: wrong functions that pass what a check shows, and a judge of where they differ.

In come the number of such a function and an input; out comes a sentence that says whether it
differs there from the course's own layer, where, and how small the input is. What is wrong is
sealed, so that nobody reads it by chance. It is no secret: who wants to open it can.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from convbook.puzzle import inputs, judge, opened
from convbook.puzzle.games import GAMES, Wrong

NONE = "The functions are not here: there is nothing to compare."  # as while grading


def puzzle(lesson: str) -> Puzzle:
    """Return the three wrong functions of a lesson.

    Args:
        lesson: its number, as in "03".

    Raises:
        ValueError: the lesson has none.
    """
    if lesson not in GAMES:
        raise ValueError(f"no wrong functions for {lesson!r}; there are some for {_list(GAMES)}")
    return Puzzle(lesson)


class Puzzle:
    """The wrong functions of one lesson. puzzle[1] has those of the first, to be called."""

    def __init__(self, lesson: str) -> None:
        self.lesson = lesson
        self._wrong = dict(enumerate(GAMES[lesson], start=1))
        self._made = dict(enumerate(opened.functions(lesson), start=1))
        self._best: dict[int, int] = {}

    def __getitem__(self, k: int) -> SimpleNamespace:
        """Return the functions of a number: puzzle[1].conv_backward(dout, cache)."""
        return SimpleNamespace(**self._made[k])

    def __repr__(self) -> str:
        if not self._made:
            return NONE
        lines = [f"{k}: {self._call(k)}   record: {_count(w.record)}" for k, w in self._all()]
        passed = f"{_list(self._made)} pass what lesson {self.lesson} shows, and are wrong."
        return "\n".join([passed, *lines])

    def found(self, k: int, *arguments: Any, dout: Any = None, **named: Any) -> None:
        """Say whether wrong function k differs from the right one on an input, and how small it is.

        Args:
            k: which of the three.
            arguments, named: those of the function that is called first.
            dout: where a backward function follows, the gradient that it gets, with its own cache.
        """
        if not self._made:
            print(NONE)
        elif k not in self._wrong:
            print(f"There are {_list(self._wrong)}: found(1, ...) asks about the first.")
        else:
            print(self._said(k, arguments, named, dout))

    def _said(self, k: int, arguments: tuple[Any, ...], named: dict[str, Any], dout: Any) -> str:
        wrong, made = self._wrong[k], self._made[k]
        if not wrong.backward and dout is not None:
            named, dout = named | {"dout": dout}, None
        try:
            given = inputs.bound(wrong, made[wrong.forward], arguments, named, dout)
        except inputs.NoInput as problem:
            return f"{problem}\nTo ask: {self._call(k)}"
        where = judge.difference(wrong, made, given)
        if where.is_no_answer:
            return where.text
        if not where.text:
            return f"{k} is right there, on {_count(given.size)}."
        return f"{k} is wrong there: {where.text}\n{self._size(k, given.size)}"

    def _size(self, k: int, size: int) -> str:
        """Return a sentence about an input's size, beside the record and the best one so far."""
        record, before = self._wrong[k].record, self._best.get(k)
        self._best[k] = min(size, before or size)
        said = f"Your input has {_count(size)}"
        if size < record:
            return f"{said}: smaller than any known, {_count(record)}."
        if size == record:
            return f"{said}: none smaller is known."
        best = f"; your smallest has {_count(before)}" if before and before < size else ""
        return f"{said}, the smallest known {record}{best}."

    def _call(self, k: int) -> str:
        return f"found({k}, {self._wrong[k].arguments})"

    def _all(self) -> list[tuple[int, Wrong]]:
        return list(self._wrong.items())


def _count(numbers: int) -> str:
    return f"{numbers} number{'' if numbers == 1 else 's'}"


def _list(names: Any) -> str:
    *most, last = map(str, names)
    return f"{', '.join(most)} and {last}"
