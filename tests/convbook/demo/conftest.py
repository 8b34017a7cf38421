"""A headless browser without network, and what the tests read from a page."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from chromium import script

from convbook.demo import Demo

SLIDE = (1280, 720)
# The page around the frame has the heading.
IN_A_FRAME = {"rules": {"page-has-heading-one": {"enabled": False}}}
HERE = Path(__file__).parent
READ_PAGE, READ_CLIPPED, READ_LOOKS = (
    script(HERE / f"read_{name}.js") for name in ("page", "clipped", "looks")
)


class Seen:
    """What a demo shows at one moment: seen["out[0, 0]"] is an array, nan where a cell is empty."""

    def __init__(self, found: dict[str, Any]) -> None:
        self.arrays = found["arrays"]
        self.step, self.steps = found["step"], found["steps"]
        self.sentence: str = found["sentence"]

    def __contains__(self, name: str) -> bool:
        return name in self.arrays

    def __getitem__(self, name: str) -> np.ndarray:
        numbers = self.arrays[name]["numbers"]
        array = np.array([[float(v) if v else np.nan for v in row] for row in numbers])
        return array[0, 0] if self.arrays[name]["single"] else array

    def texts(self, name: str) -> list[list[str]]:
        return self.arrays[name]["texts"]

    def marked(self, name: str, mark: str) -> set[tuple[int, int]]:
        """The places of the cells that carry a class, such as "on"."""
        rows = self.arrays[name]["marks"]
        return {(i, j) for i, row in enumerate(rows) for j, m in enumerate(row) if mark in m}


class Viewer:
    """One page that shows a demo, and everything that went wrong in it."""

    def __init__(self, page) -> None:
        self.page = page
        self.problems: list[str] = []
        page.on("console", lambda m: m.type in ("error", "warning") and self.note(m.text))
        page.on("pageerror", lambda error: self.note(str(error)))
        page.on("request", lambda request: self.asked(request.url))

    def asked(self, url: str) -> None:
        if not url.startswith("blob:"):  # the program of a worker, from the page itself
            self.note(url)

    def note(self, problem: str) -> None:
        self.problems.append(problem)

    def press(self, *keys: str) -> "Viewer":
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def enter(self, **values: int) -> None:
        """Types hyperparameters into their fields and leaves the fields again."""
        for key, value in values.items():
            self.page.fill(f"#set-{key}", str(value))
        self.page.evaluate("document.activeElement.blur()")

    def read(self) -> Seen:
        return Seen(self.page.evaluate(READ_PAGE))

    def walk(self) -> Iterator[tuple[int, Seen]]:
        """From the first step to the last with the right arrow key."""
        seen = self.press("Home").read()
        for step in range(seen.steps):
            assert seen.step == step
            yield step, seen
            seen = self.press("ArrowRight").read()
        assert seen.step == seen.steps - 1, "the last step is the last"

    def hears(self) -> None:
        """Let axe find nothing that a reader of the page could not use."""
        found = Axe().run(self.page, options=IN_A_FRAME)
        assert found.violations_count == 0, found.generate_report()

    def clipped(self) -> list[str]:
        return self.page.evaluate(READ_CLIPPED)

    def looks(self) -> list[dict[str, Any]]:
        """Text, size in pixels and contrast of everything that is written."""
        return self.page.evaluate(READ_LOOKS)


@pytest.fixture(scope="session")
def surroundings(browser) -> Callable:
    """surroundings(**options): a browser context with the network off, made once for each."""

    @cache
    def context(**options):
        return browser.new_context(offline=True, **options)

    return context


@pytest.fixture
def view(surroundings) -> Iterator[Callable[..., Viewer]]:
    """view(demo or HTML, size, theme, **options): a page that shows it, with the network off.

    At the end of the test nothing went wrong in the page: no error, no request.
    """
    viewers = []

    def open_page(shown: Demo | str, size=SLIDE, theme="light", **options) -> Viewer:
        viewer = Viewer(surroundings(**options).new_page())
        viewers.append(viewer)
        viewer.page.set_viewport_size({"width": size[0], "height": size[1]})
        viewer.page.set_content(shown if isinstance(shown, str) else shown.page(theme))
        return viewer

    yield open_page
    for viewer in viewers:
        viewer.page.close()
        assert viewer.problems == []
