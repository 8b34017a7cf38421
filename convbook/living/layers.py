"""The layers of the net, each computed by the student's own functions or by the course's.

A function of the notebook that runs is taken where it gives what the course's gives. One of an
earlier lesson is taken where its check passes, as in `convbook.earlier`; so it is tried here once
more only for its time and the shape of what it gives.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from convbook import earlier, layers
from convbook.living import trying

Function = Callable[..., Any]

SECONDS = 5.0  # for all layers of a kind, on one picture, one way
KINDS = ("CONV", "RELU", "POOL", "FC")

# Where each kind is taught: the lesson, the function forward and the one backward.
TAUGHT = {
    "CONV": (
        ("02_convolution", "conv_forward", ""),
        ("03_backprop", "conv_forward", "conv_backward"),
        ("04_im2col", "conv_forward_im2col", "conv_backward_im2col"),
    ),
    "RELU": (("03_backprop", "relu_forward", "relu_backward"),),
    "POOL": (("05_pooling", "max_pool_forward", "max_pool_backward"),),
    "FC": (("06_fully_connected", "affine_forward", "affine_backward"),),
}
# The course's pair for each kind, by name: while a lesson is graded, it is not there.
GIVEN = {
    "CONV": ("conv_forward", "conv_backward"),
    "RELU": ("relu_forward", "relu_backward"),
    "POOL": ("max_pool_forward", "max_pool_backward"),
    "FC": ("affine_forward", "affine_backward"),
}


@dataclass
class Maker:
    """Whoever computes one kind of layer.

    Attributes:
        forward, backward: the student's own, or None.
        problem: why an own one is not taken any more, a sentence, or ''.
        left: seconds that own functions still have for this picture, forward or backward.
        is_known: own functions have given what the course's give on a whole picture.
    """

    kind: str
    forward: Function | None = None
    backward: Function | None = None
    problem: str = ""
    left: float = SECONDS
    is_known: bool = False

    @property
    def whose(self) -> str:
        return "yours" if self.forward else "the course’s"

    def given(self, way: int) -> Function:
        return getattr(layers, GIVEN[self.kind][way])

    def drop(self, problem: str, backward_only: bool = False) -> None:
        """Go on with the course's functions, and remember why."""
        if not self.problem:
            self.problem = f"{problem}: the course’s takes its place."
        self.backward = None
        if not backward_only:
            self.forward = None

    def timed(self, function: Function, *args: Any, **how: Any) -> Any:
        """Call an own function, at the cost of the time that is left."""
        begun = time.perf_counter()
        try:
            return trying.call(function, max(self.left, 0.1), *args, **how)
        except trying.Unusable as problem:
            if "takes more than" in str(problem):
                name = getattr(function, "__name__", "function")
                raise trying.Unusable(f"Your {name} takes more than {SECONDS:.0f} s") from None
            raise
        finally:
            self.left -= time.perf_counter() - begun


class Layer:
    """One layer of the net: its kind, its parameters, and whoever computes it."""

    def __init__(self, maker: Maker, *params: np.ndarray, **how: Any) -> None:
        self.kind, self.maker, self.params, self.how = maker.kind, maker, params, how

    @property
    def whose(self) -> str:
        return self.maker.whose

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return the layer's output for x, and keep what backward needs."""
        self.x, self.own, self.cache = x, None, None
        maker = self.maker
        if maker.forward is None:
            return self._given(x)
        name = maker.forward.__name__
        expected = self._given(x) if not maker.is_known else None
        shape = self.shape(x.shape)
        try:
            result = maker.timed(maker.forward, x, *self.params, **self.how)
            if not isinstance(result, tuple) or len(result) != 2:
                raise trying.Unusable(f"Your {name} does not give a pair, out and cache")
            out = trying.array(result[0], shape, name)
            _alike(out, expected, name)
        except trying.Unusable as problem:
            maker.drop(str(problem))
            return self._given(x)
        self.own = result
        return out

    def backward(self, dout: np.ndarray) -> np.ndarray:
        """Return dx for dout; forward must have run."""
        maker = self.maker
        if maker.backward is None or self.own is None:
            return self._given_back(dout)
        name = maker.backward.__name__
        try:
            result = maker.timed(maker.backward, dout, self.own[1])
            dx = trying.array(_first(result), self.x.shape, name)
            _alike(dx, None if maker.is_known else self._given_back(dout), name)
        except trying.Unusable as problem:
            maker.drop(str(problem), backward_only=True)
            return self._given_back(dout)
        return dx

    def shape(self, x_shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape of the output: this net's convolutions keep the size, pools halve it."""
        N, C, H, W = (*x_shape, 1, 1)[:4]
        return {
            "CONV": lambda: (N, len(self.params[0]), H, W),
            "RELU": lambda: x_shape,
            "POOL": lambda: (N, C, H // 2, W // 2),
            "FC": lambda: (N, self.params[0].shape[1]),
        }[self.kind]()

    def _given(self, x: np.ndarray) -> np.ndarray:
        out, self.cache = self.maker.given(0)(x, *self.params, **self.how)
        return out

    def _given_back(self, dout: np.ndarray) -> np.ndarray:
        if self.cache is None:
            self._given(self.x)
        return _first(self.maker.given(1)(dout, self.cache))


def makers(functions: Iterable[Function]) -> dict[str, Maker]:
    """Return who computes each kind of layer: functions of the notebook that runs, or the course.

    Args:
        functions: known by their names.
    """
    here = {getattr(function, "__name__", ""): function for function in functions}
    known = {name for pairs in TAUGHT.values() for _, *pair in pairs for name in pair if name}
    if strange := sorted(set(here) - known):
        raise ValueError(
            f"{', '.join(strange) or 'a function without a name'} is no part of this net;"
            f" it is made of {', '.join(sorted(known))}"
        )
    return {kind: _of_here(kind, here) for kind in KINDS}


def _of_here(kind: str, here: dict[str, Function]) -> Maker:
    for _, forward, backward in reversed(TAUGHT[kind]):
        if forward in here:
            return Maker(kind, here[forward], here.get(backward))
    return Maker(kind)


def search(found: Maker, lesson: str, folder: Path) -> None:
    """Look for a kind's functions in the lessons before one, the last lesson first.

    It runs the checks of these lessons, which takes seconds, once.

    Args:
        found: who computes it; stays as it is where it has a function of the notebook that runs.
        lesson: the lesson that runs.
        folder: where the lessons' folders lie.
    """
    before = [taught for taught in reversed(TAUGHT[found.kind]) if taught[0] < lesson]
    if found.forward or found.problem:
        return
    reasons = []
    for source, forward, backward in before:
        functions = tuple(filter(None, (forward, backward)))
        own, reason = earlier.own(source, functions, folder)
        if own is not None:
            found.forward, found.backward = own[forward], own.get(backward)
            found.is_known = False
            return
        reasons.append(reason)
    if reasons:
        found.problem = f"{found.kind} is the course’s: {reasons[0]}."


def _first(result: Any) -> Any:
    return result[0] if isinstance(result, tuple) and result else result


def _alike(answer: np.ndarray, expected: np.ndarray | None, name: str) -> None:
    if expected is not None and not np.allclose(answer, expected, rtol=1e-4, atol=1e-5):
        raise trying.Unusable(f"Your {name} gives other numbers than the course’s on this picture")
