"""Which functions are wrong in each lesson, what they are compared with, and the smallest input."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from convbook import layers


@dataclass(frozen=True)
class Wrong:
    """One wrong function, or a pair that shares a cache.

    Attributes:
        forward: the function that is called first; its cache goes to the other.
        backward: the other, or ''.
        returns: names of what the first returns, in order; `cache` is not compared.
        gradients: names of what the other returns.
        arguments: those of an input, as they are written.
        record: how many numbers the arrays of the smallest known input have.
        axes: how many x has, and dout; 0 for any number.
        whole: whether whole numbers stay such; else they are made floating point.
    """

    forward: str
    backward: str
    returns: str
    gradients: str
    arguments: str
    record: int
    axes: int = 4
    whole: bool = False

    def right(self) -> tuple[Callable[..., Any], Callable[..., Any] | None]:
        """Return the course's own functions, which the wrong ones are compared with."""
        first = OTHER.get(self.forward) or getattr(layers, self.forward)
        return first, getattr(layers, self.backward) if self.backward else None


def dx_by_full_convolution(dout: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Return dx of a layer with stride 1 and no padding, by the course's conv_backward."""
    (N, F, H_out, W_out), (_, C, HH, WW) = dout.shape, w.shape
    x = np.zeros((N, C, H_out + HH - 1, W_out + WW - 1))
    _, cache = layers.conv_forward(x, w, np.zeros(F))
    return layers.conv_backward(dout, cache)[0]


OTHER: dict[str, Callable[..., Any]] = {"dx_by_full_convolution": dx_by_full_convolution}

_CONV = "conv_forward", "conv_backward", "out cache", "dx dw db", "x, w, b, stride, pad, dout=dout"
_MAX = "max_pool_forward", "max_pool_backward", "out cache", "dx", "x, HH, WW, stride, dout=dout"

GAMES = {
    "03": (
        Wrong(*_CONV, record=6),
        Wrong(*_CONV, record=6),
        Wrong("dx_by_full_convolution", "", "dx", "", "dout, w", record=6),
    ),
    "05": (
        Wrong(*_MAX, record=6),
        Wrong(*_MAX, record=2),
        Wrong("avg_pool_forward", "", "out cache", "", "x, HH, WW, stride", 2, whole=True),
    ),
    "08": (
        Wrong(
            "batchnorm_forward",
            "",
            "out cache running",
            "",
            "x, gamma, beta, running, train, momentum, eps",
            record=5,
            axes=2,
        ),
        Wrong(
            "spatial_batchnorm_forward",
            "spatial_batchnorm_backward",
            "out cache running",
            "dx dgamma dbeta",
            "x, gamma, beta, running, dout=dout",
            record=16,
        ),
        Wrong(
            "dropout_forward",
            "dropout_backward",
            "out cache",
            "dx",
            "x, p, seed, train, dout=dout",
            record=1,
            axes=0,
        ),
    ),
}
