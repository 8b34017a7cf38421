"""Call a student's function and the solution's alike, and say how their answers differ."""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from autograder import course
from autograder.judging import calls, circumstances, sizes
from autograder.judging.calls import copied
from autograder.judging.state import state
from convbook.check import NotYet, not_yet
from convbook.check.compare import difference, wrong_shape


def reference(name: str) -> Callable[..., Any]:
    """Return a function of the lesson's solution.

    In an instructor's JupyterLab, where nothing is being graded, the lesson is the one whose folder
    the notebook lies in.
    """
    if state.reference is None:
        state.reference = lesson().reference()
    return state.reference[name]


def lesson() -> course.Lesson:
    """Return the lesson whose checks run; see `reference`."""
    return state.lesson or course.lessons()[Path.cwd().name]


def answer_to(name: str, call: tuple[tuple, dict]) -> Any:
    """Call the reference; while a check is watched, note under which circumstances."""
    args, kwargs = call
    if state.circumstances is not None:
        state.circumstances = circumstances.of_call(_bound(name, args, kwargs))
    return reference(name)(*copied(args), **copied(kwargs))


def _bound(name: str, args: tuple, kwargs: dict) -> dict[str, Any]:
    """Return all arguments of a call of the reference by their names."""
    bound = inspect.signature(reference(name)).bind(*args, **kwargs)
    bound.apply_defaults()
    return bound.arguments


def call_of(
    name: str, function: Callable, args: tuple, kwargs: dict, before: tuple
) -> tuple[Any, NotYet | None]:
    """Call the student's function; return its result, and what to raise if an argument changed.

    before is a copy of the arguments.
    """
    result = function(*args, **kwargs)
    labels = calls.labels(reference(name), name, args)
    for label, old, new in zip(labels, before, args, strict=True):
        if label != "cache" and _is_plain(old) and difference(new, old, label, rtol=0, atol=0):
            problem = f"{name} changes its argument {label}."
            return result, not_yet(problem, "Work on a copy.", new, outline=problem)
    return result, None


def _is_plain(value: Any) -> bool:
    return isinstance(value, (np.ndarray, list, dict))


def parts(name: str, result: Any, returns: tuple[str, ...]) -> tuple[Any, ...]:
    if isinstance(result, (tuple, list)) and len(result) == len(returns):
        return tuple(result)
    count = {2: "two", 3: "three"}.get(len(returns), str(len(returns)))
    listed = f"{', '.join(returns[:-1])} and {returns[-1]}"
    got = f"{len(result)}" if isinstance(result, (tuple, list)) else calls.kind(result)
    problem = f"{name} must return {count} things, {listed}"
    raise not_yet(f"{problem}, not {got}.", outline=f"{problem}.")


def agree(
    name: str,
    call: tuple[tuple, dict],
    actual: Any,
    expected: Any,
    result: str,
    hint: str,
    changed: NotYet | None,
) -> None:
    """Look for what is wrong: the shape first, then a changed argument, then the values.

    The call is a copy of what it was: the student's code may have changed its arguments.
    """
    args, kwargs = call
    problem = outline = None
    if isinstance(expected, np.ndarray):
        problem = wrong_shape(actual, expected, result)
        if problem and np.shape(actual) != expected.shape:
            formula = sizes.formula(_bound(name, args, kwargs), np.shape(actual), expected.shape)
            outline = f"{wrong_shape(actual, expected, result, exact=False)}{formula}"
            problem += formula
    if changed and not problem:
        raise changed
    problem = problem or difference(actual, expected, result)
    if problem:
        outline = outline or difference(actual, expected, result, exact=False)
        what = calls.describe(reference(name), name, args, kwargs)
        raise not_yet(f"{what}:\n  {problem}", hint, actual, expected, f"{what}:\n  {outline}")
