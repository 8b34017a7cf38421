"""Several operations as one kernel: what cupy.fuse and cupy.ElementwiseKernel make.

The function is run once with stand-ins for its arrays, which write down what they are asked for.
The list of these steps goes to the device as one order.
"""

import functools
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from convbook.gpu import array, names

REDUCING = frozenset("sum prod max min amax amin all any".split())
FUSIBLE = frozenset(("where", "clip", "astype")) | REDUCING
REF = "the result of step"  # begins a pair that stands for an array


class Tracer:
    """Takes a device's place while a function is fused, and writes the orders down."""

    def __init__(self, args: tuple[Any, ...]) -> None:
        array._refuse_host(args)
        self.inputs = [arg for arg in args if isinstance(arg, array.ndarray)]
        self.steps: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []

    def inside(self, args: tuple[Any, ...]) -> list[Any]:
        """Return the arguments with a stand-in in the place of each array."""
        numbers = itertools.count()
        return [
            StandIn(self, next(numbers), arg.dtype) if isinstance(arg, array.ndarray) else arg
            for arg in args
        ]

    def do(self, kind: str, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if kind not in ("ufunc", "function", "method") or not fusible(name):
            raise NotImplementedError(
                f"cupy.fuse cannot fuse {name}: it takes ufuncs, where, clip, astype and reductions"
            )
        self.steps.append((name, self._named(args), {k: self._named(v) for k, v in kwargs.items()}))
        dtype = np.dtype(args[1]) if name == "astype" else self._dtype(name, args)
        if isinstance(kwargs.get("out"), StandIn):
            return kwargs["out"]
        return StandIn(self, len(self.inputs) + len(self.steps) - 1, dtype)

    def _named(self, thing: Any) -> Any:
        if isinstance(thing, StandIn):
            return (REF, thing.memory)
        if isinstance(thing, (tuple, list)):
            return type(thing)(self._named(part) for part in thing)
        if isinstance(thing, array.ndarray):
            raise TypeError("inside cupy.fuse only its arguments are arrays")
        return thing

    def _dtype(self, name: str, args: tuple[Any, ...]) -> np.dtype:
        ones = [np.ones(1, arg.dtype) if isinstance(arg, StandIn) else arg for arg in args]
        try:
            return np.asarray(call(name, ones, {})).dtype
        except TypeError:
            return np.dtype(np.float32)


class StandIn(array.ndarray):
    """An array in a function that is fused: it has a dtype, and no shape yet."""

    __slots__ = ()

    def __init__(self, tracer: Tracer, number: int, dtype: np.dtype) -> None:
        super().__init__(tracer, number, dtype, ())

    def get(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("inside cupy.fuse no value is known yet")


def fusible(name: str) -> bool:
    """Tell whether an operation can be fused: it works number by number, or reduces."""
    short, _, method = name.partition(".")
    each = short in names.UFUNCS and names.ufunc(short).signature is None
    return name in FUSIBLE or (each and method in ("", "reduce"))


def call(name: str, args: Any, kwargs: dict[str, Any]) -> Any:
    """Compute one step with NumPy, if it is one that can be fused."""
    if name == "astype":
        return args[0].astype(*args[1:], **kwargs)
    if not fusible(name):
        raise ValueError(f"cupy.fuse cannot fuse {name}")
    short, _, method = name.partition(".")
    function: Any = names.function(name) if name in FUSIBLE else names.ufunc(short)
    return (function.reduce if method else function)(*args, **kwargs)


def run(steps: Any, values: list[Any]) -> tuple[list[np.ndarray], int]:
    """Compute all steps; return what the last one names, and how many FLOP that took.

    The last step is no operation: it is the list of results.
    """
    values, flops = list(values), 0

    def found(thing: Any) -> Any:
        if isinstance(thing, (tuple, list)):
            if len(thing) == 2 and thing[0] == REF:
                return values[thing[1]]
            return type(thing)(found(part) for part in thing)
        return thing

    *computed, (_, results, _) = steps
    for name, args, kwargs in computed:
        args = found(tuple(args))
        out = call(name, args, {key: found(value) for key, value in kwargs.items()})
        values.append(np.asarray(out))
        flops += max(np.size(part) for part in (out, *args))
    return [np.asarray(found(part)) for part in results], flops


def order(tracer: Tracer, results: Any, name: str) -> Any:
    """Send what a tracer wrote down to the device, as one kernel."""
    single = not isinstance(results, tuple)
    parts = (results,) if single else results
    if not all(isinstance(part, StandIn) for part in parts):
        raise TypeError("a fused function returns arrays that depend on its arguments")
    steps = [*tracer.steps, ("results", tracer._named(tuple(parts)), {})]
    device = tracer.inputs[0].device
    return device.do("fused", name, (steps, tracer.inputs), {"single": single})


def fuse(*args: Any, **kwargs: Any) -> Any:
    """Let a function of arrays be one kernel: @cp.fuse, @cp.fuse() or @cp.fuse(kernel_name="f")."""
    if len(args) == 1 and callable(args[0]) and not kwargs:
        return Fusion(args[0])
    kernel_name = kwargs.pop("kernel_name", None)
    if args or kwargs:
        raise TypeError("cupy.fuse takes a function, or kernel_name")
    return lambda function: Fusion(function, kernel_name)


class Fusion:
    """A fused function. Without arrays of the device it is the function itself, as in CuPy."""

    def __init__(self, func: Callable[..., Any], name: str | None = None) -> None:
        self.func = func
        self.name = name or func.__name__
        functools.update_wrapper(self, func)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if kwargs:
            raise TypeError("a fused function takes no keywords")
        if not any(isinstance(arg, array.ndarray) for arg in args):
            return self.func(*args)
        tracer = Tracer(args)
        return order(tracer, self.func(*tracer.inside(args)), self.name)
