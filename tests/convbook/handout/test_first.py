"""The cell that installs convbook is taken out again; what a student wrote around it stays."""

import json
from typing import Any

import pytest

from convbook import notebook
from convbook.handout import first
from convbook.handout.lesson import known
from convbook.handout.reconcile import brought_back

LESSON = "02_convolution"
CELL = first.text()


def handed_in(*sources: str, at: int = 1) -> Any:
    """The lesson with further cells of code, without names."""
    text = known()[LESSON].notebook
    cells = notebook.parse(json.dumps(text))
    more = [notebook.Node(cell_type="code", metadata={}, source=source) for source in sources]
    cells.cells[at:at] = more
    return notebook.parse(json.dumps(cells))


def sources(cells: Any) -> list[str]:
    return [cell.source for cell in cells.cells]


@pytest.mark.parametrize("address", ["", "https://example.org/a/convbook-0.2.0-py3-none-any.whl"])
def test_it_leaves_no_trace_and_no_note(address: str) -> None:
    plain, cells = handed_in(), handed_in(first.text(address))
    assert brought_back(plain)[1] == brought_back(cells)[1] == []
    assert sources(cells) == sources(plain)


@pytest.mark.parametrize("own", ["{}\nimport os", "import os\n{}", "import os\n{}\nimport sys\n"])
def test_what_was_written_around_it_stays(own: str) -> None:
    cells = handed_in(own.format(CELL))
    brought_back(cells)
    left = own.format("").replace("\n\n", "\n").strip()
    assert next(s for s in sources(cells) if "import os" in s).strip() == left
    assert not any("_install" in source for source in sources(cells))


def test_merged_with_the_lessons_own_set_up_both_are_known() -> None:
    cells = handed_in()
    setup = next(c for c in cells.cells if notebook.grade_id(c) == "given-setup")
    setup.source = f"{CELL}\n{setup.source}"
    brought_back(cells)
    assert sources(cells) == sources(_brought_back(handed_in()))


def test_one_that_was_changed_is_the_students_own() -> None:
    mine = CELL.replace("return\n", "print('here')\n        return\n")
    cells = handed_in(mine)
    brought_back(cells)
    assert mine in sources(cells)


def test_a_text_that_quotes_it_stays() -> None:
    cells = handed_in()
    cells.cells[0].source += CELL
    brought_back(cells)
    assert CELL in cells.cells[0].source


def test_where_convbook_is_there_it_does_nothing_and_leaves_no_name() -> None:
    names: dict[str, Any] = {}
    exec(compile(CELL, "<cell>", "exec"), names)
    assert set(names) == {"__builtins__"}


def _brought_back(cells: Any) -> Any:
    brought_back(cells)
    return cells
