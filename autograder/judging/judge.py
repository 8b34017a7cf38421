"""What hidden checks use: fresh random input, the reference solution, and a fair comparison.

    from autograder.judging import judge

    x = judge.rng().normal(size=(2, 3, 5, 7))
    judge.forward("conv_forward", conv_forward, x, w, b, stride=2)

Each call runs the student's function and the reference on equal input, and raises `NotYet` with
what differs. It also refuses a function that changes its arguments.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograder.judging import calls as written
from autograder.judging import diagnosis, shortcuts
from autograder.judging import instead as own
from autograder.judging.answers import agree, answer_to, call_of, lesson, parts, reference
from autograder.judging.calls import copied
from autograder.judging.difference import of as picture_of
from autograder.judging.outcomes import WATCH, Watch, to_the_end  # noqa: F401 - for checkers
from autograder.judging.shortcuts import derived, without  # noqa: F401 - for checks
from autograder.judging.state import begin, begin_check, state  # noqa: F401 - judge.begin
from autograder.mistakes.shortcuts import Shortcut
from convbook.check import not_yet
from convbook.check.compare import difference
from convbook.look import Calls
from convbook.look import of_failure as scene_of

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
    return written.describe(known, name, args, kwargs) if callable(known) else ""


def explain(
    check_id: str,
    error: BaseException,
    every: Callable[[], Watch],
    late: Callable[[], bool] = lambda: False,
) -> tuple[str, str] | None:
    """Name the known mistake that fails a check as it just failed, if there is one.

    Args:
        check_id: the check.
        error: what it ended in.
        every: runs it to its end, and returns what has watched its statements.
        late: tells whether there is no more time for a search.

    Returns:
        The mistake's name, and what to tell the student.
    """
    shortcut: Shortcut | None = getattr(error, "shortcut", None)
    if shortcut is not None:
        return shortcut.name, shortcut.text()
    if state.lesson is None:
        return None
    found = diagnosis.diagnose(state.lesson, check_id, every(), state.so_far, late)
    if found is None:
        return None
    known = state.so_far.named
    known += [mistake for mistake in found.mistakes if mistake not in known]
    return found.name, found.text


def calls() -> Calls:
    """Return what notes the calls of a check's shown part."""
    return Calls()


def picture(error: BaseException, hidden: bool, noted: Calls | None) -> dict[str, Any] | None:
    """Return what a feedback page may show of where an answer differs, as data.

    Args:
        error: what the check ended in.
        hidden: whether it may have been the check's hidden part.
        noted: the calls of the shown part.
    """
    found = picture_of(error, hidden)
    if found is not None and noted is not None and not hidden:
        found["scene"] = scene_of(error, noted)
    return found


def rng() -> np.random.Generator:
    """Return the generator of this check's hidden input."""
    return state.rng


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
    expected = answer_to(name, call)
    actual, changed = call_of(name, function, args, kwargs, call[0])
    agree(name, call, actual, expected, "result", hint, changed)


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
    expected = answer_to(name, call)[0]
    result, changed = call_of(name, function, args, kwargs, call[0])
    out = parts(name, result, returns)[0]
    agree(name, call, out, expected, "out", hint, changed)


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
    out, own_cache = answer_to(names[0], call)[:2]
    dout = rng().normal(size=out.shape)
    expected = reference(names[1])(dout.copy(), own_cache)
    forwarded, changed = call_of(names[0], functions[0], args, kwargs, call[0])
    if changed:
        raise changed
    cache = parts(names[0], forwarded, returns)[1]
    given = (dout, cache)
    actual, changed = call_of(names[1], functions[1], given, {}, copied(given))
    if len(results) == 1:
        actual, expected = (actual,), (expected,)
    elif not isinstance(actual, (tuple, list)) or len(actual) != len(results):
        problem = f"{names[1]} must return {len(results)} gradients: {', '.join(results)}."
        raise not_yet(problem, outline=problem)
    for result, yours, theirs in zip(results, actual, expected, strict=True):
        if only in ("", result):
            where = f"{result} of {names[1]}"
            agree(names[0], call, yours, theirs, where, hint, changed)


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
    helpers = own.helpers(lesson(), name, state.reference)
    shortcuts.no_loops(
        name, lambda: function(*args), lambda: ours(*(own_args or args)), function, helpers
    )


def refuses(
    error: type[Exception], name: str, function: Callable, *args: Any, **kwargs: Any
) -> None:
    """Check that a call raises an exception, as the exercise asks for what cannot be done."""
    call = written.describe(reference(name), name, args, kwargs)
    try:
        result = function(*args, **kwargs)
    except error:
        return
    except NotImplementedError:
        raise
    except Exception as other:
        problem = f"{call}: raised {type(other).__name__}, expected {error.__name__}."
        outline = f"{call}: raised another exception, expected {error.__name__}."
        raise not_yet(f"{problem}\n  Its text: {other}", "", None, error, outline) from None
    problem = f"{call}: returned {written.kind(result)}, expected {error.__name__}."
    outline = f"{call}: returned something, expected {error.__name__}."
    raise not_yet(problem, "", result, error, outline)


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
