"""What a prediction asks for: numbers, a row of them, a choice, a box on a picture, a curve.

A line of a lesson says it, `kind | label | truth | how near is right`:

    number | over 32 x 32 | 3072
    number | how many times faster | 10 | within a factor of 3
    shape | of `w` | 10, 3, 5, 5
    choice | the size then is | larger | * the same | smaller
    box | what `V[2, 3, 1]` sees | grid 11 x 11 | 4:9, 6:11
    curve | the running mean | batches 0 .. 40 | mean 0 .. 2 | 0 0, 10 1.3, 20 1.76, 40 1.97

The last two are in `pictures`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from convbook.guess import numbers
from convbook.guess.numbers import Refused
from convbook.guess.pictures import Box, Curve

ROUNDED = 0.005  # how far off a number with decimals may be: somebody has rounded it


class Part(Protocol):
    """One thing that is asked.

    Attributes:
        label: what it is called, a few words; code stands between backticks.
    """

    @property
    def label(self) -> str: ...

    def asked(self) -> dict[str, Any]:
        """Return what a page shows of it before there is a guess. The truth is not in it."""

    def read(self, typed: object) -> Any:
        """Return the guess that the page sent, or raise Refused with a sentence."""

    def is_right(self, guess: Any) -> bool:
        """Tell whether a guess counts as right."""

    def said(self, guess: Any) -> str:
        """Return a guess in words."""

    def told(self) -> str:
        """Return the truth in words."""

    def far(self, guess: Any) -> str:
        """Say how far apart the two are, or return ''."""

    def picture(self, guess: Any) -> str:
        """Return the guess and the truth as SVG, or ''."""


class _Typed:
    """What is typed or chosen, of which there is no picture."""

    def picture(self, guess: Any) -> str:
        return ""


@dataclass(frozen=True)
class Number(_Typed):
    """A single number.

    Attributes:
        label: what it is called.
        truth: the right one.
        within: how far off is right, as a part of it.
        factor: or by what factor, where that is more.
    """

    label: str
    truth: float
    within: float = 0.0
    factor: float = 1.0

    def asked(self) -> dict[str, Any]:
        return {"kind": "number", "label": self.label}

    def read(self, typed: object) -> float:
        return numbers.number(typed)

    def is_right(self, guess: float) -> bool:
        if self.factor > 1 and self.truth:
            return 1 / self.factor <= guess / self.truth <= self.factor
        return abs(guess - self.truth) <= self.within * abs(self.truth) + 1e-12

    def said(self, guess: float) -> str:
        return numbers.shown(guess)

    def told(self) -> str:
        about = "about " if self.within > ROUNDED or self.factor > 1 else ""
        return about + numbers.shown(self.truth)

    def far(self, guess: float) -> str:
        return "" if self.is_right(guess) else numbers.distance(guess, self.truth)


@dataclass(frozen=True)
class Row(_Typed):
    """Some numbers whose order counts: a shape, or a row of values."""

    label: str
    truth: tuple[float, ...]
    kind: str = "row"

    def asked(self) -> dict[str, Any]:
        return {"kind": self.kind, "label": self.label}

    def read(self, typed: object) -> list[float]:
        return numbers.row(typed)

    def is_right(self, guess: Sequence[float]) -> bool:
        return len(guess) == len(self.truth) and not self._wrong(guess)

    def said(self, guess: Sequence[float]) -> str:
        return self._text(guess)

    def told(self) -> str:
        return self._text(self.truth)

    def far(self, guess: Sequence[float]) -> str:
        if len(guess) != len(self.truth):
            return f"{len(guess)} in place of {len(self.truth)} numbers"
        wrong = self._wrong(guess)
        if not wrong:
            return ""
        if sorted(guess) == sorted(self.truth):
            return "the right numbers in another order"
        return f"{len(wrong)} of {len(self.truth)} numbers differ"

    def _wrong(self, guess: Sequence[float]) -> list[int]:
        pairs = enumerate(zip(guess, self.truth, strict=False))
        return [i for i, (a, b) in pairs if abs(a - b) > ROUNDED * abs(b) + 1e-9]

    def _text(self, values: Sequence[float]) -> str:
        return f"({numbers.listed(values)})" if self.kind == "shape" else numbers.listed(values)


@dataclass(frozen=True)
class Choice(_Typed):
    """One of some sentences.

    Attributes:
        label: what it is about.
        options: the sentences.
        right: the number of the right one, from 0.
    """

    label: str
    options: tuple[str, ...]
    right: int

    def asked(self) -> dict[str, Any]:
        return {"kind": "choice", "label": self.label, "options": list(self.options)}

    def read(self, typed: object) -> int:
        if type(typed) is not int or not 0 <= typed < len(self.options):
            raise Refused("Choose one.")
        return typed

    def is_right(self, guess: int) -> bool:
        return guess == self.right

    def said(self, guess: int) -> str:
        return self.options[guess]

    def told(self) -> str:
        return self.options[self.right]

    def far(self, guess: int) -> str:
        return ""


def part(line: str) -> Part:
    """Read one line of a lesson.

    Raises:
        ValueError: it cannot be understood; the text says what is wrong.
    """
    kind, *rest = [piece.strip() for piece in line.split(" | ")]
    if kind not in _KINDS or len(rest) < 2:
        raise ValueError(f"'{line}': write one of {', '.join(_KINDS)}, a label and the truth")
    try:
        return _KINDS[kind](*rest)
    except (TypeError, ValueError) as error:
        raise ValueError(f"'{line}': {error}") from None


def _number(label: str, truth: str, near: str = "") -> Part:
    value = numbers.number(truth)
    found = re.fullmatch(r"within (?:a factor of (\S+)|(\S+) %)", near)
    if near and not found:
        raise ValueError("write 'within 20 %' or 'within a factor of 3'")
    if found and found[1]:
        return Number(label, value, factor=float(found[1]))
    exact = value == int(value)
    return Number(label, value, float(found[2]) / 100 if found else 0.0 if exact else ROUNDED)


def _row(kind: str) -> Callable[[str, str], Part]:
    return lambda label, truth: Row(label, tuple(numbers.row(truth)), kind)


def _choice(label: str, *options: str) -> Part:
    marked = [i for i, option in enumerate(options) if option.startswith("* ")]
    if len(marked) != 1 or len(options) < 2:
        raise ValueError("give two options or more, and mark the right one with '* '")
    return Choice(label, tuple(o.removeprefix("* ") for o in options), marked[0])


_KINDS: dict[str, Callable[..., Part]] = {
    "number": _number,
    "row": _row("row"),
    "shape": _row("shape"),
    "choice": _choice,
    "box": Box.of,
    "curve": Curve.of,
}
