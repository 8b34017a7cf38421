"""Compare an answer with what it should be, and say what differs and where.

Every check cell of the course uses `same`, `raises` or `gradient`. Each either prints one line that
says what agreed, or raises `NotYet` with three to six lines that say what did not.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from convbook.check.compare import ATOL, RTOL, describe, difference, short, wrong_form

# Central differences err by h**2 in the third derivative and by 1e-16/h in rounding.
STEP = 1e-5
# Up to this many numbers, every partial derivative is measured; above it, random directions.
MEASURE_ALL_UP_TO = 300
DIRECTIONS = 8


class NotYet(AssertionError):
    """An answer that is not right yet. Front ends show its text alone, without a traceback.

    Attributes:
        actual: the answer, where there is one; the grader looks for what explains it.
        expected: what it was compared with, or the exception that should have been raised.
        outline: the text without what the answer could spell out; '' where nothing is known to be
            safe. It is what the grader tells of a hidden call.
    """

    actual: Any = None
    expected: Any = None
    outline: str = ""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


class NotRun(Exception):
    """A check that this machine cannot run, for want of a compiler or a GPU. Never a pass."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


def same(
    actual: Any,
    expected: Any,
    name: str = "out",
    hint: str = "",
    rtol: float = RTOL,
    atol: float = ATOL,
) -> None:
    """Check that an answer equals what is expected: shape, kind of number, finiteness, values.

    Args:
        actual: the answer: an array, number, string, or a list, tuple or dict of these.
        expected: what it should be, in the same form. Write 1.0 where a float is meant.
        name: what the answer is called in messages.
        hint: one sentence to show below the difference.
        rtol: allowed difference as a part of the expected value.
        atol: allowed difference besides, in the unit of the values.

    Raises:
        NotYet: the answer differs.
    """
    problem = difference(actual, expected, name, rtol, atol)
    if problem:
        outline = difference(actual, expected, name, rtol, atol, exact=False) or ""
        about_values = hint if " has dtype " not in problem else ""
        raise not_yet(problem, about_values, actual, expected, outline)
    print(f"{name}: {describe(expected)} as expected.")


def raises(error: type[Exception], call: Callable[[], Any], name: str, hint: str = "") -> None:
    """Check that a call refuses its arguments with the right exception.

    Args:
        error: the exception expected, for example ValueError.
        call: a function without arguments that makes the call.
        name: the call as the reader would write it, for messages.
        hint: one sentence to show below.

    Raises:
        NotYet: the call returned, or raised something else.
    """
    try:
        value = call()
    except error:
        print(f"{name}: raises {error.__name__} as expected.")
        return
    except NotImplementedError:
        raise
    except Exception as other:
        problem = f"{name} raised {type(other).__name__}, expected {error.__name__}."
        problem += f"\n  Its text: {str(other).splitlines()[0]}" if str(other).strip() else ""
        outline = f"{name} raised another exception, expected {error.__name__}."
        raise not_yet(problem, hint, None, error, outline) from None
    problem = f"{name} returned {short(value)}, expected {error.__name__} to be raised."
    outline = f"{name} returned something, expected {error.__name__} to be raised."
    raise not_yet(problem, hint, value, error, outline)


def gradient(
    f: Callable[[np.ndarray], Any],
    x: np.ndarray,
    dx: Any,
    dout: Any = 1.0,
    name: str = "dx",
    hint: str = "",
) -> None:
    """Check a gradient against central differences of the function itself.

    The loss is L = sum(f(x) * dout). A small x is measured number by number; a large one along
    random directions v, where (L(x + h v) - L(x - h v)) / 2h must equal sum(dx * v).

    Args:
        f: the function of x; returns a number or an array of the shape of dout.
        x: where the gradient is taken, any shape, float64.
        dx: the gradient to check, the shape of x.
        dout: gradient of the loss with respect to f(x).
        name: what the gradient is called in messages.
        hint: one sentence to show below the difference.

    Raises:
        NotYet: the gradient differs from the measured one.

    The check along random directions is the one of HIPS autograd's test suite.
    """
    x = np.array(x, dtype=np.float64)
    problem = wrong_form(dx, x, name)
    if problem:
        raise not_yet(problem, hint, dx, outline=wrong_form(dx, x, name, exact=False) or "")

    def loss(point: np.ndarray) -> float:
        return float(np.sum(np.asarray(f(point)) * dout))

    if x.size <= MEASURE_ALL_UP_TO:
        same(dx, measured_gradient(loss, x), name, hint)
        return
    rng = np.random.default_rng(x.size)
    for _ in range(DIRECTIONS):
        v = rng.normal(size=x.shape)
        numeric = (loss(x + STEP * v) - loss(x - STEP * v)) / (2 * STEP)
        analytic = float(np.sum(np.asarray(dx) * v))
        if abs(analytic - numeric) > RTOL * abs(numeric) + ATOL * np.linalg.norm(v):
            problem = (
                f"{name} is not the gradient. One step along a random direction changes the loss"
                f"\n  by {numeric:.8g} per unit; sum({name} * direction) says {analytic:.8g}."
            )
            raise not_yet(problem, hint, dx, outline=problem.partition(";")[0] + ".")
    print(f"{name}: agrees with the measured slope along {DIRECTIONS} random directions.")


def measured_gradient(loss: Callable[[np.ndarray], float], x: np.ndarray) -> np.ndarray:
    """Measure every partial derivative of a loss by a central difference.

    Args:
        loss: a function of x that returns a number.
        x: where to measure, any shape, float64.

    Returns:
        The gradient, the shape of x.
    """
    dx = np.empty_like(x)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i] += STEP
        down[i] -= STEP
        dx[i] = (loss(up) - loss(down)) / (2 * STEP)
    return dx


def not_yet(
    problem: str, hint: str = "", actual: Any = None, expected: Any = None, outline: str = ""
) -> NotYet:
    """Make the exception for a problem, with its hint below; see there for the arguments."""
    end = f"\n  Hint: {hint}" if hint else ""
    error = NotYet(f"Not yet: {problem}{end}")
    error.actual, error.expected = actual, expected
    error.outline = f"Not yet: {outline}{end}" if outline else ""
    return error
