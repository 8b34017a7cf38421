"""The process in which cells and their checks run; `running.process` starts it, and hears it.

    python -m convbook.running.inside

Cells come in as JSON; what each check came to goes out as a line of JSON.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import traceback
from typing import Any

from convbook import check, notebook
from convbook.running import later, shell
from convbook.running.process import (
    AT,
    BLANK,
    DIFFERS,
    FAILED,
    MISSING,
    NOT_RUN,
    NUMBER,
    RIGHT,
    WRONG,
)

TEXT = 2000  # characters of what is said of a check, at the most


def run() -> None:
    """Be the process: say the outcome of each check as soon as it is known."""
    said = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # What student code prints goes nowhere, even where it writes to the descriptor itself.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)

    def say(name: str, outcome: str) -> None:
        print(json.dumps([name, outcome]), file=said, flush=True)

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
    run()
