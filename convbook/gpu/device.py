"""The simulated device: memory, arithmetic, counters and a clock. NumPy does the arithmetic.

It is what a GPU is to a program: another party, to which one sends orders. Its arrays never leave
it but by a counted transfer. While grading, it lives in another process than the code that uses it
(see `Far`).
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from convbook.gpu import names
from convbook.gpu.array import ndarray

MAX_BYTES = 1 << 30  # of one array
ORDER_SECONDS = 5e-6  # what the host spends on ordering one launch

Args = tuple[Any, ...]


class NotReady(RuntimeError):
    """The GPU has not got so far yet. CuPy raises CUDARuntimeError with this text."""


@dataclass
class Counts:
    """What a device was asked to do.

    Attributes:
        launches: operations that were ordered.
        uploads, downloads: transfers from the host and to it.
        waits: how often the host stood still until the device had caught up.
        float64: launches whose result is float64.
        log: pairs of kind and name, in order.
    """

    launches: int = 0
    uploads: int = 0
    downloads: int = 0
    waits: int = 0
    float64: int = 0
    log: list[tuple[str, str]] = field(default_factory=list, repr=False)

    def note(self, kind: str, name: str) -> None:
        setattr(self, kind, getattr(self, kind) + 1)
        self.log.append((kind, name))

    def __str__(self) -> str:
        kinds = ("launches", "uploads", "downloads", "waits", "float64")
        return ", ".join(f"{kind} {getattr(self, kind)}" for kind in kinds)


class Device:
    """A device of its own: its memory, its counters, and its clock, which only orders move."""

    def __init__(self, kernel_ms: float = 0.0, compile_ms: float = 0.0) -> None:
        """Make a device whose kernels take so long each, and so long to compile at first use."""
        self.counts = Counts()
        self.kernel_seconds = kernel_ms / 1000
        self.compile_seconds = compile_ms / 1000
        self.host = 0.0  # the host's time, in seconds
        self.ready = 0.0  # when all that was ordered will be done
        self._compiled: set[str] = set()
        self._rng = np.random.default_rng(0)
        self._orders: dict[str, Callable[[str, Args, dict[str, Any]], Any]] = {
            "upload": self._upload,
            "download": self._download,
            "function": self._function,
            "method": self._method,
            "ufunc": self._ufunc,
            "at": self._at,
            "random": self._random,
            "getitem": self._getitem,
            "setitem": self._setitem,
            "clock": self._clock,
        }

    def do(self, kind: str, name: str, args: Args, kwargs: dict[str, Any]) -> Any:
        """Carry out one order; return plain values and arrays of this device.

        Args:
            kind: one of the orders above.
            name: which function, method or ufunc; for messages and the log otherwise.
            args, kwargs: plain values and arrays of this device.

        Raises:
            TypeError, ValueError, IndexError, MemoryError: as CuPy would.
        """
        if kind not in self._orders:
            raise ValueError(f"a device has no order {kind!r}")
        return self._orders[kind](name, args, kwargs)

    def _upload(self, name: str, args: Args, kwargs: dict[str, Any]) -> Any:
        self.counts.note("uploads", name)
        return self._keep(np.array(args[0], **kwargs))

    def _download(self, name: str, args: Args, kwargs: dict[str, Any]) -> Any:
        self.counts.note("downloads", name)
        self._wait(name)
        return np.array(self._values(args[0]))

    def _function(self, name: str, args: Args, kwargs: dict[str, Any]) -> Any:
        return self._run(name, names.function(name), args, kwargs)

    def _method(self, name: str, args: Args, kwargs: dict[str, Any]) -> Any:
        if name not in names.METHODS:
            raise AttributeError(f"the simulated device does not know ndarray.{name}")

        def call(array: np.ndarray, *rest: Any, **options: Any) -> Any:
            return getattr(array, name)(*rest, **options)

        return self._run(name, call, args, kwargs)

    def _ufunc(self, name: str, args: Args, kwargs: dict[str, Any]) -> Any:
        name, _, method = name.partition(".")
        ufunc = names.ufunc(name)
        call = getattr(ufunc, method) if method in ("reduce", "accumulate", "outer") else ufunc
        return self._run(name, call, args, kwargs)

    def _at(self, name: str, args: Args, kwargs: dict[str, Any]) -> None:
        array, index, *values = self._values(args)
        names.ufunc(name).at(array, index, *values)
        self._launch(f"{name}.at", array)

    def _random(self, name: str, args: Args, kwargs: dict[str, Any]) -> Any:
        if name == "seed":
            self._rng = np.random.default_rng(*args)
            return None
        return self._run(name, names.random(self._rng, name), args, kwargs)

    def _getitem(self, name: str, args: Args, kwargs: dict[str, Any]) -> Any:
        array, key = self._values(args)
        if any(isinstance(k, np.ndarray) and k.dtype == bool for k in _parts(key)):
            self._wait("boolean mask")  # how many are there?
        self._note_host_indices(args[1])
        return self._finish("getitem", array[key], [array])

    def _setitem(self, name: str, args: Args, kwargs: dict[str, Any]) -> None:
        array, key, value = self._values(args)
        self._note_host_indices(args[1])
        array[key] = value
        self._launch("setitem", array)

    def _note_host_indices(self, key: Any) -> None:
        for part in _parts(key):
            if isinstance(part, (list, np.ndarray)):
                self.counts.note("uploads", "host index")

    def _clock(self, name: str, args: Args, kwargs: dict[str, Any]) -> float:
        """Read or use the clock: "now", "wait", "record", or "elapsed" between two records."""
        if name == "wait":
            self._wait("synchronize", *args)
        elif name == "record":
            return max(self.host, self.ready)
        elif name == "elapsed":
            if max(args) > self.host:
                raise NotReady("cudaErrorNotReady: device not ready")
            return 1000 * (args[1] - args[0])
        return self.host

    def _run(self, name: str, call: Callable[..., Any], args: Args, kwargs: dict) -> Any:
        values, options = self._values(args), {k: self._values(v) for k, v in kwargs.items()}
        if name in names.CREATING:
            _check_size(values, options)
        with np.errstate(all="ignore"):  # a GPU does not warn
            result = call(*values, **options)
        if name in names.WAITING or (name == "where" and len(args) == 1):
            self._wait(name)
        for array in (*args, *kwargs.values()):  # out= gives the array itself
            if isinstance(array, ndarray) and array.memory is result:
                self._launch(name, result)
                return array
        return self._finish(name, result, list(_arrays((values, list(options.values())))))

    def _finish(self, name: str, result: Any, inputs: list[np.ndarray]) -> Any:
        """Keep what came out on the device, and count the launch, unless it is a mere view."""
        if isinstance(result, (tuple, list)):
            return type(result)(self._finish(name, part, inputs) for part in result)
        if not isinstance(result, (np.ndarray, np.generic)):
            return result
        result = np.asarray(result)
        if not any(np.may_share_memory(result, array) for array in inputs):
            self._launch(name, result)
        return self._keep(result)

    def _keep(self, values: np.ndarray) -> ndarray:
        if values.dtype.kind not in "biufc":
            raise ValueError(f"Unsupported dtype {values.dtype}")
        if values.nbytes > MAX_BYTES:
            raise MemoryError(f"Out of memory allocating {values.nbytes:,} bytes")
        return ndarray(self, values, values.dtype, values.shape)

    def _values(self, thing: Any) -> Any:
        """Replace the arrays of this device by their values, however deep."""
        if isinstance(thing, ndarray):
            if thing.device is not self:
                raise ValueError("Array device must be same as the current device")
            return thing.memory
        if isinstance(thing, (tuple, list)):
            return type(thing)(self._values(part) for part in thing)
        if isinstance(thing, slice):
            return slice(*map(self._values, (thing.start, thing.stop, thing.step)))
        return thing

    def _launch(self, name: str, result: np.ndarray) -> None:
        self.counts.note("launches", name)
        if result.dtype in (np.float64, np.complex128):
            self.counts.note("float64", name)
        if name not in self._compiled:  # the host compiles, and has to stand by
            self._compiled.add(name)
            self.host += self.compile_seconds
        self.host += ORDER_SECONDS
        self.ready = max(self.host, self.ready) + self.kernel_seconds

    def _wait(self, name: str, until: float | None = None) -> None:
        self.counts.note("waits", name)
        self.host = max(self.host, self.ready if until is None else until)


class Far:
    """A device in another process, reached through a function that carries the orders there."""

    def __init__(self, send: Callable[..., Any]) -> None:
        self.do = send


_current: Device | Far = Device()


def current() -> Device | Far:
    """Return the simulated device that new arrays go to."""
    return _current


@contextlib.contextmanager
def using(device: Device | Far) -> Iterator[None]:
    """Let new arrays go to another device, for the time of a with statement."""
    global _current
    before, _current = _current, device
    try:
        yield
    finally:
        _current = before


def _parts(key: Any) -> tuple[Any, ...]:
    return key if isinstance(key, tuple) else (key,)


def _arrays(thing: Any) -> Iterator[np.ndarray]:
    if isinstance(thing, np.ndarray):
        yield thing
    elif isinstance(thing, (tuple, list)):
        for part in thing:
            yield from _arrays(part)


def _check_size(values: Args, options: dict[str, Any]) -> None:
    """Refuse an array that is too large before NumPy makes it."""
    shape = options.get("shape", values[0] if values else ())
    sizes = shape if isinstance(shape, (tuple, list)) else (shape,)
    total = 1
    for size in sizes:
        total *= size if isinstance(size, int) else 1
    if total > MAX_BYTES:
        raise MemoryError(f"Out of memory allocating an array of {total:,} numbers")
