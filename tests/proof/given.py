"""Answers that somebody else has written: every name of the staged convbook, and constants.

Each function of each exercise is answered by each callable of the convbook that is there while the
lesson is graded, two functions of one cell by each two of one module; then by constants, and by a
table of the calls that the check shows. Nothing of that may pass a check.
"""

import importlib
import inspect
import itertools
import resource
import signal
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

from autograder.course import Check, Lesson
from autograder.grading.stage import stage
from autograder.judging import judge, rehearse
from convbook import notebook

# What starts programs, limits its own process, asks the network or writes files computes no answer.
ELSEWHERE = """
    cli cuda.build cuda.emulator data.cifar10 data.download desk handout running
""".split()
NO_FILE = ("gpu.cupy",)  # a module that is made, and lies in no file
SECONDS = 2.0  # for one try
MEMORY = 6 * 2**30  # bytes; a size where a shape was meant may ask for any amount
SEED = 8
CONSTANTS = {
    "None": None,
    "0": 0,
    "1": 1,
    "0.0": 0.0,
    "zeros": "like",
    "True": True,
    "False": False,
    "''": "",
    "an empty list": [],
    "an empty dict": {},
}


class TooLong(BaseException):
    """A try that does not end."""


@contextmanager
def a_moment() -> Iterator[None]:
    """Stop what takes longer than SECONDS; again and again, as a destructor would swallow it."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, SECONDS, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def alone() -> Iterator[None]:
    """Bound what a try takes of the memory, and say nothing of threads that it leaves behind."""
    before, said = resource.getrlimit(resource.RLIMIT_AS), threading.excepthook
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, before[1]))
    threading.excepthook = lambda _: None
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
        threading.excepthook = said


@contextmanager
def staged(lesson: Lesson) -> Iterator[dict[str, dict[str, Callable[..., Any]]]]:
    """Load the convbook that the lesson's students have while they are graded: module to names."""
    kept = {
        name: module for name, module in sys.modules.items() if name.split(".")[0] == "convbook"
    }
    with tempfile.TemporaryDirectory() as folder:
        stage(lesson, Path(folder))
        for name in kept:
            del sys.modules[name]
        sys.path.insert(0, folder)
        try:
            found = {name: _callables(name) for name in [*_modules(Path(folder)), *NO_FILE]}
            yield {name: names for name, names in found.items() if names}
        finally:
            sys.path.remove(folder)
            for name in [name for name in sys.modules if name.split(".")[0] == "convbook"]:
                del sys.modules[name]
            sys.modules.update(kept)


def _modules(folder: Path) -> Iterator[str]:
    """Yield the names of all modules of the staged convbook that could answer anything."""
    package = folder / "convbook"
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        name = ".".join(part for part in parts if part != "__init__")
        if name and not any(f"{name}.".startswith(f"{room}.") for room in ELSEWHERE):
            yield name


def _callables(module: str) -> dict[str, Callable[..., Any]]:
    """Return what of a module can be called, private names too."""
    parent, _, name = f"convbook.{module}".rpartition(".")
    try:
        loaded = importlib.import_module(f"convbook.{module}")
    except ImportError:  # such as gpu.cupy, which is no module of its own
        loaded = getattr(importlib.import_module(parent), name)
    names = (n for n in dir(loaded) if not n.startswith("__"))
    values = {n: getattr(loaded, n, None) for n in names}
    return {n: v for n, v in values.items() if callable(v) and not isinstance(v, type)}


def passed(lesson: Lesson, checks: list[Check], answers: dict[str, Any]) -> list[str]:
    """Return the checks that pass with some functions of the solution replaced."""
    names = rehearse.student(lesson, {}) | answers
    for value in names.values():  # the solution's other functions call these, too
        if getattr(value, "__globals__", {}).get("__name__") == names["__name__"]:
            value.__globals__.update(answers)
    found = []
    for check in checks:
        try:
            with a_moment():
                if rehearse.run(check, names) is None:
                    found.append(check.id)
        except BaseException:
            continue
    return found


def tries(
    lesson: Lesson, exercise: str, modules: dict[str, dict[str, Any]]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give every answer to an exercise that nobody had to write: its name, and the functions."""
    wanted = [n for n in lesson.functions[exercise] if n in lesson.asked]
    for module, names in modules.items():
        for given, function in names.items():
            for name in wanted:
                yield f"{module}.{given}", {name: function}
        if len(wanted) == 2 and module.startswith("layers."):
            for pair in itertools.permutations(names, 2):
                functions = (names[one] for one in pair)
                yield f"{module}: {', '.join(pair)}", dict(zip(wanted, functions, strict=True))
    for text, value in CONSTANTS.items():
        for name in wanted:
            yield text, {name: _constant(value)}
    for name in filter(partial(_takes_something, lesson), wanted):  # else the answer is a constant
        yield "a table of what is shown", {name: _table(lesson, name)}


def _takes_something(lesson: Lesson, name: str) -> bool:
    return bool(inspect.signature(lesson.reference()[name]).parameters)


def _constant(value: Any) -> Callable[..., Any]:
    if value == "like":
        return lambda *args, **_: np.zeros_like(args[0])
    return lambda *_, **__: value


def _table(lesson: Lesson, name: str) -> Callable[..., Any]:
    """Return a function that knows the answers to the calls of the visible checks alone."""
    right, table = lesson.reference()[name], {}

    def learn(*args: Any, **how: Any) -> Any:
        table[repr((args, how))] = answer = right(*args, **how)
        return answer

    names = rehearse.student(lesson, {}) | {name: learn}
    for check in checks_of(lesson, name):
        rehearse.run(
            Check(check.id, check.exercise, 0.0, notebook.public(check.source), False), names
        )
    return lambda *args, **how: table[repr((args, how))]


def checks_of(lesson: Lesson, name: str) -> list[Check]:
    """Return the checks of the exercise in which a function stands."""
    own = next((own for own in lesson.functions.values() if name in own), frozenset({name}))
    return [c for c in lesson.checks if c.exercise in own and not c.manual]


def measure(lesson: Lesson) -> list[tuple[str, str, str]]:
    """Try all answers to all exercises; return function, answer and checks of each that passes."""
    found = []
    with staged(lesson) as modules:  # what was loaded goes on to work afterwards
        pass
    for exercise in lesson.exercises:
        for answer, functions in tries(lesson, exercise, modules):
            judge.begin(lesson.name, SEED)
            checks = checks_of(lesson, next(iter(functions)))
            checks = [c for c in checks if len(functions) > 1 or c.exercise in functions]
            for check in passed(lesson, checks, functions):
                found.append((answer, ", ".join(functions), check))
    return found


def unknown(lesson: Lesson) -> list[str]:
    """Return what answers an exercise without having been written for it."""
    with alone(), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return [
            f"{function} = {answer} passes {check}" for answer, function, check in measure(lesson)
        ]
