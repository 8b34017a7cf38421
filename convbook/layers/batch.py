"""A batch in pieces: halves for two threads, parts for the processor's cache.

NumPy lets another thread run while it computes, so two halves take little more than half the time.
The threads of BLAS, which computes the matrix products, share out one product at a time and leave
the rest to one thread; and they keep a core busy for a while after it, waiting for the next. So
BLAS gets one thread while a layer is at work. Where it has no more from the start, as in a sandbox
or by OPENBLAS_NUM_THREADS=1, nothing is split.
"""

import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from threadpoolctl import ThreadpoolController

Result = TypeVar("Result")

PART_BYTES = 2 << 20  # stays in the cache; with less, two threads wait for each other more
WORTH_BYTES = 1 << 20  # of an array; up to that, waking a thread takes longer than it saves

LARGEST_BYTES = 31 << 20  # of a block that glibc counts: up to 32 MiB
if sys.platform == "linux":
    # What an array gives back, glibc hands to the system, and asks for it again: page by page, each
    # filled with zeros, which is a sixth of a training step. It keeps twice the largest block that
    # it has seen come and go. So here one does. Nothing is written to it: it takes no memory.
    np.empty(LARGEST_BYTES, np.uint8)

_blas = ThreadpoolController().select(user_api="blas")
_other = ThreadPoolExecutor(1)  # starts its thread at the first call, and keeps it


def _start_anew() -> None:
    global _other
    _other = ThreadPoolExecutor(1)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew)  # the thread stays with the parent


def in_halves(work: Callable[[slice], Result], x: np.ndarray) -> list[Result]:
    """Call work for the first and the second half of a batch, at the same time where that wins.

    Args:
        work: takes which pictures; the two calls write to no array in common but their own part.
        x: what there is one of for each picture, shape (N, ...): the largest array at work.

    Returns:
        What work returned: for each half, or once for all.
    """
    N = len(x)
    if N < 2 or not isinstance(x, np.ndarray) or _threads() < 2:
        return [work(slice(0, N))]
    with _blas.limit(limits=1):
        if x.nbytes <= WORTH_BYTES:
            return [work(slice(0, N))]
        second = _other.submit(work, slice(N // 2, N))
        return [work(slice(0, N // 2)), second.result()]


def parts(N: int, picture_bytes: int) -> Iterator[slice]:
    """Cut a batch of N into parts of about PART_BYTES, of one picture at the least."""
    return slices(N, max(1, PART_BYTES // max(1, picture_bytes)))


def slices(N: int, n: int) -> Iterator[slice]:
    """Cut a batch of N into n pictures at a time."""
    return (slice(first, min(first + n, N)) for first in range(0, N, n))


def _threads() -> int:
    """Return how many threads BLAS would use for one product."""
    return max((library.num_threads for library in _blas.lib_controllers), default=1)
