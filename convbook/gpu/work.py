"""What a kernel works on, from sizes alone: bytes that it moves, FLOP that it computes."""

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

MAX_BYTES = 1 << 30  # of one array
CONTRACTIONS = frozenset("matmul dot inner vdot tensordot einsum outer kron".split())
REDUCTIONS = frozenset(
    """sum prod mean std var max min amax amin argmax argmin any all cumsum cumprod ptp median
    average nansum nanmean nanmax nanmin count_nonzero trace""".split()
)


def span_bytes(array: np.ndarray) -> int:
    """Return the bytes that an array's numbers lie in: a view may show each of them often."""
    if not array.size:
        return 0
    low, high = np.lib.array_utils.byte_bounds(array)
    return min(array.nbytes, high - low)


def bytes_moved(inputs: Iterable[np.ndarray], outputs: Iterable[np.ndarray]) -> int:
    """Return the bytes that a kernel reads and writes, each number once."""
    return sum(map(span_bytes, inputs)) + sum(map(span_bytes, outputs))


def flops(name: str, args: tuple[Any, ...], inputs: list[np.ndarray], result: np.ndarray) -> int:
    """Return the operations of a kernel.

    A product counts two for each pair that is multiplied and added, a reduction one for each number
    that it reads, and all else one for each number that comes out.
    """
    short = name.rpartition(".")[2]
    if short in CONTRACTIONS and len(inputs) >= 2:
        return 2 * pairs(short, args, inputs, result)
    if short in REDUCTIONS | {"reduce"} and inputs:
        return max(array.size for array in inputs)
    return int(result.size)


def pairs(name: str, args: tuple[Any, ...], inputs: list[np.ndarray], result: np.ndarray) -> int:
    """Return how many pairs of numbers a product multiplies."""
    a, b = inputs[:2]
    if name in ("matmul", "dot", "inner"):
        return int(result.size) * (a.shape[-1] if a.ndim and b.ndim else 1)
    if name == "einsum" and isinstance(args[0], str) and "." not in args[0]:
        letters = args[0].split("->")[0].replace(" ", "").split(",")
        sizes: dict[str, int] = {}
        for word, array in zip(letters, inputs, strict=False):
            sizes |= zip(word, array.shape, strict=False)
        return math.prod(sizes.values())
    return round((a.size * b.size * max(1, result.size)) ** 0.5)  # no index in all three


def parts(key: Any) -> tuple[Any, ...]:
    """Return the indices of a key, one for each axis that has one."""
    return key if isinstance(key, tuple) else (key,)


def arrays(thing: Any) -> Iterator[np.ndarray]:
    """Find the arrays in something, however deep."""
    if isinstance(thing, np.ndarray):
        yield thing
    elif isinstance(thing, (tuple, list)):
        for part in thing:
            yield from arrays(part)


def check_size(values: tuple[Any, ...], options: dict[str, Any]) -> None:
    """Refuse an array that is too large before NumPy makes it."""
    shape = options.get("shape", values[0] if values else ())
    sizes = shape if isinstance(shape, (tuple, list)) else (shape,)
    total = 1
    for size in sizes:
        total *= size if isinstance(size, int) else 1
    if total > MAX_BYTES:
        raise MemoryError(f"Out of memory allocating an array of {total:,} numbers")
