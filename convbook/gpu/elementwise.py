"""cupy.ElementwiseKernel, as far as its text is made of assignments: `z = (x - y) * (x - y)`.

The text is C. It is read here and becomes steps for one kernel, see fusing.py. What has a loop, an
`if`, an index or a pointer needs a real GPU.
"""

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from convbook.gpu import array, fusing

TOKEN = re.compile(
    r"\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)[fF]?|([A-Za-z_]\w*)|"
    r"(<=|>=|==|!=|&&|\|\||[-+*/%=<>!?:();,]))"
)
LEVELS = [  # from loosely to tightly bound
    {"||": "logical_or"},
    {"&&": "logical_and"},
    {"==": "equal", "!=": "not_equal"},
    {"<": "less", "<=": "less_equal", ">": "greater", ">=": "greater_equal"},
    {"+": "add", "-": "subtract"},
    {"*": "multiply", "/": "divide"},
]
CALLS = {
    "max": "maximum", "fmax": "maximum", "fmaxf": "maximum",
    "min": "minimum", "fmin": "minimum", "fminf": "minimum",
    "abs": "absolute", "fabs": "absolute", "fabsf": "absolute", "pow": "power", "powf": "power",
} | {
    c + end: c
    for c in ("exp", "log", "sqrt", "tanh", "sin", "cos", "floor", "ceil", "log1p", "expm1")
    for end in ("", "f")
}  # fmt: skip
TYPES = {"float": "float32", "double": "float64", "int": "int32", "bool": "bool"}
ONLY = (
    "the simulated device takes assignments of expressions alone, such as `z = x > 0 ? x : 0`;"
    " write it with cp.fuse, or run it where there is a GPU"
)


class ElementwiseKernel:
    """One expression for each number: the text of one thread, without its index."""

    def __init__(
        self,
        in_params: str,
        out_params: str,
        operation: str,
        name: str = "kernel",
        reduce_dims: bool = True,
        preamble: str = "",
        no_return: bool = False,
        return_tuple: bool = False,
        **kwargs: Any,
    ) -> None:
        if preamble or no_return or "raw " in in_params + out_params:
            raise NotImplementedError(f"a preamble, no_return or raw: {ONLY}")
        self.name, self.operation = name, operation
        self.in_params, self.out_params = _params(in_params), _params(out_params)
        self.return_tuple = return_tuple

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if kwargs or len(args) != len(self.in_params):
            raise NotImplementedError(
                f"{self.name} takes {len(self.in_params)} arguments here, and no output: {ONLY}"
            )
        tracer = fusing.Tracer(args)
        if not tracer.inputs:
            raise TypeError(f"{self.name} needs an array of the device")
        dtypes = self._dtypes(args)
        names = {
            name: _cast(value, dtypes[kind])
            for (kind, name), value in zip(self.in_params, tracer.inside(args), strict=True)
        }
        Reader(self.operation, names).run()
        out = tuple(_cast(names[name], dtypes[kind], True) for kind, name in self.out_params)
        single = len(out) == 1 and not self.return_tuple
        return fusing.order(tracer, out[0] if single else out, self.name)

    def _dtypes(self, args: tuple[Any, ...]) -> dict[str, np.dtype]:
        """Return what each type is; that of a letter is the first array's, or else the number's."""
        pairs = list(zip(self.in_params, args, strict=True))
        pairs.sort(key=lambda pair: not isinstance(pair[1], array.ndarray))
        found: dict[str, Any] = {}
        for (kind, _), arg in pairs:
            if len(kind) == 1:
                found.setdefault(kind, getattr(arg, "dtype", None) or np.asarray(arg).dtype)
        rest = {kind for kind, _ in (*self.in_params, *self.out_params)} - set(found)
        return found | {kind: np.dtype(kind) for kind in rest}


def _params(text: str) -> list[tuple[str, str]]:
    """Read "float32 x, T y" as pairs of a type and a name."""
    pairs = [tuple(part.split()) for part in text.split(",") if part.strip()]
    if not all(len(pair) == 2 for pair in pairs):
        raise NotImplementedError(f"parameters {text!r}: {ONLY}")
    return pairs  # type: ignore[return-value]


class Reader:
    """Reads the text, statement by statement, and computes with what the names stand for."""

    def __init__(self, text: str, names: dict[str, Any]) -> None:
        self.text, self.at, self.names = text, 0, names
        self.token: Any = None
        self.next()

    def next(self) -> Any:
        """Return the token that was next, and read on."""
        before = self.token
        found = TOKEN.match(self.text, self.at)
        if found:
            self.at = found.end()
            self.token = _number(found[1]) if found[1] else found[2] or found[3]
        elif self.text[self.at :].strip():
            raise NotImplementedError(f"{self.text[self.at :].strip()!r}: {ONLY}")
        else:
            self.token = None
        return before

    def take(self, wanted: str) -> None:
        if self.next() != wanted:
            raise NotImplementedError(f"{wanted!r} is missing in {self.text!r}: {ONLY}")

    def run(self) -> None:
        while self.token is not None:
            name = self.next()
            kind = TYPES.get(name) if isinstance(name, str) else None
            if kind:
                name = self.next()
            self.take("=")
            value = self.choice()
            self.names[name] = value if kind is None else _cast(value, kind)
            if self.token is not None:
                self.take(";")

    def choice(self) -> Any:
        """Read an expression: `a ? b : c`, or what binds more tightly."""
        value = self.binary(0)
        if self.token != "?":
            return value
        self.next()
        yes = self.choice()
        self.take(":")
        return _compute("where", value, yes, self.choice())

    def binary(self, level: int) -> Any:
        if level == len(LEVELS):
            return self.unary()
        value = self.binary(level + 1)
        while isinstance(self.token, str) and self.token in LEVELS[level]:
            value = _compute(LEVELS[level][self.next()], value, self.binary(level + 1))
        return value

    def unary(self) -> Any:
        token = self.next()
        if token == "-":
            return _compute("negative", self.unary())
        if token == "!":
            return _compute("logical_not", self.unary())
        if token == "(":
            value = self.choice()
            self.take(")")
            return value
        if isinstance(token, (int, float)):
            return token
        if self.token == "(" and token in CALLS:
            return _compute(CALLS[token], *self.arguments())
        if token not in self.names:
            raise NotImplementedError(f"{token!r} in {self.text!r}: {ONLY}")
        return self.names[token]

    def arguments(self) -> list[Any]:
        self.take("(")
        values = [self.choice()]
        while self.token == ",":
            self.next()
            values.append(self.choice())
        self.take(")")
        return values


def _compute(name: str, *args: Any) -> Any:
    """Compute one operation; one with a stand-in among its arguments is written down."""
    for arg in args:
        if isinstance(arg, fusing.StandIn):
            kind = "function" if name == "where" else "ufunc"
            return arg.device.do(kind, name, args, {})
    if name == "divide" and all(isinstance(arg, int) for arg in args):
        return args[0] // args[1]  # as in C: 1 / 2 is 0
    function: Callable[..., Any] = getattr(np, name)
    return function(*args)


def _number(text: str) -> float:
    return int(text) if text.isdigit() else float(text)


def _cast(value: Any, dtype: Any, copied: bool = False) -> Any:
    """Make a value of another dtype; an array that is copied comes out as another one."""
    dtype = np.dtype(dtype)
    if isinstance(value, fusing.StandIn):
        return value if value.dtype == dtype and not copied else value.astype(dtype.str)
    return dtype.type(value)
