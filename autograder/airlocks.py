"""The open airlocks of this process: a lesson's is opened once for all who grade it."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from autograder.airlock import Airlock, SandboxError
from autograder.course import Lesson
from autograder.grade import canary, open_airlock


class AirlockFailed(Exception):
    """An airlock broke while a submission was in it, which is no student's doing."""


@dataclass
class _Open:
    airlock: Airlock
    close: ExitStack = field(repr=False)
    users: int = 0


_lock = threading.Lock()
_open: dict[tuple[str, str | None], _Open] = {}


@contextmanager
def airlock(lesson: Lesson, sandbox: str | None) -> Iterator[Airlock]:
    """Use a lesson's airlock, whose solution has got every point in it; from any thread.

    One that fails is not used again: the next who asks gets a fresh one. Opening one closes those
    that nobody uses, as the lessons of a class are graded one after the other.

    Args:
        lesson: to be graded.
        sandbox: as for `open_airlock`.

    Raises:
        CourseError: the lesson's own solution does not get every point.
        SandboxError: it does not open.
        AirlockFailed: it broke while it was used.
    """
    key = (lesson.name, sandbox)
    with _lock:
        if key not in _open:
            _close_unused()
            _open[key] = _opened(lesson, sandbox)
        mine = _open[key]
        mine.users += 1
    try:
        yield mine.airlock
    except SandboxError as error:
        with _lock:
            if _open.get(key) is mine:
                del _open[key]
        raise AirlockFailed(str(error)) from None
    finally:
        with _lock:
            mine.users -= 1
            if mine.users == 0 and _open.get(key) is not mine:
                mine.close.close()


def close() -> None:
    """Close all; what still runs in one is lost."""
    with _lock:
        for one in _open.values():
            one.close.close()
        _open.clear()


def _opened(lesson: Lesson, sandbox: str | None) -> _Open:
    with ExitStack() as stack:
        opened = stack.enter_context(open_airlock(lesson, sandbox))
        canary(lesson, opened)
        return _Open(opened, stack.pop_all())


def _close_unused() -> None:
    for key, one in list(_open.items()):
        if one.users == 0:
            one.close.close()
            del _open[key]
