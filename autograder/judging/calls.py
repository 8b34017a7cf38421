"""Write a call as a reader would: names and shapes, not the values of arrays."""

import inspect
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np


def describe(reference: Callable[..., Any], name: str, args: tuple, kwargs: dict) -> str:
    """Write a call of a student's function.

    Args:
        reference: the lesson's own function of that name, which knows its arguments' names.
        name: the function.
        args, kwargs: what it was called with.
    """
    named = zip(labels(reference, name, args), args, strict=False)  # a call may have too many
    shown = [_show(label, arg) for label, arg in named]
    shown += [_show(label, arg) for label, arg in kwargs.items()]
    return f"{name} with {', '.join(shown)}" if shown else name


def labels(reference: Callable[..., Any], name: str, args: tuple) -> list[str]:
    """Return the names of the arguments that stand without one in a call."""
    if name.endswith("_backward") and len(args) == 2:
        return ["dout", "cache"]
    return list(_parameters(reference)[: len(args)])


@lru_cache(256)  # a check makes many calls of one function
def _parameters(reference: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(inspect.signature(reference).parameters)


def kind(value: Any) -> str:
    """Say what kind of thing a function returned."""
    return "None" if value is None else type(value).__name__


def copied(values: Any) -> Any:
    """Copy arrays, lists and dicts, however deep; leave functions and caches as they are."""
    if isinstance(values, np.ndarray):
        return values.copy()
    if isinstance(values, dict):
        return {key: copied(value) for key, value in values.items()}
    if isinstance(values, (tuple, list)):
        return type(values)(copied(value) for value in values)
    return values


def _show(label: str, arg: Any) -> str:
    if isinstance(arg, np.ndarray):
        return f"{label} of shape {arg.shape}"
    if callable(arg):  # its text holds an address, which is another one in every run
        return label
    text = f"{arg:.2g}" if isinstance(arg, float) else repr(arg)
    return f"{label}={text}" if len(text) <= 60 else label
