"""In the checker: an object of the student's process, as a proxy whose calls run over there.

Plain data comes back rebuilt as exact built-in types. Anything else comes back as a Remote: it can
be called, asked for public attributes and items, and handed back. It cannot be compared, tested,
converted or computed with, for then the student's code would decide what the answer is.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .errors import NotPlain, StudentError

WRITABLE = (np.ndarray, list, dict)


def _hidden(remote: Remote, name: str) -> Any:
    return object.__getattribute__(remote, name)


def _ask(remote: Remote, action: str, *arguments: Any) -> list[Any]:
    label = _hidden(remote, "_label")
    return _hidden(remote, "_link").ask(label, action, remote, *arguments)


class Remote:
    """Something that lives in the student's process. Only the number of its handle is here."""

    __slots__ = ("__weakref__", "_kind", "_label", "_link", "_number")
    __array_ufunc__ = None  # NumPy's operators then give up, and with them the check

    def __init__(self, link: Any, number: int, kind: str, label: str = "") -> None:
        for name, value in (("_link", link), ("_number", number), ("_kind", kind)):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "_label", label)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        calls = _hidden(self, "_link").calls
        before = calls.copied(args, kwargs) if calls is not None else ()
        try:
            value, *rest = _ask(self, "call", list(args), kwargs)
        except StudentError as error:
            error.called = error.called or (_hidden(self, "_label"), args, kwargs)
            raise
        _hidden(self, "_link").gave_none = _hidden(self, "_label") if value is None else ""
        if calls is not None:
            calls.note(_hidden(self, "_label"), *before, value)
        match rest:
            case [[list(new_args), dict(new_kwargs)]]:
                _copy_changes(list(args), new_args)
                _copy_changes(kwargs, new_kwargs)
        return value

    def __getattribute__(self, name: str) -> Any:
        if name.startswith("__"):
            return object.__getattribute__(self, name)
        if name.startswith("_"):  # IPython and NumPy look for many of these
            raise AttributeError(name)
        return _ask(self, "attribute", name)[0]

    def __setattr__(self, name: str, value: Any) -> None:
        _ask(self, "set attribute", name, value)

    def __getitem__(self, key: Any) -> Any:
        return _ask(self, "item", key)[0]

    def __setitem__(self, key: Any, value: Any) -> None:
        _ask(self, "set item", key, value)

    def __len__(self) -> int:
        length = _ask(self, "length")[0]
        if type(length) is not int or length < 0:
            raise NotPlain("its length is not a number")
        return length

    def __iter__(self) -> Iterator[Any]:
        items = _ask(self, "list")[0]
        if type(items) is not list:
            raise NotPlain("it cannot be listed")
        return iter(items)

    def __instancecheck__(self, value: Any) -> bool:
        if type(value) is not Remote:
            return False
        label = _hidden(self, "_label")
        return _hidden(self, "_link").ask(label, "is instance", value, self)[0] is True

    def __repr__(self) -> str:
        return "<an object of the submitted notebook>"  # constant: a repr must not carry text out

    __str__ = __repr__

    def __dir__(self) -> list[str]:
        return []

    def __hash__(self) -> int:
        return id(self)

    def __del__(self) -> None:
        with contextlib.suppress(AttributeError):  # it may never have been finished
            _hidden(self, "_link").forgotten.append(_hidden(self, "_number"))

    def __reduce__(self) -> Any:
        raise NotPlain("an object of the submitted notebook cannot be copied")


def _refuse(operation: str) -> Callable[..., Any]:
    def refuse(self: Remote, *_: Any, **__: Any) -> Any:
        label = _hidden(self, "_label") or "the submitted code"
        raise NotPlain(
            f"{label} gave an object of type {_hidden(self, '_kind')} where plain data is needed "
            f"(numbers, text, NumPy arrays, or lists, tuples and dicts of them); "
            f"the check tried: {operation}"
        )

    return refuse


_OPERATIONS = """eq ne lt le gt ge bool array float int index complex contains bytes
round add radd iadd sub rsub isub mul rmul imul truediv rtruediv floordiv rfloordiv mod rmod pow
rpow matmul rmatmul and rand or ror xor rxor neg pos abs invert enter exit"""

for _name in _OPERATIONS.split():
    setattr(Remote, f"__{_name}__", _refuse(_name))


def _copy_changes(old: Any, new: Any) -> None:
    """Repeat here what the student's code did to an argument, where its form is still the same.

    The check's own array then changes as it would in a notebook, and a check can notice.
    """
    if type(old) is not type(new):
        return
    if type(old) is np.ndarray:
        if old.shape == new.shape and old.dtype == new.dtype and old.flags.writeable:
            old[...] = new
    elif type(old) is list:
        _copy_list(old, new)
    elif type(old) is dict:
        for key in [key for key in old if key not in new]:
            del old[key]
        for key, value in new.items():
            old[key] = _merged(old.get(key), value)


def _copy_list(old: list[Any], new: list[Any]) -> None:
    merged = [_merged(a, b) for a, b in zip(old, new, strict=False)]
    old[:] = merged + new[len(merged) :]


def _merged(old: Any, new: Any) -> Any:
    """Return the old object, changed, where both are of one mutable kind; else the new one."""
    same = type(old) in WRITABLE and type(old) is type(new)
    if type(old) is np.ndarray and same:
        same = old.shape == new.shape and old.dtype == new.dtype
    if same:
        _copy_changes(old, new)
    return old if same else new
