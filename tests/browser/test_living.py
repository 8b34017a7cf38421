"""The living net and the painted map in JupyterLab, by mouse and by keys."""

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import PATIENCE, PICTURES, Picture, theme
from nbconvert import HTMLExporter
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect
from server import serving

from autograder.build.source import KERNEL
from autograder.course import lessons

pytestmark = pytest.mark.long

LESSON = "03_backprop"
NET = """from convbook import data, layers, living

def conv_forward(x, w, b, stride=1, pad=0):
    return layers.conv_forward(x, w, b, stride, pad)

def conv_backward(dout, cache):
    return layers.conv_backward(dout, cache)

living.net(conv_forward, conv_backward).show(data.photo("chelsea"), at=(17, 62))"""
PAINT = "living.paint(conv_forward, conv_backward)"
ANSWERED = "([root, n]) => Number(root.dataset.serial) >= n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home") / "course"
    shutil.copytree(lessons()[LESSON].path.parents[2] / "notebooks" / LESSON, folder / LESSON)
    cells = [nbformat.v4.new_code_cell(source) for source in (NET, PAINT)]
    nbformat.write(
        nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL}),
        folder / LESSON / "living.ipynb",
    )
    Image.new("RGB", (300, 200), (200, 40, 40)).save(folder / "red.png")
    (folder / "notes.png").write_text("no picture")
    return folder


@pytest.fixture(scope="module")
def ran(folder: Path, browser: Browser) -> Iterator[Page]:
    """A page with both parts, shown."""
    command = [sys.executable, "-m", "convbook.cli", "lab", str(folder)]
    with serving(command, home=folder.parent) as address:
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        page.goto(f"{address}/lab/tree/{LESSON}/living.ipynb")
        expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.locator(".lm-Menu-itemLabel", has_text="Run All Cells").first.click()
        page.locator(".convbook-live .weights").wait_for()
        yield page
        page.context.close()


@pytest.fixture
def net(ran: Page) -> Locator:
    return ran.locator(".convbook-live").first


@pytest.fixture
def paint(ran: Page) -> Locator:
    return ran.locator(".convbook-live").nth(1)


def asked(part: Locator, action) -> str:
    """Do something that asks the kernel; return the sentence after the answer."""
    before = int(part.get_attribute("data-serial"))
    action()
    part.page.wait_for_function(ANSWERED, arg=[part.element_handle(), before + 1])
    return part.locator(".told").first.inner_text()


def test_the_piece_moves_by_keys_and_the_notebook_does_not(net: Locator, picture: Picture) -> None:
    page, photo = net.page, net.get_by_role("application")
    assert "The net takes it for cat. Yours: CONV." in net.locator(".told").first.inner_text()
    assert net.locator(".own b").all_inner_texts() == ["CONV 1", "CONV 2", "CONV 3"]
    picture(page, "shown")
    photo.focus()
    asked(net, lambda: [page.keyboard.press("ArrowDown") for _ in range(3)])
    expect(photo).to_have_attribute("aria-label", re.compile("at row 20, column 62"))
    asked(net, lambda: page.keyboard.press("Shift+ArrowLeft"))
    expect(photo).to_have_attribute("aria-label", re.compile("at row 20, column 54"))
    expect(photo).to_be_focused()
    light = net.get_by_label("brightness")
    light.focus()
    asked(net, lambda: page.keyboard.press("Home"))
    expect(net.locator(".told").first).to_contain_text("takes it for coffee")
    asked(net, lambda: light.fill("1"))


def test_the_piece_follows_the_mouse_and_plays(net: Locator, picture: Picture) -> None:
    page, photo = net.page, net.get_by_role("application")
    box = photo.bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(*middle)
    page.mouse.down()
    asked(net, lambda: page.mouse.move(box["x"], box["y"]))
    page.mouse.up()
    expect(photo).to_have_attribute("aria-label", re.compile("at row 0, column 0"))
    serial = int(net.get_attribute("data-serial"))
    net.get_by_role("button", name="Play").click()
    page.wait_for_function(ANSWERED, arg=[net.element_handle(), serial + 20])
    expect(net.locator(".speed")).to_contain_text("looks a second")
    print(net.locator(".speed").inner_text())
    picture(page, "plays")
    net.get_by_role("button", name="Stop").click()


def test_a_picture_of_ones_own(net: Locator, folder: Path, picture: Picture) -> None:
    own = net.get_by_label("A picture of your own")
    asked(net, lambda: own.set_input_files(folder / "red.png"))
    expect(net.get_by_role("application")).to_have_attribute("aria-label", re.compile("row 37"))
    picture(net.page, "own")
    own.set_input_files(folder / "notes.png")
    expect(net.get_by_role("alert")).to_have_text("That picture cannot be read. PNG and JPEG can.")
    asked(net, lambda: net.get_by_label("Picture", exact=True).select_option("cat"))
    expect(net.get_by_role("alert")).to_be_hidden()


