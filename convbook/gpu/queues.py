"""The device's streams and the marks in them: which is in use, and what is ordered on which."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from convbook.gpu.clock import Entry
from convbook.gpu.order import Order, Uses

if TYPE_CHECKING:
    from convbook.gpu.device import Device


class NotReady(RuntimeError):
    """The GPU has not got so far yet. CuPy raises CUDARuntimeError with this text."""


class Queues:
    """The streams of a device.

    Attributes:
        current: the stream that new work goes to: 0, the default; below it one that waits for it
            as it waits for them; above it one made with non_blocking=True.
    """

    def __init__(self, device: "Device") -> None:
        self.device = device
        self.current = 0
        self.made = {0}
        self.marks = 0  # how many there are
        self._order = Order()
        self._flying: dict[Any, tuple[int, int, int]] = {}  # pinned memory that is being read

    def order(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Carry out an order that is about streams: one of the names below."""
        if name not in ("new", "use", "wait", "record", "follow", "reached", "elapsed"):
            raise ValueError(f"a stream has no order {name!r}")
        return getattr(self, name)(*args)

    def work(self, name: str, read: Iterable[Uses], written: Iterable[Uses]) -> None:
        """Put work on the current stream, and note where it does not wait for what it needs."""
        if not self._order.work(self.current, read, written):
            self.device.counts.races.append(name)

    def leave(self, place: Any, content: int) -> None:
        """Note an upload from pinned memory, and whether it was filled anew too soon.

        Args:
            place: which memory it is.
            content: a number that stands for what is in it.
        """
        flying = {p: f for p, f in self._flying.items() if not self._order.over(*f[:2])}
        if place in flying and flying[place][2] != content:
            self.device.counts.races.append("pinned memory")
        flying[place] = (self.current, self._order.number(self.current), content)
        self._flying = flying

    def forget(self) -> None:
        """Take it that all uploads so far are done."""
        self._flying = {}

    def new(self, non_blocking: bool) -> int:
        number = len(self.made) * (1 if non_blocking else -1)
        self.made.add(number)
        return number

    def use(self, stream: int) -> int:
        """Let new work go to a stream; return which it went to before."""
        before, self.current = self.current, self._known(stream)
        return before

    def wait(self, name: str, stream: int | None = None, mark: int | None = None) -> None:
        """Let the host wait for a mark, or for a stream, or, without either, for everything."""
        stream = stream if stream is None else self._known(stream)
        self.device.note(Entry("wait", name, stream, mark=mark))
        self._order.wait(stream, mark)

    def record(self, stream: int | None = None) -> int:
        """Put a mark into a stream, the current one if none is named; return its number."""
        stream = self.current if stream is None else self._known(stream)
        self.marks += 1
        self.device.note(Entry("record", "record", stream, mark=self.marks))
        self._order.record(stream, self.marks)
        return self.marks

    def follow(self, stream: int, mark: int) -> None:
        """Let a stream go on only when a mark is reached."""
        self.device.note(Entry("follow", "wait_event", self._known(stream), mark=mark))
        self._order.follow(stream, mark)

    def reached(self, stream: int | None = None, mark: int | None = None) -> bool:
        """Tell whether a mark is reached, or a stream done, at the host's time now."""
        clock = self.device.clock
        return (clock.ready(stream) if mark is None else clock.marks.get(mark, 0.0)) <= clock.host

    def elapsed(self, start: int, end: int) -> float:
        """Return the milliseconds between two marks that are reached."""
        if not all(self.reached(None, mark) for mark in (start, end)):
            raise NotReady("cudaErrorNotReady: device not ready")
        marks = self.device.clock.marks
        return 1000 * (marks.get(end, 0.0) - marks.get(start, 0.0))

    def _known(self, stream: int) -> int:
        if stream not in self.made:
            raise ValueError("a stream of another device")
        return stream
