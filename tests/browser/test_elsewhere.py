"""Results of checks in other places than JupyterLab: Notebook 7, and a page that was exported."""

import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from browsing import PATIENCE, Picture, code, run, write
from nbconvert import HTMLExporter
from playwright.sync_api import Page, expect
from server import serving
from test_student import CHECK, LESSON, RIGHT, WRONG

from autograder.course import lessons
from autograder.release import contents

PLOT = "letter = np.pad("
GUESS = "# Your guess"  # of the first; its code is folded


@pytest.fixture
def notebook7(tmp_path: Path) -> Iterator[str]:
    """Notebook 7 as it comes, on the lesson as it is given out; yields its address."""
    (tmp_path / LESSON).mkdir()
    given = contents.with_first(lessons()[LESSON].released, "")
    nbformat.write(given, tmp_path / LESSON / f"{LESSON}.ipynb")
    command = [sys.executable, "-m", "notebook", "--allow-root", f"--ServerApp.root_dir={tmp_path}"]
    with serving(command, home=tmp_path / "home") as address:
        yield address


def test_results_in_notebook_7_and_in_its_exported_page(
    notebook7: str, tmp_path: Path, page: Page, picture: Picture
) -> None:
    page.goto(f"{notebook7}/notebooks/{LESSON}/{LESSON}.ipynb")
    page.locator(".jp-Notebook").wait_for()
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()
    code(page, "# Where convbook is missing").locator(".jp-Placeholder-content").click()
    assert run(page, "def _install").locator(".jp-OutputArea-output").count() == 0
    run(page, "import matplotlib.pyplot")
    code(page, GUESS).locator(".jp-Placeholder-content").click()
    asks = run(page, GUESS).get_by_role("button", name="That is my guess")
    expect(asks).to_be_visible(timeout=PATIENCE)
    picture(page, "guess")
    for answer, says in ((RIGHT, "Passed: 3 points."), (WRONG, "4 of 4 values differ.")):
        write(page, "def correlate2d", answer)
        area = run(page, CHECK).locator(".jp-OutputArea")
        box = area.locator(".jp-RenderedHTMLCommon", has_text=says)
        expect(box).to_be_visible()
        picture(page, "notebook-7")
    assert "Traceback" not in code(page, CHECK).inner_text()
    code(page, CHECK).locator("summary", has_text="Look: the first wrong number").click()
    look = code(page, CHECK).frame_locator("iframe.convbook-demo").locator("#sentence")
    expect(look).to_have_text("out[0, 0] is 1 in your answer. It should be 4.")
    drawing = next(c for c in lessons()[LESSON].released.cells if PLOT in c.source)
    plot = run(page, PLOT).get_by_role("img", name=drawing.metadata.alt, exact=True)
    expect(plot).to_have_css("color-scheme", "light")
    picture(page, "plot")

    file = tmp_path / LESSON / f"{LESSON}.ipynb"
    with page.expect_response(lambda r: r.request.method == "PUT" and LESSON in r.url):
        page.keyboard.press("Control+S")
    cells = nbformat.read(file, as_version=4)
    # Without the parts of nbconvert's page that come from the net.
    exporter = HTMLExporter(mathjax_url="", require_js_url="", jquery_url="", mermaid_js_url="")
    exported = tmp_path / "exported.html"
    exported.write_text(exporter.from_notebook_node(cells)[0], encoding="utf-8")
    page.goto(exported.as_uri())
    box = page.get_by_text("Not yet: the impulse: 4 of 4 values differ.")
    box.scroll_into_view_if_needed()
    expect(box).to_be_visible()
    picture(page, "exported")
