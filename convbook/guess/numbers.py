"""Numbers as somebody types them: 3072, 120,000, 0.25, 75 %, 1/3, 5*5*3, 2^10, or some in a row."""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Sequence

LONGEST = 60  # characters of one number, and of a row for each of its numbers
MOST = 64  # numbers in a row
LARGEST = 1e18  # what a step of a calculation may come to
_STEPS: dict[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_THOUSANDS = re.compile(r"(?<![\d.])\d{1,3}(?:[,' _\u00a0\u202f]\d{3})+(?![\d])")


class Refused(ValueError):
    """What was typed cannot be understood; the text says what to type."""


def number(typed: object) -> float:
    """Return the number that a text says.

    Raises:
        Refused: it says none.
    """
    text = " ".join(str(typed)[: 2 * LONGEST].split())
    if not text:
        raise Refused("Type a number, such as 3072, 0.25 or 5*5*3.")
    try:
        value = _value(_plain(text)) if len(text) <= LONGEST else math.nan
    except (SyntaxError, ValueError, ArithmeticError, TypeError, RecursionError, MemoryError):
        value = math.nan
    if not math.isfinite(value):
        shown = text if len(text) <= 20 else f"{text[:20]}..."
        raise Refused(f"'{shown}' is not a number. Type one such as 3072, 0.25 or 5*5*3.")
    return value


def row(typed: object) -> list[float]:
    """Return the numbers that a text lists, with or without brackets.

    Raises:
        Refused: it lists none.
    """
    text = " ".join(str(typed)[: LONGEST * MOST].split()).strip("()[]{} ")
    parts = [part for part in re.split(r"[,;x\u00d7 ]+", text) if part]
    if not parts:
        raise Refused("Type the numbers in their order, such as 8, 3, 32, 32.")
    if len(parts) > MOST:
        raise Refused(f"These are more than {MOST} numbers.")
    return [number(part) for part in parts]


def shown(value: float) -> str:
    """Write a number as the lessons do: 120,000 and 0.0625."""
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:.4g}"


def listed(values: Sequence[float]) -> str:
    """Write some numbers in a row."""
    return ", ".join(shown(value).replace(",", "") for value in values)


def distance(guess: float, truth: float) -> str:
    """Say how far a guess lies from the truth, in words that begin in the middle of a sentence."""
    if guess == truth:
        return "exactly"
    if truth == 0 or guess == 0:
        return f"{shown(abs(guess - truth))} off"
    if guess * truth < 0:
        return "with the other sign"
    times = guess / truth
    if times >= 2 or times <= 0.5:
        factor = times if times > 1 else 1 / times
        return f"{shown(float(f'{factor:.2g}'))} times too {'high' if times > 1 else 'low'}"
    return f"{100 * abs(times - 1):.2g} % too {'high' if times > 1 else 'low'}"


def _plain(text: str) -> str:
    """Return a text as Python would write it."""
    text = _THOUSANDS.sub(lambda found: re.sub(r"\D", "", found[0]), text)
    text = text.replace("\u00b7", "*").replace("\u00d7", "*").replace("\u2212", "-")
    text = re.sub(r"(?<=[\d\s)])x(?=[\s\d(])", "*", text).replace("^", "**")
    return re.sub(r"\s*(?:%|per ?cent)$", " / 100", text)


def _value(text: str) -> float:
    return _of(ast.parse(text.strip(), mode="eval").body)


def _of(node: ast.expr) -> float:
    """Work out a calculation of numbers; nothing else is known here, no name and no call."""
    match node:
        case ast.Constant(value=int() | float() as value) if type(value) is not bool:
            return _bounded(value)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_of(operand)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _of(operand)
        case ast.BinOp(left=left, op=step, right=right) if type(step) in _STEPS:
            a, b = _of(left), _of(right)
            if type(step) is ast.Pow and abs(b) > 64:
                raise ValueError("too large")
            return _bounded(_STEPS[type(step)](a, b))
    raise ValueError("not a calculation")


def _bounded(value: float) -> float:
    if isinstance(value, complex) or not abs(value) <= LARGEST:
        raise ValueError("too large")
    return float(value)
