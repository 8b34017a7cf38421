"""CuPy where there is a GPU, and a simulated device where there is none.

    from convbook import gpu
    cp = gpu.cupy

`cp` is the real CuPy where it is installed and a device answers. Elsewhere it is a simulated one:
NumPy's values under CuPy's rules, in a memory that is reached by counted transfers alone. It says
nothing about speed, and its launches are counted roughly: one for each call that makes new numbers.
"""

import contextlib
import functools
from collections.abc import Iterator
from typing import Any

from convbook.gpu import module
from convbook.gpu.device import Counts, Device, Far, current, using

__all__ = [
    "Counts",
    "Device",
    "Far",
    "counting",
    "cupy",
    "is_simulated",
    "real",
    "simulated",
    "using",
]


class Uncounted(Counts):
    """What a real device was asked to do, which nobody counts."""

    def __str__(self) -> str:
        return "not counted: this is a real device"


@functools.cache
def real() -> Any:
    """Return the real CuPy if it is installed and a device computes with it, else None."""
    try:
        import cupy as found

        if not found.cuda.is_available():
            return None
        # Without its compiler or with an old driver all goes well until something is computed.
        return found if int((found.ones(1) + 1)[0]) == 2 else None
    except Exception:  # a broken driver raises many things; all mean that there is no device
        return None


_simulated_only = False


def is_simulated() -> bool:
    """Tell whether `cupy` is the simulated one now."""
    return _simulated_only or real() is None


class Either:
    """The real CuPy or the simulated one, whichever is in use: it has the names of that one."""

    def __getattr__(self, name: str) -> Any:
        return getattr(module.cupy if is_simulated() else real(), name)


cupy = Either()


@contextlib.contextmanager
def simulated(kernel_ms: float | None = None, compile_ms: float = 0.0) -> Iterator[None]:
    """Use the simulated device, also where there is a real one, for the time of a with statement.

    Args:
        kernel_ms: how long each kernel takes, in milliseconds of the device's clock. Where it is
            given, the device is a fresh one.
        compile_ms: how long its compilation takes at the first use.
    """
    global _simulated_only
    before, _simulated_only = _simulated_only, True
    fresh = current() if kernel_ms is None else Device(kernel_ms, compile_ms)
    try:
        with using(fresh):
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
    before, device.counts = device.counts, Counts()
    try:
        yield device.counts
    finally:
        device.counts = before


def clock() -> float:
    """Return the host's time in seconds: the simulated device's own clock, or the real one."""
    if is_simulated():
        return current().do("clock", "now", (), {})
    import time

    return time.perf_counter()
