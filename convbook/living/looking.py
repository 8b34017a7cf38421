"""What a net makes of one picture: its boxes as grey maps, its scores, and where it looks."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from convbook import data
from convbook.living import layers, trying

EACH = 8  # maps shown of each box, the first ones


class Step(Protocol):
    """A layer of any net: this course's, or one that a student has trained."""

    kind: str

    @property
    def whose(self) -> str: ...
    def forward(self, x: np.ndarray) -> np.ndarray: ...
    def backward(self, dout: np.ndarray) -> np.ndarray: ...


@dataclass
class Look:
    """One look at a picture.

    Attributes:
        boxes: of each step up to the scores, EACH maps at the most, uint8 (C, H, W).
        ranges: the smallest and the largest number of each box.
        whose: of each step, and of the one that makes the scores.
        scores: of the classes.
        saliency: uint8 (H, W): the gradient's size at each pixel; None where it is not asked for.
        seconds: that all of it took.
        said: sentences on functions that could not be taken.
    """

    boxes: list[np.ndarray]
    ranges: list[tuple[float, float]]
    whose: list[str]
    scores: np.ndarray
    saliency: np.ndarray | None
    seconds: float
    said: list[str]


class Eye:
    """A net that looks at pictures of one size.

    Args:
        steps: its layers; the last one gives the scores.
        mean: of the pictures that it has learned from, (C, 1, 1).
        classes: their names.
        makers: who computes the layers, where that may change.
        search: looks for who else may compute them; takes seconds.
        has_saliency: whether gradients are asked for.
    """

    def __init__(
        self,
        steps: Sequence[Step],
        mean: np.ndarray,
        classes: Sequence[str],
        makers: Sequence[layers.Maker] = (),
        search: Callable[[], None] | None = None,
        has_saliency: bool = True,
    ) -> None:
        self.steps, self.mean, self.classes = steps, np.asarray(mean), tuple(map(str, classes))
        self.makers, self.search, self.has_saliency = makers, search, has_saliency

    @property
    def names(self) -> list[str]:
        """Return CONV 1, RELU 1, ... up to the last layer, the one of the scores."""
        counts: dict[str, int] = {}
        for step in self.steps:
            counts[step.kind] = counts.get(step.kind, 0) + 1
        seen: dict[str, int] = {}
        names = []
        for step in self.steps:
            seen[step.kind] = seen.get(step.kind, 0) + 1
            names.append(f"{step.kind} {seen[step.kind]}" if counts[step.kind] > 1 else step.kind)
        return names

    def look(self, pixels: np.ndarray) -> Look:
        """Look at a picture, uint8 (H, W, 3)."""
        with _one_thread()():
            return self._look(pixels)

    def _look(self, pixels: np.ndarray) -> Look:
        begun = time.perf_counter()
        x = (pixels.transpose(2, 0, 1)[None] / np.float32(255)).astype(np.float32) - self.mean
        boxes = self._forward(x)
        scores = np.asarray(boxes.pop(), dtype=float).ravel()
        saliency, said = None, []
        if self.has_saliency:
            try:
                saliency = self._saliency(scores)
            except trying.Unusable as problem:
                said = [f"{problem}, so there is no picture of where the net looks."]
        for maker in self.makers:
            maker.is_known = True
        return Look(
            [grey(box[0, :EACH]) for box in boxes],
            [(float(box.min()), float(box.max())) for box in boxes],
            [step.whose for step in self.steps],
            scores,
            saliency,
            time.perf_counter() - begun,
            [maker.problem for maker in self.makers if maker.problem] + said,
        )

    def _fresh(self) -> None:
        for maker in self.makers:
            maker.left = layers.SECONDS

    def _forward(self, x: np.ndarray) -> list[np.ndarray]:
        self._fresh()
        boxes = []
        for step in self.steps:
            x = step.forward(x)
            boxes.append(x)
        return boxes

    def _saliency(self, scores: np.ndarray) -> np.ndarray:
        """Return the gradient of the largest score at each pixel, largest of the channels."""
        self._fresh()
        dout = np.zeros((1, len(scores)), dtype=np.float32)
        dout[0, scores.argmax()] = 1
        for step in reversed(self.steps):
            dout = step.backward(dout)
        size = np.abs(dout[0]).max(axis=0)  # (H, W)
        top = np.percentile(size, 99) or 1.0  # one bright pixel must not darken all others
        return (np.clip(size / top, 0, 1) * 255).astype(np.uint8)


@cache
def _one_thread() -> Callable[[], Any]:
    """Return what keeps BLAS at one thread: products of this size wait for a second one in vain."""
    from threadpoolctl import ThreadpoolController

    blas = ThreadpoolController().select(user_api="blas")
    return lambda: blas.limit(limits=1)


def grey(maps: np.ndarray) -> np.ndarray:
    """Return maps (C, H, W) in grey, each from its smallest number to its largest."""
    low = maps.min(axis=(1, 2), keepdims=True)
    span = maps.max(axis=(1, 2), keepdims=True) - low
    return ((maps - low) / np.where(span > 0, span, 1) * 255).astype(np.uint8)


def photos4(functions: Sequence[layers.Function], lesson: str, folder: Path) -> Eye:
    """Return the net that opens lesson 01, with the student's functions up to a lesson."""
    net = data.pretrained("photos4")
    makers = layers.makers(functions)
    steps = []
    for k in (1, 2, 3):
        w, b = net.params[f"w{k}"], net.params[f"b{k}"]
        steps.append(layers.Layer(makers["CONV"], w, b, pad=w.shape[2] // 2))
        steps += [layers.Layer(makers["RELU"]), layers.Layer(makers["POOL"])]
    steps.append(layers.Layer(makers["FC"], net.params["w4"], net.params["b4"]))

    def search() -> None:
        for maker in makers.values():
            layers.search(maker, lesson, folder)

    return Eye(steps, net.mean, net.classes, list(makers.values()), search, lesson >= "03")


class Own:
    """A layer of a net that the student has trained, with methods forward and backward.

    It is the student's own, unless its attribute whose says otherwise.
    """

    def __init__(self, kind: str, layer: Any) -> None:
        self.kind, self.layer = kind, layer
        self.whose = str(getattr(layer, "whose", "yours"))

    def forward(self, x: np.ndarray) -> np.ndarray:
        return _called(self.layer.forward, x)

    def backward(self, dout: np.ndarray) -> np.ndarray:
        return _called(self.layer.backward, dout)


def _called(method: layers.Function, x: np.ndarray) -> np.ndarray:
    out = trying.call(method, layers.SECONDS, x)
    if not isinstance(out, np.ndarray) or len(out) != 1:
        raise trying.Unusable(f"Your {method.__name__} does not give an array for one picture")
    return out
