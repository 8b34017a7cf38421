"""The device's memory: what is in use, and what CuPy's pool would have kept."""

import weakref
from typing import Any

import numpy as np

from convbook.gpu.counts import Counts
from convbook.gpu.order import Uses

BLOCK = 512  # bytes; the pool gives out whole blocks


class Memory:
    """Counts the arrays that are alive; views count with the array that they look into.

    The pool keeps what was freed and gives it out again, in any size: it never has a hole that is
    too small, as the real one may. A block goes back to the stream that it was made on. What comes
    next there must not write to it before all that others read from it is done, so its uses stay.

    Attributes:
        blocks: bytes of all arrays that are alive, in whole blocks.
        total: blocks that the pool has taken from the device, in bytes.
        limit: the most that it may take; 0 for no limit.
    """

    def __init__(self) -> None:
        self.blocks = self.total = self.limit = 0
        self._alive: dict[int, tuple[weakref.ref[np.ndarray], Uses]] = {}
        self._freed: dict[tuple[int, int], list[Uses]] = {}  # of a stream, of a size

    def hold(self, array: np.ndarray, counts: Counts, stream: int) -> Uses:
        """Count an array, or the one that it is a view of, until nobody has it any more."""
        owner = root(array)
        if id(owner) in self._alive:
            return self._alive[id(owner)][1]
        blocks = -(-owner.nbytes // BLOCK) * BLOCK
        if self.limit and self.blocks + blocks > self.limit:
            raise MemoryError(
                f"Out of memory allocating {blocks:,} bytes (allocated so far:"
                f" {self.blocks:,} bytes, limit set to: {self.limit:,} bytes)."
            )
        self.blocks += blocks
        self.total = max(self.total, self.blocks)
        counts.hold(owner.nbytes)
        key, size = id(owner), owner.nbytes

        def free(_: Any) -> None:
            del self._alive[key]
            self.blocks -= blocks
            counts.hold(-size)
            freed.append(uses)

        freed = self._freed.setdefault((stream, blocks), [])
        uses = freed.pop() if freed else Uses()
        self._alive[key] = weakref.ref(owner, free), uses
        return uses

    def holds(self, array: np.ndarray) -> bool:
        """Tell whether an array is in this memory."""
        return id(root(array)) in self._alive

    def release(self) -> None:
        """Give back what the pool keeps and nobody uses."""
        self.total = self.blocks
        self.forget()

    def forget(self) -> None:
        """Take it that whoever used what is free by now is done with it."""
        self._freed = {}


def root(array: np.ndarray) -> np.ndarray:
    """Return the array that has the memory which another looks into."""
    base: Any = array
    while base is not None:  # between two arrays may stand a holder, as below sliding_window_view
        if isinstance(base, np.ndarray):
            array = base
        base = getattr(base, "base", None)
    return array
