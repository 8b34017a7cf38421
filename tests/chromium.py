"""The browser of the tests: a headless Chromium that asks nothing of the network by itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.slides.pdf import BROWSERS, chromium
from autograder.slides.pdf import FLAGS as PRINTING

CHROMIUM = chromium()
FLAGS = [*PRINTING, "--disable-quic"]
CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def browser() -> Iterator:
    if CHROMIUM is None:
        pytest.skip(f"not run: none of {', '.join(BROWSERS)} is on the PATH")
    api = pytest.importorskip("playwright.sync_api", reason="not run: playwright is missing")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def script(file: Path) -> str:
    """Read a function of JavaScript for a page, which may call those of contrast.js."""
    return f"() => {{ {CONTRAST} return ({file.read_text(encoding='utf-8')})(); }}"
