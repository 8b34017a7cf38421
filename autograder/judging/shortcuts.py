"""Notice answers that leave the exercise out: measured slopes, and loops where none are wanted."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.airlock.errors import StudentGone
from autograder.judging.instead import clock_of, in_place
from autograder.mistakes.shortcuts import ASKED, LOOPS, MEASURED, TOO_SLOW, Shortcut
from convbook.check import NotYet, not_yet

# Time here is the processor's, in the process that computes: whoever has to wait is not slow.
TRIES = 2  # with each
# The limit: no right version took more than a third of it, and no loop less than 2.9 times it.
SLOWER, SECONDS = 10, 0.2  # so many times the solution's time, and so much besides


@contextmanager
def derived(name: str) -> Iterator[None]:
    """Check within it a gradient where slopes cannot be measured; see `inputs.no_slope_conv`.

    What fails here alone has been measured: the checks before it have found the gradient right.

    Args:
        name: of the function that returns the gradient.
    """
    try:
        yield
    except NotYet as error:
        if getattr(error, "shortcut", None) is LOOPS:  # over all numbers, to measure each
            raise _noticed(TOO_SLOW, name) from None
        if not (_is_finite(error.actual) and _are_alike(error.actual, error.expected)):
            # something else is wrong
            raise
        raise _noticed(MEASURED, name) from None
    except StudentGone as gone:
        if gone.reason == "late":
            gone.shortcut = TOO_SLOW  # type: ignore[attr-defined]
        raise


def no_loops(
    name: str,
    call: Callable[[], Any],
    ours: Callable[[], Any],
    function: Any,
    helpers: dict[str, Callable[..., Any]],
) -> None:
    """Check that a function computes no longer than what goes through whole arrays.

    It may call functions of other exercises, which may be slow: the solution's stand for them.

    Args:
        name: of the function.
        call, ours: make one and the same call, of the student's function and of the solution's.
        function: the student's.
        helpers: the solution's functions that it may call.

    Raises:
        NotYet: it was far slower each time.
    """
    clock = clock_of(function)
    limit = SECONDS + SLOWER * min(_seconds(ours, time.thread_time) for _ in range(TRIES))
    if _is_ever_below(limit, call, clock):
        return
    try:
        with in_place(function, helpers):
            if _is_ever_below(limit, call, clock):
                return
    except Exception:  # the student's helpers are called in another way: nothing is shown
        return
    raise _noticed(LOOPS, name)


def _is_ever_below(limit: float, call: Callable[[], Any], clock: Callable[[], float]) -> bool:
    """Tell whether one of some calls takes less."""
    return any(_seconds(call, clock) < limit for _ in range(TRIES))


@contextmanager
def without(name: str, function: Any, other: str) -> Iterator[None]:
    """Check within it that a function does not get its answer from another one of the student's.

    Args:
        name: of the function.
        function: the student's.
        other: the name of the one that would have the answer.
    """
    called = []

    def noted(*_: Any, **__: Any) -> None:
        called.append(other)
        raise ValueError(f"{other} is not to be called here")

    try:
        with in_place(function, {other: noted}):
            yield
    except Exception:
        if not called:
            raise
    if called:
        raise _noticed(replace(ASKED, noticed=ASKED.noticed.format(other)), name)


def _seconds(call: Callable[[], Any], clock: Callable[[], float]) -> float:
    begun = clock()
    call()
    return clock() - begun


def _noticed(shortcut: Shortcut, name: str) -> NotYet:
    problem = f"{name}: {shortcut.noticed}"
    error = not_yet(problem, outline=problem)
    error.shortcut = shortcut  # type: ignore[attr-defined]
    return error


def _are_alike(answer: Any, expected: Any) -> bool:
    """Tell whether an answer has the form of what is expected."""
    if isinstance(expected, (tuple, list)) and isinstance(answer, (tuple, list)):
        return len(answer) == len(expected) and all(map(_are_alike, answer, expected))
    if isinstance(expected, dict) and isinstance(answer, dict):
        return set(answer) == set(expected) and all(
            _are_alike(value, expected[key]) for key, value in answer.items()
        )
    return np.shape(answer) == np.shape(expected)


def _is_finite(answer: Any) -> bool:
    if isinstance(answer, (tuple, list, dict)):
        parts = answer.values() if isinstance(answer, dict) else answer
        return all(map(_is_finite, parts))
    try:
        return bool(np.isfinite(answer).all())
    except (TypeError, ValueError):
        return False
