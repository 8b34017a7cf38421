"""Every deck in headless Chromium with the network off: shown, read, printed."""

import re

import pytest

from autograder import course
from autograder.slides import pdf
from autograder.slides.build import decks
from autograder.slides.source import read

pytestmark = pytest.mark.slow
DECKS = decks(course.root())
each_deck = pytest.mark.parametrize("source", DECKS.values(), ids=DECKS.keys())
SIZES = [(1280, 720), (1920, 1080)]
SMALLEST = 18  # pixels of text, on a slide of 1280 x 720
SMALLEST_INDEX = 14  # in a formula
PATIENCE = 20_000  # milliseconds


def small(text):
    return text["size"] < (SMALLEST_INDEX if re.match("m[a-z]+\\.", text["what"]) else SMALLEST)


@each_deck
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_every_slide_is_shown_once_and_fits(project, source, size):
    projector = project(source, size)
    walked, wrong = [], []
    for slide in projector.walk():
        walked.append(slide)
        seen = projector.read()
        texts = [text for text in seen["texts"] if small(text) or text["contrast"] < 4.5]
        found = seen["clipped"] + texts + [f"no words: {node}" for node in seen["wordless"]]
        wrong += [f"slide {slide + 1}: {finding}" for finding in found]
        assert "min" in seen["notes"] and len(seen["notes"]) > 60, f"slide {slide + 1}"
    assert walked == list(range(len(read(source).slides)))
    assert wrong == []


@each_deck
def test_the_dark_theme(project, source):
    projector = project(source, color_scheme="dark")
    assert projector.page.evaluate("document.documentElement.dataset.theme") == "dark"
    wrong = []
    for slide in projector.walk():
        seen = projector.read()
        wrong += [(slide + 1, text) for text in seen["texts"] if text["contrast"] < 4.5]
        assert set(seen["frames"]) <= {"dark"}, "a demo follows"
    assert wrong == []
    projector.press("t")
    assert projector.page.evaluate("document.documentElement.dataset.theme") == "light"
    paper = projector.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == "rgb(255, 255, 255)"


@each_deck
def test_speaker_view_and_overview_open(project, source):
    projector = project(source)
    projector.press("ArrowRight")
    with projector.page.expect_popup() as opened:
        projector.press("s")
    speaker = opened.value
    speaker.wait_for_selector("#current-slide iframe", timeout=PATIENCE)
    notes = read(source).slides[1].notes.split()
    speaker.wait_for_function(
        "(word) => document.querySelector('.speaker-controls-notes .value')"
        "?.textContent.includes(word)",
        arg=notes[0],
        timeout=PATIENCE,
    )
    shown = speaker.wait_for_selector("#current-slide iframe").content_frame()
    shown.wait_for_function("Reveal.getIndices().h === 1", timeout=PATIENCE)
    projector.press("ArrowRight")
    shown.wait_for_function("Reveal.getIndices().h === 2", timeout=PATIENCE)
    speaker.close()
    projector.page.bring_to_front()
    projector.press("o")
    assert projector.page.evaluate("Reveal.isOverview()")
    projector.press("Escape")
    assert not projector.page.evaluate("Reveal.isOverview()")


@each_deck
def test_the_pdf_has_a_page_a_slide(browser, built, source):
    printed = pdf.export(built(source)).read_bytes()
    assert printed.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == len(read(source).slides)
    assert set(re.findall(rb"/MediaBox\s*\[([^\]]*)\]", printed)) == {b"0 0 960 540"}


WRONG = {
    "beyond the slide": "\n".join("# Another line of text.\n#" for _ in range(14)),
    "larger than its box": "# | a | b |\n# |---|---|\n# | "
    + "wide " * 20
    + "`"
    + "x" * 90
    + "` | 2 |",
    "covers another": "# Text.\n#" + "\n".join("# - Another line.\n#" for _ in range(8)),
    "picture: Small": '\n# %% picture\n"""Small text."""\nimport matplotlib.pyplot as plt\n'
    'plt.text(0, 0, "small", fontsize=5)',
}
ANSWER = "\n\n# %% [markdown] answer\n# An answer.\n"
NOTES = "\n\n# %% [markdown] notes\n# (2 min) Say it.\n\n"


def test_what_does_not_fit_or_is_small_is_found(project, tmp_path):
    """The tests above would see it: one slide for each thing that can be wrong."""
    slides = [f"# %% [markdown] question\n# ## {h}\n#\n{text}{ANSWER}" for h, text in WRONG.items()]
    slides += ["# %% [markdown] slide\n# ## Nothing wrong\n"] * 8
    source = tmp_path / "01_wrong.py"
    source.write_text("".join(text + NOTES for text in slides), encoding="utf-8")
    projector = project(source)
    for slide, expected in zip(projector.walk(), [*WRONG, *[None] * 8], strict=True):
        seen = projector.read()
        found = seen["clipped"] + [text["what"] for text in seen["texts"] if small(text)]
        if expected is None:
            assert found == []
        else:
            assert [f for f in found if f.startswith(expected)], (slide, expected, found)


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
