"""What a device was asked to do."""

from dataclasses import dataclass, field

from convbook.gpu.clock import Costs, Entry

KINDS = {"launch": "launches", "upload": "uploads", "download": "downloads", "wait": "waits"}


@dataclass
class Counts:
    """What a device was asked to do.

    Attributes:
        launches: operations that were ordered.
        uploads, downloads: transfers from the host and to it.
        waits: how often the host stood still until the device had caught up.
        float64: launches whose result is float64.
        bytes_up, bytes_down: what the transfers moved.
        memory, peak: bytes of the arrays that were made meanwhile, of those that are still there,
            and at most at one time.
        races: operations that used what another stream may not have finished with.
        log: all that happened, in order.
        costs: what it costs, for gpu.times and gpu.timeline.
    """

    launches: int = 0
    uploads: int = 0
    downloads: int = 0
    waits: int = 0
    float64: int = 0
    bytes_up: int = 0
    bytes_down: int = 0
    memory: int = 0
    peak: int = 0
    races: list[str] = field(default_factory=list)
    log: list[Entry] = field(default_factory=list, repr=False)
    costs: Costs = field(default_factory=Costs)

    def note(self, entry: Entry) -> None:
        self.log.append(entry)
        counter = KINDS.get(entry.kind)
        if counter:
            setattr(self, counter, getattr(self, counter) + 1)
        self.float64 += entry.float64
        self.bytes_up += entry.bytes if entry.kind == "upload" else 0
        self.bytes_down += entry.bytes if entry.kind == "download" else 0

    def hold(self, size: int) -> None:
        """Count memory that is taken, or given back if size is negative."""
        self.memory += size
        self.peak = max(self.peak, self.memory)

    def names(self, counter: str) -> list[str]:
        """Return what was counted by a counter, such as "uploads", in order."""
        if counter == "races":
            return self.races
        if counter == "float64":
            return [entry.name for entry in self.log if entry.float64]
        return [entry.name for entry in self.log if KINDS.get(entry.kind) == counter]

    def __str__(self) -> str:
        bytes_moved = {"uploads": self.bytes_up, "downloads": self.bytes_down}
        parts = []
        for counter in (*KINDS.values(), "float64"):
            moved = bytes_moved.get(counter)
            parts.append(f"{counter} {getattr(self, counter)}" + _bytes(" ({:,} bytes)", moved))
        text = ", ".join(parts) + _bytes(", peak {:,} bytes", self.peak)
        return text + (f", races {len(self.races)}" if self.races else "")


def _bytes(text: str, number: int | None) -> str:
    return text.format(number) if number else ""
