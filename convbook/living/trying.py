"""Call a student's function: for so long and no longer, and say in a sentence what went wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np

LONGEST = 200  # characters of what a student's error says


class Unusable(Exception):
    """A function of the student's cannot be used here; its text says why."""


class _TimeIsUp(BaseException):
    """Raised inside a function that takes too long; `except Exception` does not stop it."""


def call(function: Callable[..., Any], seconds: float, *args: Any, **how: Any) -> Any:
    """Call a function, and end it when its time is up.

    Args:
        function: the student's.
        seconds: it may take.
        args, how: its arguments; it gets copies of arrays, which it may change.

    Raises:
        Unusable: it raised, or took longer. What NumPy does in one call cannot be ended early.
    """
    name = getattr(function, "__name__", "function")
    args = tuple(arg.copy() if isinstance(arg, np.ndarray) else arg for arg in args)
    try:
        return _within(seconds, lambda: function(*args, **how))
    except _TimeIsUp:
        raise Unusable(f"Your {name} takes more than {seconds:.0f} s here") from None
    except NotImplementedError:
        raise Unusable(f"Your {name} is not written yet") from None
    except (Exception, SystemExit) as error:
        text = f"{type(error).__name__}: {error}".split("\n")[0][:LONGEST].rstrip(": .")
        raise Unusable(f"Your {name} raised {text}") from None


def array(value: Any, shape: tuple[int, ...], name: str) -> np.ndarray:
    """Return what a function gave, if it is an array of finite numbers in this shape."""
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiu":
        raise Unusable(f"Your {name} gives {type(value).__name__}, not an array of numbers")
    if value.shape != shape:
        raise Unusable(f"Your {name} gives the shape {value.shape}, where {shape} is needed")
    if not np.isfinite(value).all():
        raise Unusable(f"Your {name} gives numbers that are not finite")
    return value


def _within(seconds: float, work: Callable[[], Any]) -> Any:
    """Do the work; at the end of its time, raise in this thread.

    By the interpreter's own means, as signals are none of Windows', and a kernel ignores them
    between cells.
    """
    import ctypes

    thread, lock, over = threading.get_ident(), threading.Lock(), threading.Event()

    def end() -> None:
        with lock:
            if not over.is_set():
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(thread), ctypes.py_object(_TimeIsUp)
                )

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        return work()
    finally:
        with lock:
            over.set()
        timer.cancel()
