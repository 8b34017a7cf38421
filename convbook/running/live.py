"""Load a student's functions into this Python by running the cells that lead to them.

A function cannot leave the process that tried it out. So where `process.outcomes` found it right,
its cells run here once more: in an empty folder, apart from the names of this notebook, and so that
it finds nothing changed.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import os
import random
import sys
import warnings
from collections.abc import Iterator, MutableMapping
from contextlib import ExitStack, contextmanager
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from convbook import notebook

RUNS_ITS_CELL = {"time", "capture", "prun"}  # magics of a whole cell that define what it defines


class Magics:
    """Stands for IPython in what cells with magics come to: these change nothing here."""

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names

    def run_cell_magic(self, magic: str, line: str, body: str) -> None:
        if magic in RUNS_ITS_CELL:
            _run(body, magic, self._names)

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **kwargs: []


def load(cells: list[Any], name: str) -> dict[str, Any]:
    """Run cells and return the names that they define.

    Args:
        cells: in the order of grading; checks are left out.
        name: shown as the file in tracebacks.
    """
    names: dict[str, Any] = {"__name__": name}
    magics = Magics(names)
    names["get_ipython"] = lambda: magics
    with _unnoticed():
        for number, cell in enumerate(notebook.run_by_grading(cells), start=1):
            if not notebook.is_check(cell):
                _run(cell.source, f"<{name}, cell {number}>", names)
    return names


def _run(source: str, file: str, names: dict[str, Any]) -> None:
    """Run one cell; one that fails ends itself alone, as in a notebook."""
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        try:
            code = compile(source, file, "exec", flags)
        except SyntaxError:
            code = compile(TransformerManager().transform_cell(source), file, "exec", flags)
        if not code.co_flags & inspect.CO_COROUTINE:  # this kernel's own loop runs already
            exec(code, names)
    except (Exception, SystemExit):
        return


@contextmanager
def _unnoticed() -> Iterator[None]:
    """Let nothing be seen of what runs: no output, file or figure, and nothing that it has set."""
    from IPython.utils.capture import capture_output

    figures, drawn = set(_figures()), (random.getstate(), np.random.get_state())
    with ExitStack() as stack:
        stack.callback(np.random.set_state, drawn[1])
        stack.callback(random.setstate, drawn[0])
        stack.callback(_close_but, figures)
        stack.callback(_set_back, os.environ, dict(os.environ))
        stack.enter_context(contextlib.chdir(stack.enter_context(TemporaryDirectory())))
        for settings in (np.errstate(), np.printoptions(), warnings.catch_warnings()):
            stack.enter_context(settings)
        if "matplotlib" in sys.modules:
            stack.enter_context(sys.modules["matplotlib"].rc_context())
        stack.enter_context(capture_output())
        yield


def _set_back(names: MutableMapping[str, str], before: dict[str, str]) -> None:
    for name in names.keys() - before.keys():
        del names[name]
    names.update(before)


def _close_but(figures: set[int]) -> None:
    for number in set(_figures()) - figures:
        sys.modules["matplotlib.pyplot"].close(number)


def _figures() -> list[int]:
    pyplot = sys.modules.get("matplotlib.pyplot")
    return pyplot.get_fignums() if pyplot else []
