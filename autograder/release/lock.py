"""The part of requirements.lock that students need: the versions that the course is tried with."""

import re
import tomllib
from pathlib import Path

ENTRY = re.compile(r"^([a-z0-9][\w.-]*)(?:\[[\w,-]+\])?==.*\\\n(?:(?: .*)?\n)*?(?=\S|\Z)", re.M)
VIA = re.compile(r"^ +# via (.*)$", re.M)
INSTALLER = "uv"  # which the set-up uses where it can be had
HEADER = "# The packages that the course is tried with, for every system and Python.\n"


def for_students(course: Path) -> str:
    """Return the lines of the lock about what convbook needs, and what that needs in turn.

    Args:
        course: the course's folder.
    """
    entries = parsed((course / "requirements.lock").read_text(encoding="utf-8"))
    wanted = _direct(course) | {INSTALLER}
    while more := {n for n, entry in entries if n not in wanted and _via(entry) & wanted}:
        wanted |= more
    kept = [VIA.sub("", entry).rstrip() for name, entry in entries if name in wanted]
    return HEADER + "\n".join(kept) + "\n"


def parsed(text: str) -> list[tuple[str, str]]:
    """Return each entry of a lock with the name of its package; one may have some entries."""
    return [(found[1], found[0]) for found in ENTRY.finditer(text)]


def _direct(course: Path) -> set[str]:
    text = (course / "pyproject.toml").read_text(encoding="utf-8")
    needed = tomllib.loads(text)["project"]["dependencies"]
    return {re.split(r"[^\w.-]", line)[0].lower() for line in needed}


def _via(entry: str) -> set[str]:
    """Return what an entry is needed by."""
    found = VIA.search(entry)
    return {name.strip() for name in found[1].split(",")} if found else set()
