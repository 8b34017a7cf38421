"""What a check says about a submission."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

STATUSES = ("pass", "partial", "fail", "error", "missing", "timeout", "not-run")


@dataclass(frozen=True)
class Verdict:
    """The result of one check: one of STATUSES, a score between 0 and the points, and why."""

    status: str
    score: float = 0.0
    message: str = ""  # all there is to say: for the instructor
    outputs: list[dict[str, Any]] = field(default_factory=list)
    mistake: str | None = None
    told: str = ""  # what a student may know of it
    said: str = ""  # of the known mistake


def error_output(name: str, text: str, lines: list[str]) -> dict[str, Any]:
    """Return an error output as a notebook stores it."""
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": lines}
