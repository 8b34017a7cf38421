"""What a simulated device did, as a picture of time that one can move in."""

import dataclasses

from convbook.demo.page import Demo
from convbook.gpu import Costs, Counts, Uncounted, times

MOST = 5000  # entries that a page still moves well with


def timeline(seen: Counts, costs: Costs | None = None) -> Demo:
    """The log of a device as lanes of host, bus and GPU, with sliders for what things cost.

    Args:
        seen: from gpu.counting(), on the simulated device.
        costs: what things cost; as on the device where it was counted, if none are given.

    Raises:
        ValueError: nothing was counted, or nothing happened.
    """
    if isinstance(seen, Uncounted):
        raise ValueError(
            "nothing was counted: this is a real device. Run it in `with gpu.simulated(),"
            " gpu.counting() as seen:`"
        )
    if not seen.log:
        raise ValueError("the log is empty: nothing was asked of the device while it was counted")
    costs = costs or seen.costs
    log = seen.log[:MOST]
    names = sorted({entry.name for entry in log})
    place = {name: number for number, name in enumerate(names)}
    return Demo(
        "timeline",
        dict(
            title="Timeline of host, bus and GPU",
            names=names,
            log=[
                [e.kind, place[e.name], e.stream, e.bytes, e.flops, int(e.pinned), e.mark]
                for e in log
            ],
            costs=dataclasses.asdict(costs),
        ),
        title="Timeline of host, bus and GPU",
        summary=f"Timeline: {summary(seen, costs)}",
        height=540,
        scripts=("clock", "lanes", "facts"),
    )


def summary(seen: Counts, costs: Costs) -> str:
    """Say in words what the picture shows."""
    found = times(seen, costs)
    lanes = (("the host", "host"), ("the bus", "bus"), ("the GPU", "gpu"))
    each = [f"{name} is busy for {getattr(found, key):.3f} ms" for name, key in lanes]
    first = f", of which the first {MOST:,} are drawn" if len(seen.log) > MOST else ""
    wait = "a wait" if seen.waits == 1 else f"{seen.waits} waits"
    return (
        f"{len(seen.log):,} entries{first}, {found.total:.3f} ms in all; {', '.join(each)};"
        f" bus and GPU are busy together for {found.overlap:.3f} ms. There are {wait};"
        f" {seen.bytes_up:,} bytes go up and {seen.bytes_down:,} come down."
    )
