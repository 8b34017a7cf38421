"""The simulated device: memory, arithmetic, counters and a clock. NumPy does the arithmetic.

It is what a GPU is to a program: another party, to which one sends orders. Its arrays never leave
it but by a counted transfer. While grading, it lives in another process than the code that uses it
(see `Far`).
"""

import contextlib
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from convbook.gpu import fusing, names, work
from convbook.gpu.array import ndarray
from convbook.gpu.clock import Clock, Costs, Entry, Kind
from convbook.gpu.counts import Counts
from convbook.gpu.memory import Memory
from convbook.gpu.order import Uses
from convbook.gpu.queues import Queues

Args = tuple[Any, ...]


class Device:
    """A device of its own: its memory, its counters, and its clock, which only orders move."""

    def __init__(self, costs: Costs | None = None) -> None:
        """Make a device where things cost what the costs say."""
        self.costs = costs or Costs()
        self.clock = Clock(self.costs)
        self.memory = Memory()
        self.queues = Queues(self)
        self.counts = Counts()
        self.counted = False  # whether somebody looks at the counts
        self._compiled: set[str] = set()
        self._rng = np.random.default_rng(0)
        self._orders: dict[str, Callable[[str, Args, dict[str, Any]], Any]] = {
            "upload": self._upload,
            "set": self._set,
            "download": self._download,
            "function": self._function,
            "method": self._method,
            "ufunc": self._ufunc,
            "at": self._at,
            "fused": self._fused,
            "random": self._random,
            "getitem": self._getitem,
            "setitem": self._setitem,
            "alias": lambda name, args, kwargs: self._keep(self._values(args[0])),
            "stream": self.queues.order,
            "clock": lambda name, args, kwargs: self.clock.host,
            "memory": self._memory,
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

    @contextlib.contextmanager
    def counting(self) -> Iterator[Counts]:
        """Count what is asked for during a with statement, from an empty log on."""
        before = self.counts, self.counted
        self.counts, self.counted = Counts(costs=self.costs), True
        self.memory.forget()  # a race depends on nothing that was before
        self.queues.forget()
        try:
            yield self.counts
        finally:
            self.counts, self.counted = before

    def note(self, entry: Entry) -> None:
        """Let something happen: the clock moves, and it is counted where somebody looks."""
        for _ in self.clock.take(entry):
            pass
        if self.counted:
            self.counts.note(entry)

    def _upload(self, name: str, args: Args, kwargs: dict[str, Any]) -> Any:
        place = kwargs.pop("pinned", None)
        values = np.array(args[0], **kwargs)
        made = self._keep(values)
        self._carry("upload", name, values, place)
        return made

    def _set(self, name: str, args: Args, kwargs: dict[str, Any]) -> None:
        array = self._values(args[0])
        if array.shape != np.shape(args[1]):
            raise ValueError(
                f"Shape mismatch. Old shape: {array.shape}, new shape: {args[1].shape}"
            )
        if array.dtype != args[1].dtype:
            raise TypeError(f"{args[1].dtype} array cannot be set to {array.dtype} array")
        array[...] = args[1]
        self._carry("upload", name, array, kwargs.get("pinned"))

    def _download(self, name: str, args: Args, kwargs: dict[str, Any]) -> Any:
        values = self._values(args[0])
        self._carry("download", name, values, kwargs.get("pinned"))
        if kwargs.get("blocking", True):
            self.queues.wait(name, self.queues.current)
        return np.array(values)

    def _carry(self, kind: Kind, name: str, values: np.ndarray, place: Any) -> None:
        """Move the values of an array of the device over the bus, one way or the other.

        Args:
            place: where on the host they lie, if that is pinned.
        """
        uses = [self._hold(values)]
        up = kind == "upload"
        self.queues.work(name, [] if up else uses, uses if up else [])
        if up and place is not None:
            self.queues.leave(place, zlib.crc32(values.tobytes()))
        self.note(Entry(kind, name, self.queues.current, values.nbytes, pinned=place is not None))

    def _function(self, name: str, args: Args, kwargs: dict[str, Any]) -> Any:
        return self._run(name, names.function(name), args, kwargs)

    def _method(self, name: str, args: Args, kwargs: dict[str, Any]) -> Any:
        if name not in names.METHODS:
            raise AttributeError(names.lacks(f"ndarray.{name}"))

        def call(array: np.ndarray, *rest: Any, **options: Any) -> Any:
            return getattr(array, name)(*rest, **options)

        return self._run(name, call, args, kwargs)

    def _ufunc(self, name: str, args: Args, kwargs: dict[str, Any]) -> Any:
        name, _, method = name.partition(".")
        ufunc = names.ufunc(name)
        if method not in ("reduce", "accumulate", "outer"):
            return self._run(name, ufunc, args, kwargs)
        return self._run(f"{name}.{method}", getattr(ufunc, method), args, kwargs)

    def _at(self, name: str, args: Args, kwargs: dict[str, Any]) -> None:
        array, index, *values = self._values(args)
        names.ufunc(name).at(array, index, *values)
        read = list(work.arrays((index, values)))
        self._launch(f"{name}.at", read, [array], sum(x.size for x in read[:1]) or array.size)

    def _fused(self, name: str, args: Args, kwargs: dict[str, Any]) -> Any:
        steps, inputs = args
        values = self._values(list(inputs))
        with np.errstate(all="ignore"):
            results, flops = fusing.run(steps, values)
        made = [part for part in results if not any(part is given for given in values)]
        read = [part for part in values if isinstance(part, np.ndarray)]
        self._launch(name, read, made or read[:1], flops)
        kept = {id(part): self._keep(part) for part in made}
        given = dict(zip(map(id, values), inputs, strict=True))
        out = [kept.get(id(part), given.get(id(part))) for part in results]
        return out[0] if kwargs.get("single") else tuple(out)

    def _random(self, name: str, args: Args, kwargs: dict[str, Any]) -> Any:
        if name == "seed":
            self._rng = np.random.default_rng(*args)
            return None
        return self._run(name, names.random(self._rng, name), args, kwargs)

    def _getitem(self, name: str, args: Args, kwargs: dict[str, Any]) -> Any:
        array, key = self._values(args)
        self._wait_for_mask(key)
        self._note_host_indices(args[1])
        picked = array[key]
        if isinstance(picked, np.generic):  # one number is a view of it, as in CuPy
            picked = array[(*work.parts(key), ...)]
        if np.may_share_memory(picked, array):
            return self._keep(picked)
        self._launch("getitem", [picked, *work.arrays(key)], [picked], picked.size, [array])
        return self._keep(picked)

    def _setitem(self, name: str, args: Args, kwargs: dict[str, Any]) -> None:
        array, key, value = self._values(args)
        self._wait_for_mask(key)
        self._note_host_indices(args[1])
        array[key] = value
        part = np.asarray(array[key])
        self._launch("setitem", list(work.arrays((key, value))), [part], part.size, [], [array])

    def _wait_for_mask(self, key: Any) -> None:
        """Wait as CuPy does where a mask is read or written: it counts the places first."""
        if any(isinstance(k, np.ndarray) and k.dtype == bool for k in work.parts(key)):
            self.queues.wait("boolean mask", self.queues.current)

    def _note_host_indices(self, key: Any) -> None:
        for part in work.parts(key):
            if isinstance(part, (list, np.ndarray)):
                size = np.asarray(part).nbytes
                self.note(Entry("upload", "host index", self.queues.current, size))

    def _memory(self, name: str, args: Args, kwargs: dict[str, Any]) -> int:
        """Tell what CuPy's pool would: "blocks", "total", "limit"; or "release" or "set limit"."""
        if name == "release":
            self.memory.release()
        elif name == "set limit":
            self.memory.limit = int(args[0])
        elif name in ("blocks", "total", "limit"):
            return int(getattr(self.memory, name))
        return 0

    def _run(self, name: str, call: Callable[..., Any], args: Args, kwargs: dict) -> Any:
        values, options = self._values(args), {k: self._values(v) for k, v in kwargs.items()}
        if name in names.CREATING:
            work.check_size(values, options)
        with np.errstate(all="ignore"):  # a GPU does not warn
            result = call(*values, **options)
        if name in names.WAITING or (name == "where" and len(args) == 1):
            self.queues.wait(name, self.queues.current)
        if name in names.UNWRITTEN:
            return self._keep(result)
        inputs = list(work.arrays((values, [v for k, v in options.items() if k != "out"])))
        for array in (*args, *kwargs.values()):  # out= gives the array itself
            if isinstance(array, ndarray) and array.memory is result:
                self._launch(name, inputs, [result], work.flops(name, values, inputs, result))
                return array
        return self._finish(name, result, values, inputs)

    def _finish(self, name: str, result: Any, values: Any, inputs: list[np.ndarray]) -> Any:
        """Keep what came out on the device, and count the launch, unless it is a mere view."""
        if isinstance(result, (tuple, list)):
            return type(result)(self._finish(name, part, values, inputs) for part in result)
        if not isinstance(result, (np.ndarray, np.generic)):
            return result
        result = np.asarray(result)
        if not any(np.may_share_memory(result, array) for array in inputs):
            self._launch(name, inputs, [result], work.flops(name, values, inputs, result))
        return self._keep(result)

    def _keep(self, values: np.ndarray) -> ndarray:
        if values.dtype.kind not in "biufc":
            raise ValueError(f"Unsupported dtype {values.dtype}")
        if values.nbytes > work.MAX_BYTES:
            raise MemoryError(f"Out of memory allocating {values.nbytes:,} bytes")
        self._hold(values)
        return ndarray(self, values, values.dtype, values.shape)

    def _hold(self, values: np.ndarray) -> Uses:
        return self.memory.hold(values, self.counts, self.queues.current)

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

    def _launch(
        self,
        name: str,
        read: Iterable[np.ndarray],
        written: Iterable[np.ndarray],
        flops: int,
        also_read: Iterable[np.ndarray] = (),
        also_written: Iterable[np.ndarray] = (),
    ) -> None:
        """Order a kernel that reads and writes these; of the others it touches parts alone."""
        read, written = list(read), list(written)
        if self.costs.compile and name not in self._compiled:
            self.note(Entry("compile", name))
        self._compiled.add(name)
        ours = [part for part in (*read, *also_read) if self.memory.holds(part)]
        self.queues.work(name, map(self._hold, ours), map(self._hold, [*(also_written or written)]))
        moved = work.bytes_moved(read, written)
        wide = any(part.dtype in (np.float64, np.complex128) for part in written)
        stream = self.queues.current
        self.note(Entry("launch", name, stream, moved, int(flops), float64=wide))


class Far:
    """A device in another process, reached through a function that carries the orders there."""

    def __init__(self, send: Callable[..., Any]) -> None:
        self.do = send


_current: Device | Far = Device()


def current() -> Device | Far:
    """Return the simulated device that new arrays go to."""
    return _current


def now() -> float:
    """Return the host's time on the clock of the device that is used, in seconds."""
    return current().do("clock", "now", (), {})


@contextlib.contextmanager
def using(device: Device | Far) -> Iterator[None]:
    """Let new arrays go to another device, for the time of a with statement."""
    global _current
    before, _current = _current, device
    try:
        yield
    finally:
        _current = before
