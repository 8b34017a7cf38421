"""Large notebooks are read without their outputs, and what is no notebook costs seconds at most."""

import json

import pytest

from convbook import notebook, outputs

WORDS = 'x = ["outputs", "\\\\", "]"]  # "outputs": ['


def book(*outs: object) -> str:
    cells = [{"cell_type": "code", "source": WORDS, "outputs": list(outs), "metadata": {}}]
    return json.dumps({"cells": [*cells, *cells], "nbformat": 4, "outputs": "none"})


OUTPUTS = ["7", ["]"], {"outputs": [["[", "\\"], '"outputs": [']}, '"', "\\", "é\u2028"]


@pytest.mark.parametrize("out", OUTPUTS)
def test_all_but_the_outputs_stays(out: object) -> None:
    assert outputs.left_out(book(out, out)) == book()
    assert outputs.left_out(book()) == book()


@pytest.mark.parametrize("end", range(1, 60))
def test_what_is_cut_off_stays_cut_off(end: int) -> None:
    with pytest.raises(ValueError):
        json.loads(outputs.left_out(book(["[", {"outputs": []}], "]")[:-end]))


def test_a_large_one_is_the_same_as_without_outputs() -> None:
    large = book("7" * notebook.MOST_BUILT)
    assert notebook.parse(large) == notebook.parse(book())
    with pytest.raises(notebook.NotebookError, match="larger than 20 MiB without its outputs"):
        notebook.parse(large.replace("outputs", "putouts"))


@pytest.mark.parametrize("what", ["[", '"', '\\"', '"\\', '"outputs":[', "[]", '""'])
def test_what_no_notebook_is_made_of_is_refused(what: str) -> None:
    """In time that grows with its length: with its square, this would take days."""
    text = '"' + what * (notebook.MOST_BUILT // len(what) + 1)
    for one in (text, text[1:]):
        with pytest.raises(notebook.NotebookError):
            notebook.parse(one)
