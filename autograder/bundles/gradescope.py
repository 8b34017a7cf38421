"""Gradescope: /autograder/submission in, /autograder/results/results.json out.

Points come from whole checks, so they are shown when the grades are published; what students have
of each check is shown at once, without points. Lateness is the platform's own affair.
"""

from __future__ import annotations

import json
import math
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from autograder import disk
from autograder.course import Lesson
from autograder.shown import one_line

from . import work
from .work import Checked, Work

METADATA = "submission_metadata.json"
MOST = 64 << 20  # bytes of that file, which holds the results of every try
DAY = timedelta(days=1)
LATER, NOW = "after_published", "visible"
MALFORMED = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError)
KEPT = ("tests", "score")  # of the result that counts on, where no more tries are left


def run(root: Path, lesson: Lesson, tries_per_day: int | None = None) -> dict[str, Any]:
    """Grade, write results.json and return what is in it.

    Args:
        root: /autograder.
        lesson: the assignment's.
        tries_per_day: how many hand-ins of a day are graded; all where None.
    """
    results, note = None, ""
    if tries_per_day is not None:
        results, note = _limited(root / METADATA, tries_per_day)
    if results is None:
        kind = work.sandbox_here()
        secrets = (root / "results", root / METADATA)
        results = of(work.of(root / "submission", lesson, kind, secrets), note)
    disk.write(root / "results" / "results.json", json.dumps(results, indent=1).encode())
    return results


def of(found: Work, note: str = "") -> dict[str, Any]:
    """Return the results of a hand-in in the platform's form."""
    tests = []
    for test in found.tests if found.readable else ():
        tests += [_shown(test), _whole(test)]
    results = {
        "output": "\n".join(filter(None, [note, *found.notes])),
        "output_format": "text",
        "visibility": NOW,
        "stdout_visibility": "hidden",
        "tests": tests,
        "extra_data": {"lesson": found.lesson, "sandbox": found.sandbox, "graded": found.readable},
    }
    return results if found.readable else results | {"score": 0.0}


def _shown(test: Checked) -> dict[str, Any]:
    """Return what students have of a check: it gives no points by itself."""
    return {
        "name": f"{test.name}, as your notebook has it",
        "status": "passed" if test.shown_passed else "failed",
        "output": test.shown_said,
        "output_format": "text",
        "visibility": NOW,
    }


def _whole(test: Checked) -> dict[str, Any]:
    return {
        "name": test.name,
        "score": test.score,
        "max_score": test.points,
        "status": "passed" if test.passed else "failed",
        "output": test.said,
        "output_format": "text",
        "visibility": LATER,
    }


def _limited(path: Path, tries: int) -> tuple[dict[str, Any] | None, str]:
    """Return the results that go on to count where a day's tries are used up, and what to say."""
    try:
        found = json.loads(disk.read(path, MOST), parse_constant=_refuse)
        now = _time(found["created_at"])
        before = sorted(_graded(found["previous_submissions"]), key=lambda one: one[0])
        kept = _kept(before[-1][1]) if before else {}
        today = [when for when, _ in before if timedelta() <= now - when < DAY]
    except OSError as error:
        return None, f"Tries were not counted: {METADATA} {one_line(disk.why(error))}."
    except (*MALFORMED, RecursionError) as error:
        return None, f"Tries were not counted: {METADATA} is malformed ({type(error).__name__})."
    if len(today) < tries:
        left = tries - len(today) - 1
        return None, f"{left} more of {tries} tries can be graded within 24 hours."
    again = min(today[-tries:]) + DAY
    said = (
        f"Not graded: {tries} tries were graded within 24 hours. The result of the last of them"
        f" counts on. The next can be graded after {again:%Y-%m-%d %H:%M %Z}."
    )
    return kept | {"output": said, "output_format": "text"}, ""


def _refuse(constant: str) -> None:
    """Take no NaN: results with one would be no JSON."""
    raise ValueError(constant)


def _graded(submissions: list[Any]) -> list[tuple[datetime, dict[str, Any]]]:
    """Return those of the earlier tries that were graded: when they came, and their results."""
    return [
        (_time(one["submission_time"]), one["results"])
        for one in submissions
        if isinstance(one["results"], dict)
        and isinstance(one["results"].get("extra_data"), dict)
        and one["results"]["extra_data"].get("graded") is True
    ]


def _time(text: str) -> datetime:
    when = datetime.fromisoformat(text)
    if when.tzinfo is None:
        raise ValueError("a time without an offset")
    return when


def _kept(results: dict[str, Any]) -> dict[str, Any]:
    """Return what counts of earlier results: they went through the platform and back."""
    kept = {name: results[name] for name in KEPT if name in results}
    tests, score = kept.get("tests", 0), kept.get("score", 0.0)
    if not isinstance(tests, list) or not all(isinstance(test, dict) for test in tests):
        raise ValueError("not results")
    if not isinstance(score, (int, float)) or not math.isfinite(score):
        raise ValueError("not a score")
    return kept | {"visibility": NOW, "extra_data": {"graded": False}}
