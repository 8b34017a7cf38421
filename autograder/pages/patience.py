"""A limit on the processor time of one step, whatever a library makes of its input."""

import signal
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

Result = TypeVar("Result")


class Overdue(BaseException):
    """A step took too long. No `except Exception` of a library takes it for an error of its own."""


def within(seconds: float, step: Callable[[], Result]) -> Result:
    """Return what a step returns.

    Python is stopped, a call of C only after its return. Where there are no such clocks, as on
    Windows or in a second thread, there is no limit.

    Args:
        seconds: of this process's processor time, that of other threads too.
        step: what is done.

    Raises:
        Overdue: it took longer.
    """
    if seconds <= 0:
        raise Overdue
    try:
        before = signal.signal(signal.SIGVTALRM, _overdue)
    except (AttributeError, ValueError):
        return step()
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        return step()
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _overdue(number: int, frame: FrameType | None) -> None:
    raise Overdue
