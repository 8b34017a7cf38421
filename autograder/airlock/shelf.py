"""The simulated device in the checker: the student's process knows its arrays by number alone.

What a student's code computes on the device is computed here, and counted here. It can ask for
nothing but the device's own short list of functions, with plain data and arrays of the device.
"""

from __future__ import annotations

import itertools
import sys
from typing import Any

import numpy as np

from . import packing, wire

ARRAYS = 100_000  # that one check may put on the device
PLAIN = (bool, int, float, complex, str, slice, type(None), type(Ellipsis), np.ndarray, np.generic)
# What an order may end in; a subclass is told as the first that fits.
ERRORS = (TypeError, IndexError, AttributeError, MemoryError, ValueError, RuntimeError)


_numbers = itertools.count()  # of arrays, over all checks: an old one stands for nothing


class Shelf:
    """Arrays of the device that have left the checker, and that the student's code still has."""

    def __init__(self) -> None:
        self.arrays: dict[int, Any] = {}
        self.numbers: dict[int, int] = {}  # id of an array -> its number

    def holds(self, value: Any) -> bool:
        """Tell whether a value is an array of the simulated device."""
        module = sys.modules.get("convbook.gpu.array")  # there only in a lesson that uses it
        return module is not None and type(value) is module.ndarray

    def put(self, array: Any) -> list[Any]:
        """Return how an array travels: its number, dtype and shape."""
        number = self.numbers.get(id(array))
        if number is None:
            if len(self.arrays) >= ARRAYS:
                raise packing.Unsendable(f"more than {ARRAYS} arrays on the device")
            number = self.numbers[id(array)] = next(_numbers)
            self.arrays[number] = array
        shape = " ".join(map(str, array.shape))
        return [packing.DEVICE, number, f"{array.dtype.str} {shape}".strip()]

    def take(self, number: int) -> Any:
        """Return the array of a number that came back."""
        if number not in self.arrays:
            raise wire.ProtocolError("no such array on the device")
        return self.arrays[number]

    def drop(self, number: Any) -> None:
        """Let go of an array that the student's code has no more, so that its memory is free."""
        if type(number) is int and number in self.arrays:
            del self.numbers[id(self.arrays.pop(number))]

    def order(self, args: list[Any], kwargs: dict[str, Any]) -> list[Any]:
        """Carry out an order of the student's code, and return what goes back."""
        from convbook.gpu import current

        match args:
            case [str(kind), str(name), list(rest), list(forgotten)]:
                pass
            case _:
                raise wire.ProtocolError("not an order to the device")
        if not all(type(key) is str for key in kwargs):
            raise wire.ProtocolError("not an order to the device")
        for number in forgotten:
            self.drop(number)
        try:
            self._only_plain([rest, list(kwargs.values())])
            return ["returned", current().do(kind, name, tuple(rest), kwargs)]
        except ERRORS as error:
            found = next(kind for kind in ERRORS if isinstance(error, kind))
            return ["failed", found.__name__, str(error)]

    def _only_plain(self, value: Any) -> None:
        if isinstance(value, (list, tuple)):
            for part in value:
                self._only_plain(part)
        elif isinstance(value, dict):
            self._only_plain([*value, *value.values()])
        elif not isinstance(value, PLAIN) and not self.holds(value):
            raise TypeError(f"the device takes no {type(value).__name__}")
