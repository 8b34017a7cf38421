"""A deck as PDF, printed by Chromium."""

import re
import subprocess
import tempfile
from pathlib import Path

from autograder.slides.programs import CHROMIUM, find
from autograder.slides.source import DeckError

# Without these it asks things of the network by itself, or does not start for root.
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
PATIENCE = 180  # seconds
SLIDES_A_PAGE = 4  # of a handout, as in templates/handout.js


def chromium() -> str | None:
    """Return where a Chromium is, if one is on the PATH."""
    return CHROMIUM.path()


def export(deck: Path, slides: int) -> list[Path]:
    """Print a built deck twice: a page a slide, and a handout without answers, four to a page.

    Returns:
        The paths of both, beside the deck.

    Raises:
        DeckError: no Chromium is there, it does not print, or not so many pages.
    """
    handout = deck.with_name(f"{deck.stem}-handout.pdf")
    _print(deck, "print", deck.with_suffix(".pdf"), slides)
    _print(deck, "handout", handout, -(-slides // SLIDES_A_PAGE))
    return [deck.with_suffix(".pdf"), handout]


def _print(deck: Path, how: str, target: Path, wanted: int) -> None:
    (browser,) = find(CHROMIUM)
    target.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        command = [
            browser, "--headless", *FLAGS,
            f"--user-data-dir={profile}", "--no-pdf-header-footer",
            f"--print-to-pdf={target}", f"{deck.resolve().as_uri()}?{how}",
        ]  # fmt: skip
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            raise DeckError(f"{deck.stem}: Chromium took more than {PATIENCE} s to print") from None
    if not target.exists():
        raise DeckError(f"{deck.stem}: Chromium printed nothing. It says:\n{done.stderr.strip()}")
    pages = len(re.findall(rb"/Type\s*/Page\b", target.read_bytes()))
    if pages != wanted:
        raise DeckError(f"{target.stem}: the PDF has {pages} pages, not {wanted}")
