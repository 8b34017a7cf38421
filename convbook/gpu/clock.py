"""When host, bus and GPU are busy: a log of orders, a cost model, and the times that follow.

The model, all of it:

- The host orders one thing after the other. Each order costs it `launch` seconds; what its own
  Python and NumPy take is left out.
- A stream is a queue: what is ordered on it runs in that order. Streams run beside one another, but
  the default stream and those made without `non_blocking` wait for one another, as in CUDA.
- The GPU runs one kernel at a time. It reads and writes at `memory` bytes a second, computes at
  `speed` FLOP a second, whichever takes longer, and takes at least `SHORTEST`.
- The bus carries one transfer at a time, at `bus` bytes a second. From pinned memory the host goes
  on at once. From plain memory it first copies the bytes to pinned memory, `copy` a second.
- To wait is to stand still until a stream, an event or all that was ordered is done.

clock.js of convbook.demo computes the same in a page.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

SHORTEST = 2e-6  # seconds of a kernel that has next to nothing to do

Kind = Literal["launch", "upload", "download", "wait", "record", "follow", "compile"]
Lane = Literal["host", "bus", "gpu"]


@dataclass(frozen=True)
class Costs:
    """What things cost on a simulated device; a small card of today, in round numbers.

    Attributes:
        launch: seconds that the host spends on one order.
        bus: bytes a second between host and GPU.
        copy: bytes a second that the host copies from plain to pinned memory.
        memory: bytes a second that the GPU reads and writes.
        speed: FLOP a second that the GPU computes, whatever the dtype.
        kernel: seconds that each kernel takes, where all take the same.
        compile: seconds that the host spends when an operation is used for the first time.
    """

    launch: float = 5e-6
    bus: float = 20e9
    copy: float = 10e9
    memory: float = 1000e9
    speed: float = 20e12
    kernel: float | None = None
    compile: float = 0.0


class Entry(NamedTuple):
    """One thing that happened.

    Attributes:
        kind: what it was; "record" marks a place in a stream, "follow" lets a stream wait for one.
        name: the operation, for a person.
        stream: 0 is the default stream, a negative number one that waits for it.
        bytes: over the bus, or read and written by a kernel.
        flops: of a kernel.
        pinned: whether the host's side of a transfer is pinned.
        mark: which record; a wait without one is for the stream, and for all if stream is None.
        float64: whether a kernel's result is.
    """

    kind: Kind
    name: str
    stream: int | None = 0
    bytes: int = 0
    flops: int = 0
    pinned: bool = False
    mark: int | None = None
    float64: bool = False


class Span(NamedTuple):
    """Something that took a while; times in seconds.

    Attributes:
        lane: where.
        kind: an entry's kind, or "copy" to pinned memory, or "order", the host's part.
        entry: its entry's place in the log.
    """

    lane: Lane
    kind: str
    name: str
    start: float
    end: float
    entry: int


@dataclass
class Clock:
    """The times of a host, a bus and a GPU that take one entry after the other.

    Attributes:
        host: the host's time now.
        bus, gpu: when they will be free.
        streams: when each will have done what it was given.
        marks: when each record is reached.
    """

    costs: Costs = field(default_factory=Costs)
    host: float = 0.0
    bus: float = 0.0
    gpu: float = 0.0
    streams: dict[int, float] = field(default_factory=dict)
    marks: dict[int, float] = field(default_factory=dict)

    def ready(self, stream: int | None) -> float:
        """Return when a stream can begin what is ordered now; without one, when all is done."""
        if stream is None:
            others = list(self.streams)
        elif stream == 0:
            others = [other for other in self.streams if other <= 0]
        else:
            others = [stream] if stream > 0 else [stream, 0]
        return max((self.streams.get(other, 0.0) for other in others), default=0.0)

    def take(self, entry: Entry, number: int = 0) -> Iterator[Span]:
        """Let one entry happen; yield what took a while."""
        act = getattr(self, f"_{entry.kind}")
        for lane, kind, start, end in act(entry):
            if end > start:
                yield Span(lane, kind, entry.name, start, end, number)

    def _host(self, seconds: float) -> tuple[float, float]:
        start, self.host = self.host, self.host + seconds
        return start, self.host

    def _launch(self, entry: Entry) -> Iterator[tuple]:
        yield "host", "order", *self._host(self.costs.launch)
        start = max(self.host, self.gpu, self.ready(entry.stream))
        self.gpu = self.streams[entry.stream or 0] = start + self.kernel_seconds(entry)
        yield "gpu", "launch", start, self.gpu

    def kernel_seconds(self, entry: Entry) -> float:
        costs = self.costs
        if costs.kernel is not None:
            return costs.kernel
        return max(SHORTEST, entry.bytes / costs.memory, entry.flops / costs.speed)

    def _upload(self, entry: Entry) -> Iterator[tuple]:
        if not entry.pinned:
            yield "host", "copy", *self._host(entry.bytes / self.costs.copy)
        yield from self._download(entry)

    def _download(self, entry: Entry) -> Iterator[tuple]:
        yield "host", "order", *self._host(self.costs.launch)
        start = max(self.host, self.bus, self.ready(entry.stream))
        self.bus = self.streams[entry.stream or 0] = start + entry.bytes / self.costs.bus
        yield "bus", entry.kind, start, self.bus

    def _wait(self, entry: Entry) -> Iterator[tuple]:
        until = self.ready(entry.stream) if entry.mark is None else self.marks.get(entry.mark, 0.0)
        start, self.host = self.host, max(self.host, until)
        yield "host", "wait", start, self.host

    def _record(self, entry: Entry) -> Iterator[tuple]:
        self.marks[entry.mark or 0] = max(self.host, self.ready(entry.stream))
        return iter(())

    def _follow(self, entry: Entry) -> Iterator[tuple]:
        stream = entry.stream or 0
        self.streams[stream] = max(self.ready(stream), self.marks.get(entry.mark or 0, 0.0))
        return iter(())

    def _compile(self, entry: Entry) -> Iterator[tuple]:
        yield "host", "compile", *self._host(self.costs.compile)


@dataclass(frozen=True)
class Times:
    """How long host, bus and GPU were busy, and how long each was idle, in milliseconds.

    Attributes:
        total: from the first order until all is done. Each is busy, or it is idle.
        host, bus, gpu: busy; a host that copies is busy.
        host_idle, bus_idle, gpu_idle: not busy; a host that waits is idle.
        overlap: bus and GPU busy at the same time.
    """

    total: float
    host: float
    bus: float
    gpu: float
    overlap: float

    host_idle = property(lambda self: self.total - self.host)
    bus_idle = property(lambda self: self.total - self.bus)
    gpu_idle = property(lambda self: self.total - self.gpu)

    def __str__(self) -> str:
        lanes = ("host", "bus", "gpu")
        each = [f"{'GPU' if n == 'gpu' else n} busy {getattr(self, n):.3f}" for n in lanes]
        return f"{self.total:.3f} ms: {', '.join(each)}, bus and GPU together {self.overlap:.3f}"


def schedule(log: Iterable[Entry], costs: Costs) -> list[Span]:
    """Return all that took a while, if the device is idle when the log begins."""
    clock = Clock(costs)
    return [span for number, entry in enumerate(log) for span in clock.take(entry, number)]


def measure(log: Iterable[Entry], costs: Costs) -> Times:
    """Return how long who was busy."""
    spans = schedule(log, costs)
    busy: dict[str, float] = {"host": 0.0, "bus": 0.0, "gpu": 0.0}
    for span in spans:
        if span.kind != "wait":
            busy[span.lane] += span.end - span.start
    total = max((span.end for span in spans), default=0.0)
    both = _shared([s for s in spans if s.lane == "bus"], [s for s in spans if s.lane == "gpu"])
    return Times(*(1000 * seconds for seconds in (total, *busy.values(), both)))


def _shared(some: list[Span], others: list[Span]) -> float:
    """Return how long two lanes are busy together; within a lane nothing overlaps."""
    total, i, j = 0.0, 0, 0
    while i < len(some) and j < len(others):
        a, b = some[i], others[j]
        total += max(0.0, min(a.end, b.end) - max(a.start, b.start))
        if a.end < b.end:
            i += 1
        else:
            j += 1
    return total
