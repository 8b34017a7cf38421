"""Run the checks of a notebook that are shown, in a process of its own.

The cells run in their order, by IPython, in an empty folder, as the grader runs them. What a check
came to is told as soon as it is known, so that little is lost when a cell ends everything.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING

from convbook import notebook

if TYPE_CHECKING:
    from convbook.notebook import Node

BLANK, MISSING, WRONG = "blank", "missing", "wrong"
RIGHT, NOT_RUN = "right", "not run"
FAILED = "failed"  # said with a cell that ended in an error, and which
ENDED = "ended"  # said of a check at which Python ended
DIFFERS = "differs"  # said with a check that is wrong or was not run: why, in some lines
LOST = "it ended Python, and what it defined is lost"  # said of such a cell
AT = "at"  # said of each cell before it runs: the last one is where everything ended
NUMBER = "number"  # said with it: which of the cells it is, from 0
MOST_ENDS = 5  # cells that may end Python before the rest is not run any more


def outcomes(cells: list[Node], seconds: float) -> tuple[dict[str, str], str]:
    """Run cells and their checks. What ends Python is left out, and the rest runs, as in grading.

    Args:
        cells: in the order of grading, see `handout.reconcile`.
        seconds: how long all of them may take.

    Returns:
        The outcome of each check that came to its end, by name, with what is said under FAILED,
        DIFFERS and AT; and how everything ended too early, a few words.
    """
    cells = list(notebook.run_by_grading(cells))
    end, ended = time.monotonic() + seconds, dict[str, str]()
    while True:
        said, timed_out = _run_once(cells, max(end - time.monotonic(), 0.1))
        number = said.pop(NUMBER, "")
        if timed_out:
            return said | ended, f"was stopped after {seconds:g} s"
        if not number or len(ended) == MOST_ENDS:
            return said | ended, "ended Python"
        cell = cells.pop(int(number))
        name = notebook.grade_id(cell)
        if notebook.is_check(cell):
            ended[name] = ENDED
        else:
            ended[f"{FAILED} {said[AT]}"] = LOST


def _run_once(cells: list[Node], seconds: float) -> tuple[dict[str, str], bool]:
    """Run cells in one process; return what it said, and whether its time was up."""
    command = [sys.executable, "-m", "convbook.running.inside"]
    # No windows; and several lessons run at once, so each gets one core.
    env = os.environ | {"MPLBACKEND": "agg", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    timed_out = False
    # A file, not a pipe: what a stopped lesson has started could hold a pipe open.
    with tempfile.TemporaryFile() as said, tempfile.TemporaryDirectory() as empty:
        try:
            subprocess.run(
                command,
                cwd=empty,  # as in grading: no file lies beside the notebook
                env=env,
                input=json.dumps(cells).encode(),
                stdout=said,
                stderr=subprocess.DEVNULL,
                timeout=seconds,
            )
        except subprocess.TimeoutExpired:
            timed_out = True
        said.seek(0)
        pairs = map(_pair, said.read().splitlines())
        return dict(pair for pair in pairs if pair), timed_out


def _pair(text: bytes) -> tuple[str, str] | None:
    try:
        name, outcome = json.loads(text)
    except ValueError:  # cut off in the middle
        return None
    return str(name), str(outcome)
