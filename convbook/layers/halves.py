"""Two threads, each with half of the batch.

NumPy lets another thread run while it computes, so two halves take little more than half the time.
The threads of BLAS, which computes the matrix products, share out one product at a time and leave
the rest to one thread; so it gets one thread while ours are at work. Where it has no more from the
start, as in a sandbox or by OPENBLAS_NUM_THREADS=1, nothing is split.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from threadpoolctl import ThreadpoolController

Result = TypeVar("Result")

WORTH_BYTES = 1 << 20  # of pictures; with fewer, starting a thread takes longer than it saves

_blas = ThreadpoolController().select(user_api="blas")


def in_halves(work: Callable[[slice], Result], x: np.ndarray) -> list[Result]:
    """Call work for the first and the second half of a batch, at the same time where that wins.

    Args:
        work: takes which pictures; the two calls write to no array in common but their own part.
        x: the pictures, shape (N, ...).

    Returns:
        What work returned: for each half, or once for all where there is one thread.
    """
    N = len(x)
    if N < 2 or not isinstance(x, np.ndarray) or x.nbytes < WORTH_BYTES or _threads() < 2:
        return [work(slice(0, N))]
    with _blas.limit(limits=1), ThreadPoolExecutor(1) as other:
        second = other.submit(work, slice(N // 2, N))
        return [work(slice(0, N // 2)), second.result()]


def _threads() -> int:
    """Return how many threads BLAS would use for one product."""
    return max((library.num_threads for library in _blas.lib_controllers), default=1)
