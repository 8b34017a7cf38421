"""A page of a real browser for each test, and a folder for a picture of every step."""

from collections.abc import Iterator

import pytest
from browsing import PATIENCE, PICTURES, Picture
from playwright.sync_api import Browser, Page, expect


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page that fails the test where it asks anything of another machine."""
    failed = request.session.testsfailed
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    yield page
    if request.session.testsfailed > failed:
        page.screenshot(path=PICTURES / f"{request.node.name.removeprefix('test_')}-failed.png")
    page.context.close()
    ours = ("http://127.0.0.1:", "ws://127.0.0.1:", "file:", "data:", "blob:", "about:")
    assert [url for url in asked if not url.startswith(ours)] == []


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Picture:
    """Keep a screenshot of a step for people to look at, in build/browser/."""
    name = request.node.name.removeprefix("test_")
    count = iter(range(1, 100))
    PICTURES.mkdir(parents=True, exist_ok=True)

    def take(page: Page, step: str) -> None:
        page.screenshot(path=PICTURES / f"{name}-{next(count):02}-{step}.png", timeout=120_000)

    return take
