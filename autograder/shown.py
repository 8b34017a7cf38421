"""Text of others, made fit to be shown: bounded, and without characters that steer a terminal."""

import re
from typing import Any

ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
LINE = 200  # characters of a name or a reason


def plain(text: Any, limit: int) -> str:
    """Return text without control characters, cut after so many."""
    whole = CONTROLS.sub("", ESCAPES.sub("", str(text)))
    whole = whole.encode("utf-8", "replace").decode()
    return whole if len(whole) <= limit else whole[: limit - 4].rstrip() + " ..."


def one_line(text: Any, limit: int = LINE) -> str:
    """Return text in one line: what cannot be printed is a space, and several spaces are one."""
    start = ESCAPES.sub("", str(text)[: 4 * limit])
    return plain(" ".join("".join(c if c.isprintable() else " " for c in start).split()), limit)
