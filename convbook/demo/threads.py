"""The demo of threads that get into each other's way."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from convbook.demo.page import Demo


class Access(NamedTuple):
    """One access of a thread; `convbook.cuda.Step` has the same names."""

    thread: int
    does: str
    array: str
    element: int
    value: float


# Five threads count labels by out[label[i]] += 1, in step, as the emulator saw them.
LABELS = (0, 1, 1, 2, 1)
VOTES = (
    *(Access(t, "reads", "label", t, k) for t, k in enumerate(LABELS)),
    *(Access(t, "reads", "out", k, 0) for t, k in enumerate(LABELS)),
    *(Access(t, "writes", "out", k, 1) for t, k in enumerate(LABELS)),
)


def race(steps: Iterable[Any] = VOTES, array: str = "out") -> Demo:
    """What each thread reads and writes, one access after the other, and what is lost.

    steps: of one block, each with thread, does, array, element and value, as
    `convbook.cuda.watch` gives them; five threads that count labels, if left out.
    array: the one whose numbers are shown as they change.
    Raises ValueError where no thread touches that array.
    """
    taken = [Access(s.thread, s.does, s.array, s.element, s.value) for s in steps]
    touched = [s.element for s in taken if s.array == array]
    if not touched:
        raise ValueError(f"no thread touches {array}")
    before = [0.0] * (max(touched) + 1)
    for step in reversed(taken):  # the first to read a number saw what stood there before
        if step.array == array and step.does == "reads":
            before[step.element] = step.value
    return Demo(
        "race",
        dict(steps=[step._asdict() for step in taken], array=array, before=before),
        title="Threads that meet at one number",
        summary=f"Demo: threads take turns, one access each; what they read, and what they write "
        f"into {array} over the numbers of others.",
        height=400,
    )
