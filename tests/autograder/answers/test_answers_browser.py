"""The page in Chromium: by keys alone, with what students may write, in light and dark."""

import signal
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from cells import named, write
from machine import needs
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab
from written_class import CELL, LESSON, WRITTEN, Page, Serve, given, grade, hand_in

from autograder import course
from autograder.classroom import by_hand, gradebook, record, taken_down
from autograder.classroom.by_hand import Given
from autograder.classroom.room import Classroom
from autograder.classroom.verify import verify

pytestmark = [pytest.mark.slow, needs("chromium")]
PATIENCE = 20_000  # milliseconds
ALIKE = ("ada", "bao", "chen")


@pytest.fixture
def page(room: Classroom, serve: Serve) -> Page:
    return serve(room)


@pytest.fixture(params=["light"])
def tab(browser: Browser, page: Page, request: pytest.FixtureRequest) -> Iterator[Tab]:
    """The page as it opens; it complains of nothing, and asks nothing of another machine."""
    heard: list[str] = []
    context = browser.new_context(color_scheme=request.param)
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    context.on("request", lambda r: heard.append(r.url) if not ours(r.url, page) else None)
    context.on("weberror", lambda error: heard.append(str(error.error)))
    tab = context.new_page()
    tab.goto(page.address)
    expect(place(tab)).to_contain_text("1 of 8: 3 students")
    yield tab
    context.close()
    assert heard == []


def ours(url: str, page: Page) -> bool:
    return url.startswith((f"{page.root}/", "data:"))


def place(tab: Tab):
    return tab.locator("#place")


def press(tab: Tab, *keys: str) -> None:
    for key in keys:
        tab.keyboard.press(key)


def test_keys_give_points_to_all_who_say_the_same_and_go_on(tab: Tab, room: Classroom) -> None:
    expect(tab.locator("#left")).to_have_text("9 of 10 answers left")
    expect(tab.locator(".wording")).to_have_count(2)
    assert "token" not in tab.url
    press(tab, "2")
    expect(tab.locator("#said")).to_have_text("Saved: 2 points for 3 answers.")
    expect(place(tab)).to_have_text("2 of 8: 1 student")
    assert {s: given(room)[s] for s in ALIKE} == dict.fromkeys(ALIKE, Given(2.0, "", True))
    press(tab, "ArrowLeft")
    expect(tab.get_by_role("button", name="2 points")).to_have_attribute("aria-pressed", "true")
    press(tab, "k")
    expect(place(tab)).to_contain_text("8 of 8")
    expect(tab.locator("#state")).to_have_text("No answer: 0 points")
    press(tab, "j", "ArrowRight")
    expect(place(tab)).to_contain_text("2 of 8")
    assert list(verify(room)) == []


def test_a_comment_is_saved_and_undone_with_the_points(tab: Tab, room: Classroom) -> None:
    press(tab, "c")
    tab.keyboard.type("Which 2 of j, k?")
    press(tab, "Escape")
    expect(tab.locator("#said")).to_have_text("Saved: the comment on 3 answers.")
    press(tab, "1")
    expect(place(tab)).to_contain_text("2 of 8")
    assert given(room)["chen"] == Given(1.0, "Which 2 of j, k?", True)
    press(tab, "u")
    expect(tab.locator("#said")).to_have_text("Undone.")
    expect(place(tab)).to_contain_text("1 of 8")
    expect(tab.locator("#comment")).to_have_value("Which 2 of j, k?")
    assert given(room)["chen"] == Given(None, "Which 2 of j, k?", False)
    press(tab, "u")
    expect(tab.locator("#comment")).to_have_value("")
    assert given(room)["chen"] == Given(None, "", False)
    expect(tab.locator("#undo")).to_be_disabled()
    assert list(verify(room)) == []


def test_a_comment_that_is_begun_at_once_is_whole_and_the_next_ones(
    tab: Tab, room: Classroom
) -> None:
    press(tab, "2", "c")
    tab.keyboard.type("012 jkun? for the next")
    expect(place(tab)).to_contain_text("2 of 8")
    press(tab, "Escape")
    expect(tab.locator("#said")).to_have_text("Saved: the comment on 1 answer.")
    now = given(room)
    assert [now[s] for s in ALIKE] == [Given(2.0, "", True)] * 3
    assert [one.comment for one in now.values()].count("012 jkun? for the next") == 1


