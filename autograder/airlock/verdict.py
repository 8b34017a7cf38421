"""What a check says about a submission."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

STATUSES = ("pass", "partial", "fail", "error", "missing", "timeout", "not-run")
PICTURE = "application/vnd.convbook.difference+json"  # where an answer differs, for the feedback

ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True)
class Verdict:
    """The result of one check: one of STATUSES, a score between 0 and the points, and why."""

    status: str
    score: float = 0.0
    message: str = ""
    outputs: list[dict[str, Any]] = field(default_factory=list)
    mistake: str | None = None


def plain(text: Any, limit: int) -> str:
    """Return text without control characters, shortened in the middle of nowhere if need be."""
    whole = CONTROLS.sub("", ESCAPES.sub("", str(text)))
    whole = whole.encode("utf-8", "replace").decode()
    return whole if len(whole) <= limit else whole[: limit - 4].rstrip() + " ..."


def one_line(text: Any, limit: int) -> str:
    """Return text as plain() does, on one line."""
    return plain(" ".join(str(text)[: 4 * limit].split()), limit)


def error_output(name: str, text: str, lines: list[str]) -> dict[str, Any]:
    """Return an error output as a notebook stores it."""
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": lines}
