"""The simulated modules cupy and cupyx: CuPy's names, and what the device can compute."""

import contextlib
from types import SimpleNamespace
from typing import Any

import numpy as np

from convbook.gpu import names, pinned, profiler, streams
from convbook.gpu.array import call, ndarray, operate, plain, plain_options
from convbook.gpu.device import current
from convbook.gpu.elementwise import ElementwiseKernel
from convbook.gpu.fusing import fuse


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
    """A simulated module: what it or the real one lacks raises AttributeError."""

    def __init__(self, path: str = "", package: str = "cupy", **own: Any) -> None:
        self.__name__ = f"{package}.{path}".rstrip(".")
        self.__path__: list[str] = []  # so that an import statement may look inside
        self._path = path if package == "cupy" else self.__name__
        self.__dict__.update(own)

    def __getattr__(self, name: str) -> Any:
        if f"{self.__name__}.{name}" in names.SURFACE["modules"]:
            raise AttributeError(names.lacks(f"{self.__name__}.{name}"))
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
        raise AttributeError(names.lacks(f"{self.__name__}.{name}"))

    def __repr__(self) -> str:
        return f"<module {self.__name__!r} (simulated)>"


def asarray(
    a: Any,
    dtype: Any = None,
    order: Any = None,
    *,
    copy: bool | None = None,
    blocking: bool = False,
) -> ndarray:
    """Return a as an array of the device: itself if it is one, uploaded if it is not.

    Args:
        a: an array, a list or a number.
        dtype: of the result; that of a if none is given.
        order: taken and not needed.
        copy: True to copy also what is there already, False to refuse to copy.
        blocking: whether the host waits for an upload.
    """
    if isinstance(a, ndarray):
        if dtype is None or np.dtype(dtype) == a.dtype:
            return a.copy() if copy else a
        return a.astype(dtype)
    if copy is False:
        raise ValueError("Unable to avoid copy while creating an array as requested.")
    if isinstance(a, (list, tuple)) and a and isinstance(a[0], ndarray):
        return Function("stack")(a)
    host = np.asarray(a, dtype=dtype)
    made = current().do("upload", "asarray", (host,), pinned.place(host))
    if blocking:
        streams.get_current_stream().synchronize()
    return made


def array(
    obj: Any,
    dtype: Any = None,
    copy: bool | None = True,
    order: Any = "K",
    subok: bool = False,
    ndmin: int = 0,
    *,
    blocking: bool = False,
) -> ndarray:
    """Return a copy of obj on the device, see asarray."""
    on_device = isinstance(obj, ndarray)
    made = asarray(obj, dtype, copy=copy if on_device else None, blocking=blocking)
    return made.reshape((1,) * (ndmin - made.ndim) + made.shape) if made.ndim < ndmin else made


def asnumpy(
    a: Any, stream: Any = None, order: Any = "C", out: Any = None, *, blocking: bool = True
) -> np.ndarray:
    """Return a as a NumPy array, downloaded if it is on the device; see ndarray.get."""
    if isinstance(a, ndarray):
        return a.get(stream, order, out, blocking)
    return np.asarray(a)


def from_dlpack(array: Any, *, device: Any = None, copy: bool | None = None) -> ndarray:
    """Return an array of the device that shares its memory with another library's."""
    if not isinstance(array, ndarray):
        raise RuntimeError(
            "CuPy is built against CUDA, different from the backend that backs the incoming DLPack"
            " tensor. Upload it: cp.asarray(array)."
        )
    return array.copy() if copy else array.device.do("alias", "from_dlpack", (array,), {})


def copyto(dst: ndarray, src: Any, casting: str = "same_kind", where: Any = None) -> None:
    """Write numbers of the device, or one number, into an array of the device."""
    if where is not None:
        raise NotImplementedError("the simulated device takes no where: cp.where, and then copyto")
    dst[...] = src


def get_array_module(*args: Any) -> Any:
    """Return this module if an argument is on the device, else numpy."""
    return cupy if any(isinstance(arg, ndarray) for arg in args) else np


def _device_of(args: tuple) -> Any:
    for arg in args:
        if isinstance(arg, ndarray):
            return arg.device
        if isinstance(arg, (tuple, list)) and arg and isinstance(arg[0], ndarray):
            return arg[0].device
    return current()


_pool = streams.MemoryPool()
_Stream, _Event = streams.Stream, streams.Event

cupy = Module(
    ndarray=ndarray,
    asarray=asarray,
    asanyarray=asarray,
    ascontiguousarray=asarray,
    array=array,
    asnumpy=asnumpy,
    copyto=copyto,
    from_dlpack=from_dlpack,
    fuse=fuse,
    ElementwiseKernel=ElementwiseKernel,
    get_array_module=get_array_module,
    get_default_memory_pool=lambda: _pool,
    random=Module("random"),
    linalg=Module("linalg"),
    fft=Module("fft"),
    lib=SimpleNamespace(stride_tricks=Module("lib.stride_tricks")),
    cuda=Module(
        "cuda",
        Device=streams.Device,
        Event=_Event,
        MemoryPool=streams.MemoryPool,
        Stream=_Stream,
        get_current_stream=streams.get_current_stream,
        get_device_id=lambda: 0,
        get_elapsed_time=streams.get_elapsed_time,
        is_available=lambda: False,
        runtime=SimpleNamespace(deviceSynchronize=streams.synchronize, getDeviceCount=lambda: 1),
        stream=SimpleNamespace(Event=_Event, Stream=_Stream),
    ),
    __version__=names.VERSION,
)

cupyx = Module(
    package="cupyx",
    empty_pinned=pinned.empty_pinned,
    zeros_pinned=pinned.zeros_pinned,
    empty_like_pinned=pinned.empty_like_pinned,
    zeros_like_pinned=pinned.zeros_like_pinned,
    errstate=lambda **_: contextlib.nullcontext(),
    profiler=Module("profiler", "cupyx", benchmark=profiler.benchmark),
)
