"""One reader for students' tools and the grader: what is understood is read, and nothing else."""

import json
from collections.abc import Callable
from typing import Any

import nbformat
import pytest
from cells import named

from autograder.build.generate import generate
from autograder.course import lessons, root
from autograder.handin import reader
from autograder.handin.reader import SubmissionError
from convbook import notebook
from convbook.handout.reconcile import brought_back

LESSON = lessons()["02_convolution"]


def raw() -> dict[str, Any]:
    """Lesson 02 as JupyterLab saves it."""
    return json.loads(nbformat.writes(nbformat.from_dict(LESSON.released)))


def in_old_minor(book: dict) -> None:
    book["nbformat_minor"] = 4  # and ids stay, as some editors leave them


def without_counts(book: dict) -> None:
    for cell in book["cells"]:
        cell.pop("execution_count", None)


def without_outputs(book: dict) -> None:
    for cell in book["cells"]:
        cell.pop("outputs", None)


def with_extra_keys(book: dict) -> None:
    for cell in book["cells"]:
        cell |= {"collapsed": True, "vscode": {"languageId": "python"}, "outputs": [{"odd": 1}]}
    book["custom"] = {"by": "some editor"}


def with_text_in_one_piece(book: dict) -> None:
    for cell in book["cells"]:
        cell["source"] = "".join(cell["source"])


def without_metadata_of_the_book(book: dict) -> None:
    del book["metadata"], book["nbformat"], book["nbformat_minor"]


def with_same_ids(book: dict) -> None:
    for cell in book["cells"]:
        cell["id"] = "the-same"


def with_odd_counts(book: dict) -> None:
    for cell in book["cells"]:
        cell["execution_count"] = "twelve"


REPAIRED = [
    in_old_minor,
    without_counts,
    without_outputs,
    with_extra_keys,
    with_text_in_one_piece,
    without_metadata_of_the_book,
    with_same_ids,
    with_odd_counts,
]


@pytest.mark.parametrize("change", REPAIRED, ids=lambda change: change.__name__)
def test_what_nbformat_would_complain_about_is_read(change: Callable[[dict], None]) -> None:
    book = raw()
    plain = notebook.parse(json.dumps(book))
    change(book)
    assert notebook.parse(json.dumps(book)).cells == plain.cells


@pytest.mark.parametrize(
    "encoded",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: json.dumps(json.loads(text), ensure_ascii=True).encode(),
    ],
    ids=["a mark at the start", "Windows line ends", "escaped letters"],
)
def test_encodings(encoded: Callable[[str], bytes]) -> None:
    text = json.dumps(raw(), ensure_ascii=False, indent=1)
    assert notebook.parse(encoded(text)) == notebook.parse(text)


def test_the_grader_reads_the_same() -> None:
    text = json.dumps(raw())
    assert reader.parse(text) == nbformat.from_dict(notebook.parse(text))


def test_names_points_tags_and_counts_are_kept_and_nothing_else() -> None:
    book = raw()
    cell = next(c for c in book["cells"] if notebook.CHECK in str(c["metadata"]))
    cell["execution_count"], cell["metadata"]["evil"] = 7, "<script>"
    cell["metadata"]["tags"] = ["plot", "mine", 3]
    name = cell["metadata"]["nbgrader"]["grade_id"]
    read = named(notebook.parse(json.dumps(book)), name)
    points = cell["metadata"]["nbgrader"]["points"]
    assert read.metadata == {
        "nbgrader": {"grade_id": name, "points": points},
        "tags": ["plot"],
    }
    assert read.execution_count == 7 and read.outputs == []


CONFLICT = """{"cells": [
<<<<<<< HEAD
 {"cell_type": "code"}
=======
 {"cell_type": "raw"}
>>>>>>> theirs
]}"""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "it is not valid JSON"),
        (CONFLICT, "a git conflict stand in it: settle the conflict, and save"),
        ("[" * 100_000, "it is not valid JSON"),
        ("[]", "it has no list of cells"),
        ('{"cells": 3}', "it has no list of cells"),
        ('{"cells": [null]}', "cell 1 is malformed"),
        ('{"cells": [{"cell_type": "code", "source": [1]}]}', "cell 1 is malformed"),
        ('{"cells": [{"cell_type": "odd", "source": ""}]}', "cell 1 is malformed"),
        (json.dumps({"cells": [{}] * 2001}), "has 2001 cells, more than 2000"),
        (b"\xff\xfe{\x00}\x00", "it is not UTF-8"),
    ],
)
def test_what_is_no_notebook_is_said_in_one_line(content: str | bytes, said: str) -> None:
    with pytest.raises(notebook.NotebookError, match=said) as ours:
        notebook.parse(content)
    with pytest.raises(SubmissionError) as graders:
        reader.parse(content)
    assert str(ours.value) == str(graders.value) and "\n" not in str(ours.value)


def test_it_is_told_which_given_cell_was_edited() -> None:
    book = generate(root(), LESSON.name, nbformat.from_dict(LESSON.notebook))
    _, untouched = brought_back(notebook.parse(nbformat.writes(book)))
    assert not [note for note in untouched if "edited" in note]
    for cell in book.cells:
        cell.source = f"# mine{cell.source}"
    _, notes = brought_back(notebook.parse(nbformat.writes(book)))
    edited = {note.split(" was edited")[0] for note in notes if " was edited" in note}
    own = {*LESSON.exercises, *(n for n in LESSON.order if n.startswith("answer-"))}
    assert edited == set(LESSON.order) - own