def test_a_comment_that_could_not_be_saved_is_saved_with_the_points(
    tab: Tab, room: Classroom
) -> None:
    key = room.results / record.KEY
    key.rename(key.with_suffix(".away"))
    press(tab, "1")
    expect(tab.get_by_role("alert")).to_contain_text("put the key back")
    press(tab, "c")
    tab.keyboard.type("Why?")
    tab.context.set_offline(True)
    press(tab, "Escape")
    expect(tab.get_by_role("alert")).to_contain_text("the server does not answer")
    tab.context.set_offline(False)
    key.with_suffix(".away").rename(key)
    press(tab, "1")
    expect(place(tab)).to_contain_text("2 of 8")
    expect(tab.locator("#comment")).to_have_value("")
    assert given(room)["ada"] == Given(1.0, "Why?", True)
    assert list(verify(room)) == []


def test_points_are_never_given_to_what_was_not_shown_yet(tab: Tab, room: Classroom) -> None:
    press(tab, "2", "2", "2")
    expect(place(tab)).to_contain_text("2 of 8")
    press(tab, "j")
    expect(place(tab)).to_contain_text("3 of 8")
    expect(tab.locator("#left")).to_have_text("6 of 10 answers left")
    assert sum(one.points is not None for one in given(room).values()) == len(ALIKE)


def test_half_points_are_given_where_the_rubric_has_them(
    browser: Browser, room: Classroom, serve: Serve, tmp_path: Path
) -> None:
    (path,) = (course.root() / "solutions" / LESSON).glob("*.ipynb")
    cells = nbformat.read(path, as_version=4)
    named(cells, CELL).source += "\n- **1.5 points:** nearly."
    write(cells, tmp_path / "solutions" / LESSON / path.name)
    tab = browser.new_page()
    tab.goto(serve(room, tmp_path).address)
    expect(tab.locator("#points button")).to_have_count(5)
    expect(place(tab)).to_contain_text("1 of 8")
    press(tab, "h", "1")
    expect(place(tab)).to_contain_text("2 of 8")
    assert given(room)["ada"].points == 1.5
    press(tab, "1")
    expect(place(tab)).to_contain_text("3 of 8")
    assert sorted(one.points or 0 for one in given(room).values())[-4:] == [1.0, 1.5, 1.5, 1.5]
    tab.context.close()


def test_wordings_are_taken_apart(tab: Tab, room: Classroom) -> None:
    press(tab, "s", "0")
    expect(tab.locator("#said")).to_have_text("Saved: 0 points for 2 answers.")
    expect(place(tab)).to_have_text("2 of 9: 1 student")
    assert [given(room)[s].points for s in ALIKE] == [0.0, 0.0, None]


def test_names_are_shown_when_asked_for_and_no_sooner(tab: Tab) -> None:
    assert "Ada" not in tab.content()
    press(tab, "n")
    expect(tab.locator(".whose").first).to_have_text("Ada Lovelace, bao")
    expect(tab.locator("#names")).to_have_attribute("aria-pressed", "true")
    press(tab, "n")
    expect(tab.locator(".whose").first).to_have_text("2 students")
    assert "Ada" not in tab.content()


def test_all_can_be_graded_by_keys_and_is_there_after_a_kill(
    tab: Tab, page: Page, room: Classroom, serve: Serve
) -> None:
    for left in (6, 5, 4, 3, 2, 1, 0):
        press(tab, "1")
        expect(tab.locator("#left")).to_have_text(f"{left} of 10 answers left")
    expect(tab.locator("#said")).to_contain_text("All answers are graded.")
    page.process.send_signal(signal.SIGKILL)
    page.process.wait()
    press(tab, "2")
    expect(tab.get_by_role("alert")).to_contain_text("the server does not answer")
    again = serve(room)
    again.open()
    answers = again.question()["answers"].values()
    assert [a["given"]["points"] for a in answers].count(1.0) == len(WRITTEN) - 1
    assert all(answer["given"]["done"] for answer in answers)
    assert list(verify(room)) == []


