"""Every deck in headless Chromium with the network off: shown, read, printed."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from autograder import course
from autograder.slides import pdf
from autograder.slides.build import decks
from autograder.slides.source import DeckError, read

pytestmark = pytest.mark.slow
DECKS = decks(course.root())
LOOKS = [
    pytest.param((1280, 720), "light", id="1280x720-light"),
    pytest.param((1920, 1080), "dark", id="1920x1080-dark"),
]
SOME = ("02_convolution", "08_normalization")  # the other decks run in make long
each_deck = pytest.mark.parametrize(
    "source",
    [
        pytest.param(source, id=name, marks=() if name in SOME else pytest.mark.long)
        for name, source in DECKS.items()
    ],
)
SMALLEST = 18  # pixels of text, on a slide of 1280 x 720
SMALLEST_ELSEWHERE = {"formula": 14, "demo": 28, "cell": 20}  # an index of a formula is small
CONTRAST = 4.5
PATIENCE = 20_000  # milliseconds


def unreadable(seen):
    """The texts of a slide that are too small or too pale."""
    for text in seen["texts"]:
        smallest = SMALLEST_ELSEWHERE.get(text["where"], SMALLEST)
        if text["size"] < smallest or text["contrast"] < CONTRAST:
            yield f"{text['where']}: {text['size']:.1f} px, {text['contrast']:.1f}: {text['what']}"


def everything(deck):
    """Every slide once, with every fragment once: (slide, last fragment), -1 for none."""
    for number, slide in enumerate(deck.slides):
        hidden = [block.kind for block in slide.blocks if block.kind in ("fragment", "answer")]
        yield from ((number, step) for step in range(-1, len(hidden)))


@each_deck
@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_every_slide_is_shown_once_and_can_be_read(project, source, size, theme):
    projector = project(source, size, color_scheme=theme)
    wrong = []
    for slide in projector.walk():
        seen = projector.read()
        found = seen["clipped"] + seen["wordless"] + list(unreadable(seen))
        found += [f"a demo is {shown}" for shown in seen["frames"] if shown != theme]
        wrong += [f"slide {slide + 1}: {finding}" for finding in found]
        assert re.match(r"[\d.]+ min\s+\S", seen["notes"]), f"slide {slide + 1}"
    assert projector.walked == list(everything(read(source)))
    assert not wrong, "\n" + "\n".join(wrong)


def test_every_slide_of_a_deck_passes_axe(project):
    """But for contrast: slides lie over each other, and axe cannot tell what is behind a text."""
    projector = project(DECKS["02_convolution"])
    for slide in projector.walk():
        found = Axe().run(projector.page, options={"iframes": False})
        assert found.violations_count == 0, f"slide {slide + 1}: {found.generate_report()}"


def test_speaker_view_overview_and_theme(project):
    source = DECKS["02_convolution"]
    projector = project(source)
    projector.press("ArrowRight")
    with projector.page.expect_popup() as opened:
        projector.press("s")
    speaker = opened.value
    notes = re.sub(r"\W+", " ", read(source).slides[1].notes)[:30]
    speaker.wait_for_function(SHOWS_NOTES, arg=notes, timeout=PATIENCE)
    shown = speaker.wait_for_selector("#current-slide iframe").content_frame()
    shown.wait_for_function("window.Reveal?.getIndices().h === 1", timeout=PATIENCE)
    projector.press("End")
    last = len(read(source).slides) - 1
    shown.wait_for_function("(h) => Reveal.getIndices().h === h", arg=last, timeout=PATIENCE)
    speaker.close()
    projector.page.bring_to_front()
    projector.press("o")
    assert projector.page.evaluate("Reveal.isOverview()")
    projector.press("Escape")
    assert not projector.page.evaluate("Reveal.isOverview()")
    for theme, paper in (("dark", "rgb(20, 23, 27)"), ("light", "rgb(255, 255, 255)")):
        projector.press("t")
        assert projector.page.evaluate(PAPER) == [theme, paper]


SHOWS_NOTES = """(words) => document.querySelector(".speaker-controls-notes .value")
    ?.textContent.replace(/\\W+/g, " ").includes(words)"""
PAPER = """[document.documentElement.dataset.theme,
    getComputedStyle(document.body).backgroundColor]"""


def test_the_pdf_has_a_page_a_slide(browser, built):
    source = DECKS["02_convolution"]
    slides = len(read(source).slides)
    printed = pdf.export(built(source), slides)[0].read_bytes()
    assert printed.startswith(b"%PDF")
    assert set(re.findall(rb"/MediaBox\s*\[([^\]]*)\]", printed)) == {b"0 0 960 540"}
    with pytest.raises(DeckError, match=f"has {slides} pages, not {slides - 1}"):
        pdf.export(built(source), slides - 1)


WRONG = {
    "beyond the slide": "\n".join("# Another line of text.\n#" for _ in range(14)),
    "larger than its box": "# | a | b |\n# |---|---|\n# | "
    + "wide " * 20
    + "`"
    + "x" * 90
    + "` | 2 |\n"
    + '\n# %% picture\n"""A line."""\nimport matplotlib.pyplot as plt\nplt.plot([0, 1])',
    "covers another": "# Text.\n#" + "\n".join("# - Another line.\n#" for _ in range(8)),
    "picture:": '\n# %% picture\n"""Small text."""\nimport matplotlib.pyplot as plt\n'
    'plt.text(0, 0, "small", fontsize=5)',
}
ANSWER = "\n\n# %% [markdown] answer\n# An answer.\n"
NOTES = "\n\n# %% [markdown] notes\n# (2 min) Say it.\n\n"


def test_what_does_not_fit_or_is_small_is_found(project, tmp_path):
    """The tests above would see it: one slide for each thing that can be wrong."""
    slides = [f"# %% [markdown] question\n# ## {h}\n#\n{text}{ANSWER}" for h, text in WRONG.items()]
    slides += ["# %% [markdown] question\n# ## Nothing wrong\n"] * 8
    source = tmp_path / "01_wrong.py"
    source.write_text("".join(text + NOTES for text in slides), encoding="utf-8")
    projector = project(source)
    for slide, expected in zip(projector.walk(), [*WRONG, *[None] * 8], strict=True):
        seen = projector.read()
        found = seen["clipped"] + list(unreadable(seen))
        if expected is None:
            assert found == []
        else:
            assert [f for f in found if f.startswith(expected)], (slide, expected, found)
    assert projector.walked == list(everything(read(source)))


def test_a_request_is_found(project, tmp_path):
    source = tmp_path / "01_asks.py"
    slides = "# %% [markdown] question\n# ## A heading\n#\n# Text." + NOTES
    source.write_text(slides * 12, encoding="utf-8")
    projector = project(source)
    projector.page.evaluate(
        "document.body.append(Object.assign(new Image(), {src: 'file:///x.png'}))"
    )
    projector.page.evaluate("fetch('https://example.org/x.js').catch(() => null)")
    projector.page.wait_for_timeout(300)
    assert any("asked for file:///x.png" in problem for problem in projector.problems)
    assert any("asked for https://example.org/x.js" in problem for problem in projector.problems)
    projector.problems.clear()
