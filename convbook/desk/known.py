"""What was last known of each lesson: the last run of its checks, in a small file beside it.

`look` runs the checks and writes it, for `convbook progress` and for the home page alike. The
points of a lesson hold for the notebook whose checksum stands beside them.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from convbook import notebook
from convbook.desk import progress
from convbook.handout.reconcile import brought_back
from convbook.running.process import RIGHT

FILE = ".progress.json"  # in the folder that holds the lessons
PASSED = "passed"  # in it: the names of a lesson's checks that were right
LEARN = re.compile(r"\*\*You will learn\*\*\s+(.*?)(?:\n\n|$)", re.DOTALL)


@dataclass(frozen=True)
class Known:
    """A lesson at a glance.

    Attributes:
        lesson: as its checks last were; where they never ran, its points are 0.
        teaches: what its first cell says it teaches, or ''.
        looked: whether its checks have ever been run.
        changed: whether the notebook was saved since.
    """

    lesson: progress.Lesson
    teaches: str
    looked: bool
    changed: bool


def last(paths: Sequence[Path]) -> list[Known]:
    """Tell what is known of these notebooks, without running anything."""
    return [_known(path, _read(path).get(path.stem)) for path in paths]


def passed(path: Path) -> list[str]:
    """Return the checks of a notebook that were right when they last ran, by name."""
    entry = _read(path).get(path.stem)
    found = entry.get(PASSED) if isinstance(entry, dict) else None
    return [name for name in found if isinstance(name, str)] if isinstance(found, list) else []


def look(paths: Sequence[Path], seconds: float = progress.SECONDS) -> Iterator[progress.Lesson]:
    """Run the checks of these notebooks, in their order, and keep what they give.

    Args:
        paths: the notebooks.
        seconds: how long all checks of a notebook may take.
    """
    sums = [_sum(path) for path in paths]  # before: what is saved meanwhile was not looked at
    for lesson, checksum in zip(progress.all_of(paths, seconds), sums, strict=True):
        right = [check.name for check in lesson.checks if check.outcome == RIGHT]
        entry = asdict(lesson) | {"sha256": checksum, PASSED: right}
        del entry["path"], entry["checks"]  # what they said is told, not kept
        _write(lesson.path, entry)
        yield lesson


def bring_up_to_date(paths: Sequence[Path]) -> None:
    """Run the checks of those that changed, and of those that could not all run here."""
    known = zip(paths, last(paths), strict=True)
    list(look([p for p, k in known if k.changed or not k.looked or k.lesson.not_run]))


def _known(path: Path, entry: Any) -> Known:
    try:
        cells = notebook.read(path)
    except notebook.NotebookError:
        cells = notebook.Node(cells=[])
    teaches = _teaches(cells)
    try:
        fields = dict(entry)
        checksum = fields.pop("sha256")
        fields.pop(PASSED, None)
        lesson = progress.Lesson(path=path, **fields)
        float(lesson.points), float(lesson.most), float(lesson.not_run)
    except (TypeError, ValueError, KeyError):  # none, or no longer of this form
        return Known(_not_looked_at(path, cells), teaches, False, True)
    return Known(lesson, teaches, True, checksum != _sum(path))


def _not_looked_at(path: Path, cells: notebook.Node) -> progress.Lesson:
    """Return what a notebook's points can be, without running it."""
    title = progress.title_of(cells, path.stem)
    lesson, _ = brought_back(cells)
    most = sum(progress.points_of(cells).values())
    return progress.Lesson(path, title, most=most, answers=lesson.written if lesson else 0.0)


def _teaches(cells: notebook.Node) -> str:
    """Return the sentence that says what a lesson teaches, or ''."""
    text = next((c.source for c in cells.cells if c.cell_type == "markdown"), "")
    found = LEARN.search(text)
    return found[1] if found else ""


def _sum(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _file(path: Path) -> Path:
    return path.parent.parent / FILE


def _read(path: Path) -> dict[str, Any]:
    try:
        entries = json.loads(_file(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return entries if isinstance(entries, dict) else {}


def _write(path: Path, entry: dict[str, Any]) -> None:
    file = _file(path)
    text = json.dumps(_read(path) | {path.stem: entry}, indent=1)
    part = file.with_suffix(".part")
    with contextlib.suppress(OSError):  # a folder that cannot be written to has no memory
        part.write_text(text, encoding="utf-8")
        part.replace(file)
