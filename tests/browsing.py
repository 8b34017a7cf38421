"""What tests do in JupyterLab, and how long they wait for it."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

PATIENCE = 60_000  # milliseconds; a kernel starts in some seconds, on a busy machine in many more
TRIES, NOTICED = 6, 5_000  # times to press the keys, and milliseconds until the cell is marked
ACTIVE = re.compile(r"\bjp-mod-active\b")  # the class of the cell to which keys go
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
    """Run the code cell with this text by Shift+Enter, and return it; a folded one stays folded."""
    cell = code(page, text)
    if folded(cell):
        _run_folded(page, cell)
        return cell
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


def _run_folded(page: Page, cell: Locator) -> None:
    """Come to a folded cell by Shift+Enter, as arrow keys pass it by and a click unfolds it."""
    above = cell.locator("xpath=preceding-sibling::*[1]")
    above.locator(".jp-InputPrompt").first.click()
    page.keyboard.press("Shift+Enter")
    expect(cell).to_have_class(ACTIVE)
    if above.locator(".cm-content").count():
        expect(above.locator(".jp-InputPrompt").first).to_have_text(re.compile(r"\[\d+\]"))
    page.keyboard.press("Shift+Enter")
    expect(cell).not_to_have_class(ACTIVE)


def folded(cell: Locator) -> bool:
    """Tell whether the code of a cell is folded away."""
    return cell.locator(".jp-InputPlaceholder").count() == 1


def theme(page: Page, name: str) -> None:
    """Choose JupyterLab's theme by its menu."""
    page.get_by_role("menuitem", name="Settings", exact=True).click()
    page.locator(".lm-Menu-itemLabel", has_text="Theme").first.hover()
    page.locator(".lm-Menu-itemLabel", has_text=f"JupyterLab {name}").first.click()
    expect(page.locator("body")).to_have_attribute("data-jp-theme-name", f"JupyterLab {name}")


def write(page: Page, text: str, source: str) -> None:
    """Replace the code cell with this text by another that has it too, and run it."""
    code(page, text).locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(source)
    run(page, text)
