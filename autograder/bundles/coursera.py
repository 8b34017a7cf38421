"""Coursera: /shared/submission in, /shared/feedback.json out, a fraction and a text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from autograder import disk
from autograder.course import Lesson

from . import text, work
from .work import Work


def run(root: Path, lesson: Lesson) -> dict[str, Any]:
    """Grade, write feedback.json and return what is in it; root is /shared."""
    results = of(work.of(root / "submission", lesson, work.sandbox_here()))
    disk.write(root / "feedback.json", json.dumps(results).encode())
    return results


def of(found: Work) -> dict[str, Any]:
    """Return the results of a hand-in in the platform's form."""
    fraction = found.score / found.points if found.points else 0.0
    return {"fractionalScore": fraction, "feedback": text.of(found)}
