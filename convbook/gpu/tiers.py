"""What the checks of lesson 10 use: run on every device there is, and look at the counters.

for tier in tiers.each():
    with gpu.counting() as seen:
        out = relu(gpu.cupy.asarray(x))
    tiers.quiet(seen, "relu")
    tiers.same(out, expected, f"{tier} out")
"""

import itertools
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from convbook import check, gpu
from convbook.gpu import Counts
from convbook.gpu.clock import Costs, schedule
from convbook.gpu.names import VERSION

not_run: Counter[str] = Counter()  # tier to how often a check could not use it
KERNELS = Costs(kernel=10e-6)  # twice as long as an order: a host that never waits keeps up
RTOL, ATOL = 2e-4, 2e-5  # float32 keeps seven digits; sums of a few hundred lose two or three


def each() -> Iterator[str]:
    """Yield the name of each tier, with `gpu.cupy` set to it: simulated, then real if there is one.

    Points come from the first. What is not run is said, once.
    """
    with gpu.simulated():
        yield "[cpu-sim]"
    if gpu.real():
        yield "[gpu]"
    elif said := skip("[gpu]", "there is no device here"):
        print(said)


def skip(tier: str, reason: str) -> str:
    """Note that a check could not use a tier, and return what to say of it: the first time only."""
    not_run[tier] += 1
    return f"{tier} not run: {reason}." if not_run[tier] == 1 else ""


def summary() -> str:
    """Say how often which tier could not be used so far."""
    if not not_run:
        return "Every check used every tier."
    return "Not run: " + ", ".join(f"{tier} {times} times" for tier, times in not_run.items()) + "."


def same(actual: Any, expected: Any, name: str, hint: str = "") -> None:
    """Check that an answer lies on the device, and has the expected values in float32's precision.

    Args:
        actual: the answer.
        expected: what it should be, a NumPy array or numbers.
        name: what the answer is called in messages.
        hint: one sentence to show below a difference.

    Raises:
        NotYet: it lies elsewhere, or differs.
    """
    if not isinstance(actual, gpu.cupy.ndarray):
        problem = f"{name} is not on the device: it is a {type(actual).__name__}."
        raise check.not_yet(problem, hint, actual, outline=f"{name} is not on the device.")
    check.same(
        np.asarray(gpu.cupy.asnumpy(actual), dtype=np.float64),
        np.asarray(expected, dtype=np.float64),
        name,
        hint,
        rtol=RTOL,
        atol=ATOL,
    )


def quiet(seen: Counts, name: str) -> None:
    """Check that nothing was uploaded, downloaded, waited for, or computed in float64.

    Args:
        seen: from gpu.counting().
        name: what was run, for the message.

    Raises:
        NotYet: something was; the message says what.
    """
    for kind in ("uploads", "downloads", "waits", "float64", "races"):
        names = seen.names(kind)
        if names:
            raise check.not_yet(
                f"{name}: {kind} {len(names)}, the first by {names[0]}. There should be none.",
                outline=f"{name}: {kind}. There should be none.",
            )
    if not isinstance(seen, gpu.Uncounted):
        print(f"{name}: launches {seen.launches}, and nothing moved or waited.")


def at_most(found: float, most: float, what: str) -> None:
    """Check a count that may be smaller, and not larger.

    Args:
        found: the count.
        most: the largest that is right.
        what: is counted, for the message.

    Raises:
        NotYet: it is larger.
    """
    said = f"at most {_number(most)}"
    if found > most:
        outline = f"{what}: too many, {said} are needed."
        raise check.not_yet(f"{what}: {_number(found)}, {said} are needed.", outline=outline)
    print(f"{what}: {_number(found)}, {said} as expected.")


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"


def counts(seen: Counts, name: str, **expected: int) -> None:
    """Check some of the counters.

    Args:
        seen: from gpu.counting().
        name: what was run, for the message.
        **expected: such as uploads=1.

    Raises:
        NotYet: a counter differs.
    """
    if isinstance(seen, gpu.Uncounted):
        return
    for kind, number in expected.items():
        found = getattr(seen, kind)
        if found != number:
            much = "many" if found > number else "few"
            outline = f"{name}: too {much} {kind}, expected {number}."
            raise check.not_yet(f"{name}: {kind} {found}, expected {number}.", outline=outline)
    print(f"{name}: {', '.join(f'{kind} {n}' for kind, n in expected.items())} as expected.")


def banner() -> str:
    """Say what this machine can show of code for a GPU."""
    found = gpu.named()
    return "\n".join(
        [
            f"GPU: {found or 'none. Points come from the simulated one, wherever you are'}.",
            f"[cpu-sim]   a simulated device with the names of CuPy {VERSION}: yes",
            f"[gpu]       a real device: {'yes' if found else 'no'}",
        ]
    )


def steady(seen: Counts, name: str) -> None:
    """Check on the timeline that the GPU has work from its first kernel to its last.

    Args:
        seen: from gpu.counting().
        name: what was run, for the message.

    Raises:
        NotYet: the GPU stands still in between, though a kernel takes twice as long as its order.
    """
    if isinstance(seen, gpu.Uncounted):
        return
    busy = [s for s in schedule(seen.log, KERNELS) if s.lane == "gpu"]
    gaps = [b.start - a.end for a, b in itertools.pairwise(busy)]
    still, held_up = 1e6 * sum(gaps), sum(gap > 1e-9 for gap in gaps)
    if held_up:
        outline = f"{name}: the GPU stands still between its first kernel and its last."
        raise check.not_yet(
            f"{name}: by the timeline the GPU stands still {held_up} times between its first kernel"
            f" and its last, {still:.0f} µs in all.",
            "What does the host wait for before it orders the next kernel?",
            outline=outline,
        )
    print(f"{name}: by the timeline the GPU is busy from its first kernel to its last.")


def ordered(seen: Counts, name: str) -> None:
    """Check that no stream uses what another may not have finished with.

    Args:
        seen: from gpu.counting().
        name: what was run, for the message.

    Raises:
        NotYet: there is a race.
    """
    if seen.races:
        problem = f"{name}: a race"
        raise check.not_yet(
            f"{problem}, the first at {seen.races[0]}: nothing makes it wait for the other stream.",
            "Which event says that the batch has arrived, and which that nobody reads it any more?",
            outline=f"{problem}: one stream does not wait for another.",
        )
    print(f"{name}: no race.")


def beside(seen: Counts, name: str) -> None:
    """Check that uploads can travel beside the work: from pinned memory, on a stream of their own.

    Args:
        seen: from gpu.counting().
        name: what was run, for the message.

    Raises:
        NotYet: an upload cannot; the message says why.
    """
    for entry in seen.log:
        if entry.kind != "upload":
            continue
        problem = ""
        if not entry.pinned:
            problem = "comes from memory that is not pinned"
        elif not entry.stream:
            problem = "goes to the stream of the work"
        elif entry.stream < 0:
            problem = "goes to a stream that waits for the stream of the work"
        if problem:
            text = f"{name}: an upload {problem}."
            raise check.not_yet(text, outline=text)
    print(f"{name}: all uploads are pinned, on a stream of their own.")
