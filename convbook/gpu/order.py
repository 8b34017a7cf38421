"""Which work on the device is surely done before which other: what streams and waits promise.

A program that forgets to wait may give the right numbers here, since the simulated device computes
at once. On a GPU it may read what is not there yet. So each stream keeps what it surely comes
after, and each array who wrote and who read it last.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

Known = dict[int, int]  # a stream to how much of its work is surely over


@dataclass
class Uses:
    """Who used an array last: a stream, and the number of its work."""

    written: tuple[int, int] = (0, 0)
    read: Known = field(default_factory=dict)


class Order:
    """What each stream, each mark and the host surely come after."""

    def __init__(self) -> None:
        self.streams: dict[int, Known] = {0: {}}
        self.marks: dict[int, Known] = {}
        self.host: Known = {}

    def _before(self, stream: int | None) -> Known:
        """Return what comes before anything that is put on a stream now."""
        known = dict(self.host)
        for other, its in self.streams.items():
            waits = stream is None or (stream <= 0 and other == 0) or (stream == 0 and other < 0)
            if other == stream or waits:
                _add(known, its)
        return known

    def work(self, stream: int, read: Iterable[Uses], written: Iterable[Uses]) -> bool:
        """Put work on a stream; tell whether all that it needs is surely over."""
        known = self._before(stream)
        read, written = list(read), list(written)
        good = all(known.get(s, 0) >= n for s, n in (u.written for u in (*read, *written)))
        good &= all(known.get(s, 0) >= n for u in written for s, n in u.read.items())
        number = known[stream] = known.get(stream, 0) + 1
        self.streams[stream] = known
        for uses in read:
            uses.read[stream] = number
        for uses in written:
            uses.written, uses.read = (stream, number), {}
        return good

    def number(self, stream: int) -> int:
        """Return the number of a stream's last work."""
        return self.streams.get(stream, {}).get(stream, 0)

    def over(self, stream: int, number: int) -> bool:
        """Tell whether the host knows that a stream's work is over."""
        return self.host.get(stream, 0) >= number

    def record(self, stream: int, mark: int) -> None:
        self.marks[mark] = self._before(stream)

    def follow(self, stream: int, mark: int) -> None:
        _add(self.streams.setdefault(stream, {}), self.marks.get(mark, {}))

    def wait(self, stream: int | None, mark: int | None) -> None:
        """Let the host come after a mark, a stream, or everything."""
        _add(self.host, self._before(stream) if mark is None else self.marks.get(mark, {}))


def _add(known: Known, more: Known) -> None:
    for stream, number in more.items():
        known[stream] = max(known.get(stream, 0), number)
