"""CuPy where there is a GPU, and a simulated device where there is none.

    from convbook import gpu
    from convbook.gpu import cupy as cp, cupyx

`cp` is the real CuPy where it is installed and a device answers. Elsewhere it is a simulated one:
NumPy's values under CuPy's rules, in a memory that is reached by counted transfers alone. How long
things take there follows from a log and a cost model, see clock.py; it is no measurement. Launches
are counted roughly: one for each call that makes new numbers.
"""

import contextlib
import dataclasses
import functools
import warnings
from collections.abc import Iterator
from importlib.machinery import PathFinder
from typing import Any

from convbook.gpu import clock as _clock
from convbook.gpu import importing, module
from convbook.gpu.clock import Costs, Entry, Times
from convbook.gpu.counts import Counts
from convbook.gpu.device import Device, Far, current, now, using

__all__ = [
    "Costs",
    "Counts",
    "Device",
    "Entry",
    "Far",
    "Times",
    "Uncounted",
    "counting",
    "cupy",
    "cupyx",
    "is_simulated",
    "named",
    "real",
    "simulated",
    "times",
    "using",
]


class Uncounted(Counts):
    """What a real device was asked to do, which nobody counts."""

    def __str__(self) -> str:
        return "not counted: this is a real device"


@functools.cache
def real() -> Any:
    """Return the real CuPy if it is installed and a device computes with it, else None.

    Where it is installed and does not compute, that is said once.
    """
    if PathFinder.find_spec("cupy") is None:
        return None
    try:
        import cupy as found

        if not found.cuda.is_available():
            return None
        _compute(found)
        return found
    except Exception as error:  # a broken driver raises many things; all mean that there is none
        reason = f"{type(error).__name__}: {error}"
        warnings.warn(
            f"CuPy is installed, and does not compute here ({reason})."
            " The simulated device is used.",
            stacklevel=2,
        )
        return None


def named() -> str:
    """Return what the real device is called and which CuPy it has, "" where there is none."""
    found = real()
    if not found:
        return ""
    name = found.cuda.runtime.getDeviceProperties(0)["name"].decode()
    return f"{name}, CuPy {found.__version__}"


def _compute(cupy: Any) -> None:
    """Do with a CuPy a little of all that a lesson does with it; raise what it raises."""
    x = cupy.asarray([[1.0, 2.0], [3.0, 4.0]], dtype="float32")
    start, end = cupy.cuda.Event(), cupy.cuda.Event()
    with cupy.cuda.Stream(non_blocking=True) as stream:
        start.record()
        total = (cupy.exp(x * 0) + x @ x).sum()
        end.record()
        stream.synchronize()
    if int(total.get()) != 58 or cupy.cuda.get_elapsed_time(start, end) < 0:
        raise ArithmeticError("its sums are wrong")


_simulated_only = False


def is_simulated() -> bool:
    """Tell whether `cupy` is the simulated one now."""
    return _simulated_only or real() is None


class Either:
    """The real package or the simulated one, whichever is in use: it has the names of that one."""

    def __init__(self, package: str) -> None:
        self._package = package

    def __getattr__(self, name: str) -> Any:
        if is_simulated():
            return getattr(getattr(module, self._package), name)
        if self._package == "cupy":
            return getattr(real(), name)
        import cupyx as found
        import cupyx.profiler

        return getattr(found, name)


cupy, cupyx = Either("cupy"), Either("cupyx")
importing.offer(cupy=module.cupy, cupyx=module.cupyx)


@contextlib.contextmanager
def simulated(
    kernel_ms: float | None = None, compile_ms: float = 0.0, costs: Costs | None = None
) -> Iterator[None]:
    """Use the simulated device, also where there is a real one, for the time of a with statement.

    Args:
        kernel_ms: how long each kernel takes, in milliseconds of the device's clock, instead of
            what follows from its size. Where it or costs are given, the device is a fresh one.
        compile_ms: how long its compilation takes at the first use.
        costs: what things cost on the fresh device.
    """
    global _simulated_only
    if kernel_ms is not None:
        kernel, compiling = kernel_ms / 1000, compile_ms / 1000
        costs = dataclasses.replace(costs or Costs(), kernel=kernel, compile=compiling)
    before, _simulated_only = _simulated_only, True
    try:
        with using(current() if costs is None else Device(costs)):
            yield
    finally:
        _simulated_only = before


@contextlib.contextmanager
def counting() -> Iterator[Counts]:
    """Count what the simulated device is asked to do, for the time of a with statement."""
    device = current()
    if not is_simulated() or not isinstance(device, Device):
        yield Uncounted()
        return
    with device.counting() as seen:
        yield seen


def times(seen: Counts, costs: Costs | None = None) -> Times:
    """Return how long host, bus and GPU were busy with what was counted, and the total.

    Args:
        seen: from counting().
        costs: what things cost; as on the device where it was counted, if none are given.
    """
    return _clock.measure(seen.log, costs or seen.costs)


def clock() -> float:
    """Return the host's time in seconds: the simulated device's own clock, or the real one."""
    if is_simulated():
        return now()
    import time

    return time.perf_counter()
