"""An array on the simulated device, under CuPy's rules.

The rules are those of CuPy's core.pyx: what raises and with which words, what is uploaded silently,
what is handed over from NumPy. The numbers themselves are the device's.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from convbook.gpu import names, pinned

NO_CONVERSION = (
    "Implicit conversion to a NumPy array is not allowed. "
    "Please use `.get()` to construct a NumPy array explicitly."
)
CPU, CUDA = 1, 2  # as DLPack numbers devices
NO_FILL = "non-scalar numpy.ndarray cannot be used for fill"


class ndarray:  # noqa: N801  the name is CuPy's
    """Numbers in the device's memory.

    An index out of bounds raises here; on a GPU it wraps around without a word.

    Attributes:
        device: the device that has the numbers.
        memory: what the device calls them by.
        dtype, shape, ndim, size, nbytes, T: as in NumPy.
    """

    __slots__ = ("__weakref__", "device", "dtype", "memory", "shape")
    __array_priority__ = 100
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, device: Any, memory: Any, dtype: np.dtype, shape: tuple[int, ...]) -> None:
        self.device = device
        self.memory = memory
        self.dtype = dtype
        self.shape = shape

    ndim = property(lambda self: len(self.shape))
    size = property(lambda self: int(np.prod(self.shape)))
    itemsize = property(lambda self: self.dtype.itemsize)
    nbytes = property(lambda self: self.size * self.itemsize)
    T = property(lambda self: self.transpose())

    def get(
        self, stream: Any = None, order: str = "C", out: Any = None, blocking: bool = True
    ) -> np.ndarray:
        """Copy the numbers to the host: one download, and a wait for what the stream was given.

        Args:
            stream: the one to use; the current one if none is given.
            order: "C" or "F", of the array that comes out.
            out: a NumPy array to write to; pinned, where the host shall not wait.
            blocking: whether to wait. Without, the numbers are there once the stream is done.
        """
        options: dict[str, Any] = {} if blocking else {"blocking": False}
        if out is not None:
            options |= pinned.place(out)
        with contextlib.nullcontext() if stream is None else stream:
            found = self.device.do("download", "get", (self,), options)
        if out is None:
            return np.asarray(found, order=order)  # type: ignore[call-overload]
        np.copyto(out, found)
        return out

    def set(self, arr: np.ndarray, stream: Any = None) -> None:
        """Overwrite all numbers with those of a NumPy array of the same shape and dtype."""
        with contextlib.nullcontext() if stream is None else stream:
            self.device.do("set", "set", (self, np.ascontiguousarray(arr)), pinned.place(arr))

    def item(self) -> Any:
        return self.get().item()

    def tolist(self) -> Any:
        return self.get().tolist()

    def __array__(self, *_: Any, **__: Any) -> np.ndarray:
        raise TypeError(NO_CONVERSION)

    def __dlpack__(self, *, dl_device: Any = None, **how: Any) -> Any:
        """Hand the numbers over to another library: a copy on the host, if it asks for that."""
        if dl_device != (CPU, 0):
            raise RuntimeError("Unsupported device in DLTensor: these numbers lie on the device.")
        return self.get().__dlpack__(dl_device=dl_device, **how)

    def __dlpack_device__(self) -> tuple[int, int]:
        return CUDA, 0

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *args: Any, **kwargs: Any) -> Any:
        """np.exp(device array) is cupy.exp of it."""
        name = ufunc.__name__
        if name not in names.UFUNCS:
            return NotImplemented
        if "out" in kwargs and isinstance(kwargs["out"], tuple):
            kwargs["out"] = kwargs["out"][0]
        if method == "at":
            return self.device.do("at", name, plain(args), {})
        return operate(
            self.device, name if method == "__call__" else f"{name}.{method}", args, kwargs
        )

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """np.pad(device array) is cupy.pad of it."""
        path = (
            function.__module__.removeprefix("numpy")
            .lstrip(".")
            .removesuffix("._stride_tricks_impl")
        )
        name = (
            f"{path}.{function.__name__}".lstrip(".")
            if path.startswith(("lib.stride", "linalg"))
            else function.__name__
        )
        home, _, short = name.rpartition(".")
        if short not in names.SURFACE.get(home, ()):
            return NotImplemented
        return call(self.device, name, args, kwargs)

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of unsized object")
        return self.shape[0]

    def __iter__(self) -> Iterator["ndarray"]:
        if not self.shape:
            raise TypeError("iteration over a 0-d array")
        return (self[i] for i in range(len(self)))

    def __getitem__(self, key: Any) -> Any:
        return self.device.do("getitem", "getitem", (self, key), {})

    def __setitem__(self, key: Any, value: Any) -> None:
        if isinstance(value, np.ndarray) and value.ndim:
            raise ValueError(NO_FILL)
        self.device.do("setitem", "setitem", (self, key, value), {})

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in names.SURFACE["ndarray"]:
            raise AttributeError(f"'cupy.ndarray' object has no attribute {name!r}")
        if name not in names.METHODS:
            raise AttributeError(names.lacks(f"ndarray.{name}"))

        def method(*args: Any, **kwargs: Any) -> Any:
            _refuse_host(args)
            return self.device.do("method", name, (self, *plain(args)), plain_options(kwargs))

        return method

    def __repr__(self) -> str:
        return repr(self.get())

    def __str__(self) -> str:
        return str(self.get())

    def __format__(self, spec: str) -> str:
        return format(self.get() if self.shape else self.item(), spec)

    def __bool__(self) -> bool:
        return bool(self.get())

    def __int__(self) -> int:
        return int(self.get())

    def __float__(self) -> float:
        return float(self.get())

    def __complex__(self) -> complex:
        return complex(self.get())


def call(device: Any, name: str, args: tuple, kwargs: dict[str, Any]) -> Any:
    """Order a function such as pad; host arrays among its arguments raise, as in CuPy."""
    _refuse_host(args)
    _refuse_host(tuple(kwargs.values()))
    return device.do("function", name, plain(args), plain_options(kwargs))


def operate(device: Any, name: str, args: tuple, kwargs: dict[str, Any]) -> Any:
    """Order a ufunc; lists and host arrays raise, as in CuPy."""
    for arg in args:
        if isinstance(arg, (list, np.ndarray)):
            raise TypeError(f"Unsupported type {type(arg)}")
    return device.do("ufunc", name, plain(args), plain_options(kwargs))


def _refuse_host(args: Any) -> None:
    for arg in args:
        if isinstance(arg, np.ndarray):
            raise TypeError(f"Unsupported type {type(arg)}")
        if isinstance(arg, (tuple, list)):
            _refuse_host(arg)


def plain(thing: Any) -> Any:
    """Write dtypes by name, so that an order is made of plain values and arrays alone."""
    if isinstance(thing, (tuple, list)):
        return type(thing)(plain(part) for part in thing)
    if isinstance(thing, (type, np.dtype)):
        return np.dtype(thing).str
    return thing


def plain_options(kwargs: dict[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in kwargs.items() if value is not None}


def _operator(name: str, flipped: bool = False, inplace: bool = False) -> Callable[..., Any]:
    def method(self: ndarray, *others: Any) -> Any:
        args = (*others, self) if flipped else (self, *others)
        return operate(self.device, name, args, {"out": self} if inplace else {})

    return method


_ARITHMETIC = {
    "add": "add", "sub": "subtract", "mul": "multiply", "truediv": "divide", "mod": "remainder",
    "floordiv": "floor_divide", "pow": "power", "matmul": "matmul", "and": "bitwise_and",
    "or": "bitwise_or", "xor": "bitwise_xor",
}  # fmt: skip
_OTHERS = {
    "lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal", "eq": "equal",
    "ne": "not_equal", "neg": "negative", "abs": "absolute", "invert": "invert",
}  # fmt: skip

for _short, _name in _ARITHMETIC.items():
    setattr(ndarray, f"__{_short}__", _operator(_name))
    setattr(ndarray, f"__r{_short}__", _operator(_name, flipped=True))
    setattr(ndarray, f"__i{_short}__", _operator(_name, inplace=True))
for _short, _name in _OTHERS.items():
    setattr(ndarray, f"__{_short}__", _operator(_name))
