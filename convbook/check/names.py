"""Name the known mistake behind a check that failed in a notebook, from what it was answered."""

import json
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from convbook.check import fingerprint

FOLDER = Path(__file__).with_name("known")  # a file for each lesson; the grader writes them


@dataclass(frozen=True)
class Known:
    """A known mistake: its name, what one sees, and a sentence that leads on."""

    name: str
    symptom: str
    hint: str


def of_failure(source: str, error: BaseException, trace: TracebackType | None) -> list[Known]:
    """Return the known mistakes that fail a check in this way.

    What is shown of a check cannot tell all mistakes apart: there may be two.

    Args:
        source: the check as it stands in the notebook.
        error: what it ended in.
        trace: its traceback, from the cell inwards.
    """
    if trace is None:
        return []
    for one in fingerprint.of_failure(source, trace.tb_lineno, error):
        sealed = fingerprint.sealed(FOLDER).get(fingerprint.place_of(one))
        if sealed is not None:
            return [Known(*parts) for parts in json.loads(fingerprint.opened(sealed, one))]
    return []
