"""Before handing in: what would cost points for no good reason, and the file to hand in.

.venv/bin/convbook hand-in notebooks/02_convolution/02_convolution.ipynb
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from convbook import notebook
from convbook.desk import progress
from convbook.guess import kept
from convbook.handout.reconcile import brought_back
from convbook.points import said

if TYPE_CHECKING:
    from convbook.notebook import Node

AGAIN = "get the notebook from the course again, and copy your functions into it"
STRANGER = "none of its cells has a name the course knows"
NO_ANSWER = {"", "YOUR ANSWER HERE"}
GRADING_HAS = (
    "grading has Python, NumPy, Matplotlib, IPython and convbook, and no file beside the notebook"
)
LEFT_OUT = "grading does not run cells that only show something: define it in a cell of your own"
GUESS = re.compile(r"^\s*guess\.\w+\(", re.MULTILINE)
RERUN = "choose Kernel, Restart Kernel and Run All Cells, and save"


@dataclass(frozen=True)
class Problem:
    """What is wrong, what to do about it, and whether it would break grading."""

    what: str
    todo: str
    breaks: bool = False

    def __str__(self) -> str:
        return f"{'STOP' if self.breaks else 'note'}  {self.what}: {self.todo}."


def problems(path: Path, lesson: progress.Lesson | None = None) -> Iterator[Problem]:
    """Find what is wrong with a notebook that is to be handed in, as it was last saved.

    Args:
        path: the notebook.
        lesson: what its checks gave; they are run where None.
    """
    try:
        cells = notebook.read(path)
    except notebook.NotebookError as error:
        reason = str(error).removeprefix(f"{path}: ")
        yield Problem(f"the notebook cannot be graded ({reason})", AGAIN, True)
        return
    counts = [c.execution_count for c in cells.cells if c.get("execution_count")]
    known, notes = brought_back(cells)
    if known is None:
        yield Problem(f"the notebook cannot be graded ({STRANGER})", AGAIN, True)
        return
    for note in notes:
        what, _, decided = note.partition(": ")
        yield Problem(what, decided)
    for cell in cells.cells:
        if cell.cell_type == "code":
            yield from _source(cell)
    yield from _written(cells)
    if counts != sorted(counts):
        yield Problem("cells were run in another order than they stand in", RERUN)
    yield from _ran(lesson or progress.of(path), _shown_only(cells))


def pack(path: Path, folder: Path, with_guesses: bool = False) -> Path:
    """Put a notebook into the file to hand in, and return that file.

    What was guessed stays: it is not in what is packed of the notebook.

    Args:
        path: the notebook.
        folder: where the file goes; made where it is not there.
        with_guesses: whether the file of guesses goes, too.

    Raises:
        OSError: the file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{path.stem}.zip"
    part = target.with_suffix(".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo.from_file(path, path.name)
        archive.writestr(info, _without_guesses(path), zipfile.ZIP_DEFLATED)
        guesses = path.resolve().parent.parent / kept.FILE
        if with_guesses and guesses.is_file():
            archive.write(guesses, kept.FILE.removeprefix("."))
    part.replace(target)
    return target


def hand_in(
    path: Path,
    folder: Path,
    say: Callable[[str], object] = print,
    with_guesses: bool = False,
) -> int:
    """Say what is wrong, and make the file if nothing would break grading.

    Args:
        path: the notebook.
        folder: where the file goes.
        say: takes each line.
        with_guesses: whether the file of guesses goes, too.

    Returns:
        0 where the file was made, else 1.
    """
    lesson = progress.of(path)
    found = list(problems(path, lesson))
    for problem in sorted(found, key=lambda p: not p.breaks):
        say(str(problem))
    if any(problem.breaks for problem in found):
        say("Nothing was made: what says STOP would break grading.")
        return 1
    say(f"{said(lesson.points, lesson.most, lesson.answers)}. Hidden checks come on top of these.")
    say(f"Hand in {pack(path, folder, with_guesses)}")
    say("Was everything saved? What stands in an open browser and not in the file is not in it.")
    return 0


def _without_guesses(path: Path) -> bytes:
    """Return a notebook's bytes without what its cells of guesses show."""
    content = path.read_bytes()
    book = json.loads(content.decode("utf-8-sig"))
    shown = [c for c in book.get("cells", ()) if _asks(c) and c.get("outputs")]
    widgets = isinstance(book.get("metadata"), dict) and book["metadata"].pop("widgets", None)
    if not shown and not widgets:
        return content
    for cell in shown:
        cell["outputs"] = []
    return json.dumps(book, indent=1).encode() + b"\n"


def _asks(cell: dict[str, Any]) -> bool:
    """Tell whether a cell asks for a guess, by its text: an editor may have dropped its tags."""
    source = cell.get("source", "")
    text = source if isinstance(source, str) else "".join(source)
    return cell.get("cell_type") == "code" and GUESS.search(text) is not None


def _source(cell: Node) -> Iterator[Problem]:
    error = notebook.syntax_error(cell.source)
    if error:
        name = notebook.grade_id(cell) or f"`{cell.source.strip().splitlines()[0][:40]}`"
        yield Problem(f"{name}: {error}", "mend it, run the cell, and save")


def _written(cells: Node) -> Iterator[Problem]:
    for cell in cells.cells:
        name, text = notebook.grade_id(cell), cell.source.strip()
        if name.startswith(notebook.ANSWER) and text in NO_ANSWER and not cell.get("attachments"):
            yield Problem(f"{name} is not answered", "write a few sentences, or hand in without")
        if not name.isidentifier() or not text:
            continue
        if re.search(r"^\s*raise NotImplementedError", cell.source, re.MULTILINE):
            yield Problem(f"{name} is not written yet", "write it, or hand in without it")
        elif not cell.execution_count:
            yield Problem(f"the cell of {name} never ran", RERUN)


def _shown_only(cells: Node) -> set[str]:
    """Return the names that cells define which grading leaves out, and perhaps some more."""
    sources = (c.source for c in cells.cells if notebook.is_shown_only(c))
    found = re.findall(r"^[ \t]*(?:def|class)\s+(\w+)|^[ \t]*(\w+) *=", "\n".join(sources), re.M)
    return {name for pair in found for name in pair if name}


def _ran(lesson: progress.Lesson, left_out: set[str]) -> Iterator[Problem]:
    for error in lesson.errors:
        unknown = re.search(r"NameError: name '(\w+)' is not defined", error)
        if "ModuleNotFoundError" in error or "FileNotFoundError" in error:
            yield Problem(error, GRADING_HAS)
        elif unknown and unknown[1] in left_out:
            yield Problem(error, LEFT_OUT)
        else:
            yield Problem(error, RERUN)
    if "stopped" in lesson.todo:
        yield Problem(lesson.todo, "the grader stops it too: look for an endless loop")
