"""Votes in Chromium: the slide with its code and bars, and the phones, light and dark."""

import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import segno
from axe_playwright_python.sync_playwright import Axe
from chromium import CONTRAST, script
from machine import needs
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect
from voting import Served, serve

from autograder import course
from autograder.slides.build import decks

pytestmark = [pytest.mark.slow, needs("chromium")]
DECKS = decks(course.root())
SOME = ("02_convolution", "08_normalization")  # the other decks run in make long
PATIENCE = 20_000  # milliseconds
READ_SLIDE = script(Path(__file__).parents[1] / "read_slide.js")
LOOK = f"""() => {{ {CONTRAST}
    return [...document.querySelectorAll(".vote *")].filter(hasText).map(look); }}"""
LISTED, PICTURE = 1, 2  # the slides of the two questions below
NOTES = "# %% [markdown] notes\n# (2 min) Say it slowly.\n\n"
PLAIN = f"# %% [markdown] slide\n# ## A heading\n#\n# Some text.\n\n{NOTES}"
SMALL = f'''{PLAIN}# %% [markdown] question
# ## How many outputs?
#
# 1. Four
# 2. $\\tfrac{{9}}{{2}}$
# 3. As many as `W`

# %% [markdown] answer
# Four and a half do not fit.

{NOTES}# %% [markdown] question halves
# ## Where is the 4?
#
# Slide `w` over it.

# %% picture
"""A line that rises."""
import matplotlib.pyplot as plt

plt.plot([1, 2])

{NOTES}{PLAIN * 4}{PLAIN.replace("slide", "question", 1)}{PLAIN * 4}'''


@pytest.fixture(scope="session", autouse=True)
def patience() -> None:
    expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def small_deck(tmp_path_factory: pytest.TempPathFactory) -> Path:
    source = tmp_path_factory.mktemp("source") / "20_small.py"
    source.write_text(SMALL, encoding="utf-8")
    return source


Show = Callable[..., Served]


@pytest.fixture(scope="module")
def show(built: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Show]:
    """show(sources): a server with these decks, which ends with the file's last test."""
    served = []

    def start(*sources: Path) -> Served:
        place = tmp_path_factory.mktemp("course")
        for folder in ("lectures", "solutions", "build/lectures"):
            (place / folder).mkdir(parents=True)
        for source in sources:
            shutil.copy(source, place / "lectures")
            shutil.copy(built(source), place / "build/lectures")
        served.append(serve(place))
        return served[-1]

    yield start
    for one in served:
        one.process.terminate()
        one.process.communicate(timeout=60)


@pytest.fixture(scope="module")
def served(show: Show, small_deck: Path) -> Served:
    return show(small_deck)


class Room:
    """A slide on the screen, phones, and everything that went wrong on them."""

    def __init__(self, browser: Browser, served: Served, theme: str) -> None:
        self.browser, self.served, self.theme = browser, served, theme
        self.problems: list[str] = []
        self.contexts: list[BrowserContext] = []
        self.screen = self.open(f"{served.own}20_small.html#/{LISTED}", 1280, 720)

    def open(self, address: str, width: int, height: int) -> Page:
        size = {"width": width, "height": height}
        context = self.browser.new_context(viewport=size, color_scheme=self.theme)
        self.contexts.append(context)
        context.on("request", lambda request: self.asked(request.url))
        context.on("weberror", lambda error: self.problems.append(str(error.error)))
        page = context.new_page()
        page.on("console", lambda m: m.type in ("error", "warning") and self.note(m.text))
        page.goto(address)
        return page

    def note(self, problem: str) -> None:
        self.problems.append(problem)

    def asked(self, url: str) -> None:
        if not url.startswith((self.served.own, f"{self.served.phones}/", "about:", "data:")):
            self.note(f"asked for {url}")

    def phone(self) -> Page:
        return self.open(f"{self.served.phones}/", 390, 780)

    def press(self, key: str) -> None:
        self.screen.bring_to_front()
        self.screen.keyboard.press(key)

    def bars(self, *counts: int) -> None:
        expect(self.screen.locator(".vote .count")).to_have_text([str(n) for n in counts])


