"""Predictions in JupyterLab: nothing of an answer before the guess, and after it all of it."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import PATIENCE, PICTURES, Picture, theme
from playwright.sync_api import Browser, Locator, Page, expect
from server import serving

from autograder import asking
from autograder.build.source import KERNEL
from convbook.guess import kept
from convbook.guess.kept import Guess

LESSON = "05_pooling"
NAMES = ("01/weights", "02/volume", "03/step", "01/puzzle", "02/batch", "03/relu")
SECRETS = ("by heart", "120,000", "3,072", "two filters: `V`", "It cannot.", "The gate is shut")
SETTINGS = "@jupyterlab/notebook-extension/tracker.jupyterlab-settings"
GUESS = "That is my guess"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some predictions in a lesson, and one that was guessed wrong two lessons before."""
    folder = tmp_path_factory.mktemp("home") / "course"
    (folder / LESSON).mkdir(parents=True)
    again = "from convbook import guess\n\nguess.again('05')"
    sources = [again, *(asking.CELL.format(name=name) for name in NAMES)]
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    book = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL})
    nbformat.write(book, folder / LESSON / f"{LESSON}.ipynb")
    kept.keep(folder, "03/passes", Guess(["24576"], False, 1))
    settings = folder.parent / ".config" / "jupyter" / "lab" / "user-settings" / SETTINGS
    settings.parent.mkdir(parents=True)
    settings.write_text('{"windowingMode": "none"}')  # cells far away are in the page, too
    return folder


@pytest.fixture(scope="module")
def heard() -> list[str]:
    """All that the page was sent by the server and by its kernel."""
    return []


@pytest.fixture(scope="module")
def page(
    folder: Path, heard: list[str], browser: Browser, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """The notebook, run from top to bottom."""
    command = [sys.executable, "-m", "convbook.cli", "lab", str(folder)]
    with serving(command, home=folder.parent) as address:
        page = browser.new_page(viewport={"width": 1200, "height": 4000})
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        page.on("websocket", lambda ws: ws.on("framereceived", lambda x: heard.append(str(x))))
        page.goto(f"{address}/lab/tree/{LESSON}/{LESSON}.ipynb")
        expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
        page.wait_for_timeout(5_000)  # the page asks a kernel for widgets that it has had before
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.locator(".lm-Menu-itemLabel", has_text="Run All Cells").first.click()
        expect(page.get_by_role("button", name=GUESS)).to_have_count(len(NAMES) + 1)
        yield page
        if request.session.testsfailed:
            page.screenshot(path=PICTURES / "guesses-failed.png")
        page.context.close()


def form(page: Page, name: str) -> Locator:
    """Return the output of the cell that asks for this."""
    cell = page.locator(".jp-CodeCell", has_text=f'guess.ask("{name}")')
    return cell.locator(".jp-Cell-outputArea")


def axe(page: Page) -> list[str]:
    found = Axe().run(page, context=".jp-Notebook .jp-OutputArea").response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found]


def test_nothing_of_an_answer_is_on_the_page_before_the_guess(
    page: Page, heard: list[str], picture: Picture
) -> None:
    sent = page.content() + "".join(heard)
    assert "over 32 x 32 in colour" in sent
    for secret in SECRETS:
        assert secret not in sent and json.dumps(secret)[1:-1] not in sent
    assert axe(page) == []
    picture(page, "asked")


def test_what_was_wrong_two_lessons_ago_comes_back(page: Page, folder: Path) -> None:
    area = page.locator(".jp-CodeCell").nth(0).locator(".jp-Cell-outputArea")
    expect(area).to_contain_text("Again, from lesson 03, 8. Test every derivative at once.")
    area.get_by_label("forward passes").fill("2*8*3*32*32")
    area.get_by_role("button", name=GUESS).click()
    expect(area).to_contain_text("As you guessed.")
    expect(area).to_contain_text("numbers and two passes for each")
    assert kept.all_of(folder)["03/passes"] == Guess(["24576"], False, 1, again=True)


def test_a_number_by_keys_alone(page: Page, folder: Path, picture: Picture) -> None:
    area = form(page, "01/weights")
    area.get_by_label("over 32 x 32").focus()
    page.keyboard.type("lots")
    page.keyboard.press("Enter")
    expect(area.get_by_role("alert").first).to_have_text(re.compile("'lots' is not a number"))
    expect(area.get_by_label("over 32 x 32")).to_be_focused()
    expect(area.get_by_label("over 32 x 32")).to_have_attribute("aria-invalid", "true")
    assert "01/weights" not in kept.all_of(folder)
    page.keyboard.press("Control+A")
    page.keyboard.type("3072")
    page.keyboard.press("Tab")
    page.keyboard.type("12000")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(area).to_contain_text("1 of 2 as you guessed. You were fairly sure.")
    expect(area).to_contain_text("10 times too low")
    expect(area).to_contain_text("by heart and fail on new ones")
    expect(area.locator("mjx-container").first).to_be_visible()  # its formulas, too
    expect(area.get_by_role("button", name=GUESS)).to_have_count(0)
    expect(area.get_by_role("status").first).to_be_focused()
    assert kept.all_of(folder)["01/weights"] == Guess(["3072", "12000"], False, 1)


