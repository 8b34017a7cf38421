"""The live parts of a deck, from the deck: a key reaches them without a click."""

import pytest

from autograder import course
from autograder.slides.build import decks

pytestmark = pytest.mark.slow
GO_TO_LAB = """() => Reveal.slide([...document.querySelectorAll(".slides > section")]
    .findIndex((slide) => slide.querySelector("iframe[title='A laboratory for filters']")))"""
SAYS = "(words) => document.querySelector('#sentence').textContent.startsWith(words)"


def test_the_camera_starts_by_its_key_and_the_photograph_stands_in(project) -> None:
    projector = project(decks(course.root())["02_convolution"])
    projector.page.evaluate(GO_TO_LAB)
    frame = projector.page.wait_for_selector("section.present iframe").content_frame()
    frame.wait_for_selector("main[data-step]")
    projector.page.wait_for_function("demoOnSlide()")
    slide, _ = projector.place()
    projector.press("c")
    frame.wait_for_function(SAYS, arg="There is no camera here, so the photograph stays.")
    projector.press("w")
    assert projector.place() == (slide, -1), "a letter that a demo has no use for turns no page"
    assert frame.evaluate("stage.step") == 0
    projector.press("ArrowRight")
    frame.wait_for_function("stage.step === 1")
