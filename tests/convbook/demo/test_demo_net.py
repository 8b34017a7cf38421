"""The activations of a trained net: the forward pass of the page, against NumPy."""

import re
from functools import cache

import numpy as np
import pytest

from convbook import data, demo, layers
from convbook.demo.net import KINDS, PICTURES

pytestmark = pytest.mark.slow

MAPS = len(KINDS) - 1  # layers that are shown as maps; the last one gives the scores


@cache
def forward(n):
    """The volume of each layer for picture n of the demo, the centred picture first."""
    net = data.pretrained("emoji10")
    x = data.centred(data.load("emoji10").x_test[[PICTURES[n]]], net.mean)
    volumes, k = [x], 0
    for kind in KINDS:
        if kind in ("CONV", "FC"):
            k += 1
            w, b = net.params[f"w{k}"], net.params[f"b{k}"]
        if kind == "CONV":
            x, _ = layers.conv_forward(x, w, b, pad=1)
        elif kind == "RELU":
            x, _ = layers.relu_forward(x)
        elif kind == "POOL":
            x, _ = layers.max_pool_forward(x)
        else:
            x, _ = layers.affine_forward(x, w, b)
        volumes.append(x)
    return volumes


def volume_of(viewer, layer):
    """What the page has computed for a layer, of shape (C, H, W)."""
    found = viewer.page.evaluate(
        "(l) => [[volumes[l].C, volumes[l].H, volumes[l].W], [...volumes[l].values]]", layer
    )
    return np.array(found[1], dtype=np.float32).reshape(found[0])


def number(text):
    return float(text.replace("−", "-"))


def softmax(scores):
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


def test_the_forward_pass_of_the_page_is_that_of_numpy(view):
    viewer = view(demo.activations(), has_touch=True)
    for n in range(len(PICTURES)):
        viewer.page.tap(f"#picture-{n}")
        expected = forward(n)
        for layer, volume in enumerate(expected[:-1]):
            np.testing.assert_allclose(volume_of(viewer, layer), volume[0], atol=2e-5, rtol=1e-4)
        scores = expected[-1][0]
        shown = viewer.read()["scores"]
        np.testing.assert_allclose(shown[:, 0], scores, atol=1e-4)
        np.testing.assert_allclose(shown[:, 1], softmax(scores), atol=1e-4)


LABELS = """(l) => [...document.querySelectorAll(`#layer-${l} button`)].map((b) => b.ariaLabel)"""


def test_each_step_shows_one_layer_more_and_its_numbers(view):
    viewer = view(demo.activations())
    expected = forward(0)
    for step, seen in viewer.walk():
        shown = viewer.page.locator(".layer:not(.unseen)").count()
        assert shown == min(step, MAPS)
        assert np.isnan(seen["scores"]).all() == (step <= MAPS)
        if not 0 < step <= MAPS:
            continue
        volume = expected[step][0]
        labels = viewer.page.evaluate(LABELS, step)
        for c, (values, label) in enumerate(zip(volume, labels, strict=True)):
            found = re.search(r"map (\d+) of 10, (\d+) × (\d+), minimum (.+), maximum (.+)", label)
            assert [int(v) for v in found.groups()[:3]] == [c + 1, *values.shape]
            low, high = map(number, found.groups()[3:])
            np.testing.assert_allclose([low, high], [values.min(), values.max()], atol=0.0051)
        if KINDS[step - 1] == "RELU":
            share = re.search(r"(\d+) % of all values", seen.sentence)[1]
            assert abs(int(share) - 100 * (volume == 0).mean()) <= 0.51
        large = viewer.page.get_attribute(".large canvas", "aria-label")
        strongest = np.unravel_index(volume.argmax(), volume.shape)[0]
        assert f"map {strongest + 1} of 10" in large


PIXELS = """([l, k]) => {
    const canvas = document.querySelector(`#map-${l}-${k} canvas`);
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    return [[height, width, 4], [...data]];
}"""


def pixels(viewer, layer, k):
    shape, values = viewer.page.evaluate(PIXELS, [layer, k])
    return np.array(values).reshape(shape)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_pixel_is_blue_above_zero_and_orange_below(view, theme):
    viewer = view(demo.activations(), theme=theme)
    volume = forward(0)[1][0]  # the first convolution has both signs
    for c in range(10):
        red, _, blue, _ = np.moveaxis(pixels(viewer, 1, c), 2, 0)
        strong = np.abs(volume[c]) > 0.1 * np.abs(volume).max()
        assert (np.sign(blue - red)[strong] == np.sign(volume[c])[strong]).all()
    dead = forward(0)[2][0] == 0
    assert dead.any()
    for c in range(10):
        assert len(np.unique(pixels(viewer, 2, c)[dead[c]].reshape(-1, 4), axis=0)) <= 1


def test_pictures_by_keyboard(view):
    viewer = view(demo.activations())
    first = viewer.read()["scores"]
    second = viewer.press("ArrowDown").read()["scores"]
    np.testing.assert_allclose(second[:, 0], forward(1)[-1][0], atol=1e-4)
    np.testing.assert_array_equal(viewer.press("ArrowUp").read()["scores"], first)
    last = viewer.press("ArrowUp").read()
    np.testing.assert_allclose(last["scores"][:, 0], forward(len(PICTURES) - 1)[-1][0], atol=1e-4)
    assert "but it is" in last.sentence, "the last picture is one that the net gets wrong"
    pressed = viewer.page.locator("[aria-pressed=true]")
    assert pressed.count() == 1
    assert pressed.get_attribute("id") == f"picture-{len(PICTURES) - 1}"


def test_maps_by_keyboard(view):
    """Tab reaches one map; the arrows go to its neighbours, never to one that is not shown."""
    viewer = view(demo.activations())
    assert viewer.page.locator(".layer .tile[tabindex='0']").count() == 1
    viewer.page.focus("#map-1-0")
    here = "document.activeElement.id"
    for key, name in [
        ("ArrowDown", "map-1-1"),
        ("ArrowRight", "map-2-1"),
        ("ArrowUp", "map-2-0"),
        ("ArrowUp", "map-2-0"),
        ("ArrowLeft", "map-1-0"),
        ("ArrowLeft", "map-1-0"),
    ]:
        viewer.press(key)
        assert viewer.page.evaluate(here) == name
        layer, k = map(int, name.split("-")[1:])
        large = viewer.page.get_attribute(".large canvas", "aria-label")
        assert large == viewer.page.get_attribute(f"#{name}", "aria-label")
        assert large.startswith(f"{KINDS[layer - 1]} 1, map {k + 1} of 10")
    viewer.page.evaluate("stage.go(1)")
    viewer.page.focus("#map-1-0")
    viewer.press("ArrowRight")
    assert viewer.page.evaluate(here) == "map-1-0", "layer 2 is not shown yet"


def test_the_pictures_are_one_of_each_class_and_two_mistakes():
    labels = data.load("emoji10").y_test[list(PICTURES)]
    guesses = [forward(n)[-1][0].argmax() for n in range(len(PICTURES))]
    assert labels[:10].tolist() == guesses[:10] == list(range(10))
    assert all(guess != label for guess, label in zip(guesses[10:], labels[10:], strict=True))
