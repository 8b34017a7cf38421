"""Say which formula gives the size of a map that is not the right one."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class _Axis:
    """What decides the size of a map along one axis, and along the other."""

    size: int
    window: int
    other_size: int
    other_window: int
    stride: int
    pad: int
    dilation: int
    filters: int

    def span(self) -> int:
        return self.dilation * (self.window - 1) + 1


# In the letters of the code, with H for both axes. S is the stride, P the padding, D the dilation.
_FORMULAS: dict[str, Callable[[_Axis], int]] = {
    "(H - HH + 2P) / S, without + 1": lambda a: (a.size - a.span() + 2 * a.pad) // a.stride,
    "(H - HH + P) / S + 1, with the padding of one side": (
        lambda a: (a.size - a.span() + a.pad) // a.stride + 1
    ),
    "(H - HH) / S + 1, without the padding": lambda a: (a.size - a.span()) // a.stride + 1,
    "H - HH + 2P + 1, without the stride": lambda a: a.size - a.span() + 2 * a.pad + 1,
    "(H - HH - 2P) / S + 1, with the sign of the padding": (
        lambda a: (a.size - a.span() - 2 * a.pad) // a.stride + 1
    ),
    "(H - HH + 2P) / S + 1, without the dilation": (
        lambda a: (a.size - a.window + 2 * a.pad) // a.stride + 1
    ),
    "(H - HH + 2P) / S + 1, with H and W in each other's place": (
        lambda a: (a.other_size - a.span() + 2 * a.pad) // a.stride + 1
    ),
    "(H - HH + 2P) / S + 1, with HH and WW in each other's place": (
        lambda a: (
            (a.size - a.dilation * (a.other_window - 1) - 1 + 2 * a.pad) // a.stride + 1
        )
    ),
    "(H - F + 2P) / S + 1, with the number of filters for their size": (
        lambda a: (a.size - a.filters + 2 * a.pad) // a.stride + 1 if a.filters else -1
    ),
    "H / S": lambda a: a.size // a.stride,
    "H / HH": lambda a: a.size // a.window,
    "H, as large as the input": lambda a: a.size,
    "H + 2P, as large as the padded input": lambda a: a.size + 2 * a.pad,
}  # fmt: skip


def formula(arguments: Mapping[str, Any], got: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    """Name the formula that gives a map's size, if one alone does.

    Args:
        arguments: what a layer was called with: x, w or HH and WW, stride, pad, dilation.
        got: the shape of the answer.
        wanted: the shape that it should have, (N, F, H_out, W_out).

    Returns:
        A line that begins a new one, or ''.
    """
    axes = _axes(arguments)
    if axes is None or len(got) != 4 or got[:2] != wanted[:2]:
        return ""
    found = list(_giving(axes, got[2:]))
    return f"\n  The formula that gives this size: {found[0]}." if len(found) == 1 else ""


def _giving(axes: tuple[_Axis, _Axis], sizes: tuple[int, ...]) -> Iterator[str]:
    for text, size in _FORMULAS.items():
        if tuple(map(size, axes)) == sizes:
            yield text


def _axes(arguments: Mapping[str, Any]) -> tuple[_Axis, _Axis] | None:
    """Return the two axes of a map, or None where the call was not of a layer with windows."""
    x, w = np.shape(arguments.get("x", 0)), np.shape(arguments.get("w", 0))
    if len(x) != 4:
        return None
    H, W = x[2:]
    if len(w) == 4:
        filters, HH, WW = w[0], w[2], w[3]
    else:
        filters, HH, WW = 0, arguments.get("HH"), arguments.get("WW")
    if HH is None or WW is None:
        return None
    usual = {"stride": 1, "pad": 0, "dilation": 1}
    rest = {name: arguments.get(name, value) for name, value in usual.items()}
    return (
        _Axis(H, HH, W, WW, filters=filters, **rest),
        _Axis(W, WW, H, HH, filters=filters, **rest),
    )
