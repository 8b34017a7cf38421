"""What hidden checks use: fresh random input, the reference solution, and a fair comparison.

    from autograder.judging import judge

    x = judge.rng().normal(size=(2, 3, 5, 7))
    judge.forward("conv_forward", conv_forward, x, w, b, stride=2)

Each call runs the student's function and the reference on equal input, and raises `NotYet` with
what differs. It also refuses a function that changes its arguments.
"""

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from autograder import course
from autograder.judging import calls, diagnosis, shortcuts, sizes
from autograder.judging import instead as own
from autograder.judging.calls import copied
from autograder.judging.difference import of as picture_of
from autograder.judging.shortcuts import derived, without  # noqa: F401 - for checks
from autograder.judging.state import begin, begin_check, state  # noqa: F401 - judge.begin
from autograder.mistakes.shortcuts import Shortcut
from convbook.check import NotYet, not_yet
from convbook.check.compare import difference, wrong_shape

# What a forward function returns, unless its exercise asks for more.
PAIR = ("out", "cache")


def passed(check_id: str) -> None:
    """Note that a check was passed: no mistake that fails it can explain what fails after it."""
    state.so_far.passed.add(check_id)


def failed(check_id: str) -> None:
    """Note that a check failed: what needs its function is judged with the lesson's own."""
    if state.lesson is not None:
        state.so_far.failed |= {c.exercise for c in state.lesson.checks if c.id == check_id}


def instead(check_id: str) -> Iterator[dict[str, Callable[..., Any]]]:
    """Give the lesson's own functions to try in place of those that failed before."""
    if state.lesson is not None and state.reference is not None:
        failed = state.so_far.failed
        yield from own.functions(state.lesson, check_id, failed, state.reference)


def call(error: BaseException) -> str:
    """Write the call of a student's function that raised, or return ''."""
    name, args, kwargs = getattr(error, "called", None) or ("", (), {})
    known = (state.reference or {}).get(name)
    return calls.describe(known, name, args, kwargs) if callable(known) else ""


def explain(check_id: str, error: BaseException) -> tuple[str, str] | None:
    """Name the known mistake that fails a check as it just failed, if there is one.

    Returns:
        The mistake's name, and what to tell the student.
    """
    shortcut: Shortcut | None = getattr(error, "shortcut", None)
    if shortcut is not None:
        return shortcut.name, shortcut.text()
    if state.lesson is None:
        return None
    found = diagnosis.diagnose(state.lesson, check_id, error, state.so_far)
    if found is None:
        return None
    known = state.so_far.named
    known += [mistake for mistake in found.mistakes if mistake not in known]
    return found.name, found.text


def picture(error: BaseException, hidden: bool) -> dict[str, Any] | None:
    """Return what a feedback page may show of where an answer differs, as data.

    Args:
        error: what the check ended in.
        hidden: whether it may have been the check's hidden part.
    """
    return picture_of(error, hidden)


def rng() -> np.random.Generator:
    """Return the generator of this check's hidden input."""
    return state.rng


def reference(name: str) -> Callable[..., Any]:
    """Return a function of the lesson's solution.

    In an instructor's JupyterLab, where nothing is being graded, the lesson is the one whose folder
    the notebook lies in.
    """
    if state.reference is None:
        state.reference = _lesson().reference()
    return state.reference[name]


def _lesson() -> course.Lesson:
    return state.lesson or course.lessons()[Path.cwd().name]


def value(name: str, function: Callable, *args: Any, hint: str = "", **kwargs: Any) -> None:
    """Check that a function returns what the reference does.

    Args:
        name: of the function, in the solution.
        function: the student's.
        *args, **kwargs: what both are called with.
        hint: one sentence to show below a difference.

    Raises:
        NotYet: the results differ, or an argument was changed.
    """
    call = copied(args), copied(kwargs)
    expected = reference(name)(*copied(args), **copied(kwargs))
    actual, changed = _call(name, function, args, kwargs, call[0])
    _agree(name, call, actual, expected, "result", hint, changed)


def forward(
    name: str,
    function: Callable,
    *args: Any,
    returns: tuple[str, ...] = PAIR,
    hint: str = "",
    **kwargs: Any,
) -> None:
    """Check the output of a forward function, which returns the pair (out, cache), or more.

    The cache belongs to the student: it is not looked at. Nor is what comes after it; but as many
    things must be returned as `returns` has names. The other arguments are those of `value`.
    """
    call = copied(args), copied(kwargs)
    expected = reference(name)(*copied(args), **copied(kwargs))[0]
    result, changed = _call(name, function, args, kwargs, call[0])
    out = _parts(name, result, returns)[0]
    _agree(name, call, out, expected, "out", hint, changed)


