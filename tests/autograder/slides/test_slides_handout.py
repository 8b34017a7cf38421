"""The handout of a deck: four slides to a page, lines beside each, and no answer anywhere."""

import re

import pytest

from autograder.slides import pdf
from autograder.slides.source import read

pytestmark = pytest.mark.slow
A_SECRET = "Nineteen storks"
QUESTION = (
    "# %% [markdown] question\n# ## How many?\n#\n# Count them.\n\n"
    f"# %% [markdown] answer\n# {A_SECRET}.\n\n"
    f"# %% [markdown] notes\n# (2 min) {A_SECRET}, and why.\n\n"
)
SLIDES, PAGES = 14, 4


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "01_handout.py"
    path.write_text(QUESTION * SLIDES, encoding="utf-8")
    return path


def test_it_has_four_slides_a_page_and_lines_beside_each(project, source):
    page = project(source).page
    page.goto(f"{page.url.split('#')[0]}?handout")
    page.emulate_media(media="print")
    sheets = page.query_selector_all(".slides > .page")
    assert [len(sheet.query_selector_all("section")) for sheet in sheets] == [4, 4, 4, 2]
    for row in page.query_selector_all(".kept"):
        slide, lines = (row.query_selector(part).bounding_box() for part in (".small", ".lines"))
        assert slide["x"] + slide["width"] < lines["x"]
        assert lines["width"] > 200
        assert len(row.query_selector_all(".line")) == 8


def test_the_answers_are_not_in_it(project, source):
    """Neither seen nor hidden: what is not in the page is in no layer of its PDF."""
    page = project(source).page
    address = page.url.split("#")[0]
    page.goto(f"{address}?handout")
    body = "document.querySelector('.reveal').outerHTML"
    assert A_SECRET not in page.evaluate(body)
    assert page.evaluate(body).count("How many?") == 2 * SLIDES  # the heading, and its label
    page.goto(f"{address}?print")
    assert page.evaluate(body).count(A_SECRET) == 2 * SLIDES


def test_both_are_printed(browser, built, source):
    slides = len(read(source).slides)
    whole, handout = pdf.export(built(source), slides)
    assert [path.name for path in (whole, handout)] == ["01_handout.pdf", "01_handout-handout.pdf"]
    boxes = {
        path: re.findall(rb"/MediaBox\s*\[([^\]]*)\]", path.read_bytes())
        for path in (whole, handout)
    }
    assert set(boxes[whole]) == {b"0 0 960 540"} and len(boxes[whole]) == SLIDES
    (sheet,) = {tuple(round(float(n)) for n in box.split()) for box in boxes[handout]}
    assert sheet == (0, 0, 595, 842) and len(boxes[handout]) == PAGES  # A4, in points
