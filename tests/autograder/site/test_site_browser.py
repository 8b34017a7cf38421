"""Every page of the website in Chromium, as a file: on a desk and a phone, light and dark."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from chromium import script
from machine import needs
from playwright.sync_api import BrowserContext, Page, expect
from website import Page as Source

from autograder.course import lessons
from autograder.site import sources

pytestmark = [pytest.mark.slow, needs("chromium")]
READ_PAGE = script(Path(__file__).parent / "read_page.js")
PAPER = {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 23, 27)"}
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PATIENCE = 20_000  # milliseconds
NAMES = [
    *("index", "start", "demos", "slides", "search"),
    *(f"lessons/{name}" for name in lessons()),
    *(f"docs/{name}" for name in sources.DOCS),
]


@pytest.fixture
def asked() -> list[str]:
    """What pages ask of the network, and what they complain of."""
    return []


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def context(browser, theme: str, asked: list[str]) -> Iterator[BrowserContext]:
    opened = browser.new_context(color_scheme=theme, viewport=DESK)
    opened.set_default_timeout(PATIENCE)
    opened.on("request", lambda r: asked.append(r.url) if r.url.startswith("http") else None)
    opened.on("requestfailed", lambda request: asked.append(f"not there: {request.url}"))
    opened.on("console", lambda m: asked.append(m.text) if m.type == "error" else None)
    opened.on("weberror", lambda error: asked.append(str(error.error)))
    yield opened
    opened.close()


def show(context: BrowserContext, site: Path, name: str) -> Page:
    page = context.new_page()
    page.goto((site / f"{name}.html").as_uri())
    return page


@pytest.mark.parametrize("name", NAMES)
def test_a_page_can_be_read(
    name: str, context: BrowserContext, theme: str, asked: list[str], site: Path
) -> None:
    page = show(context, site, name)
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        seen = page.evaluate(READ_PAGE)
        assert seen == {"width": size["width"], "outside": [], "pale": [], "formulas": 0, "raw": []}
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == PAPER[theme]
    assert asked == []


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize(
    "name", ["index", "start", "demos", "search", "lessons/02_convolution", "docs/class"]
)
def test_a_page_passes_axe(name: str, size: dict, context: BrowserContext, site: Path) -> None:
    page = show(context, site, name)
    page.set_viewport_size(size)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("name", lessons())
def test_every_formula_of_a_lesson_is_set(
    name: str, context: BrowserContext, site: Path, asked: list[str]
) -> None:
    text = "\n\n".join(
        cell.source for cell in lessons()[name].released.cells if cell.cell_type == "markdown"
    )
    text = re.sub(r"`[^`]*`", "", text)
    wanted = len(re.findall(r"\$\$.+?\$\$|\$[^$]+\$", text, flags=re.DOTALL))
    page = show(context, site, f"lessons/{name}")
    assert page.locator("article math").count() == wanted
    assert wanted or name == "11_architectures"


def test_demos_step_and_follow_the_theme(
    context: BrowserContext, theme: str, asked: list[str], site: Path, pages: dict[str, Source]
) -> None:
    page = show(context, site, "demos")
    frames = page.locator("iframe.convbook-demo")
    assert frames.count() == len(pages["demos.html"].demos)
    for number in range(frames.count()):
        demo = frames.nth(number).content_frame
        expect(demo.locator("html")).to_have_attribute("data-shown", theme)
        demo.locator("#slider").press("Home")
        expect(demo.locator("#count")).to_contain_text(" 1 of ")
        demo.get_by_role("button", name="Next").click()
        expect(demo.locator("#count")).to_contain_text(" 2 of ")
        inner, outer = demo.locator("body").bounding_box(), frames.nth(number).bounding_box()
        assert inner and outer and abs(inner["height"] - outer["height"]) < 3
    assert asked == []


def test_the_reader_changes_the_theme_and_a_demo_goes_along(
    context: BrowserContext, theme: str, site: Path
) -> None:
    page = show(context, site, "lessons/02_convolution")
    other = "dark" if theme == "light" else "light"
    for _ in range(3):  # by the system, light, dark
        page.locator(".content-icon-container .theme-toggle").click()
        if page.locator("body").get_attribute("data-theme") == other:
            break
    paper = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(paper) == PAPER[other]
    demo = page.locator("iframe.convbook-demo").content_frame
    expect(demo.locator("html")).to_have_attribute("data-shown", other)


def test_search_works_in_a_file(context: BrowserContext, asked: list[str], site: Path) -> None:
    page = show(context, site, "index")
    page.get_by_placeholder("Search").fill("equivariant")
    page.keyboard.press("Enter")
    found = page.locator("#search-results")
    expect(found).to_contain_text("02 Slide a filter")
    expect(found).not_to_contain_text("05 Pool, or stride")
    found.get_by_role("link", name="02 Slide a filter").first.click()
    expect(page.locator("article h1")).to_contain_text("02 Slide a filter")
    assert asked == []


def test_slides_open_from_a_lesson(context: BrowserContext, asked: list[str], site: Path) -> None:
    page = show(context, site, "lessons/02_convolution")
    page.locator(".actions").get_by_role("link", name="Slides").click()
    expect(page.locator(".reveal h1")).to_have_text("Slide a filter")
    assert asked == []
