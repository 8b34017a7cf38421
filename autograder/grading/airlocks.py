"""The open airlocks of this process: a lesson's is opened once for all who grade it."""

import errno
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import autograder
from autograder.airlock import Airlock, Limits, SandboxError
from autograder.course import Lesson, root
from autograder.grading.grade import canary
from autograder.grading.stage import SEEN_AT, stage
from autograder.shown import one_line
from convbook.running import later

# What a folder for temporary files that is full, missing or not ours is an error of.
_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.ENOENT}


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
def open_airlock(
    lesson: Lesson,
    sandbox: str | None = None,
    limits: Limits | None = None,
    many: bool = True,
) -> Iterator[Airlock]:
    """Start an airlock for the submissions of one lesson.

    Args:
        lesson: decides which given layers student code cannot import.
        sandbox: 'bwrap', 'user' or 'none'; bubblewrap, or an error, where None.
        limits: of each submission; the usual ones where None.
        many: whether it is for more than one submission, so that it pays to load for all.

    Raises:
        SandboxError: there is no sandbox on this machine; the text says what to do.
    """
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="convbook-"))
            stage(lesson, Path(folder))
            airlock = Airlock(
                sandbox,
                limits,
                binds=[(folder, SEEN_AT)],
                student_path=[SEEN_AT],
                drawing=later.DRAWING,
                imported=lesson.imported,
                many=many,
                checker_warm=f"from autograder.judging import warm\nwarm.up({lesson.name!r})",
                machine=_machine(lesson),
                secrets=[root() / "solutions", Path(autograder.__file__).parent],
            )
            stack.enter_context(airlock)
        except OSError as error:
            if isinstance(error, shutil.Error) or error.errno in _ROOM:
                raise SandboxError(_no_room(error)) from error
            raise
        yield airlock


def _no_room(error: OSError) -> str:
    """Say that an airlock does not open, as its temporary files cannot be written."""
    # Where a whole folder could not be copied, there is a reason for each file.
    several = error.args[0] if isinstance(error, shutil.Error) else []
    why = one_line(several[0][-1] if several else error).partition(": '")[0]
    where = tempfile.tempdir or os.environ.get("TMPDIR") or "the folder for them"
    return (
        f"temporary files cannot be written to {where} ({why}): make room there, or set TMPDIR to"
        " another folder, and run the same command again"
    )


def _machine(lesson: Lesson) -> bytes | None:
    """Return the CUDA emulator's machine for a lesson that needs it, where it can be compiled."""
    if not any("cuda" in source for source in lesson.given):
        return None
    from convbook.cuda import build  # here, as the other lessons do without it

    return build.compiled_machine().read_bytes() if build.compiler() else None


@contextmanager
def airlock(lesson: Lesson, sandbox: str | None) -> Iterator[Airlock]:
    """Use a lesson's airlock, whose solution has got every point in it; from any thread.

    One in which something failed is not used again: the next who asks gets a fresh one. Opening one
    closes those that nobody uses, as the lessons of a class are graded one after the other.

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
    except Exception as error:
        with _lock:
            if _open.get(key) is mine:
                del _open[key]
        if isinstance(error, SandboxError):
            raise AirlockFailed(str(error)) from None
        raise
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
