"""Pinned memory of the host: the simulated bus carries it without the host's help."""

import itertools
from typing import Any

import numpy as np

from convbook.gpu.memory import root

_numbers = itertools.count()


class PinnedMemory(bytearray):
    """Memory that the system must not move, so that the bus can read it by itself.

    Attributes:
        number: no other has it, also when this one is gone and its address given to another.
    """

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.number = next(_numbers)


def place(array: np.ndarray) -> dict[str, Any]:
    """Return the option of a transfer that says which pinned memory it uses, if it does."""
    memory = root(array).base
    if not isinstance(memory, PinnedMemory):
        return {}
    return {"pinned": (memory.number, int(array.ctypes.data), int(array.nbytes))}


def empty_pinned(shape: Any, dtype: Any = float, order: Any = "C") -> np.ndarray:
    """Return a NumPy array in pinned memory, as numpy.empty."""
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    return np.ndarray(shape, dtype, buffer=PinnedMemory(max(size, 1)), order=order)


def zeros_pinned(shape: Any, dtype: Any = float, order: Any = "C") -> np.ndarray:
    """Return a NumPy array of zeros in pinned memory, as numpy.zeros."""
    out = empty_pinned(shape, dtype, order)
    out.fill(0)
    return out


def empty_like_pinned(
    a: Any, dtype: Any = None, order: Any = "K", subok: Any = None, shape: Any = None
) -> np.ndarray:
    """Return a NumPy array in pinned memory, of the shape and dtype of another."""
    if subok is not None:
        raise TypeError("subok is not supported yet")
    form = "F" if order == "F" else "C"
    return empty_pinned(a.shape if shape is None else shape, dtype or a.dtype, form)


def zeros_like_pinned(
    a: Any, dtype: Any = None, order: Any = "K", subok: Any = None, shape: Any = None
) -> np.ndarray:
    """Return a NumPy array of zeros in pinned memory, of the shape and dtype of another."""
    out = empty_like_pinned(a, dtype, order, subok, shape)
    out.fill(0)
    return out
