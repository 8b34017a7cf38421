"""A program in which one way computes, so that neither its threads nor its memory is another's.

What a program has given back before decides how much memory its C library keeps, and whether a step
has to fetch it anew: that costs a sixth of it.
"""

import multiprocessing
import os
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

import layers_ways
import numpy as np
from layers_ways import OfModule, Way

Times = tuple[float, float]
Clock = Callable[[], float]
REST = 0.3  # seconds before each: threads of the one before still turn while they wait for work
CLOCKS: dict[int, Clock] = {1: time.thread_time, 2: time.perf_counter}
KINDS = {"conv": "convolution", "relu": "ReLU", "max": "max pooling", "affine": "FC and loss"}


class Program:
    """A process that computes one case in one way, when asked.

    Args:
        way: as layers_ways.case takes it.
        case: its name.
        dtype: of every array.
        threads: one or two.
    """

    def __init__(self, way: str, case: str, dtype: str, threads: int) -> None:
        libraries = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
        os.environ.update(dict.fromkeys(libraries, str(threads)))  # read when NumPy is imported
        spawn = multiprocessing.get_context("spawn")
        self._way = way
        self._pipe, theirs = spawn.Pipe()
        args = theirs, way, case, dtype, threads
        spawn.Process(target=_serve, args=args, daemon=True).start()
        theirs.close()

    def ask(self, what: str, *args: Any) -> Any:
        """Call a method of _Case there, and return what it returns."""
        try:
            self._pipe.send((what, args))
            return self._pipe.recv()
        except (EOFError, OSError):
            sys.exit(f"The program that computes {self._way!r} has ended; what it said is above.")

    def end(self) -> None:
        """Let the process end."""
        self._pipe.close()


def _serve(pipe: Connection, way: str, name: str, dtype: str, threads: int) -> None:
    case = _Case(*layers_ways.case(way, name, np.dtype(dtype), threads), CLOCKS[threads])
    while True:
        try:
            what, args = pipe.recv()
        except EOFError:
            return
        pipe.send(getattr(case, what)(*args))


class _Case:
    """What can be asked of a program."""

    def __init__(self, way: Way, inputs: tuple, clock: Clock) -> None:
        self._way, self._inputs, self._clock = way, inputs, clock

    def result(self) -> np.ndarray:
        """Return what forward computes."""
        return np.asarray(self._way[0](*self._inputs)[0])

    def times(self) -> Times:
        """Return the seconds of forward and of backward, which run once before, uncounted."""
        time.sleep(REST)
        self._once()
        return self._once()

    def memory(self) -> float:
        """Return the most memory, in MiB, that NumPy held at a time beside the inputs."""
        tracemalloc.start()
        self._once()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak / 2**20

    def _once(self) -> Times:
        forward, backward = self._way
        start = self._clock()
        out, cache = forward(*self._inputs)
        middle = self._clock()
        dout = np.ones(out.shape, dtype=self._inputs[0].dtype)
        ready = self._clock()
        backward(dout, cache)
        return middle - start, self._clock() - ready

    def spent(self, rounds: int) -> Counter[str]:
        """Return the processor seconds of the step in each kind of layer, with our layers."""
        from convbook import layers

        seconds: Counter[str] = Counter()

        def timed(f: Callable[..., Any], *args: Any) -> Any:
            start = time.thread_time()
            result = f(*args)
            name = f.__name__.split("_")[0]
            seconds[KINDS.get(name, KINDS["affine"])] += time.thread_time() - start
            return result

        self._way = OfModule(layers, timed).step()
        self._once()
        seconds.clear()
        for _ in range(rounds):
            self._once()
        return seconds

    def products(self) -> float:
        """Count the floating-point operations of the step's convolutions, forward and backward."""
        pictures, _, *weights = self._inputs
        side, total = 32, 0.0
        for number, w in enumerate(weights[:-1]):
            ways = 3 if number else 2  # out, dw and dx; no dx of the pictures
            total += ways * 2 * len(pictures) * side**2 * w.size
            side = side // 2 if number % 2 else side
        return total

    def peak(self) -> float:
        """Measure what the processor reaches on one large matrix product, in FLOP/s."""
        a = np.ones((1024, 1024), self._inputs[0].dtype)
        best = float("inf")
        for _ in range(10):
            start = time.thread_time()
            a @ a
            best = min(best, time.thread_time() - start)
        return 2 * 1024**3 / best
