"""The camera of a demo: a fake one is seen; a refused or a missing one leaves a photograph."""

import contextlib
from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest
from chromium import CHROMIUM, FLAGS
from playwright.sync_api import Browser
from test_demo_recognition import scores_of

from convbook import demo, layers
from convbook.demo.filters import FILTERS

pytestmark = pytest.mark.slow

FAKE = "--use-fake-device-for-media-stream"
GRANT = "--use-fake-ui-for-media-stream"


@pytest.fixture(scope="module")
def with_flags(browser) -> Iterator:
    """with_flags(flag, ...): a browser that was started with further flags."""
    with contextlib.ExitStack() as closing:

        @cache
        def launch(*flags: str) -> Browser:
            started = browser.browser_type.launch(executable_path=CHROMIUM, args=[*FLAGS, *flags])
            closing.callback(started.close)
            return started

        yield launch


@pytest.fixture
def deck(with_flags, tmp_path):
    """deck(demo, flag, ...): the frame of a demo in a file, as on the slide that is shown."""
    problems: list[str] = []

    def open_file(shown: demo.Demo, *flags: str):
        file = tmp_path / "deck.html"
        file.write_text(f"<!doctype html><section class=present>{shown.iframe()}</section>")
        page = with_flags(*flags).new_context(offline=True).new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", lambda request: problems.append(request.url))
        page.goto(file.as_uri())
        frame = page.wait_for_selector("iframe").content_frame()
        frame.wait_for_selector("main[data-step]")
        assert problems == [file.as_uri()]
        problems.clear()
        return page, frame, problems

    return open_file


SEEN = """() => {
  const grey = (c) => Array.from(c.getContext('2d').getImageData(0, 0, c.width, c.height).data)
    .filter((_, k) => k % 4 === 0);
  return [H, W, Array.from(pixels), grey(map)];
}"""
ON = "() => camera.stream && pixels !== shipped.values"


def test_a_fake_camera_is_filtered(deck) -> None:
    page, frame, problems = deck(demo.laboratory(), FAKE, GRANT)
    page.emulate_media(reduced_motion="reduce")
    frame.click("#filter-1")
    frame.click("#camera")
    frame.wait_for_function(ON)
    H, W, pixels, shown = frame.evaluate(SEEN)
    x = np.array(pixels).reshape(1, 1, H, W) / 255
    assert H == W == 192 and x.std() > 0.05, "the fake camera shows a moving disc"
    out, _ = layers.conv_forward(x, np.array([[FILTERS[1][1]]], dtype=float), np.zeros(1))
    np.testing.assert_allclose(shown, np.clip(255 * (out.ravel() + 0.5), 0, 255), atol=1)
    assert frame.inner_text("#sentence").startswith("The camera, and its map.")
    assert problems == []


def test_it_goes_off_when_the_slide_is_left(deck) -> None:
    page, frame, _ = deck(demo.laboratory(), FAKE, GRANT)
    page.keyboard.press("Tab")
    frame.press("body", "c")
    frame.wait_for_function(ON)
    track = frame.evaluate_handle("camera.stream.getTracks()[0]")
    page.evaluate("document.querySelector('section').className = 'past'")
    frame.wait_for_function("camera.stream === null")
    assert track.evaluate("(track) => track.readyState") == "ended"
    assert frame.evaluate("pixels === shipped.values"), "the photograph is back"
    assert frame.get_attribute("#camera", "aria-pressed") == "false"


@pytest.mark.parametrize(
    ("flags", "why"),
    [((FAKE,), "The camera may not be used here"), ((), "There is no camera here")],
    ids=["denied", "missing"],
)
def test_without_a_camera_the_photograph_stays(deck, flags, why) -> None:
    _, frame, problems = deck(demo.laboratory(), *flags)
    frame.click("#camera")
    frame.wait_for_function(f"document.querySelector('#sentence').textContent.startsWith('{why}')")
    assert ", so the photograph stays. " in frame.inner_text("#sentence")
    assert frame.evaluate("pixels === shipped.values && H === 96")
    assert problems == []


def test_the_trained_net_looks_through_the_camera(deck) -> None:
    _, frame, problems = deck(demo.recognition(), FAKE, GRANT)
    frame.click("#camera")
    frame.wait_for_function("last > 0")
    pixels, scores = frame.evaluate("[Array.from(pixels), scores]")
    assert np.std(pixels) > 10, "the fake camera shows a moving disc"
    np.testing.assert_allclose(scores, scores_of(pixels), atol=1e-4)
    assert problems == []


def test_without_a_camera_the_trained_net_looks_at_a_cup(deck) -> None:
    _, frame, _ = deck(demo.recognition(), FAKE)
    frame.click("#camera")
    said = "document.querySelector('#sentence').textContent"
    frame.wait_for_function(f"{said}.startsWith('The camera may not be used here, so it looks at')")
    pixels, scores = frame.evaluate("[Array.from(pixels), scores]")
    np.testing.assert_allclose(scores, scores_of(pixels), atol=1e-4)
    assert "The net says animal, " in frame.evaluate(said), "as the notes of deck 12 say"