def test_a_box_by_mouse_and_by_keys(page: Page, picture: Picture) -> None:
    area = form(page, "02/volume")
    area.get_by_label("of V", exact=True).fill("4, 4, 2")
    first = area.locator(".drawing svg").first
    first.scroll_into_view_if_needed()
    frame = first.bounding_box()
    assert frame
    page.mouse.move(frame["x"] + 28 + 26 * 4.5, frame["y"] + 22 + 26 * 6.5)
    page.mouse.down()
    page.mouse.move(frame["x"] + 28 + 26 * 0.5, frame["y"] + 22 + 26 * 2.5, steps=5)
    page.mouse.up()
    for label, value in (
        ("first row", 2),
        ("last row", 6),
        ("first column", 0),
        ("last column", 4),
    ):
        expect(area.get_by_label(label).nth(0)).to_have_value(str(value))
        area.get_by_label(label).nth(1).fill(str(value + 2))
    picture(page, "drawn")
    area.get_by_role("button", name=GUESS).click()
    expect(area).to_contain_text("2 of 3 as you guessed.")
    expect(
        area.get_by_role("img", name="Your box [4:9, 2:7], the true one [4:9, 6:11]")
    ).to_be_visible()


def test_a_curve_by_mouse_and_by_keys(page: Page, picture: Picture) -> None:
    area = form(page, "03/step")
    area.get_by_label("better only down to some size").check()
    area.get_by_role("button", name=GUESS).click()
    expect(area).to_contain_text("Draw the curve from the left end to the right")
    first = area.locator(".drawing svg").first
    first.scroll_into_view_if_needed()
    frame = first.bounding_box()
    assert frame
    places = [(0, 0.3), (0.4, 0.7), (1, 0.03)]
    for number, (x, y) in enumerate(places):
        page.mouse.move(frame["x"] + 50 + 380 * x, frame["y"] + 22 + 200 * y, steps=8)
        if number == 0:
            page.mouse.down()
    page.mouse.up()
    slider = area.get_by_role("group", name="central").get_by_role("slider").first
    slider.focus()
    before = slider.get_attribute("aria-valuetext")
    page.keyboard.press("PageUp")
    page.keyboard.press("ArrowUp")
    assert slider.get_attribute("aria-valuenow") == "62"
    assert slider.get_attribute("aria-valuetext") != before
    expect(slider).to_be_focused()
    area.get_by_role("button", name=GUESS).click()
    expect(area).to_contain_text("2 of 3 as you guessed.")
    picture(page, "curves")


@pytest.mark.parametrize("name", ["Light", "Dark"])
def test_what_is_shown_suits_both_themes(page: Page, name: str, picture: Picture) -> None:
    theme(page, name)
    assert axe(page) == []
    picture(page, name.lower())


def test_a_reloaded_page_shows_guesses_and_takes_others(page: Page, folder: Path) -> None:
    area = form(page, "03/relu")
    area.get_by_label("dx").fill("0, -20, 30")
    area.get_by_role("button", name=GUESS).click()
    expect(area).to_contain_text("As you guessed.")
    page.keyboard.press("Control+S")
    file = folder / LESSON / f"{LESSON}.ipynb"
    page.wait_for_timeout(1000)
    for _ in range(3):  # on a busy machine the page may give up asking for a kernel's widgets
        page.reload()
        expect(form(page, "01/puzzle").get_by_text("Loading widget")).to_have_count(0)
        page.wait_for_timeout(3000)
        if form(page, "01/puzzle").get_by_role("button", name=GUESS).count():
            break
    area = form(page, "03/relu")
    expect(area).to_contain_text("As you guessed.")
    expect(area).to_contain_text("The gate is shut")
    assert "gate is shut" in file.read_text() and "It cannot." not in file.read_text()
    area = form(page, "01/puzzle")
    area.get_by_label("no, it does not fit").check()
    area.get_by_role("button", name=GUESS).click()
    expect(area).to_contain_text("As you guessed.")
    expect(area).to_contain_text("Run this cell again to read the answer.")


def test_a_kernel_that_ended_is_told_in_a_sentence(page: Page) -> None:
    page.keyboard.press("Control+S")
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.locator(".lm-Menu-itemLabel", has_text="Shut Down Kernel").first.click()
    expect(
        page.get_by_text("Python 3 (ipykernel) | No Kernel")
        .or_(page.get_by_text("No Kernel"))
        .first
    ).to_be_visible()
    area = form(page, "02/batch")
    if area.get_by_role("button", name=GUESS).count():
        area.get_by_role("button", name=GUESS).click()
        expect(area).to_contain_text("The kernel does not answer.")
    page.reload()
    expect(form(page, "02/batch")).to_contain_text("Run this cell to give one.")
    # A server that is ended while it starts a kernel waits for that.
    expect(page.get_by_text(re.compile(r"\| Idle|No Kernel")).first).to_be_visible()
