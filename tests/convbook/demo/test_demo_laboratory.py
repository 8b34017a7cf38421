"""The laboratory for filters: its map is the layer's, by keys and clicks, and it moves smoothly."""

import base64

import numpy as np
import pytest

from convbook import demo, layers
from convbook.demo.filters import FILTERS

MAP = """() => {
  const c = document.querySelectorAll('canvas')[1];
  const { data } = c.getContext('2d').getImageData(0, 0, c.width, c.height);
  return Array.from({ length: c.width * c.height }, (_, k) => data[4 * k]);
}"""
STILL = (
    "w => Array.from(document.querySelectorAll('.knob input'), i => Number(i.value)).join() === w"
)
FRAMES = """async () => {
  const stage = document.querySelector('main');
  const before = Number(stage.dataset.frames);
  const begun = performance.now();
  document.getElementById('filter-3').click();
  let [frames, last] = [0, begun];
  while (last - begun < 500) {
    last = await new Promise(requestAnimationFrame);
    frames++;
  }
  return [(Number(stage.dataset.frames) - before) * 2, frames * 2];
}"""


def photo() -> np.ndarray:
    packed = demo.laboratory().data["photo"]
    pixels = np.frombuffer(base64.b64decode(packed["base64"]), dtype=np.uint8)
    return pixels.reshape(1, 1, *packed["shape"]) / 255


def expected(w: np.ndarray, zero: float) -> np.ndarray:
    out, _ = layers.conv_forward(photo(), w[None, None], np.zeros(1))
    return np.clip(255 * (out[0, 0] + zero), 0, 255)


@pytest.mark.parametrize("k", range(len(FILTERS)))
def test_each_filter_gives_its_map(view, k: int) -> None:
    viewer = view(demo.laboratory(), reduced_motion="reduce")
    viewer.page.click(f"#filter-{k}")
    name, w, says = FILTERS[k]
    total = np.sum(w)
    out = expected(np.array(w), 0 if round(total, 9) == 1 else 0.5)
    np.testing.assert_allclose(viewer.page.evaluate(MAP), out.ravel(), atol=1)
    sentence = viewer.read().sentence
    assert sentence.startswith(f"{name.capitalize()}. {says} The weights add up to {total:.0f}: ")


def test_a_slider_by_keys_and_what_the_sum_does(view) -> None:
    viewer = view(demo.laboratory(), reduced_motion="reduce")
    said = []
    for key, times in (("ArrowRight", 10), ("End", 1), ("Home", 1)):
        viewer.page.focus("#w-4")
        for _ in range(times):
            viewer.page.keyboard.press(key)
        said.append(viewer.read().sentence)
    assert said == [
        "A filter of your own. The weights add up to 1.5: flat places become 1.5 times as bright,"
        " and what is above 1 is shown white.",
        "A filter of your own. The weights add up to 3: flat places become 3 times as bright,"
        " and what is above 1 is shown white.",
        "A filter of your own. The weights add up to −3: flat places become negative, the lighter"
        " the more, and are shown dark.",
    ]
    assert viewer.read().step == 0, "arrow keys of a slider are its own"
    viewer.page.fill("#w-4", "0")
    assert viewer.read().sentence.endswith("All weights are 0, and so is the map.")


def test_weights_glide_from_one_filter_to_the_next(view) -> None:
    viewer = view(demo.laboratory())
    maps, frames = viewer.page.evaluate(FRAMES)
    print(f"{maps} maps a second, {frames} frames a second")
    assert maps > 4, "it moves, and does not jump"
    viewer.page.wait_for_function(STILL, arg=",".join(["0.1"] * 9))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(view, theme: str) -> None:
    viewer = view(demo.laboratory(), theme=theme)
    viewer.hears()


@pytest.mark.parametrize("size", [(1280, 720), (800, 600), (360, 740)])
def test_it_has_room(view, size: tuple[int, int]) -> None:
    viewer = view(demo.laboratory(), size)
    assert viewer.clipped() == []
    page = viewer.page
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    one_row = page.evaluate(
        "[...document.querySelectorAll('.bench > *')].every((n, _, all) =>"
        " n.getBoundingClientRect().left >= all[0].getBoundingClientRect().right || n === all[0])"
    )
    assert one_row == (size[0] >= 800)
