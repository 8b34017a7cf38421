"""A student in JupyterLab: open lesson 02, answer wrong, read why, answer right, validate."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from server import serving

from autograder.course import lessons

LESSON = "02_convolution"
NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE = 60_000  # milliseconds; a kernel starts in some seconds

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]

WRONG = """def correlate2d(x, w):
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape)
    return np.sum(windows * w[::-1, ::-1], axis=(2, 3))"""
RIGHT = """def correlate2d(x, w):
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape)
    return np.sum(windows * w, axis=(2, 3))"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`convbook lab` on a copy of the lesson; yields its address."""
    folder = tmp_path_factory.mktemp("course")
    released = lessons()[LESSON].path.parents[2] / "notebooks" / LESSON
    shutil.copytree(released, folder / LESSON)
    command = [sys.executable, "-m", "convbook.cli", "lab", str(folder)]
    with serving(command, home=folder.parent) as address:
        yield address


@pytest.fixture
def page(lab: str, tmp_path: Path) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.goto(f"{lab}/lab/tree/{LESSON}/{LESSON}.ipynb")
        page.wait_for_selector(".jp-Notebook", timeout=PATIENCE)
        yield page
        browser.close()


def picture(page: Page, name: str) -> None:
    """Keep a screenshot for people to look at, where CONVBOOK_PICTURES names a folder."""
    folder = os.environ.get("CONVBOOK_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


def write(page: Page, source: str) -> None:
    """Replace the cell that defines correlate2d, and run it and the check that follows."""
    cell = page.locator(".jp-CodeCell", has_text="def correlate2d").first
    cell.scroll_into_view_if_needed()
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(source)


def run_from_setup(page: Page) -> None:
    """Run the set-up cell, the exercise and its check, each by Shift+Enter."""
    for text in ("import matplotlib.pyplot", "def correlate2d", "# 3 points. Shown: the impulse"):
        cell = page.locator(".jp-CodeCell", has_text=text).first
        cell.scroll_into_view_if_needed()
        cell.locator(".cm-content").click()
        page.keyboard.press("Shift+Enter")


def outputs(page: Page) -> str:
    check = page.locator(".jp-CodeCell", has_text="# 3 points. Shown: the impulse").first
    return check.locator(".jp-OutputArea").inner_text()


def test_a_student_reads_what_is_wrong_mends_it_and_validates(page: Page) -> None:
    expect(page.get_by_text("Formgrader")).to_have_count(0)
    write(page, WRONG)
    run_from_setup(page)
    check = page.locator(".jp-CodeCell", has_text="# 3 points. Shown: the impulse").first
    expect(check.locator(".jp-OutputArea")).to_contain_text("Not yet", timeout=PATIENCE)
    said = outputs(page)
    assert "Not yet: the impulse: 4 of 4 values differ." in said
    assert "Traceback" not in said
    assert len(said.strip().splitlines()) <= 6
    picture(page, "not-yet")
    write(page, RIGHT)
    run_from_setup(page)
    expect(check.locator(".jp-OutputArea")).to_contain_text(
        "the impulse: 4 values of shape (2, 2) as expected.", timeout=PATIENCE
    )
    page.get_by_role("button", name="Validate").click()
    dialog = page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("correlate1d", timeout=3 * PATIENCE)
    assert "impulse" not in dialog.inner_text()
    picture(page, "validate")


def test_validate_says_success_when_all_is_right(lab: str, page: Page) -> None:
    solved_in_place(page)
    page.get_by_role("button", name="Validate").click()
    expect(page.locator(".jp-Dialog")).to_contain_text("Success", timeout=3 * PATIENCE)
    picture(page, "success")


def solved_in_place(page: Page) -> None:
    """Write every answer into the open notebook's file through Jupyter's own contents service."""
    import nbformat

    from convbook import notebook

    lesson = lessons()[LESSON]
    cells = nbformat.from_dict(lesson.released)
    for cell in cells.cells:
        name = notebook.grade_id(cell)
        if name in lesson.exercises:
            own = (c for c in lesson.notebook.cells if notebook.grade_id(c) == name)
            cell.source = next(own).source
        if name.startswith("answer-"):
            cell.source = "It makes no difference."
    page.evaluate(
        """async ([path, content]) => {
            const token = document.cookie.match(/_xsrf=([^;]*)/);
            await fetch('/api/contents/' + path, {
                method: 'PUT',
                headers: {'Content-Type': 'application/json', 'X-XSRFToken': token ? token[1] : ''},
                body: JSON.stringify({type: 'notebook', format: 'json', content: content}),
            });
        }""",
        [f"{LESSON}/{LESSON}.ipynb", cells],
    )
    page.reload()
    page.wait_for_selector(".jp-Notebook", timeout=PATIENCE)
