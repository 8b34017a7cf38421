"""A headless browser without network, and what the tests read from a page."""

import shutil
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from convbook.demo import Demo

CHROMIUM = next(
    (
        path
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (path := shutil.which(name))
    ),
    None,
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SLIDE = (1280, 720)


@pytest.fixture(scope="session")
def browser() -> Iterator:
    if CHROMIUM is None:
        pytest.skip("not run: no chromium, chromium-browser or google-chrome on the PATH")
    api = pytest.importorskip("playwright.sync_api", reason="not run: no playwright")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Viewer:
    """One page that shows a demo, and everything that went wrong in it.

    Reads from the page: arrays by the name that stands over them, with nan for an empty cell.
    """

    def __init__(self, page) -> None:
        self.page = page
        self.problems: list[str] = []
        page.on(
            "console", lambda m: m.type in ("error", "warning") and self.problems.append(m.text)
        )
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("request", lambda r: r.url.startswith("data:") or self.problems.append(r.url))

    def show(self, html: str) -> "Viewer":
        self.page.set_content(html)
        return self

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def enter(self, **values: int) -> None:
        """Types hyperparameters into their fields and leaves the fields again."""
        for key, value in values.items():
            self.page.fill(f"#set-{key}", str(value))
        self.page.evaluate("document.activeElement.blur()")

    def read(self) -> dict[str, np.ndarray]:
        found = self.page.evaluate(
            """() => Object.fromEntries([...document.querySelectorAll("[data-name]")].map((node) => [
                node.dataset.name,
                node.dataset.v !== undefined ? node.dataset.v
                : [...node.querySelectorAll("tbody tr")].map((row) =>
                    [...row.querySelectorAll("td")].map((cell) => cell.dataset.v)),
            ]))"""
        )
        number = np.vectorize(lambda v: np.nan if v == "" else float(v), otypes=[float])
        return {name: number(np.array(value)) for name, value in found.items()}

    def texts(self, name: str) -> list[list[str]]:
        """What stands in the cells of one table, for the eye."""
        return self.page.evaluate(
            """(name) => [...document.querySelector(`[data-name="${name}"]`).tBodies[0].rows].map(
                (row) => [...row.querySelectorAll("td")].map((cell) => cell.textContent))""",
            name,
        )

    def marked(self, name: str, mark: str) -> set[tuple[int, int]]:
        """The places of the cells of one table that carry a class."""
        found = self.page.evaluate(
            """([name, mark]) => [...document.querySelector(`[data-name="${name}"]`).tBodies[0].rows]
                .flatMap((row, i) => [...row.querySelectorAll("td")].flatMap((cell, j) =>
                    cell.classList.contains(mark) ? [[i, j]] : []))""",
            [name, mark],
        )
        return {(i, j) for i, j in found}

    @property
    def sentence(self) -> str:
        return self.page.inner_text("#sentence")

    @property
    def steps(self) -> int:
        return int(self.page.get_attribute("main", "data-steps"))

    @property
    def step(self) -> int:
        return int(self.page.get_attribute("main", "data-step"))

    def walk(self) -> Iterator[int]:
        """From the first step to the last with the right arrow key."""
        self.press("Home")
        for step in range(self.steps):
            assert self.step == step
            yield step
            self.press("ArrowRight")
        assert self.step == self.steps - 1, "the last step is the last"

    def clipped(self) -> list[str]:
        """What does not fit: names of boxes wider than their room."""
        return self.page.evaluate(
            """() => [document.documentElement, ...document.querySelectorAll("main, .board, .controls, .sentence, td, button")]
                .filter((node) => node.scrollWidth > node.clientWidth + 1)
                .map((node) => `${node.tagName}.${node.className}: ${node.scrollWidth} > ${node.clientWidth} ${node.textContent.slice(0, 20)}`)"""
        )


@pytest.fixture
def view(browser) -> Iterator[Callable[..., Viewer]]:
    """view(demo, size, **context): a fresh page with the demo; at the end nothing went wrong."""
    opened = []

    def open_demo(shown: Demo | str, size=SLIDE, theme="light", **context) -> Viewer:
        surroundings = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, offline=True, **context
        )
        viewer = Viewer(surroundings.new_page())
        opened.append((surroundings, viewer))
        return viewer.show(shown if isinstance(shown, str) else shown.page(theme))

    yield open_demo
    for surroundings, viewer in opened:
        surroundings.close()
        assert viewer.problems == []
