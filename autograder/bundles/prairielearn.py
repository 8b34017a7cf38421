"""PrairieLearn: /grade/student in, /grade/results/results.json out, a score between 0 and 1.

A hand-in that cannot be read is "not gradable": it costs no try.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from autograder import disk
from autograder.course import Lesson
from autograder.shown import plain

from . import work
from .work import Work

MOST = 1_000_000  # bytes of the file, at the most
SHORT = 400  # characters of what is said of a check, where all together are too many


def run(root: Path, lesson: Lesson) -> dict[str, Any]:
    """Grade, write results.json and return what is in it; root is /grade."""
    secrets = tuple(root / name for name in ("results", "tests", "data"))
    results = of(work.of(root / "student", lesson, work.sandbox_here(), secrets))
    disk.write(root / "results" / "results.json", json.dumps(results).encode())
    return results


def of(found: Work) -> dict[str, Any]:
    """Return the results of a hand-in in the platform's form."""
    said = "\n".join(found.notes)
    if not found.readable:
        return {"gradable": False, "score": 0.0, "message": said, "format_errors": [*found.notes]}
    results = _results(found, said, work.TEXT)
    if len(json.dumps(results)) > MOST:
        results = _results(found, said, SHORT)
    return results


def _results(found: Work, said: str, most: int) -> dict[str, Any]:
    tests = [
        {
            "name": test.name,
            "points": test.score,
            "max_points": test.points,
            "message": plain(test.said, most),
        }
        for test in found.tests
    ]
    score = found.score / found.points if found.points else 0.0
    return {"gradable": True, "score": score, "message": said, "tests": tests}
