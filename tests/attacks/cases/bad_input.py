"""Files that are no notebooks, or odd ones. What cannot be graded gets 0 and one line why."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import nbformat

from attacks.case import (
    FILE,
    Case,
    Make,
    Notebook,
    cell_named,
    code_cell,
    edited,
    notebook,
    put,
    raw,
    text,
)
from attacks.target import FULL, LESSON, WRONG


def refused(name: str, tries: str, make: Make) -> Case:
    """A file that cannot be graded."""
    return Case("bad input", name, tries, make, 0, says_why=True)


def graded(name: str, tries: str, make: Make, honest: float = FULL) -> Case:
    """A file that is odd, but whose answers are there."""
    return Case("bad input", name, tries, make, honest)


def right() -> bytes:
    return text(notebook())


def of_json(value: object) -> Make:
    return raw(json.dumps(value).encode())


def changed(change: Callable[[Notebook], object]) -> Make:
    """A notebook of wrong answers after a change."""
    return edited(change, **WRONG)


def with_source(source: object) -> Make:
    return changed(lambda book: book["cells"][-1].update(source=source))


def link(target: Callable[[Path], str]) -> Make:
    def make(folder: Path) -> None:
        folder.mkdir(parents=True)
        (folder / FILE).symlink_to(target(folder))

    return make


def neighbours(folder: Path) -> str:
    """Lead to the notebook of the student who is graded next."""
    number = folder.parent.name.partition("-")[0]
    after = f"{number}-next" if number.isdigit() else "zoe"
    return f"../../{after}/{LESSON}/{FILE}"


def folder_named_notebook(folder: Path) -> None:
    put(folder / FILE, b"x", "inner.txt")


def fifo(folder: Path) -> None:
    folder.mkdir(parents=True)
    os.mkfifo(folder / FILE)


def empty_folder(folder: Path) -> None:
    folder.mkdir(parents=True)


def old_format(book: Notebook) -> Notebook:
    """Write it as nbformat 3 does: cells in worksheets, code in `input`."""
    return json.loads(nbformat.writes(nbformat.convert(nbformat.from_dict(book), 3), version=3))


def no_marks(book: Notebook) -> None:
    for cell in book["cells"]:
        cell["metadata"] = {"nbgrader": {}}


def one_empty_mark(book: Notebook) -> None:
    book["cells"][0]["metadata"]["nbgrader"] = {}


def odd_marks(book: Notebook) -> None:
    values = [[], "x", 3, None, {"grade_id": 7}, {"grade_id": ["a"]}, {"grade": True}]
    book["cells"] += [code_cell("1") | {"metadata": {"nbgrader": value}} for value in values]


def bad_outputs(book: Notebook) -> None:
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "stream"}, 7, "x", {"output_type": "error"}]
            cell["execution_count"] = "many"


def same_ids(book: Notebook) -> None:
    for cell in book["cells"]:
        cell["id"] = "../../../same id"


def many_cells(number: int) -> Callable[[Notebook], None]:
    return lambda book: book["cells"].extend(code_cell("") for _ in range(number))


def unknown_kernel(book: Notebook) -> None:
    book["metadata"]["kernelspec"] = {"name": "../../x", "display_name": "", "language": "bash"}


def windows_lines(book: Notebook) -> None:
    for cell in book["cells"]:
        lines = "".join(cell["source"]) if isinstance(cell["source"], list) else cell["source"]
        cell["source"] = lines.replace("\n", "\r\n")


def broken_cell(book: Notebook) -> None:
    book["cells"].insert(1, code_cell("def scale(x, a:\n  return ]]] \x00 '''"))


def surrogate(book: Notebook) -> None:
    cell_named(book, "scale")["source"] += "\n# \ud800 \u202e \x1b[2J"


def no_format(book: Notebook) -> None:
    del book["nbformat"], book["nbformat_minor"]


CASES = [
    refused("empty file", "0 bytes", raw(b"")),
    refused("no JSON", "a text", raw(b"Dear teacher,\nmy laptop broke.")),
    refused("cut off", "half a notebook", raw(lambda: right()[: len(right()) // 2])),
    refused("zeros", "1000 zero bytes", raw(bytes(1000))),
    refused("not UTF-8", "bytes that are no text", raw(b'{"cells": "\xff\xfe\xc3\x28"}')),
    refused("UTF-16", "a notebook in UTF-16", raw(lambda: right().decode().encode("utf-16"))),
    refused("a list", "JSON, but a list", of_json([1, 2])),
    refused("a number", "JSON, but a number", of_json(7)),
    refused("deep JSON", "100,000 brackets", raw(b"[" * 100_000)),
    refused("long number", "a number of 100,000 digits", raw(b'{"cells": ' + b"9" * 100_000)),
    refused("cells missing", "no cells", of_json({"nbformat": 4, "metadata": {}})),
    refused("cells no list", "cells are a text", of_json({"nbformat": 4, "cells": "none"})),
    refused("cell a text", "a cell is a text", changed(lambda book: book["cells"].append("1"))),
    refused("source a number", "a cell's source is a number", with_source(7)),
    refused("source of numbers", "a cell's lines are numbers", with_source([1, 2])),
    refused(
        "unknown kind",
        "a cell of no known kind",
        changed(lambda book: book["cells"][-1].update(cell_type="banana")),
    ),
    refused("no notebook", "an empty folder", empty_folder),
    refused("a folder", "a folder of the notebook's name", folder_named_notebook),
    refused("a pipe", "a named pipe, which can be read for ever", fifo),
    refused("link to a neighbour", "a link to another student's notebook", link(neighbours)),
    refused("link to a file", "a link to /etc/passwd", link(lambda folder: "/etc/passwd")),
    refused("link to itself", "a link that leads nowhere", link(lambda folder: FILE)),
    graded("10,000 cells", "empty cells, wrong answers", changed(many_cells(10_000)), 0),
    graded(
        "25 MB",
        "a text of 25 MB, wrong answers",
        changed(lambda book: book["cells"].append(code_cell("#" + "x" * 25_000_000))),
        0,
    ),
    graded(
        "byte order mark", "a right notebook after a BOM", raw(lambda: b"\xef\xbb\xbf" + right())
    ),
    graded("nbformat 3", "a right notebook of the format before", edited(old_format)),
    graded(
        "format not named",
        "a right notebook without nbformat",
        edited(no_format),
    ),
    graded(
        "nbformat 5",
        "a right notebook of a format to come",
        edited(lambda book: book.update(nbformat=5)),
    ),
    graded("empty mark", "one cell's nbgrader metadata is empty", edited(one_empty_mark)),
    graded("odd marks", "extra cells with odd nbgrader metadata", edited(odd_marks)),
    graded("all marks empty", "no cell says what it is; wrong answers", changed(no_marks), 0),
    graded("odd outputs", "the stored outputs are malformed", edited(bad_outputs)),
    graded("same ids", "all cells have one id", edited(same_ids)),
    graded("unknown kernel", "asks for a kernel that is not there", edited(unknown_kernel)),
    graded("Windows lines", "lines end in CR LF", edited(windows_lines)),
    graded("broken cell", "one cell of its own is no Python", edited(broken_cell)),
    graded("half a character", "a surrogate, a reversal, an escape", edited(surrogate)),
    graded("other name", "the notebook is called final.ipynb", raw(right, "final.ipynb")),
]