def backward(
    names: tuple[str, str],
    functions: tuple[Callable, Callable],
    *args: Any,
    results: tuple[str, ...] = ("dx",),
    returns: tuple[str, ...] = PAIR,
    only: str = "",
    hint: str = "",
    **kwargs: Any,
) -> None:
    """Check a backward function, handed the cache of the student's own forward function.

    Args:
        names: of the forward and the backward function, in the solution.
        functions: the student's two.
        *args, **kwargs: what the forward functions are called with.
        results: what backward returns: the name of its one gradient, or of each in the tuple.
        returns: what forward returns; out comes first and the cache second.
        only: the one of the results that is looked at; '' means all.
        hint: one sentence to show below a difference.

    Raises:
        NotYet: a gradient differs, or dout was changed.
    """
    call = copied(args), copied(kwargs)
    forward_reference, backward_reference = map(reference, names)
    out, own_cache = forward_reference(*copied(args), **copied(kwargs))[:2]
    dout = rng().normal(size=out.shape)
    expected = backward_reference(dout.copy(), own_cache)
    forwarded, changed = _call(names[0], functions[0], args, kwargs, call[0])
    if changed:
        raise changed
    cache = _parts(names[0], forwarded, returns)[1]
    given = (dout, cache)
    actual, changed = _call(names[1], functions[1], given, {}, copied(given))
    if len(results) == 1:
        actual, expected = (actual,), (expected,)
    elif not isinstance(actual, (tuple, list)) or len(actual) != len(results):
        problem = f"{names[1]} must return {len(results)} gradients: {', '.join(results)}."
        raise not_yet(problem, outline=problem)
    for result, yours, theirs in zip(results, actual, expected, strict=True):
        if only in ("", result):
            where = f"{result} of {names[1]}"
            _agree(names[0], call, yours, theirs, where, hint, changed)


def no_loops(name: str, function: Callable, args: tuple, own_args: tuple | None = None) -> None:
    """Check that a function goes through whole arrays, by how long it takes beside the solution.

    Args:
        name: of the function, in the solution.
        function: the student's.
        args: what it is called with: large arrays.
        own_args: what the solution is called with, where that differs by the cache.

    Raises:
        NotYet: it is slower by far, also with the solution's functions of other exercises.
    """
    ours = reference(name)
    assert state.reference is not None
    helpers = own.helpers(_lesson(), name, state.reference)
    shortcuts.no_loops(
        name, lambda: function(*args), lambda: ours(*(own_args or args)), function, helpers
    )


def refuses(
    error: type[Exception], name: str, function: Callable, *args: Any, **kwargs: Any
) -> None:
    """Check that a call raises an exception, as the exercise asks for what cannot be done."""
    call = calls.describe(reference(name), name, args, kwargs)
    try:
        result = function(*args, **kwargs)
    except error:
        return
    problem = f"{call}: returned {calls.kind(result)}, expected {error.__name__}."
    outline = f"{call}: returned something, expected {error.__name__}."
    raise not_yet(problem, actual=result, outline=outline)


def choices(name: str, answers: list[Any], truths: list[Any]) -> None:
    """Check choices out of a few words. Only how many are right is told, never which.

    Who may hand in more than once would else be told the answers one by one.

    Args:
        name: what is chosen, for the message.
        answers: the student's.
        truths: what they should be.

    Raises:
        NotYet: some are wrong.
    """
    pairs = zip(answers, truths, strict=True)
    right = sum(difference(answer, truth, "", rtol=0, atol=0) is None for answer, truth in pairs)
    if right < len(truths):
        problem = f"{name}: {right} of {len(truths)} are right. Which, is not told."
        raise not_yet(problem, "", answers, truths, problem)


def is_choice(check_id: str) -> bool:
    """Tell whether a check is about choices: a known mistake would name the wrong one."""
    checks = state.lesson.checks if state.lesson else ()
    return any(c.id == check_id and "judge.choices(" in c.source for c in checks)


def _call(
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


def _parts(name: str, result: Any, returns: tuple[str, ...]) -> tuple[Any, ...]:
    if isinstance(result, (tuple, list)) and len(result) == len(returns):
        return tuple(result)
    count = {2: "two", 3: "three"}.get(len(returns), str(len(returns)))
    listed = f"{', '.join(returns[:-1])} and {returns[-1]}"
    got = f"{len(result)}" if isinstance(result, (tuple, list)) else calls.kind(result)
    problem = f"{name} must return {count} things, {listed}"
    raise not_yet(f"{problem}, not {got}.", outline=f"{problem}.")


def _agree(
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
            bound = inspect.signature(reference(name)).bind(*args, **kwargs)
            bound.apply_defaults()
            formula = sizes.formula(bound.arguments, np.shape(actual), expected.shape)
            outline = f"{wrong_shape(actual, expected, result, exact=False)}{formula}"
            problem += formula
    if changed and not problem:
        raise changed
    problem = problem or difference(actual, expected, result)
    if problem:
        outline = outline or difference(actual, expected, result, exact=False)
        what = calls.describe(reference(name), name, args, kwargs)
        raise not_yet(f"{what}:\n  {problem}", hint, actual, expected, f"{what}:\n  {outline}")