def test_drawing_by_keys(net: Locator, picture: Picture) -> None:
    net.get_by_role("button", name="Draw").click()
    net.get_by_label("Colour of the brush").select_option("red")
    net.get_by_role("application").focus()
    seen = net.get_by_role("img", name="The piece that the net sees")
    before = seen.evaluate("c => c.toDataURL()")
    asked(net, lambda: net.page.keyboard.press(" "))
    net.page.keyboard.press("ArrowRight")
    assert seen.evaluate("c => c.toDataURL()") != before
    picture(net.page, "drawn")
    asked(net, lambda: net.get_by_role("button", name="Wipe it off").click())
    net.get_by_role("button", name="Draw").click()


def test_a_filter_is_found_and_stop_is_heard(paint: Locator, picture: Picture) -> None:
    paint.get_by_role("button", name="Start").click()
    expect(paint).to_have_attribute("data-steps", re.compile(r"\d\d"))
    paint.get_by_role("button", name="Stop").click()
    paint.page.wait_for_timeout(1000)
    steps = paint.get_attribute("data-steps")
    paint.page.wait_for_timeout(500)
    assert paint.get_attribute("data-steps") == steps
    print(paint.locator(".speed").inner_text())
    assert "by your own conv_backward" in paint.locator(".told").first.inner_text()
    left, right = (float(paint.locator("td").nth(k).inner_text().replace("−", "-")) for k in (3, 5))
    assert left < -0.02 and right > 0.02
    paint.locator(".weights").scroll_into_view_if_needed()
    picture(paint.page, "found")


def test_a_rate_too_large_is_named_and_a_painted_map_is_wanted(
    paint: Locator, picture: Picture
) -> None:
    page = paint.page
    asked(paint, lambda: paint.get_by_role("button", name="Begin anew").click())
    rate = paint.get_by_label("rate")
    rate.focus()
    asked(paint, lambda: page.keyboard.press("End"))
    paint.get_by_role("button", name="Start").click()
    expect(paint).to_have_attribute("data-status", "diverged")
    expect(paint.locator(".told").first).to_contain_text("It diverges: after")
    expect(paint.get_by_role("button", name="Start")).to_be_visible()
    picture(page, "diverged")
    said = asked(paint, lambda: paint.get_by_role("button", name="Wipe").click())
    assert said.startswith("Nothing is painted yet")
    paint.get_by_role("application").focus()
    asked(paint, lambda: page.keyboard.press(" "))
    expect(paint.locator(".told").first).to_contain_text("places are painted")
    paint.locator(".weights").scroll_into_view_if_needed()
    picture(page, "painted")


@pytest.mark.parametrize("name", ["Light", "Dark"])
def test_axe_finds_nothing(ran: Page, name: str) -> None:
    theme(ran, name)
    found = Axe().run(ran, context=".convbook-live")
    assert found.violations_count == 0, found.generate_report()


def test_the_saved_notebook_shows_still_pictures(ran: Page, folder: Path, browser: Browser) -> None:
    ran.locator(".convbook-live").first.get_by_role("application").focus()
    ran.keyboard.press("Control+S")  # keys of JupyterLab with Ctrl work there, too
    ran.locator(".jp-mod-dirty").wait_for(state="detached")
    page, _ = HTMLExporter().from_filename(str(folder / LESSON / "living.ipynb"))
    assert "While a kernel runs, this picture moves." in page
    assert "While a kernel runs, you can paint here." in page
    assert 'alt="8 maps of CONV 1, 32 x 32, from' in page
    exported = browser.new_page(offline=True)
    exported.set_content(page, wait_until="domcontentloaded")
    found = Axe().run(exported, context="[class^=still-]")
    assert found.violations_count == 0, found.generate_report()
    exported.screenshot(path=PICTURES / "living-exported.png", full_page=True)
    exported.context.close()


def test_a_kernel_that_has_ended_is_said(net: Locator) -> None:
    page = net.page
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.locator(".lm-Menu-itemLabel", has_text="Shut Down Kernel").first.click()
    expect(page.get_by_text("No Kernel | Unknown")).to_be_visible()
    net.get_by_role("application").focus()
    page.keyboard.press("ArrowDown")
    said = "The kernel does not answer. It may be busy, or have ended: run this cell again."
    expect(page.get_by_text(said).first).to_be_visible()