def test_a_colleagues_points_are_not_overwritten_unseen(tab: Tab, room: Classroom) -> None:
    taken_down.watch(room)
    try:
        with gradebook.opened(room.db_url) as book:
            (id,) = (e.id for e in by_hand.entries(book, LESSON, CELL) if e.student == "bao")
            by_hand.give(book, id, Given(1.0, "Good.", True))
    finally:
        taken_down.unwatch()
    press(tab, "2")
    alert = tab.get_by_role("alert")
    expect(alert).to_contain_text("Nothing was saved: the answer was graded meanwhile: 1 point")
    expect(alert).to_contain_text("last by ")
    assert given(room)["bao"] == Given(1.0, "Good.", True)
    expect(tab.locator("#state")).to_have_text("1 point; Not graded yet")
    press(tab, "2")
    expect(alert).to_be_hidden()
    expect(place(tab)).to_contain_text("2 of 8")
    assert given(room)["bao"] == Given(2.0, "Good.", True)


def test_an_answer_that_was_handed_in_again_stands_with_its_old_points(
    tab: Tab, room: Classroom
) -> None:
    press(tab, "2")
    expect(place(tab)).to_contain_text("2 of 8")
    hand_in(room, "ada", "Never mind.")
    grade(room)
    press(tab, "k")
    expect(place(tab)).to_contain_text("1 of 8")
    press(tab, "1")
    expect(tab.get_by_role("alert")).to_contain_text("handed in again: load the page again")
    tab.reload()
    expect(tab.locator("#left")).to_have_text("7 of 10 answers left")
    for _ in range(8):
        if "Never mind." in tab.locator("#wordings").inner_text():
            break
        before = place(tab).inner_text()
        press(tab, "j")
        expect(place(tab)).not_to_have_text(before)
    expect(tab.locator("#state")).to_have_text("Handed in again. It had 2 points before")


def test_what_a_student_wrote_does_nothing_to_the_page(tab: Tab) -> None:
    for _ in range(8):
        press(tab, "j")
        tab.wait_for_function("() => document.activeElement.id === 'place'")
        expect(tab.locator("#wordings .wording").first).to_be_visible()
        expect(tab.get_by_role("button", name="2 points")).to_be_visible()
        assert tab.title() == f"Written answers: {LESSON}"
        assert tab.locator("#points").count() == 1
        assert tab.locator("#wordings :is(script, style, form, iframe, input)").count() == 0


def test_a_pasted_picture_is_drawn(tab: Tab) -> None:
    for _ in range(8):
        press(tab, "j")
        tab.wait_for_timeout(200)
        if tab.locator(".wording img").count():
            break
    assert tab.locator(".wording img").evaluate("image => image.naturalWidth") == 60


@pytest.mark.parametrize("tab", ["light", "dark"], indirect=True)
def test_the_page_passes_axe(tab: Tab) -> None:
    def check(what: str) -> None:
        found = Axe().run(tab)
        assert found.violations_count == 0, f"{what}: {found.generate_report()}"

    check("as it opens")
    for number in range(8):
        press(tab, "j")
        tab.wait_for_timeout(200)
        check(f"answer {number}")
    press(tab, "2", "n")
    expect(tab.locator("#names")).to_have_attribute("aria-pressed", "true")
    check("with points and names")
    press(tab, "?")
    expect(tab.get_by_role("dialog", name="Keys")).to_be_visible()
    check("help")
    press(tab, "2", "Escape")
    expect(tab.get_by_role("dialog")).to_be_hidden()
    tab.set_viewport_size({"width": 390, "height": 800})
    check("on a phone")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390


def test_keys_can_be_turned_off_and_all_be_done_by_buttons(tab: Tab, room: Classroom) -> None:
    press(tab, "?")
    tab.get_by_role("checkbox", name="Keys work as listed").press("Space")
    press(tab, "Escape", "2", "j")
    expect(place(tab)).to_contain_text("1 of 8")
    tab.get_by_role("button", name="2 points").press("Enter")
    expect(place(tab)).to_contain_text("2 of 8")
    tab.get_by_role("button", name="Undo").press("Space")
    expect(place(tab)).to_contain_text("1 of 8")
    assert given(room)["ada"] == Given(None, "", False)
