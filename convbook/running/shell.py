"""IPython as the grader has it: without other programs, and with no package that grading lacks."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from convbook.running import packages


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
