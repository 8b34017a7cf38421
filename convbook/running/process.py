"""Run the checks of a notebook that are shown, in a process of its own.

The cells run in their order, by IPython, in an empty folder, as the grader runs them. What a check
came to is told as soon as it is known, so that little is lost when a cell ends everything.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
import traceback
from typing import TYPE_CHECKING, Any

from convbook import check, notebook

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
TEXT = 2000  # characters of what is said of a check, at the most
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
    command = [sys.executable, "-m", "convbook.running.process"]
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


def _run() -> None:
    """Be that other process: say the outcome of each check as soon as it is known."""
    said = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # What student code prints goes nowhere, even where it writes to the descriptor itself.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)

    def say(name: str, outcome: str) -> None:
        print(json.dumps([name, outcome]), file=said, flush=True)

    from convbook.running import later, shell  # here: only this process needs IPython

    cells = json.load(sys.stdin, object_hook=notebook.Node)
    ipython = shell.made()
    later.put_off(later.DRAWING)
    for number, cell in enumerate(cells):
        name = notebook.grade_id(cell)
        say(NUMBER, str(number))
        if notebook.is_check(cell):
            say(AT, notebook.exercise_of(name))
            outcome, error = outcome_of(notebook.public(cell.source), name, ipython.user_ns)
            say(name, outcome)
            if error:
                with contextlib.suppress(Exception):  # its text may be a trap
                    say(f"{DIFFERS} {name}", _why(error)[:TEXT])
            continue
        where = name or f"code cell {number + 1}"
        say(AT, where)
        ended = ipython.run_cell(cell.source, store_history=False)
        error = ended.error_before_exec or ended.error_in_exec
        if error and not isinstance(error, NotImplementedError):
            with contextlib.suppress(Exception):
                text = f"{type(error).__name__}: {error}".split("\n")[0][:200]
                say(f"{FAILED} {where}", text)
    say(NUMBER, "")


def outcome_of(source: str, name: str, names: dict[str, Any]) -> tuple[str, BaseException | None]:
    """Run one check on names that cells have defined.

    Returns:
        Its outcome, and what it raised where that says more.
    """
    if notebook.exercise_of(name) not in names:
        return MISSING, None
    try:
        exec(source, dict(names))
    except NotImplementedError:
        return BLANK, None
    except check.NotRun as error:
        return NOT_RUN, error
    except (Exception, SystemExit) as error:
        return WRONG, error
    return RIGHT, None


def _why(error: BaseException) -> str:
    """Return what a check said, or Python's error and the student's own line that led to it."""
    if isinstance(error, (check.NotYet, check.NotRun)):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename.startswith("<ipython-input")]
    where = (
        f"\n  in {own[-1].name}, line {own[-1].lineno} of its cell: {own[-1].line}" if own else ""
    )
    return f"{type(error).__name__}: {error}{where}"


if __name__ == "__main__":
    _run()
