"""The simulated module cupy: CuPy's names, and the functions that the device can compute."""

from types import SimpleNamespace
from typing import Any

import numpy as np

from convbook.gpu import names
from convbook.gpu.array import call, ndarray, operate, plain, plain_options
from convbook.gpu.device import current


class Function:
    """A function of the simulated module, such as cupy.pad or cupy.maximum."""

    def __init__(self, name: str) -> None:
        self.__name__ = name
        self._order = operate if name in names.UFUNCS else call

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._order(_device_of(args), self.__name__, args, kwargs)

    def __getattr__(self, method: str) -> Any:
        if self.__name__ not in names.UFUNCS or method not in (
            "at",
            "reduce",
            "accumulate",
            "outer",
        ):
            raise AttributeError(f"cupy.{self.__name__} has no attribute {method!r}")
        if method == "at":
            return lambda array, *rest: array.device.do(
                "at", self.__name__, (array, *plain(rest)), {}
            )
        return lambda *args, **kwargs: operate(
            _device_of(args), f"{self.__name__}.{method}", args, kwargs
        )


class Module:
    """The simulated cupy, or a module in it: what the real one lacks raises AttributeError."""

    def __init__(self, path: str = "", **own: Any) -> None:
        self.__name__ = f"cupy.{path}".rstrip(".")
        self._path = path
        self.__dict__.update(own)

    def __getattr__(self, name: str) -> Any:
        if name not in names.SURFACE.get(self._path, ()):
            raise AttributeError(
                f"module {self.__name__!r} has no attribute {name!r} (CuPy {names.VERSION})"
            )
        full = f"{self._path}.{name}".lstrip(".")
        if full in names.FUNCTIONS or full in names.UFUNCS:
            return Function(full)
        if self._path == "random" and (name in names.RANDOM or name == "seed"):
            return lambda *a, **k: current().do("random", name, plain(a), plain_options(k))
        value = getattr(np, name, None) if not self._path else None
        if isinstance(value, (type, float)) or name == "newaxis":
            return value
        raise AttributeError(
            f"CuPy has {self.__name__}.{name}; the simulated device does not know it"
        )


def asarray(a: Any, dtype: Any = None) -> ndarray:
    """Return a as an array of the device: itself if it is one, uploaded if it is not."""
    if isinstance(a, ndarray):
        return a if dtype in (None, a.dtype) else a.astype(dtype)
    if isinstance(a, (list, tuple)) and a and isinstance(a[0], ndarray):
        return Function("stack")(a)
    return current().do("upload", "asarray", (np.asarray(a),), plain_options({"dtype": dtype}))


def array(a: Any, dtype: Any = None) -> ndarray:
    """Return a copy of a on the device."""
    made = asarray(a, dtype)
    return made.copy() if made is a else made


def asnumpy(a: Any) -> np.ndarray:
    """Return a as a NumPy array, downloaded if it is on the device."""
    return a.get() if isinstance(a, ndarray) else np.asarray(a)


def get_array_module(*args: Any) -> Any:
    """Return this module if an argument is on the device, else numpy."""
    return cupy if any(isinstance(arg, ndarray) for arg in args) else np


class Event:
    """A mark in the queue of launches."""

    def record(self, stream: Any = None) -> None:
        self.time = current().do("clock", "record", (), {})

    def synchronize(self) -> None:
        current().do("clock", "wait", (self.time,), {})


def get_elapsed_time(start: Event, end: Event) -> float:
    """Return the milliseconds between two events; both must have been reached."""
    return current().do("clock", "elapsed", (start.time, end.time), {})


def synchronize() -> None:
    """Wait until the device has done all that was ordered."""
    current().do("clock", "wait", (), {})


def _device_of(args: tuple) -> Any:
    for arg in args:
        if isinstance(arg, ndarray):
            return arg.device
        if isinstance(arg, (tuple, list)) and arg and isinstance(arg[0], ndarray):
            return arg[0].device
    return current()


class Queue:
    """The device and its one stream, as CuPy has them: to wait for, or for a with statement."""

    def __init__(self, *_: Any, **how: Any) -> None:
        pass  # a number, or null=True: there is one queue

    def synchronize(self) -> None:
        synchronize()

    def use(self) -> "Queue":
        return self

    def __enter__(self) -> "Queue":
        return self

    def __exit__(self, *_: Any) -> None:
        pass


class Stream(Queue):
    null = Queue()


cupy = Module(
    ndarray=ndarray,
    asarray=asarray,
    ascontiguousarray=asarray,
    array=array,
    asnumpy=asnumpy,
    get_array_module=get_array_module,
    random=Module("random"),
    lib=SimpleNamespace(stride_tricks=Module("lib.stride_tricks")),
    cuda=Module(
        "cuda",
        Device=Queue,
        Event=Event,
        Stream=Stream,
        get_current_stream=lambda: Stream.null,
        get_elapsed_time=get_elapsed_time,
        is_available=lambda: False,
        runtime=SimpleNamespace(deviceSynchronize=synchronize),
    ),
    __version__=names.VERSION,
)
