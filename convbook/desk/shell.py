"""A notebook's cells run as the grader runs them: by IPython, in order, checks where they stand.

This is what runs in the process that `progress` starts. Cells that only show something are left
out, as in grading; a cell that fails ends itself alone.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from importlib.abc import MetaPathFinder
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from convbook import notebook
from convbook.desk import packages
from convbook.notebook import Node

SETUP = "given-setup"


class Shell(InteractiveShell):
    """IPython without a history, and without a way to run other programs: grading has none."""

    def system(self, command: str) -> None:
        print("(shell commands are switched off while a notebook is graded)")

    def getoutput(self, cmd: Any, split: Any = True, depth: Any = 0) -> Any:
        self.system(cmd)
        return []


class Withheld(MetaPathFinder):
    """Finds none of the packages that are installed here and not where notebooks are graded."""

    def __init__(self) -> None:
        packages.visible()  # once, before an import waits for it: to find out imports modules too

    def find_spec(self, name: str, path: Sequence[str] | None, target: Any = None) -> None:
        if path is None and packages.withheld(name):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def made() -> Shell:
    """Return the one shell of this process, which from now on imports what grading has."""
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.colors = "nocolor"
    sys.meta_path.insert(0, Withheld())
    return Shell.instance(config=config)


def in_order(cells: list[Node]) -> Iterator[Node]:
    """Yield the code cells that grading runs: the set-up first, each check after its exercise."""
    cells = sorted(cells, key=lambda cell: notebook.grade_id(cell) != SETUP)
    last = {notebook.grade_id(cell): number for number, cell in enumerate(cells)}
    waiting: dict[int, list[Node]] = {}
    for number, cell in enumerate(cells):
        if notebook.is_check(cell):
            about = last.get(notebook.exercise_of(notebook.grade_id(cell)), 0)
            if about > number:
                waiting.setdefault(about, []).append(cell)
                continue
        if cell.cell_type == "code" and not notebook.is_shown_only(cell):
            yield cell
        yield from waiting.get(number, [])