@pytest.fixture(params=["light", "dark"])
def room(browser: Browser, served: Served, request: pytest.FixtureRequest) -> Iterator[Room]:
    room = Room(browser, served, request.param)
    yield room
    while room.screen.locator(".vote").count():
        room.press("v")
        room.screen.wait_for_timeout(100)
    for context in room.contexts:
        context.close()
    assert room.problems == []


def said(phone: Page):
    return phone.get_by_role("status")


def test_a_question_is_asked_voted_on_and_answered(room: Room) -> None:
    phone, other = room.phone(), room.phone()
    expect(said(phone)).to_contain_text("The next question appears here.")
    expect(room.screen.locator(".vote")).to_have_count(0)
    room.press("v")
    expect(room.screen.locator(".vote .sum")).to_have_text("0 votes")
    expect(phone.get_by_role("heading")).to_have_text("How many outputs?")
    expect(phone.get_by_role("button")).to_have_text(["A Four", "B", "C As many as W"])
    phone.get_by_role("button").nth(1).click()
    other.get_by_role("button").nth(1).click()
    room.bars(0, 2, 0)
    phone.get_by_role("button").nth(0).click()
    room.bars(1, 1, 0)
    widths = room.screen.eval_on_selector_all(".vote i", "(bars) => bars.map((b) => b.style.width)")
    assert widths == ["50%", "50%", "0%"]
    phone.reload()
    expect(said(phone)).to_have_text("You voted A. You may change it.")
    room.press("ArrowRight")
    expect(room.screen.locator(".answer")).to_be_visible()
    expect(room.screen.locator(".vote .sum")).to_have_text("2 votes, closed")
    expect(room.screen.locator(".vote img")).to_be_hidden()
    expect(said(phone)).to_have_text("The vote is closed. You voted A.")
    assert phone.get_by_role("button").nth(2).is_disabled()
    room.press("v")
    expect(room.screen.locator(".vote")).to_have_count(0)
    expect(phone.get_by_role("button")).to_have_count(0)


def test_the_code_on_the_slide_is_that_of_the_address(room: Room) -> None:
    room.press("v")
    code = room.screen.locator(".vote img")
    expect(code).to_be_visible()
    room.screen.wait_for_function("document.querySelector('.vote img').complete")
    expect(room.screen.locator(".vote .address")).to_have_text(room.served.phones[len("http://") :])
    drawn = Image.open(io.BytesIO(code.screenshot())).convert("L")
    wanted = [
        list(row) for row in segno.make_qr(room.served.phones, error="m").matrix_iter(border=4)
    ]
    side = min(drawn.size) / len(wanted)
    left, top = ((length - min(drawn.size)) / 2 for length in drawn.size)
    middle = [(n + 0.5) * side for n in range(len(wanted))]
    seen = [[drawn.getpixel((left + x, top + y)) < 128 for x in middle] for y in middle]
    assert seen == [[bool(dark) for dark in row] for row in wanted]
    assert side * len(wanted) > 360


def test_whoever_turns_the_page_closes_the_vote_and_finds_it_again(room: Room) -> None:
    phone = room.phone()
    room.press("v")
    phone.get_by_role("button").nth(2).click()
    room.bars(0, 0, 1)
    room.screen.evaluate(f"Reveal.slide({PICTURE})")
    expect(said(phone)).to_have_text("The vote is closed. You voted C.")
    expect(room.screen.locator(".vote")).to_have_count(0)
    assert room.screen.locator(".voting").count() == 0
    room.press("v")
    room.bars(0, 0, 0, 0)
    expect(phone.get_by_role("button")).to_have_text(["A", "B", "C", "D"])
    room.screen.evaluate("Reveal.slide(0)")
    room.press("v")
    expect(room.screen.locator(".vote")).to_have_count(0)
    room.screen.evaluate(f"Reveal.slide({PICTURE})")
    expect(room.screen.locator(".vote .sum")).to_have_text("0 votes, closed")


