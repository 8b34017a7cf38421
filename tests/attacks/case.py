"""What a case is, and how its submission is made."""

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from attacks.target import LESSON, RIGHT, WRONG
from autograder.course import lessons

KINDS = (
    "tampering", "secrets", "untold", "resources", "bad input", "network", "pages", "archives",
)  # fmt: skip
FILE = f"{LESSON}.ipynb"
# Where the harness listens, for cases that try to call out. Student code names them as @TCP@ ...
PLACES = {"@TCP@": "47631", "@UDP@": "47632", "@ABSTRACT@": "convbook-attacks"}
LEFT = "left-by-attack"  # what a case calls the files that it tries to leave behind
MARK = "attack_mark"  # in every script, handler or address that a case tries to get into a page

Notebook = dict[str, Any]
Make = Callable[[Path], None]  # writes what is handed in into a folder


@dataclass(frozen=True)
class Case:
    """One attack.

    Attributes:
        kind: one of KINDS.
        name: a few words.
        tries: what it tries, in one line.
        make: writes the submission into a folder.
        honest: the points that the student's own code deserves.
        names: words of which the result must hold one: the limit that was met.
        says_why: whether the result must give one line that says what is wrong with the file.
        page: whether it is about the feedback page. Ours is searched for every case; plain
            nbgrader's shows all hidden checks by itself, so it is searched where this is on.
        untold: a word that neither the page nor a message for the student may hold.
        seconds: the wall time that grading may take.
    """

    kind: str
    name: str
    tries: str
    make: Make
    honest: float
    names: tuple[str, ...] = ()
    says_why: bool = False
    page: bool = False
    untold: str = ""
    seconds: float = 120.0


def notebook(**sources: str) -> Notebook:
    """Return the released notebook as a student fills it in: right where nothing else is said.

    Args:
        sources: cells by name; '' leaves the cell as it was released. `first` and `last` are cells
            of the student's own, before and after all others.
    """
    book = json.loads(json.dumps(lessons()[LESSON].released))
    for name, source in (RIGHT | sources).items():
        if name in RIGHT and source:
            cell_named(book, name)["source"] = source
    if "first" in sources:
        book["cells"].insert(0, code_cell(sources["first"]))
    if "last" in sources:
        book["cells"].append(code_cell(sources["last"]))
    return book


def code_cell(source: str) -> Notebook:
    """Return a student's own code cell."""
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": "own",
        "metadata": {},
        "outputs": [],
        "source": source,
    }


def markdown_cell(source: str) -> Notebook:
    """Return a student's own text cell."""
    return {"cell_type": "markdown", "id": "own-text", "metadata": {}, "source": source}


def cell_named(book: Notebook, name: str) -> Notebook:
    """Return the cell of that nbgrader name."""
    cells = (c for c in book["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == name)
    return next(cells)


def text(book: Notebook) -> bytes:
    """Return a notebook as the bytes of its file, what the harness knows filled in."""
    written = json.dumps(book, indent=1)
    for name, value in PLACES.items():
        written = written.replace(name, value)
    return written.encode()


def cells(**sources: str) -> Make:
    """Hand in a notebook with these cells; the arguments are those of `notebook`."""
    return lambda folder: put(folder, text(notebook(**sources)))


def wrong(**sources: str) -> Make:
    """Hand in a notebook whose every exercise is wrong, but for these cells."""
    return cells(**(WRONG | sources))


def edited(change: Callable[[Notebook], Any], **sources: str) -> Make:
    """Hand in a notebook after a change of its JSON.

    Args:
        change: changes the notebook in place, or returns another.
        sources: as for `notebook`.
    """

    def make(folder: Path) -> None:
        book = copy.deepcopy(notebook(**sources))
        put(folder, text(change(book) or book))

    return make


def raw(content: bytes | Callable[[], bytes], name: str = FILE) -> Make:
    """Hand in a file of these bytes."""
    return lambda folder: put(folder, content() if callable(content) else content, name)


def put(folder: Path, content: bytes, name: str = FILE) -> None:
    """Write one file of a submission."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
