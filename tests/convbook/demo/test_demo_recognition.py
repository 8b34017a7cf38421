"""The shipped net looks at a drawing: its scores are those of NumPy."""

import numpy as np
import pytest

from autograder import course
from convbook import data, demo
from convbook.demo.recognition import SHAPES, SIDE

pytestmark = pytest.mark.slow

SEEN = "[Array.from(pixels), scores]"
SAID = {1: "food", 2: "face", 3: "face", 5: "clothing", 6: "flag", 7: "vehicle", 9: "flag"}


def scores_of(pixels: list[int]) -> np.ndarray:
    """What the net of lesson 12 says of a picture, from the solution of the lesson."""
    net = data.pretrained()
    x = data.centred(np.array(pixels, dtype=np.uint8).reshape(1, 3, SIDE, SIDE), net.mean)
    return course.lessons()["12_transfer"].reference()["forward"](net.params, x)[0]


def agree(page) -> np.ndarray:
    """The scores of the page, which are those of NumPy for the pixels that it sees."""
    pixels, scores = page.evaluate(SEEN)
    np.testing.assert_allclose(scores, scores_of(pixels), atol=1e-4)
    return np.array(scores)


def test_each_shape_is_seen_as_by_numpy(view) -> None:
    viewer = view(demo.recognition())
    classes = data.pretrained().classes
    for step, seen in viewer.walk():
        best = agree(viewer.page).argmax()
        assert seen.sentence.startswith(f"{SHAPES[step]['says']} The net says {classes[best]}, ")
        assert SAID.get(step, classes[best]) == classes[best], "as the notes of deck 12 say"
        assert viewer.page.inner_text(".best th") == classes[best]


def test_a_drawing_by_mouse_and_by_keys(view) -> None:
    page = view(demo.recognition()).page
    before = page.evaluate(SEEN)
    page.click("[aria-label=red]")
    box = page.locator(".sheet canvas").bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 120, steps=4)
    page.mouse.up()
    assert page.inner_text("#sentence").startswith("Drawn by hand. The net says ")
    drawn = page.evaluate(SEEN)
    assert drawn[0] != before[0]
    agree(page)
    page.focus(".sheet canvas")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(SEEN) == drawn, "without Shift the brush moves and draws nothing"
    page.keyboard.press("Shift+ArrowRight")
    assert page.evaluate(SEEN) != drawn
    assert page.evaluate("stage.step") == 0, "arrow keys of the sheet are its own"
    agree(page)
    page.click("#wipe")
    assert page.evaluate(SEEN) == before


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(view, theme: str) -> None:
    view(demo.recognition(), theme=theme).hears()
