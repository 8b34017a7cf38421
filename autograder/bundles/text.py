"""What a hand-in came to as text, for platforms that have room for nothing else."""

from __future__ import annotations

from convbook.points import said

from .work import Work

MOST = 60_000  # characters


def of(found: Work) -> str:
    """Return the points, a line for each check, and what was wrong below it."""
    lines = [*found.notes, f"{found.lesson}: {said(found.score, found.points)}"]
    for test in found.tests:
        lines.append(f"{test.name}: {test.score:g} of {test.points:g}")
        lines += [f"    {line}" for line in test.said.splitlines()]
    whole = "\n".join(lines)
    return whole if len(whole) <= MOST else f"{whole[: MOST - 4]} ..."
