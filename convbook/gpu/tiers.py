"""What the checks of lesson 10 use: run on every device there is, and look at the counters.

for tier in tiers.each():
    with gpu.counting() as seen:
        out = relu(gpu.cupy.asarray(x))
    tiers.quiet(seen, "relu")
    tiers.same(out, expected, f"{tier} out")
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from convbook import check, gpu
from convbook.gpu import Counts

not_run: Counter[str] = Counter()  # tier to how often a check could not use it
RTOL, ATOL = 2e-4, 2e-5  # float32 keeps seven digits; sums of a few hundred lose two or three


def each() -> Iterator[str]:
    """Yield the name of each tier, with `gpu.cupy` set to it: simulated, then real if there is one.

    Points come from the first. What is not run is said.
    """
    with gpu.simulated():
        yield "[cpu-sim]"
    if gpu.real():
        yield "[gpu]"
    else:
        print(skip("[gpu]", "there is no device here"))


def skip(tier: str, reason: str) -> str:
    """Note that a check could not use a tier, and return what to say of it."""
    not_run[tier] += 1
    return f"{tier} not run: {reason}."


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
    if found > most:
        outline = f"{what}: too many, at most {most:g} are needed."
        raise check.not_yet(f"{what}: {found:.4g}, at most {most:g} are needed.", outline=outline)
    print(f"{what}: {found:.4g}, at most {most:g} as expected.")


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
