"""Streams, events, the device and its memory pool, as CuPy has them, for the simulated device."""

from typing import Any, ClassVar

from convbook.gpu import names
from convbook.gpu.device import current


class Named:
    """Names what CuPy's class of that name has and this one lacks."""

    def __getattr__(self, name: str) -> Any:
        kind = type(self).__name__
        if name in names.SURFACE[f"cuda.{kind}"]:
            raise AttributeError(names.lacks(f"cupy.cuda.{kind}.{name}"))
        raise AttributeError(f"{kind!r} object has no attribute {name!r}")


class Stream(Named):
    """A queue of work. Work of one stream runs in order; streams run beside one another."""

    null: ClassVar["Stream"]

    def __init__(
        self,
        null: bool = False,
        non_blocking: bool = False,
        ptds: bool = False,
        priority: int | None = None,
    ) -> None:
        self.null_stream = null or ptds
        self.is_non_blocking = non_blocking
        self.priority = priority or 0
        self._made: tuple[Any, int] = (None, 0)  # on which device, and its number there
        self._before: list[Stream] = []

    @property
    def number(self) -> int:
        """What the device that is used now calls it."""
        device = current()
        if self._made[0] is not device:
            new = 0 if self.null_stream else device.do("stream", "new", (self.is_non_blocking,), {})
            self._made = device, new
        return self._made[1]

    @property
    def done(self) -> bool:
        return _order("reached", self.number)

    def synchronize(self) -> None:
        """Let the host wait until the stream has done all that it was given."""
        _order("wait", "Stream.synchronize", self.number)

    def record(self, event: "Event | None" = None) -> "Event":
        event = event or Event()
        event.record(self)
        return event

    def wait_event(self, event: "Event") -> None:
        """Let what comes next on the stream begin only when the event is reached."""
        _order("follow", self.number, event.mark)

    def use(self) -> "Stream":
        global _current
        _order("use", self.number)
        _current = self
        return self

    def __enter__(self) -> "Stream":
        self._before.append(_current)
        return self.use()

    def __exit__(self, *_: Any) -> None:
        self._before.pop().use()

    def __repr__(self) -> str:
        return f"<Stream {self.number} (device 0)>"


Stream.null = Stream(null=True)
_current = Stream.null


def get_current_stream(device_id: int = -1) -> Stream:
    """Return the stream that new work goes to."""
    return _current


class Event(Named):
    """A mark in a stream."""

    def __init__(
        self, block: bool = False, disable_timing: bool = False, interprocess: bool = False
    ) -> None:
        self.mark = 0  # reached from the beginning

    def record(self, stream: Stream | None = None) -> None:
        """Put the mark behind all that the stream was given so far."""
        self.mark = _order("record", None if stream is None else stream.number)

    def synchronize(self) -> None:
        """Let the host wait until the mark is reached."""
        _order("wait", "Event.synchronize", None, self.mark)

    @property
    def done(self) -> bool:
        return _order("reached", None, self.mark)


def get_elapsed_time(start_event: Event, end_event: Event) -> float:
    """Return the milliseconds between two events; both must have been reached."""
    return _order("elapsed", start_event.mark, end_event.mark)


def synchronize() -> None:
    """Let the host wait until the device has done all that was ordered."""
    _order("wait", "Device.synchronize")


class Device(Named):
    """The device, for a with statement or to wait for. There is one."""

    def __init__(self, device: Any = 0) -> None:
        self.id: int = device.id if isinstance(device, Device) else device or 0
        if self.id:
            raise RuntimeError("cudaErrorInvalidDevice: invalid device ordinal")

    def synchronize(self) -> None:
        synchronize()

    def use(self) -> "Device":
        return self

    def __enter__(self) -> "Device":
        return self

    def __exit__(self, *_: Any) -> None:
        pass

    def __repr__(self) -> str:
        return f"<CUDA Device {self.id}>"


class MemoryPool(Named):
    """What was freed is kept and given out again, instead of asking the device each time."""

    def used_bytes(self) -> int:
        """Return the bytes that arrays use, in blocks of 512."""
        return _memory("blocks")

    def total_bytes(self) -> int:
        """Return the bytes that the pool has taken from the device: used, or kept for later."""
        return _memory("total")

    def free_bytes(self) -> int:
        return self.total_bytes() - self.used_bytes()

    def free_all_blocks(self, stream: Any = None) -> None:
        """Give back what is kept and not used."""
        _memory("release")

    def get_limit(self) -> int:
        return _memory("limit")

    def set_limit(self, size: int | None = None, fraction: float | None = None) -> None:
        """Let the pool take so many bytes at most; 0 for no limit."""
        if fraction is not None:
            raise NotImplementedError("the simulated device takes size alone, in bytes")
        _memory("set limit", size or 0)


def _order(name: str, *args: Any) -> Any:
    return current().do("stream", name, args, {})


def _memory(name: str, *args: Any) -> Any:
    return current().do("memory", name, args, {})
