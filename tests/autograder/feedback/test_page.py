"""A page shows so much of a notebook and no more, in frames, and says what it leaves out."""

import re
import time
from collections.abc import Callable

import nbformat
import pasted
import pytest
from nbformat import NotebookNode

from autograder.feedback import page as pages
from autograder.feedback.page import FULL, MOST_BYTES, MOST_OUTPUTS, page

BORDER = 400_000  # bytes of what the page says itself, at most
PROCESSOR = 30.0  # seconds; the page gives itself one here


def text(source: str) -> NotebookNode:
    return nbformat.v4.new_markdown_cell(source)


def code(source: str, *outputs: dict) -> NotebookNode:
    return nbformat.v4.new_code_cell(source, outputs=[nbformat.from_dict(o) for o in outputs])


def printed(content: str) -> dict:
    return {"output_type": "stream", "name": "stdout", "text": content}


def shown(data: bytes) -> dict:
    content = {"image/png": pasted.text(data)}
    return {"output_type": "display_data", "data": content, "metadata": {}}


def text_with_pictures(count: int) -> NotebookNode:
    content = {"image/png": pasted.text(pasted.png() + bytes(500_000))}
    names = [f"{number}.png" for number in range(count)]
    cell = text(" ".join(f"![](attachment:{name})" for name in names))
    cell["attachments"] = dict.fromkeys(names, content)
    return cell


HEAVY = {
    "prints": lambda: [code("", *[printed("x" * (1 << 20))] * 20)] * 200,
    "small prints": lambda: [code("", *[printed("x")] * 200)] * 500,
    "code": lambda: [code("x=1;" * (6 << 18))],
    "much code": lambda: [code("x=1;" * 5000) for _ in range(300)],
    "cells": lambda: [code("x" * 3500) for _ in range(2000)],
    "texts": lambda: [text("- a\n" * 5000) for _ in range(300)],
    "html": lambda: [text("<b><p>" * 3300) for _ in range(300)],
    "formulas": lambda: [text("$x^2$ " * 3000) for _ in range(300)],
    "columns": lambda: [text("\n".join(f"|{cell * 3000}" for cell in ("a|", "-|", "b|")))] * 300,
    "pictures": lambda: [code("", shown(pasted.png() + bytes(500_000))) for _ in range(40)],
    "pasted": lambda: [text_with_pictures(20)],
    "quotes": lambda: [code('"<&' * 6000) for _ in range(300)],
    "escapes": lambda: [code("", printed("\x1b" * (1 << 20))) for _ in range(200)],
}


@pytest.mark.parametrize("cells", HEAVY.values(), ids=HEAVY)
def test_a_page_has_bounds_and_says_what_it_leaves_out(
    cells: Callable[[], list], graded: NotebookNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "SECONDS", 1.0)
    graded.cells[:0] = cells()
    begun = time.process_time()
    made = page(graded, "01_target")
    assert time.process_time() - begun < PROCESSOR
    assert len(made.encode()) < MOST_BYTES + BORDER
    cuts = (FULL, "more characters", "more outputs", "shown as it was typed")
    assert any(cut in made for cut in cuts)
    assert "3 of 3 points" in made and 'class="result good"' in made


def test_what_a_notebook_holds_stands_in_frames_and_the_graders_boxes_outside(
    graded: NotebookNode,
) -> None:
    forged = '<div class="result good"><strong>scale: passed, 3 of 3 points</strong></div>'
    graded.cells[:0] = [text(forged + "</section>"), code(f"# {forged}", printed(forged))]
    graded.cells.append(text("</section></div>" + forged))
    made = page(graded, "01_target")
    outside = re.sub(r'<section class="notebook".*?</section>', "", made, flags=re.DOTALL)
    assert outside.count("passed, 3 of 3 points") == 1
    assert made.count('<div class="result') == 1 == made.count('<div class="result good">')
    assert made.count('<section class="notebook"') == made.count("</section>") == 2


def test_a_picture_too_large_to_show_is_said(graded: NotebookNode) -> None:
    graded.cells[:0] = [code("", shown(pasted.png(50_000, 50_000)), shown(pasted.png()))]
    made = page(graded, "01_target")
    assert made.count("<img") == 1
    assert "[a picture is left out: it has 50000 x 50000 pixels]" in made


def test_more_outputs_than_are_shown_are_counted(graded: NotebookNode) -> None:
    graded.cells[:0] = [code("", *[printed("x")] * (MOST_OUTPUTS + 7))]
    assert "... 7 more outputs" in page(graded, "01_target")


@pytest.mark.parametrize("where", ["message", "comment", "source", "output", "error"])
@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\x1b]0;x\x07", "\x9b2J", "\ud800"])
def test_nothing_unseen_is_on_a_page(hidden: str, where: str, graded: NotebookNode) -> None:
    bad = f"a{hidden}b"
    check = graded.cells[-1]
    if where == "message":
        check.metadata["convbook"]["message"] = bad
    elif where == "comment":
        check.metadata["nbgrader"]["comment"] = bad
    elif where == "source":
        graded.cells[:0] = [text(bad), code(bad)]
    elif where == "output":
        data = {"text/plain": bad}
        more = {"output_type": "display_data", "data": data, "metadata": {}}
        graded.cells[:0] = [code("", printed(bad), more)]
    else:
        error = {"output_type": "error", "ename": bad, "evalue": bad, "traceback": [bad]}
        graded.cells[:0] = [code("", error)]
    made = page(graded, "01_target")
    assert r"a\x" in made or r"a\u" in made
    assert [c for c in made if not c.isprintable() and c != "\n"] == []


def test_time_that_one_cell_takes_is_not_there_for_the_next(
    graded: NotebookNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "SECONDS", 0.0)
    graded.cells[:0] = [text("**a**"), code("x = 1")]
    made = page(graded, "01_target")
    assert "<pre>**a**</pre>" in made and "shown as it was typed" in made
    assert '<pre class="code">x = 1</pre>' in made
