"""Autolab: a folder with the hand-in in, printed feedback out, whose last line has the scores."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from autograder.course import Lesson

from . import text, work
from .work import Work


def run(root: Path, lesson: Lesson) -> dict[str, Any]:
    """Grade, print feedback and scores, and return these; root is where make runs."""
    found = work.of(root, lesson, work.sandbox_here())
    results = of(found)
    print(text.of(found))
    print(json.dumps(results))
    return results


def of(found: Work) -> dict[str, Any]:
    """Return the scores: a problem of the assessment for each check, called as it is."""
    return {"scores": {test.name: test.score for test in found.tests}}
