"""How long to wait for another process: its own time counts, not what others took of it.

A process that is ready to run and gets no processor loses time to its neighbours or to the machine,
and while the grader itself stands still nobody can answer it. Neither is charged.
"""

from __future__ import annotations

import time
from collections.abc import Callable

LOST = "lost"  # what a checker asks the grader, who sees all processes
SLICE = 1.0  # seconds of one wait: a longer one could not tell whether the grader stood still
STOOD_STILL = 0.1  # seconds by which a wait may end late and mean nothing
OVERTIME = 5.0  # seconds for reading on in what has come already
MOST = 20  # times its seconds: a machine that is slower than that grades nobody


class Deadline:
    """An end that moves away by the time that was lost to others.

    Args:
        seconds: what may be taken, less what is lost.
        lost: returns how many seconds were lost since some moment before this one, and is asked
            only where there is doubt; None where nobody can tell.
    """

    def __init__(self, seconds: float, lost: Callable[[], float] | None = None) -> None:
        self.seconds = seconds
        self._begun = time.monotonic()
        self._lost = lost
        self._before: float | None = None  # what was lost before this began
        self._known = 0.0  # what was lost since, when it was asked for last
        self._stood_still = 0.0

    def left(self) -> float:
        """Return how many seconds are left; below 0 it is over."""
        left = self._left()
        if left <= 0 and self._lost:
            self.lost()
            left = self._left()
        return left

    def lost(self) -> float:
        """Return how many seconds were lost to others."""
        if self._lost:
            asked = time.monotonic()
            lost = self._lost()
            self._notice(time.monotonic() - asked)
            if self._before is None:  # of what it was then, all that can be of this time
                self._before = max(0.0, lost - (time.monotonic() - self._begun))
            self._known = max(self._known, lost - self._before)
        return self.excused

    @property
    def excused(self) -> float:
        """How many seconds are not charged, as far as is known."""
        return min(self._known + self._stood_still, MOST * self.seconds)

    def excuse(self, seconds: float) -> None:
        """Do not charge so many seconds: they were lost within a part of this time."""
        self._stood_still += seconds

    def slice(self) -> float:
        """Return for how many seconds to wait before looking again; 0: take only what is there."""
        left = self.left()
        if left <= -OVERTIME:
            return -1.0
        return min(max(left, 0.0), SLICE, max(self.seconds / 4, 0.01))

    def waited(self, late: float, in_vain: bool) -> None:
        """Note by how many seconds a wait ended late, and whether nothing came of it."""
        self._notice(late)
        if in_vain and self._before is None:
            self.lost()

    def _notice(self, seconds: float) -> None:
        """Do not charge so many seconds between two looks, where they are no trifle."""
        if seconds > STOOD_STILL:
            self._stood_still += seconds

    def _left(self) -> float:
        return self._begun + self.seconds + self.excused - time.monotonic()
