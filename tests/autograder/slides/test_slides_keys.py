"""The keys of a deck in headless Chromium: demos that step, the page that turns, the minute."""

import pytest

pytestmark = pytest.mark.slow
NOTES = "\n\n# %% [markdown] notes\n# (2 min) Say it.\n\n"
PLAIN = "# %% [markdown] question\n# ## Plain\n#\n# Text.\n\n# %% [markdown] answer\n# Yes." + NOTES
WINDOWS = (
    "# %% run\nfrom convbook import demo\nfrom convbook.demo import Demo\n\n"
    "# %% demo\ndemo.windows()"
)
# Its script opens no stage, so it never says that it is there.
MUTE = '# %% demo\nDemo("clock", {}, title="mute", summary="mute")'
OPENING, SHOWN, AFTER, SILENT = range(4)  # slides
PATIENCE = 20_000  # milliseconds


@pytest.fixture
def source(tmp_path):
    slides = ["# %% [markdown] question\n# ## Opening\n", *_with_demos(), *[PLAIN] * 8]
    path = tmp_path / "01_keys.py"
    path.write_text(
        "".join(text if text is PLAIN else text + NOTES for text in slides), encoding="utf-8"
    )
    return path


def _with_demos():
    yield "# %% [markdown] slide\n# ## Windows\n\n" + WINDOWS
    yield "# %% [markdown] question\n# ## Between\n"
    yield "# %% [markdown] slide\n# ## Mute\n\n" + MUTE


@pytest.fixture
def deck(project, source):
    """The deck, with the demo of three steps on the screen; nobody has clicked into it."""
    projector = project(source)
    projector.press("ArrowRight")
    projector.page.wait_for_function("demoOnSlide() !== undefined", timeout=PATIENCE)
    return projector


def frame(page, selector="section.present iframe"):
    return page.query_selector(selector).content_frame()


def until(deck, slide, step=None):
    """Wait for the slide, and for the step that its demo shows, counted from 0."""
    deck.page.wait_for_function(
        "(slide) => Reveal.getIndices().h === slide", arg=slide, timeout=PATIENCE
    )
    if step is not None:
        frame(deck.page).wait_for_selector(f"main[data-step='{step}']", timeout=PATIENCE)


@pytest.mark.parametrize(
    ("on", "back"),
    [("ArrowRight", "ArrowLeft"), ("ArrowDown", "ArrowUp"), ("PageDown", "PageUp")],
)
def test_keys_step_and_turn_the_page_at_both_ends(deck, on, back):
    until(deck, SHOWN, 0)
    for step in (1, 2):
        deck.press(on)
        until(deck, SHOWN, step)
    deck.press(on)
    until(deck, AFTER)
    deck.press(back)
    until(deck, SHOWN, 2)
    for step in (1, 0):
        deck.press(back)
        until(deck, SHOWN, step)
    deck.press(back)
    until(deck, OPENING)


def test_space_plays_and_then_turns_the_page(deck):
    deck.press("Space")
    until(deck, SHOWN, 2)
    deck.press("Space")
    until(deck, AFTER)
    deck.press("Shift+Space")
    until(deck, SHOWN, 2)
    deck.press("Shift+Space")
    until(deck, SHOWN, 1)


def test_n_and_p_turn_the_page_at_once(deck):
    deck.press("n")
    until(deck, AFTER)
    deck.press("p")
    deck.press("p")
    until(deck, OPENING)


@pytest.mark.parametrize("key", ["ArrowRight", "Space", "PageDown"])
def test_a_demo_that_has_not_loaded_takes_no_key(deck, key):
    deck.press("n")
    deck.press("n")
    until(deck, SILENT)
    deck.press(key)
    until(deck, SILENT + 1)


def test_keys_work_as_before_when_the_demo_was_clicked(deck):
    page = deck.page
    frame(page).click("#next")
    until(deck, SHOWN, 1)
    deck.press("PageDown")
    until(deck, SHOWN, 2)
    frame(page).click("#previous")
    until(deck, SHOWN, 1)
    frame(page).focus("#next")
    for key, held in (("t", "dark"), ("t", "light")):
        deck.press(key)
        page.wait_for_function(f"document.documentElement.dataset.theme === '{held}'")
    deck.press("ArrowRight")
    until(deck, SHOWN, 2)
    deck.press("o")
    page.wait_for_function("Reveal.isOverview()", timeout=PATIENCE)
    deck.press("o")
    page.wait_for_function("!Reveal.isOverview()", timeout=PATIENCE)
    with page.expect_popup():
        deck.press("s")


