"""Gradient descent on one filter, a step at a time, with the student's own layer."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from convbook import layers
from convbook.living import trying
from convbook.living.layers import Function

FILTER = 3
MOST_STEPS = 400
SECONDS = 3.0  # for the student's function, each call
DIVERGED = 1e4  # times the first loss
RATES = 0.001, 2.0
# What is wanted at a place is -2 to 2, in 64 parts; NOTHING is wanted where nothing is painted.
PARTS, NOTHING = 63.5, -128


class Descent:
    """The search for a filter whose map is the one that is wanted.

    Args:
        photo: grey, shape (H, W); it is shifted and scaled to mean 0 and deviation 1.
        forward, backward: the student's conv_forward and conv_backward, or None.

    Attributes:
        w: the filter, (3, 3).
        wanted: int8, (H - 2, W - 2).
        losses: of all filters so far, that of w last.
        status: "ready", "going", "done" or "diverged".
        said: sentences on functions that are not taken.
    """

    def __init__(
        self, photo: np.ndarray, forward: Function | None = None, backward: Function | None = None
    ) -> None:
        spread = photo.std() or 1.0
        self.x = ((photo - photo.mean()) / spread)[None, None]  # (1, 1, H, W)
        self.forward, self.backward = forward, backward
        self.said: list[str] = []
        self.rate = 0.1
        shape = photo.shape[0] - FILTER + 1, photo.shape[1] - FILTER + 1
        self.wanted = np.full(shape, NOTHING, dtype=np.int8)
        self.begin()

    def begin(self) -> None:
        """Begin anew, with a filter of zeros."""
        self.w, self.status = np.zeros((FILTER, FILTER)), "ready"
        self.losses: list[float] = []
        self.out = np.zeros(self.wanted.shape)

    def want(self, wanted: np.ndarray) -> None:
        """Want another map, int8 in parts; the filter stays where it is."""
        if wanted.shape != self.wanted.shape or wanted.dtype != np.int8:
            raise ValueError(f"a map has the shape {self.wanted.shape}")
        self.wanted, self.losses, self.status = wanted, [], "ready"

    def want_filter(self, w: np.ndarray) -> None:
        """Want the map of a filter, as strong as one can paint."""
        out, _ = layers.conv_forward(self.x, w[None, None], np.zeros(1))
        out = out[0, 0] / np.percentile(np.abs(out), 98)
        self.want(np.clip(np.round(out * PARTS), -127, 127).astype(np.int8))

    @property
    def painted(self) -> np.ndarray:
        return self.wanted != NOTHING

    def step(self) -> None:
        """Look at the map of w, and where the search goes on, take one step against dw."""
        n = int(self.painted.sum())
        if self.status in ("done", "diverged") or not n:
            return
        out, cache, own = self._map()
        self.out = out[0, 0]
        difference = np.where(self.painted, self.out - self.wanted / PARTS, 0.0)
        with np.errstate(over="ignore"):
            self.losses.append(float((difference**2).sum() / (2 * n)))
        self.status = self._judged()
        if self.status == "going":
            self.w = self.w - self.rate * self._slope(difference[None, None] / n, cache, own)

    def _judged(self) -> str:
        last = self.losses[-1]
        if not np.isfinite(last) or last > DIVERGED * max(self.losses[0], 1e-9):
            return "diverged"
        return "done" if len(self.losses) > MOST_STEPS or last < 1e-6 else "going"

    def _map(self) -> tuple[np.ndarray, Any, bool]:
        """Return the map of w, the cache behind it, and whether both are the student's."""
        given = self._given()
        if self.forward is not None:
            name = self.forward.__name__
            try:
                result = trying.call(self.forward, SECONDS, *given)
                if not isinstance(result, tuple) or len(result) != 2:
                    raise trying.Unusable(f"Your {name} does not give a pair, out and cache")
                out = trying.array(result[0], (1, 1, *self.wanted.shape), name)
                if not self.losses and not np.allclose(out, layers.conv_forward(*given)[0]):
                    raise trying.Unusable(f"Your {name} gives another map than the course’s")
                return out, result[1], True
            except trying.Unusable as problem:
                self._drop(str(problem))
        return *layers.conv_forward(*given), False

    def _slope(self, dout: np.ndarray, cache: Any, own: bool) -> np.ndarray:
        """Return dw, shape (3, 3)."""
        if own and self.backward is not None:
            name = self.backward.__name__
            try:
                result = trying.call(self.backward, SECONDS, dout, cache)
                if not isinstance(result, tuple) or len(result) != 3:
                    raise trying.Unusable(f"Your {name} does not give dx, dw and db")
                dw = trying.array(result[1], (1, 1, FILTER, FILTER), name)
                right = self._right(dout) if len(self.losses) == 1 else dw
                if not np.allclose(dw, right, rtol=1e-4, atol=1e-7):
                    raise trying.Unusable(f"Your {name} gives another dw than the course’s")
                return dw[0, 0]
            except trying.Unusable as problem:
                self._drop(str(problem))
        return self._right(dout)[0, 0]

    def _given(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return self.x, self.w[None, None], np.zeros(1)

    def _right(self, dout: np.ndarray) -> np.ndarray:
        return layers.conv_backward(dout, layers.conv_forward(*self._given())[1])[1]

    def _drop(self, problem: str) -> None:
        self.said = [f"{problem}: the course’s takes its place."]
        self.forward = self.backward = None

    @property
    def largest_rate(self) -> float:
        """Return the rate above which steps overshoot: 2 over the largest curvature of the loss."""
        windows = sliding_window_view(self.x[0, 0], (FILTER, FILTER))[self.painted].reshape(-1, 9)
        if not len(windows):
            return np.inf
        return float(2 / max(np.linalg.eigvalsh(windows.T @ windows / len(windows))[-1], 1e-12))
