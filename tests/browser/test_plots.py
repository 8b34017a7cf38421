"""Plots in JupyterLab and in exported pages: as light or dark as the page, with their words."""

import io
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from browsing import PATIENCE, Picture, theme
from nbconvert import HTMLExporter
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect
from server import serving

from autograder.build.source import KERNEL
from autograder.course import lessons
from convbook import themed

LESSON = "02_convolution"
SETUP = "import matplotlib.pyplot as plt\nimport numpy as np\n\nfrom convbook import plot"
LINES = """plt.plot([1, 3, 2], label="blue")
plt.plot([2, 2, 3], "k--", label="black")
plt.title("Two lines")
plt.legend()
plt.show()"""
IMAGE = "plot.confusion(np.arange(9).reshape(3, 3), list('abc'), 'On an image')"
WORDS = ("Two lines", "On an image")
GROUNDS = {"light": "#ffffff", "dark": "#111111"}
DARK = {"theme": "JupyterLab Dark"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home") / "course"
    shutil.copytree(lessons()[LESSON].path.parents[2] / "notebooks" / LESSON, folder / LESSON)
    cells = [nbformat.v4.new_code_cell(source) for source in (SETUP, LINES, IMAGE)]
    nbformat.write(
        nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL}),
        folder / "plots.ipynb",
    )
    return folder


@pytest.fixture(scope="module")
def ran(folder: Path, browser: Browser) -> Iterator[Page]:
    """A page with the notebook, run, on a system whose own theme is the dark one."""
    command = [sys.executable, "-m", "convbook.cli", "lab", str(folder)]
    with serving(command, home=folder.parent) as address:
        page = browser.new_page(viewport={"width": 1280, "height": 1300}, color_scheme="dark")
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        page.goto(f"{address}/lab/tree/plots.ipynb")
        expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.locator(".lm-Menu-itemLabel", has_text="Run All Cells").first.click()
        page.get_by_role("img", name=WORDS[1]).wait_for()
        page.keyboard.press("Control+S")
        page.locator(".jp-mod-dirty").wait_for(state="detached")
        yield page
        page.context.close()


def looks(plot: Locator) -> tuple[str, float]:
    """Return the commonest colour of a plot, and what stands out most from it."""
    plot.scroll_into_view_if_needed()
    plot.page.wait_for_timeout(500)  # the browser draws the picture anew
    picture = Image.open(io.BytesIO(plot.screenshot())).convert("RGB")
    found = picture.getcolors(picture.width * picture.height)
    colours = [themed._hex(*(part / 255 for part in rgb)) for _, rgb in sorted(found)[::-1]]
    return colours[0], max(themed.contrast(colours[0], other) for other in colours)


def test_plots_follow_the_theme_when_it_is_switched(ran: Page, picture: Picture) -> None:
    for name in ("light", "dark", "light"):
        theme(ran, name.title())
        for words in WORDS:
            plot = ran.get_by_role("img", name=words, exact=True)
            assert plot.get_attribute("alt") == words
            most, contrast = looks(plot)
            assert (most == GROUNDS[name] or words == WORDS[1]) and contrast > 4.5
        ran.get_by_role("img", name=WORDS[0]).scroll_into_view_if_needed()
        picture(ran, name)


def test_an_image_and_its_numbers_are_the_same_in_both_themes(ran: Page) -> None:
    inside = {}
    for name in ("Light", "Dark"):
        theme(ran, name)
        plot = ran.get_by_role("img", name=WORDS[1], exact=True)
        looks(plot)
        whole = Image.open(io.BytesIO(plot.screenshot())).convert("RGB")
        W, H = whole.size
        inside[name] = whole.crop((int(0.2 * W), int(0.2 * H), int(0.5 * W), int(0.6 * H)))
    assert len(set(inside["Light"].tobytes())) > 5
    assert inside["Light"].tobytes() == inside["Dark"].tobytes()


def test_a_notebook_of_somebody_else_shows_its_plots(
    ran: Page, folder: Path, tmp_path: Path, page: Page, picture: Picture
) -> None:
    """Where JupyterLab does not trust it, and so cleans its HTML."""
    settings = "lab/user-settings/@jupyterlab/apputils-extension/themes.jupyterlab-settings"
    path = tmp_path / ".config" / "jupyter" / settings
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(DARK))
    shutil.copytree(folder, tmp_path / "theirs")
    command = [sys.executable, "-m", "convbook.cli", "lab", str(tmp_path / "theirs")]
    with serving(command, home=tmp_path) as address:
        page.goto(f"{address}/lab/tree/plots.ipynb")
        plot = page.get_by_role("img", name=WORDS[0], exact=True)
        plot.wait_for()
        expect(page.get_by_title("Notebook not trusted")).to_be_visible()
        assert looks(plot)[0] == GROUNDS["dark"]
        picture(page, "not-trusted")


@pytest.mark.parametrize("name", list(GROUNDS))
def test_exported_pages_have_plots_of_their_theme(
    ran: Page,
    folder: Path,
    browser: Browser,
    picture: Picture,
    name: str,
) -> None:
    cells = nbformat.read(folder / "plots.ipynb", as_version=4)
    # Without the parts of nbconvert's page that come from the net.
    exporter = HTMLExporter(
        theme=name, mathjax_url="", require_js_url="", jquery_url="", mermaid_js_url=""
    )
    file = folder / f"{name}.html"
    file.write_text(exporter.from_notebook_node(cells)[0], encoding="utf-8")
    other = "dark" if name == "light" else "light"  # the system's own
    page = browser.new_page(viewport={"width": 1000, "height": 1200}, color_scheme=other)
    page.goto(file.as_uri())
    assert looks(page.get_by_role("img", name=WORDS[0], exact=True))[0] == GROUNDS[name]
    picture(page, "exported")
    page.context.close()
