"""The browser of the tests: a headless Chromium that asks nothing of the network by itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from machine import need
from playwright.sync_api import sync_playwright

from autograder.slides.pdf import FLAGS as PRINTING
from autograder.slides.pdf import chromium

CHROMIUM = chromium()
FLAGS = [*PRINTING, "--disable-quic"]
CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def browser() -> Iterator:
    need("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def script(file: Path) -> str:
    """Read a function of JavaScript for a page, which may call those of contrast.js."""
    return f"() => {{ {CONTRAST} return ({file.read_text(encoding='utf-8')})(); }}"
