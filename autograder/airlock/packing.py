"""Write plain data as msgpack and raw buffers; wire.py reads it.

Plain data is None, booleans, numbers, text, bytes, NumPy arrays and scalars, slices, and lists,
tuples, dicts and sets of these: exact types only, as an instance of a subclass can behave as it
likes. Named tuples and the kinds of dict become plain ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import msgpack
import numpy as np

BODY_BYTES = 8 << 20  # the msgpack part; arrays are counted apart
BUFFERS = 4096  # arrays in one frame
BUFFER_BYTES = 256 << 20  # all arrays of one frame together
ITEMS = 1 << 18  # numbers, texts and containers in one frame
FIELDS = 4  # of the body for each item: tags and names of types
DEPTH = 64  # containers within containers
ALIKE = 16  # keys of one set or dict that may have the same hash: few have unless they are chosen
DIMENSIONS = 32  # of one array
INT_BYTES = 4096  # one large integer
NAME_CHARS = 80  # the name of a handle's type

# What is said of a value that is too large to send.
MUCH_TEXT = f"more than {BODY_BYTES >> 20} MiB of lists and text"
MANY_ITEMS = f"more than {ITEMS} items, or nested deeper than {DEPTH} levels"
LARGE_NUMBER = f"an integer of more than {INT_BYTES} bytes"
LARGE_ARRAYS = f"more than {BUFFERS} arrays or {BUFFER_BYTES >> 20} MiB of them"
TOO_LARGE = (MUCH_TEXT, MANY_ITEMS, LARGE_NUMBER, LARGE_ARRAYS)


class Most(NamedTuple):
    """How much a frame may hold."""

    items: int
    buffers: int


FRAME = Most(ITEMS, BUFFERS)
OUTPUTS = Most(1 << 14, 0)  # of a cell, which the grader itself reads, beside all other submissions

# Booleans, numbers and fixed-width text in little-endian order: no objects, no structures.
DTYPE = re.compile(r"\|b1|\|[iu]1|<[iu][248]|<f[248]|<c8|<c16|\|S[1-9]\d{0,4}|<U[1-9]\d{0,4}")

# Extended precision has another form on each machine, and no check needs it.
WIDE = {"g": np.float64, "G": np.complex128}

AS_IT_IS = frozenset({type(None), bool, float, bytes})  # to msgpack
LIST, TUPLE, DICT, SET, ARRAY, SCALAR, COMPLEX, BIG, SLICE, DOTS, HANDLE, CALLBACK, DEVICE = range(
    13
)
ORDER = -1  # in place of a callback's number: an order to the simulated device

Export = Callable[[Any], list[Any]]


class Unsendable(TypeError):
    """A value is not plain data, or is too large to send."""


def encode(value: Any, export: Export | None = None) -> tuple[bytes, list[Any]]:
    """Return the body and the array buffers for value.

    export(x) is asked for anything that is not plain data; it returns [HANDLE, number, type name],
    [CALLBACK, number] or [DEVICE, number, dtype and shape], or raises Unsendable.
    """
    encoder = _Encoder(export)
    body = msgpack.packb(encoder.tree(value, 0), use_bin_type=True)
    if len(body) > BODY_BYTES:
        raise Unsendable(MUCH_TEXT)
    return body, encoder.buffers


class _Encoder:
    """Turns a value into nested tagged lists; arrays go into buffers."""

    def __init__(self, export: Export | None) -> None:
        self.export = export
        self.buffers: list[Any] = []
        self.bytes = 0
        self.items = 0
        self.seen: dict[int, int] = {}  # id of an array -> its buffer, so that aliases stay aliases
        self.kept: list[Any] = []  # keeps those arrays alive, or their ids could be used again

    def tree(self, value: Any, depth: int) -> Any:
        """Return value as msgpack can write it. Exact types only: a subclass is not plain."""
        self.items += 1
        if self.items > ITEMS or depth > DEPTH:
            raise Unsendable(MANY_ITEMS)
        kind = type(value)
        if kind in AS_IT_IS:
            return value
        if kind is str:
            return value.encode("utf-8", "backslashreplace").decode()
        if kind is int:
            return value if -(1 << 63) <= value < 1 << 63 else self.big(value)
        if kind is list:
            return self.container(LIST, value, depth)
        if isinstance(value, tuple):  # a named tuple becomes a plain one
            return self.container(TUPLE, tuple(value), depth)
        if isinstance(value, dict):  # and so do OrderedDict, defaultdict and their like
            return self.container(DICT, [x for pair in dict(value).items() for x in pair], depth)
        if kind in (set, frozenset):
            return self.container(SET, value, depth)
        if kind in (np.ndarray, np.longdouble, np.clongdouble) and value.dtype.char in WIDE:
            value = value.astype(WIDE[value.dtype.char])
            kind = type(value)
        if kind is np.ndarray and _name(value.dtype):
            return self.array(value)
        if isinstance(value, np.generic) and kind is value.dtype.type and _name(value.dtype):
            return [SCALAR, _name(value.dtype), _native(value).tobytes()]
        if kind is complex:
            return [COMPLEX, value.real, value.imag]
        if kind is slice:
            return self.container(SLICE, (value.start, value.stop, value.step), depth)
        if value is Ellipsis:
            return [DOTS]
        if self.export is None:
            raise Unsendable(f"a {kind.__name__} is not plain data")
        return self.export(value)

    def container(self, tag: int, items: Any, depth: int) -> list[Any]:
        return [tag, *(self.tree(item, depth + 1) for item in items)]

    def big(self, value: int) -> list[Any]:
        size = value.bit_length() // 8 + 1
        if size > INT_BYTES:
            raise Unsendable(LARGE_NUMBER)
        return [BIG, value.to_bytes(size, "little", signed=True)]

    def array(self, value: Any) -> list[Any]:
        index = self.seen.get(id(value))
        if index is None:
            index = self.seen[id(value)] = len(self.buffers)
            self.bytes += value.nbytes
            if index >= BUFFERS or self.bytes > BUFFER_BYTES:
                raise Unsendable(LARGE_ARRAYS)
            self.kept.append(value)
            self.buffers.append(_native(value))
        return [ARRAY, _name(value.dtype), index, bool(value.flags.writeable), *value.shape]


def _native(array: Any) -> Any:
    """Return the same numbers as an array in C order with little-endian bytes."""
    return np.asarray(array, dtype=array.dtype.newbyteorder("<"), order="C")


@lru_cache(256)
def _name(dtype: Any) -> str:
    """Return the name under which this dtype travels, or '' if it does not."""
    name = dtype.newbyteorder("<").str
    return name if DTYPE.fullmatch(name) else ""
