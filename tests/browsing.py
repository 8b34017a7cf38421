"""The browser that tests use, and how long they wait for it."""

import shutil
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE = 60_000  # milliseconds; a kernel starts in some seconds, on a busy machine in many more
PICTURES = Path(__file__).parents[1] / "build" / "browser"

Picture = Callable[[Page, str], None]


def code(page: Page, text: str) -> Locator:
    """Scroll to the code cell with this text. Cells far away are not in the page at all."""
    cell = page.locator(".jp-CodeCell", has_text=text).first
    page.locator(".jp-Notebook").wait_for()
    page.wait_for_function(
        """text => {
            const all = [...document.querySelectorAll('.jp-CodeCell')];
            if (all.some(cell => cell.innerText.includes(text))) return true;
            document.querySelector('.jp-WindowedPanel-outer').scrollBy(0, 300);
            return false;
        }""",
        arg=text,
        polling=200,
    )
    cell.scroll_into_view_if_needed()
    return cell


def run(page: Page, text: str) -> Locator:
    """Run the code cell with this text by Shift+Enter, and return it."""
    cell = code(page, text)
    cell.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    return cell


def write(page: Page, text: str, source: str) -> None:
    """Replace the code cell with this text by another that has it too, and run it."""
    code(page, text).locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(source)
    run(page, text)