def test_a_phone_is_used_by_keys_and_read_aloud(room: Room) -> None:
    phone = room.phone()
    assert Axe().run(phone).violations_count == 0
    room.press("v")
    expect(phone.get_by_role("button")).to_have_count(3)
    phone.bring_to_front()
    for key in ("Tab", "Tab", "Enter"):
        phone.keyboard.press(key)
    expect(said(phone)).to_have_text("You voted B. You may change it.")
    expect(phone.get_by_role("button", name="B")).to_be_focused()
    assert phone.get_by_role("button", pressed=True).all_inner_texts() == ["B"]
    heights = [phone.get_by_role("button").nth(n).bounding_box()["height"] for n in range(3)]
    assert min(heights) >= 70
    for state in ("open", "closed"):
        found = Axe().run(phone)
        assert found.violations_count == 0, f"{state}: {found.generate_report()}"
        if state == "open":
            room.press("v")
            expect(said(phone)).to_contain_text("closed")


def test_a_vote_that_does_not_arrive_is_said(room: Room) -> None:
    phone = room.phone()
    room.press("v")
    expect(phone.get_by_role("button")).to_have_count(3)
    phone.context.set_offline(True)
    phone.get_by_role("button").nth(0).click()
    expect(said(phone)).to_have_text("Your vote did not arrive. Tap again.")
    phone.context.set_offline(False)
    phone.get_by_role("button").nth(0).click()
    room.bars(1, 0, 0)
    room.problems[:] = [problem for problem in room.problems if "ERR_INTERNET" not in problem]


SETS = [
    pytest.param(SOME, id="some"),
    pytest.param([name for name in DECKS if name not in SOME], id="others", marks=pytest.mark.long),
]


@pytest.mark.parametrize("names", SETS)
def test_every_question_has_room_beside_its_vote(browser: Browser, show: Show, names) -> None:
    served = show(*(DECKS[name] for name in names))
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    wrong = []
    for name in names:
        page.goto(f"{served.own}{name}.html")
        page.wait_for_function("Reveal.isReady()")
        for slide in page.evaluate(QUESTIONS):
            page.evaluate(f"Reveal.slide({slide})")
            page.keyboard.press("v")
            page.wait_for_selector(".vote")
            while page.evaluate("Reveal.availableFragments().next"):
                page.keyboard.press("ArrowRight")
            found = page.evaluate(READ_SLIDE)["clipped"]
            found += [str(text) for text in page.evaluate(LOOK) if bad(text)]
            wrong += [f"{name}, slide {slide + 1}: {finding}" for finding in found]
    page.close()
    assert not wrong, "\n" + "\n".join(wrong)


QUESTIONS = """[...document.querySelectorAll(".slides > section")].flatMap(
    (section, i) => (section.classList.contains("question") ? [i] : []))"""


def bad(text: dict[str, float]) -> bool:
    return text["size"] < 18 or text["contrast"] < 4.5


def test_a_deck_in_a_file_shows_nothing_of_votes(browser: Browser, built, small_deck) -> None:
    asked: list[str] = []
    page = browser.new_context(offline=True).new_page()
    page.goto(f"{built(small_deck).as_uri()}#/{LISTED}")
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_function("Reveal.isReady()")
    page.keyboard.press("v")
    page.wait_for_timeout(500)
    assert page.locator(".vote, .voting").count() == 0 and asked == []
    assert "vote.js" not in page.content()
    listed = page.locator("section.present ol")
    assert listed.evaluate("(list) => getComputedStyle(list).listStyleType") == "upper-alpha"
    page.context.close()
