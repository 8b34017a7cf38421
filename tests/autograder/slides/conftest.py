"""Decks that are built once, and a browser without network that shows them."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from chromium import script

from autograder import course
from autograder.slides import packages
from autograder.slides.build import write
from autograder.slides.source import DeckError

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
READ_SLIDE = script(Path(__file__).parent / "read_slide.js")


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Of two pytest workers one waits here for the other."""
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def shared(tmp_path_factory) -> Path:
    """A folder that all pytest workers of this run share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if base.name != f"popen-{WORKER}" else base.parent) / "lectures"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def assets(shared) -> dict[str, str]:
    """The JavaScript of the decks, which npm fetches where it is not there yet."""
    with alone(shared / "npm.lock"):
        try:
            return packages.assets(course.root() / "lectures")
        except DeckError as error:
            pytest.skip(f"not run: {error}")


@pytest.fixture(scope="session")
def built(assets, shared) -> Callable[[Path], Path]:
    """built(source): the page of a deck, built once for all workers."""

    def page(source: Path) -> Path:
        target = shared / f"{source.stem}.html"
        with alone(shared / f"{source.stem}.lock"):
            if not target.exists():
                write(source, shared, assets)
        return target

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
        slide, fragment = self.page.evaluate("(({h, f}) => [h, f ?? -1])(Reveal.getIndices())")
        return slide, fragment

    def walk(self) -> Iterator[int]:
        """From the first slide to the last with N, which no demo takes; stops at each when full.

        self.walked keeps every place on the way.
        """
        self.press("Home")
        self.walked = [self.place()]
        while True:
            while self.page.evaluate("Reveal.availableFragments().next"):
                self.step()
            slide, _ = self.walked[-1]
            yield slide
            if not self.step():
                return

    def step(self) -> bool:
        """Press N; False where nothing is left to show."""
        self.press("n")
        if self.place() == self.walked[-1]:
            return False
        self.walked.append(self.place())
        return True

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

    def show(source: Path, size=(1280, 720), **options) -> Projector:
        context = browser.new_context(offline=True, **options)
        projector = Projector(context, built(source), size)
        open_ones.append(projector)
        return projector

    yield show
    for projector in open_ones:
        projector.context.close()
        assert projector.problems == []
