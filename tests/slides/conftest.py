"""Decks that are built once, and a browser without network that shows them."""

import fcntl
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from autograder import course
from autograder.slides import packages
from autograder.slides.build import write
from autograder.slides.source import DeckError

READ_SLIDE = (Path(__file__).parent / "read_slide.js").read_text(encoding="utf-8")
SIZES = [(1280, 720), (1920, 1080)]


@pytest.fixture(scope="session")
def assets(tmp_path_factory) -> dict[str, str]:
    """The JavaScript of the decks, which npm fetches where it is not there yet."""
    lock = tmp_path_factory.getbasetemp().parent / "npm.lock"
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # two pytest workers must not fetch at once
        try:
            return packages.assets(course.root() / "lectures")
        except DeckError as error:
            pytest.skip(f"not run: {error}")


@pytest.fixture(scope="session")
def built(assets, tmp_path_factory) -> Callable[[Path], Path]:
    """built(source): the page of a deck, built at the first call."""
    folder = tmp_path_factory.mktemp("lectures")

    @cache
    def page(source: Path) -> Path:
        return folder / f"{write(source, folder, assets).name}.html"

    return page


class Projector:
    """A deck on the screen, and everything that went wrong in it."""

    def __init__(self, context, page: Path, size: tuple[int, int]) -> None:
        self.problems: list[str] = []
        self.address = page.resolve().as_uri()
        context.on("page", self.watch)
        self.context = context
        self.page = context.new_page()
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.goto(self.address)
        self.page.wait_for_function("Reveal.isReady()")

    def watch(self, page) -> None:
        page.on("console", lambda m: m.type in ("error", "warning") and self.note(m.text))
        page.on("pageerror", lambda error: self.note(str(error)))
        page.on("request", lambda request: self.asked(request.url))
        page.on("requestfailed", lambda request: self.note(f"failed: {request.url}"))

    def asked(self, url: str) -> None:
        own = url.split("?")[0].split("#")[0] == self.address
        if not own and not url.startswith(("about:", "data:")):
            self.note(f"asked for {url}")

    def note(self, problem: str) -> None:
        self.problems.append(problem)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def place(self) -> tuple[int, int]:
        """Number of the slide, and of the last fragment that is shown; -1 for none."""
        found = self.page.evaluate("Reveal.getIndices()")
        return found["h"], found.get("f", -1)

    def walk(self) -> Iterator[int]:
        """From the first slide to the last with the right arrow key; stops at each when full."""
        self.press("Home")
        while True:
            while self.page.evaluate("Reveal.availableFragments().next"):
                self.press("ArrowRight")
            slide, _ = self.place()
            yield slide
            self.press("ArrowRight")
            if self.place()[0] == slide:
                return

    def read(self) -> dict[str, Any]:
        """What the slide shows: see read_slide.js."""
        for frame in self.page.query_selector_all("section.present iframe"):
            frame.content_frame().wait_for_selector("main[data-step]")
        self.page.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )
        return self.page.evaluate(READ_SLIDE)


@pytest.fixture
def project(browser, built) -> Iterator[Callable[..., Projector]]:
    """project(source, size, **options): the deck on the screen, with the network off.

    At the end of the test nothing went wrong: no error, no warning, no request but for the file.
    """
    open_ones = []

    def show(source: Path, size=SIZES[0], **options) -> Projector:
        context = browser.new_context(offline=True, **options)
        projector = Projector(context, built(source), size)
        open_ones.append(projector)
        return projector

    yield show
    for projector in open_ones:
        projector.context.close()
        assert projector.problems == []
