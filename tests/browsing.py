"""What tests do in JupyterLab, and how long they wait for it."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

PATIENCE = 60_000  # milliseconds; a kernel starts in some seconds, on a busy machine in many more
TRIES, NOTICED = 6, 5_000  # times to press the keys, and milliseconds until the cell is marked
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
    prompt = cell.locator(".jp-InputPrompt").first
    before = prompt.inner_text()
    for _ in range(TRIES):
        cell.locator(".cm-content").click()
        page.keyboard.press("Shift+Enter")
        try:
            expect(prompt).not_to_have_text(before, timeout=NOTICED)
            break
        except AssertionError:
            continue  # a page that was still busy took no notice of the keys
    return cell


def write(page: Page, text: str, source: str) -> None:
    """Replace the code cell with this text by another that has it too, and run it."""
    code(page, text).locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(source)
    run(page, text)
