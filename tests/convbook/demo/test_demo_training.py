"""The net that learns in the page: its gradient is NumPy's, its loss falls, it rests unseen."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from convbook import demo, layers
from convbook.demo.training import BATCH, HELD, STEPS, STOP, rows

pytestmark = pytest.mark.slow

PATIENCE = 300_000  # milliseconds; it trains for some seconds, on a busy machine for many more
FIRST_BATCH = """async () => {
  const { Run, inflate } = new Function(`${data.worker}; return { Run, inflate }`)();
  const run = new Run(data, await inflate(unpack(data.pictures)), starts[0]);
  const [conv, , , fc] = run.layers;
  fc.w.values.forEach((_, k) => (fc.w.values[k] = Math.sin(k) / 10));
  conv.b.values.fill(0.05);
  const loss = run.next();
  const plain = ({ w, b, dw, db }) =>
    [[w.shape, w.values], [b.shape, b.values], [w.shape, dw], [b.shape, db]]
      .map(([shape, values]) => [[...shape], [...values]]);
  return [loss, [...plain(conv), ...plain(fc)]];
}"""


def test_the_gradient_of_the_page_is_that_of_the_layers(view) -> None:
    loss, found = view(demo.training()).page.evaluate(FIRST_BATCH)
    arrays = [np.array(values).reshape(shape) for shape, values in found]
    w1, b1, dw1, db1, w2, b2, dw2, db2 = arrays
    x, y = rows()
    x = x / 255 - x[HELD:].mean() / 255
    x, y = x[HELD : HELD + BATCH], y[HELD : HELD + BATCH]
    a, conv = layers.conv_forward(x, w1, b1)
    a, relu = layers.relu_forward(a)
    a, pool = layers.max_pool_forward(a)
    scores, fc = layers.affine_forward(a, w2, b2)
    expected, dscores = layers.softmax_loss(scores, y)
    dx, *grads2 = layers.affine_backward(dscores, fc)
    dx = layers.relu_backward(layers.max_pool_backward(dx, pool), relu)
    _, *grads1 = layers.conv_backward(dx, conv)
    assert abs(loss - expected) < 1e-5
    for shown, right in zip([dw1, db1, dw2, db2], [*grads1, *grads2], strict=True):
        assert np.abs(right).max() > 1e-3
        np.testing.assert_allclose(shown, right, rtol=1e-3, atol=1e-5)


def test_the_loss_falls_as_recorded(view) -> None:
    viewer = view(demo.training())
    assert viewer.read().sentence.endswith("The loss is log 10 = 2.303.")
    assert viewer.page.evaluate("worker") is None, "nothing runs before it is asked to"
    viewer.press("ArrowRight")
    viewer.page.wait_for_selector(f"main[data-moment='{STOP}']", timeout=PATIENCE)
    losses = viewer.page.evaluate("moments.map(({ t, loss }) => [t, loss])")
    recorded = {m["t"]: m["loss"] for m in demo.training().data["recorded"]["moments"]}
    for t, loss in losses:
        assert t not in recorded or abs(loss - recorded[t]) < 0.01
    assert losses[-1][1] < 1 < 2.302 < losses[0][1]
    said = re.fullmatch(
        r"Step 80: the loss is 0\.\d+, and of 100 pictures held out (\d+) are right\.",
        viewer.read().sentence,
    )
    assert said and int(said[1]) > 60, "guessing gets 10"


def test_it_rests_when_the_slide_is_left(view) -> None:
    page = view(f"<section class=present>{demo.training().iframe()}</section>").page
    frame = page.query_selector("iframe").content_frame()
    frame.wait_for_selector("main[data-step]")
    frame.evaluate("stage.go(stage.steps - 1)")
    frame.wait_for_function("moments.length > 1", timeout=PATIENCE)
    page.evaluate("document.querySelector('section').className = 'past'")
    frame.wait_for_function("at === goal", timeout=PATIENCE)
    page.wait_for_timeout(500)
    most = frame.evaluate("at + 2")
    assert frame.evaluate("moments.length - 1") <= most < STEPS / 10


@pytest.fixture
def recorded(view) -> Iterator:
    page = demo.training().page("light")
    yield view(page.replace("<head>", "<head><script>Worker = undefined</script>", 1))


def test_without_a_worker_a_recorded_run_is_shown(recorded) -> None:
    recorded.press("End")
    recorded.press("End")
    recorded.page.wait_for_selector(f"main[data-moment='{STEPS}']")
    seen = recorded.read()
    assert seen.sentence.startswith(f"Recorded. Step {STEPS}: the loss is 0.")
    assert (seen.step, seen.steps) == (STEPS // STOP, STEPS // STOP + 1)
    assert recorded.page.is_hidden("#again")


def test_other_noise_is_another_start(view) -> None:
    viewer = view(demo.training())
    before = viewer.page.evaluate("[...moments[0].filters]")
    viewer.press("r")
    assert viewer.page.evaluate("[...moments[0].filters]") != before
    assert viewer.read().step == 0


def test_in_print_stands_the_end_of_the_recorded_run(browser, tmp_path: Path) -> None:
    file = tmp_path / "deck.html"
    file.write_text(f"<!doctype html>{demo.training().iframe()}", encoding="utf-8")
    page = browser.new_page()
    page.goto(f"{file.as_uri()}?print")
    frame = page.wait_for_selector("iframe").content_frame()
    frame.wait_for_selector(f"main[data-moment='{STEPS}']")
    assert frame.evaluate("worker") is None
    page.close()