def test_a_slider_keeps_its_arrows_and_a_remote_steps_all_the_same(deck):
    demo = frame(deck.page)
    demo.focus("#set-S")
    deck.press("ArrowLeft")
    demo.wait_for_function("document.querySelector('#set-S').value === '1'")
    until(deck, SHOWN, 0)
    deck.press("PageDown")
    until(deck, SHOWN, 1)
    assert demo.input_value("#set-S") == "1"
    deck.press("Escape")
    deck.press("ArrowRight")
    until(deck, SHOWN, 2)


def test_the_speakers_view_steps_the_demo_of_the_room_and_follows_it(deck):
    with deck.page.expect_popup() as opened:
        deck.press("s")
    copy = opened.value.wait_for_selector("#current-slide iframe").content_frame()
    copy.wait_for_function(f"window.Reveal?.getIndices().h === {SHOWN}", timeout=PATIENCE)
    copy.wait_for_function("demoOnSlide() !== undefined", timeout=PATIENCE)
    deck.page.wait_for_function("copies.size > 0", timeout=PATIENCE)
    opened.value.keyboard.press("ArrowRight")
    until(deck, SHOWN, 1)
    frame(copy).wait_for_selector("main[data-step='1']", timeout=PATIENCE)
    deck.page.bring_to_front()
    deck.press("ArrowRight")
    frame(copy).wait_for_selector("main[data-step='2']", timeout=PATIENCE)


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_a_frame_glides_from_step_to_step_unless_one_asked_for_less_motion(project, source, motion):
    deck = project(source, reduced_motion=motion)
    deck.press("ArrowRight")
    deck.page.wait_for_function("demoOnSlide() !== undefined", timeout=PATIENCE)
    demo = frame(deck.page)
    demo.evaluate(COUNT_MOVES)
    deck.press("ArrowRight")
    until(deck, SHOWN, 1)
    moved = demo.evaluate("window.moved")
    assert ("glide" in moved) == (motion == "no-preference"), moved
    assert demo.evaluate("document.querySelectorAll('.glide:not([hidden])').length") > 0


COUNT_MOVES = """() => {
  window.moved = [];
  const animate = Element.prototype.animate;
  Element.prototype.animate = function (...how) {
    window.moved.push(this.className);
    return animate.apply(this, how);
  };
}"""


# The minute.


@pytest.fixture
def timed(deck):
    """The deck, whose clock goes on when the test says so."""
    deck.page.clock.install(time=0)
    deck.page.clock.pause_at(1_000_000)
    return deck


def shown(deck):
    node = deck.page.query_selector(".timer")
    return node.text_content() if node.is_visible() else None


def said(deck):
    return deck.page.text_content(".timer-said[role=status]")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_m_starts_a_minute_that_is_large_and_ends_it(timed, theme):
    timed.page.emulate_media(color_scheme=theme)
    assert shown(timed) is None
    timed.press("m")
    assert shown(timed) == "1:00"
    timed.page.clock.run_for(13_000)
    assert shown(timed) == "0:47"
    assert timed.page.evaluate("parseFloat(getComputedStyle(timer.node).fontSize)") > 100
    timed.press("m")
    assert shown(timed) is None
    timed.page.clock.run_for(60_000)
    assert said(timed) == ""


def test_the_end_of_the_minute_is_said_once(timed):
    timed.page.evaluate(COUNT_WORDS)
    timed.press("m")
    timed.page.clock.run_for(59_500)
    assert said(timed) == ""
    timed.page.clock.run_for(30_000)
    assert shown(timed) == "0:00"
    assert timed.page.evaluate("window.words") == ["The minute is over."]
    assert timed.page.get_attribute(".timer", "aria-hidden") == "true"
    timed.press("m")
    timed.press("m")
    assert shown(timed) == "1:00"


COUNT_WORDS = """() => {
  window.words = [];
  new MutationObserver(() => timer.said.textContent && window.words.push(timer.said.textContent))
    .observe(timer.said, { childList: true });
}"""


def test_an_answer_and_the_next_page_end_the_minute(timed):
    timed.press("n")
    timed.press("m")
    assert shown(timed) == "1:00"
    timed.press("n")
    assert shown(timed) is None
    timed.press("n")
    until(timed, SILENT + 1)
    timed.press("m")
    assert shown(timed) == "1:00"
    timed.press("n")  # the answer
    until(timed, SILENT + 1)
    assert shown(timed) is None
