"""Every number of every step, against NumPy."""

import numpy as np
import pytest

from convbook import demo
from convbook.demo.threads import LABELS, Access
from convbook.layers import conv_backward, conv_forward


def window(x, i, j, HH, WW, S, D=1):
    """The window of x (..., H, W) at output pixel (i, j), of shape (..., HH, WW)."""
    rows, cols = i * S + D * np.arange(HH), j * S + D * np.arange(WW)
    return x[..., rows[:, None], cols]


def pad_map(x, P):
    return np.pad(x, [(0, 0)] * (x.ndim - 2) + [(P, P), (P, P)])


def check_convolution(viewer, x, w, b, S, P, D):
    """Steps through the demo; x (C, H, W), w (K, C, HH, WW), b (K,)."""
    K, C, HH, WW = w.shape
    xp = pad_map(x, P)
    OH = (x.shape[1] - D * (HH - 1) - 1 + 2 * P) // S + 1
    OW = (x.shape[2] - D * (WW - 1) - 1 + 2 * P) // S + 1
    out = np.full((K, OH, OW), np.nan)
    assert viewer.read().steps == K * OH * OW
    for step, seen in viewer.walk():
        k, i, j = np.unravel_index(step, (K, OH, OW))
        products = w[k] * window(xp, i, j, HH, WW, S, D)
        out[k, i, j] = products.sum() + b[k]
        for c in range(C):
            np.testing.assert_array_equal(seen[f"x[0, {c}]"], xp[c])
            np.testing.assert_array_equal(seen[f"w[{k}, {c}]"], w[k, c])
            np.testing.assert_allclose(seen[f"product[{k}, {c}]"], products[c], atol=1e-9)
            np.testing.assert_allclose(seen[f"sum[{k}, {c}]"], products[c].sum(), atol=1e-9)
            assert len(seen.marked(f"x[0, {c}]", "on")) == HH * WW
        np.testing.assert_allclose(seen[f"total[{k}]"], out[k, i, j], atol=1e-9)
        for q in range(K):
            assert seen[f"b[{q}]"] == b[q]
            np.testing.assert_allclose(seen[f"out[0, {q}]"], out[q], atol=1e-9)
    assert not np.isnan(out).any()


def test_convolution_of_the_well_known_page(view):
    shown = demo.convolution()
    x, w = shown.data["x"][:, :5, :5], shown.data["w"][:, :, :3, :3]
    viewer = view(shown)
    check_convolution(viewer, x, w, shown.data["b"], S=2, P=1, D=1)
    assert viewer.read().steps == 18


def test_convolution_writes_each_product(view):
    viewer = view(demo.convolution())
    data = demo.convolution().data
    w, x = data["w"][0, 2, :3, :3], pad_map(data["x"][2, :5, :5], 1)[:3, :3]
    minus = [
        [f"{a}×{b}".replace("-", "−") for a, b in zip(*rows, strict=True)]
        for rows in zip(w, x, strict=True)
    ]
    assert viewer.read().texts("product[0, 2]") == minus


def test_convolution_of_floats_and_of_sides_that_differ(view):
    rng = np.random.default_rng(1)
    x, w, b = rng.normal(size=(1, 2, 4, 6)), rng.normal(size=(1, 2, 3, 2)), rng.normal(size=1)
    viewer = view(demo.convolution(x, w, b, stride=1, pad=0))
    check_convolution(viewer, x[0], w, b, S=1, P=0, D=1)
    assert viewer.page.query_selector("#set-W") is None, "one number cannot set two sides"


@pytest.mark.parametrize(
    "hyper",
    [
        dict(W=5, F=3, S=1, P=0, D=1),
        dict(W=7, F=3, S=2, P=0, D=2),
        dict(W=8, F=2, S=3, P=0, D=1),
        dict(W=3, F=1, S=2, P=1, D=3),
    ],
)
def test_convolution_under_settings_of_the_user(view, hyper):
    shown = demo.convolution()
    viewer = view(shown)
    viewer.enter(**hyper)
    W, F, S, P, D = hyper.values()
    x, w = shown.data["x"][:, :W, :W], shown.data["w"][:, :, :F, :F]
    check_convolution(viewer, x, w, shown.data["b"], S, P, D)


def test_settings_keep_the_numbers_already_seen():
    rng = np.random.default_rng(2)
    x, w = rng.normal(size=(3, 5, 5)), rng.normal(size=(2, 3, 3, 3))
    data = demo.convolution(x, w).data
    np.testing.assert_array_equal(data["x"][:, :5, :5], x)
    np.testing.assert_array_equal(data["w"][:, :, :3, :3], w)


def test_convolution_says_why_a_size_does_not_fit(view):
    viewer = view(demo.convolution())
    viewer.enter(S=3)
    seen = viewer.read()
    assert seen.sentence == (
        "(5 - 3 + 2*1)/3 + 1 = 2.33: the filter does not fit; after the last whole step 1 pixel "
        "is left over. What would fit: stride 1, 2 or 4, or padding 2."
    )
    assert seen.steps == 0
    assert not [name for name in seen.arrays if name.startswith("out")]
    assert seen.marked("x[0, 0]", "left") == {
        (i, j) for i in range(7) for j in range(7) if i == 6 or j == 6
    }
    assert viewer.page.is_disabled("#next")
    viewer.press("ArrowRight", "End", "Space")  # nothing to step, and no error
    viewer.enter(S=1, W=1, F=5, P=0)
    assert viewer.read().sentence.startswith(
        "(1 - 5 + 2*0)/1 + 1 = -3: the filter does not fit; it spans 5 pixels"
    )
    viewer.enter(S=2, W=5, F=3, P=1)
    assert viewer.read().steps == 18


FOLLOW_ADVICE = """() => {
    const wrong = [];
    const numbers = (text) => (text?.match(/\\d+/g) ?? []).map(Number);
    const range = (a, b) => Array.from({ length: b - a + 1 }, (_, i) => a + i);
    for (const W of range(1, 8)) for (const F of range(1, 5)) for (const S of range(1, 5))
    for (const P of range(0, 3)) for (const D of range(1, 3)) {
        const room = (P) => W + 2 * P - (D * (F - 1) + 1);
        const good = (S, P) => room(P) >= 0 && room(P) % S === 0;
        if (good(S, P) !== fits(outputSize(W, F, S, P, D))) wrong.push(["fits", W, F, S, P, D]);
        if (good(S, P)) continue;
        const [, advice] = whyNot(W, F, S, P, D).split("What would fit: ");
        if (!advice && room(P) >= 0) wrong.push(["no advice", W, F, S, P, D]);
        const [strides, pads] = (advice ?? "").split(", or padding ");
        for (const s of numbers(strides)) if (!good(s, P)) wrong.push(["stride", s, W, F, S, P, D]);
        for (const p of numbers(pads)) if (!good(S, p)) wrong.push(["pad", p, W, F, S, P, D]);
    }
    return wrong;
}"""


def test_what_would_fit_does_fit(view):
    """Every advice is followed, over all settings that the fields allow."""
    assert view(demo.convolution()).page.evaluate(FOLLOW_ADVICE) == []


@pytest.mark.parametrize("C,S,P,D", [(1, 2, 1, 1), (2, 1, 0, 1), (1, 1, 2, 2)])
def test_backward(view, C, S, P, D):
    x = np.random.default_rng(3).integers(-2, 3, (C, 5, 5))
    shown = demo.backward(x, stride=S, pad=P, dilation=D)
    w, dout = np.array(shown.data["w"]), shown.data["dout"]
    xp = pad_map(x, P)
    dx, dw, db = np.zeros(xp.shape), np.zeros(w.shape), 0
    viewer = view(shown)
    assert viewer.read().steps == dout.size + 1
    for step, seen in viewer.walk():
        if step < dout.size:
            i, j = np.unravel_index(step, dout.shape)
            rows, cols = i * S + D * np.arange(3), j * S + D * np.arange(3)
            dx[:, rows[:, None], cols] += dout[i, j] * w
            dw += dout[i, j] * window(xp, i, j, 3, 3, S, D)
            db += dout[i, j]
            for c in range(C):
                np.testing.assert_array_equal(seen[f"dout*w[{c}]"], dout[i, j] * w[c])
                np.testing.assert_array_equal(
                    seen[f"dout*x[{c}]"], dout[i, j] * window(xp, i, j, 3, 3, S, D)[c]
                )
                np.testing.assert_array_equal(seen[f"dx[0, {c}]"], dx[c])
        for c in range(C):
            np.testing.assert_array_equal(seen[f"dw[0, {c}]"], dw[c])
        np.testing.assert_array_equal(seen["dout[0, 0]"], dout)
        assert seen["db[0]"] == db
    viewer.press("End")
    ring = np.pad(np.zeros((5, 5)), P, constant_values=np.nan)
    for c in range(C):
        np.testing.assert_array_equal(viewer.read()[f"dx[0, {c}]"], dx[c] + ring)


def pool_by_numpy(x, dout, F, S):
    """out, the switches as flat indices, and dx after each output pixel."""
    H, W = x.shape
    OH, OW = (H - F) // S + 1, (W - F) // S + 1
    out, switch = np.zeros((OH, OW)), np.zeros((OH, OW))
    dx, after = np.zeros(x.shape), []
    for i, j in np.ndindex(OH, OW):
        part = x[i * S : i * S + F, j * S : j * S + F]
        a, b = np.unravel_index(part.argmax(), part.shape)  # the first of equal ones
        out[i, j] = part.max()
        switch[i, j] = (i * S + a) * W + j * S + b
        dx[i * S + a, j * S + b] += dout[i, j]
        after.append(dx.copy())
    return out, switch, after


def check_pooling(viewer, x, dout, F, S):
    out, switch, after = pool_by_numpy(x, dout, F, S)
    n = out.size
    assert viewer.read().steps == 2 * n
    for step, seen in viewer.walk():
        known = np.arange(n).reshape(out.shape) <= step
        np.testing.assert_array_equal(seen["out[0, 0]"], np.where(known, out, np.nan))
        np.testing.assert_array_equal(seen["switch"], np.where(known, switch, np.nan))
        place = np.unravel_index(int(switch.flat[step % n]), x.shape)
        assert seen.marked("x[0, 0]", "on") == {place}
        if step < n:
            assert np.isnan(seen["dx[0, 0]"]).all() and np.isnan(seen["dout[0, 0]"]).all()
        else:
            np.testing.assert_array_equal(seen["dx[0, 0]"], after[step - n])
            np.testing.assert_array_equal(seen["dout[0, 0]"], dout[: len(out), : out.shape[1]])
            assert seen.marked("dx[0, 0]", "on") == {place}
    assert after[-1].sum() == dout[: len(out), : out.shape[1]].sum()


def test_max_pooling_with_windows_that_overlap(view):
    shown = demo.max_pooling()
    viewer = view(shown)
    check_pooling(viewer, np.array(shown.data["x"]), shown.data["dout"], 3, 2)
    sentences = [seen.sentence for _, seen in viewer.walk()]
    assert "adds up: 7 + 8 = 15" in sentences[9 + 1], "two windows share their maximum"
    assert "It stands there 4 times; the first one counts" in sentences[7]


@pytest.mark.parametrize("F,S", [(2, 5), (5, 1), (3, 4)])
def test_max_pooling_under_settings_of_the_user(view, F, S):
    shown = demo.max_pooling(-np.array(demo.max_pooling().data["x"]))
    viewer = view(shown)
    viewer.enter(F=F, S=S)
    check_pooling(viewer, np.array(shown.data["x"]), shown.data["dout"], F, S)


def test_max_pooling_says_why_a_size_does_not_fit(view):
    viewer = view(demo.max_pooling())
    viewer.enter(F=2)
    assert viewer.read().sentence.startswith("(7 - 2)/2 + 1 = 3.5: the filter does not fit; ")
    assert viewer.read().sentence.endswith("What would fit: stride 1 or 5.")


def im2col_by_numpy(x, F, S, P):
    xp = pad_map(x, P)
    OH, OW = ((n - F + 2 * P) // S + 1 for n in x.shape[1:])
    return np.stack([window(xp, i, j, F, F, S).ravel() for i, j in np.ndindex(OH, OW)], axis=1)


@pytest.mark.parametrize("F,S,P", [(2, 1, 0), (3, 1, 1), (2, 2, 0), (4, 2, 1)])
def test_im2col(view, F, S, P):
    shown = demo.im2col()
    x = shown.data["x"]
    cols = im2col_by_numpy(x, F, S, P)
    ones = np.arange(x[0].size + (2 * P) * (4 + 4 + 2 * P)).reshape(4 + 2 * P, 4 + 2 * P)
    places = im2col_by_numpy(ones[None], F, S, 0)  # which pixel each entry is a copy of
    viewer = view(shown)
    viewer.enter(F=F, S=S, P=P)
    assert viewer.read().steps == cols.shape[1]
    for step, seen in viewer.walk():
        filled = np.arange(cols.shape[1]) <= step
        np.testing.assert_array_equal(seen["cols"], np.where(filled, cols, np.nan))
        times = np.bincount(places[:, : step + 1].ravel(), minlength=ones.size).reshape(ones.shape)
        np.testing.assert_array_equal(seen["copies"], times)
        entry = {(0, step)}
        assert seen.marked("cols", "on") == entry
        pixel = np.unravel_index(places[0, step], ones.shape)
        assert seen.marked("x[0, 0]", "on") == {pixel}


def test_im2col_rows_by_keyboard_and_pixels_by_touch(view):
    viewer = view(demo.im2col(), has_touch=True)
    seen = viewer.press(*["ArrowDown"] * 5).read()  # channel 1, row 0, column 1 in the window
    assert seen.marked("cols", "on") == {(5, 0)}
    assert seen.marked("x[0, 1]", "on") == {(0, 1)}
    assert viewer.press("ArrowUp").read().marked("x[0, 1]", "on") == {(0, 0)}
    viewer.page.tap('[data-name="x[0, 0]"] tbody tr:nth-child(4) td:nth-child(4)')
    seen = viewer.read()
    assert seen.step == 8 and seen.marked("cols", "on") == {(3, 8)}


@pytest.mark.parametrize("W,F,S,P", [(7, 3, 2, 0), (5, 3, 1, 1), (12, 2, 5, 0), (4, 4, 3, 0)])
def test_windows_on_a_line(view, W, F, S, P):
    x = np.pad(demo.windows().data["x"][:W], P)
    stops = range(0, len(x) - F + 1, S)
    out = np.array([[x[i : i + F].sum() for i in stops]], dtype=float)
    viewer = view(demo.windows())
    viewer.enter(W=W, F=F, S=S, P=P)
    assert viewer.read().steps == len(stops)
    for step, seen in viewer.walk():
        np.testing.assert_array_equal(seen["x_pad" if P else "x"], x[None])
        np.testing.assert_array_equal(
            seen["out"], np.where(np.arange(len(stops)) <= step, out, np.nan)
        )
        under = {(0, c) for c in range(step * S, step * S + F)}
        assert seen.marked("x_pad" if P else "x", "on") == under
        for i, start in enumerate(stops):  # every window is drawn where it stops
            assert set(np.argwhere(seen["windows"] == i)[:, 1]) == set(range(start, start + F))
        assert f"starts at pixel {step} * {S} = {step * S}" in seen.sentence
        assert (" fits." in seen.sentence) == (step == len(stops) - 1)


def test_windows_say_why_a_size_does_not_fit(view):
    viewer = view(demo.windows(10, 3, 2, 0))
    seen = viewer.read()
    assert seen.sentence == (
        "(10 - 3 + 2*0)/2 + 1 = 4.5: the filter does not fit; after the last whole step 1 pixel "
        "is left over. What would fit: stride 1. Cropping keeps 4 windows; 1 more zero at the end "
        "would make 5."
    )
    assert (seen.steps, "out" in seen) == (0, False)
    assert seen.marked("x", "left") == {(0, 9)} and seen.marked("x", "over") == {(0, 10)}
    assert {c for _, c in seen.marked("windows", "over")} == {8, 9, 10}
    viewer.enter(W=3, F=7, S=3, P=1)
    assert viewer.read().sentence.endswith(
        "it spans 7 pixels, and the picture with its padding has 5."
    )
    viewer.press("ArrowRight", "End", "Space")  # nothing to step, and no error


EVERY_SIZE = """() => {
    const set = (key, value) => { document.querySelector(`#set-${key}`).value = value; };
    const count = (name, mark) =>
        document.querySelectorAll(`[data-name^="${name}"] td.${mark}`).length;
    const wrong = [];
    for (let W = 1; W <= 12; W++) for (let F = 1; F <= 7; F++) for (let S = 1; S <= 5; S++)
    for (let P = 0; P <= 3; P++) {
        set("W", W); set("F", F); set("S", S); set("P", P);
        document.querySelector("#set-P").dispatchEvent(new Event("input"));
        const steps = Number(document.querySelector("main").dataset.steps);
        const room = W + 2 * P - F;
        const expected = room >= 0 && room % S === 0 ? room / S + 1 : 0;
        const left = expected || room < 0 ? 0 : room % S;
        const over = expected ? 0 : room < 0 ? -room : S - (room % S);
        if (steps !== expected || count("x", "left") !== left || count("x", "over") !== over)
            wrong.push([W, F, S, P]);
    }
    return wrong;
}"""


def test_windows_of_every_size(view):
    """Steps, the pixels left over and those that are missing, for all ends of the sliders."""
    assert view(demo.windows()).page.evaluate(EVERY_SIZE) == []


def field_by_numpy(layers, outputs, level, i):
    """How many ways lead from each cell of each layer to output i of layer `level`."""
    counts = [outputs]
    for F, S, D in reversed(layers):
        counts.insert(0, (counts[0] - 1) * S + D * (F - 1) + 1)
    ways = np.zeros((1, 1, counts[level], 1))
    ways[0, 0, i] = 1
    found = {f"out{level}": ways.ravel()} | {f"out{m}": None for m in range(level + 1, 4)}
    for number in range(level, 0, -1):
        F, S, D = layers[number - 1]
        below, w = np.zeros((1, 1, counts[number - 1], 1)), np.ones((1, 1, F, 1))
        _, cache = conv_forward(below, w, np.zeros(1), S, 0, D)
        ways, _, _ = conv_backward(ways, cache)
        found[f"out{number - 1}" if number > 1 else "x"] = ways.ravel()
    return found, counts


def check_field(seen, layers, outputs, level, i):
    expected, counts = field_by_numpy(layers, outputs, level, i)
    for number, count in enumerate(counts):
        name = f"out{number}" if number else "x"
        assert seen[name].shape == (1, count)
        ways = np.zeros(count) if expected[name] is None else expected[name]
        np.testing.assert_array_equal(seen[name][0], np.where(ways > 0, ways, np.nan))
    assert seen.marked(f"out{level}", "on") == {(0, i)}
    met = np.flatnonzero(expected["x"])
    assert seen.marked("x", "on") == {(0, p) for p in met}
    size = met[-1] - met[0] + 1
    start = f"out{level}[{i}] sees x[{met[0]}] to x[{met[-1]}]: {size} pixels"
    holes = f", of which it meets {len(met)}." if len(met) < size else "."
    assert seen.sentence.startswith(start + holes)


@pytest.mark.parametrize(
    "layers,outputs",
    [
        ([(3, 1, 1), (3, 2, 1), (3, 1, 2)], 4),
        ([(3, 1, 2), (3, 1, 2), (3, 1, 2)], 4),
        ([(3, 3, 2), (4, 3, 1), (3, 1, 1)], 1),
    ],
)
def test_receptive_field(view, layers, outputs):
    viewer = view(demo.receptive_field())
    for n, (F, S, D) in enumerate(layers, 1):
        viewer.enter(**{f"F{n}": F, f"S{n}": S, f"D{n}": D})
    for level in (3, 2, 1):
        for step, seen in viewer.walk():
            check_field(seen, layers, outputs, level, step)
        viewer.press("ArrowDown")
    assert viewer.press("ArrowDown").read().steps == seen.steps, "below the first layer is none"


def test_receptive_field_by_touch_and_by_arrows(view):
    viewer = view(demo.receptive_field(), has_touch=True)
    viewer.page.tap('[data-name="out1"] td:nth-child(6)')
    seen = viewer.read()
    assert (seen.step, seen.steps) == (5, 17)
    assert seen.sentence == (
        "out1[5] sees x[5] to x[7]: 3 pixels. The field of its neighbour begins 1 pixel further on."
    )
    assert viewer.press("ArrowUp").read().marked("out2", "on") == {(0, 2)}, "the nearest above"
    viewer.page.focus("#set-F1")
    assert viewer.press("ArrowUp").read().steps == 4, "here it belongs to the number"


def test_receptive_field_says_what_is_too_wide(view):
    viewer = view(demo.receptive_field())
    viewer.enter(F1=5, S1=3, F2=5, S2=3, F3=5)
    seen = viewer.read()
    assert seen.steps == 0 and "x" not in seen
    assert seen.sentence.startswith(
        "One output sees 89 pixels of x, more than the 40 that fit here"
    )
    viewer.press("ArrowUp", "ArrowDown", "ArrowRight", "End")
    viewer.enter(F1=1, S1=1, F2=1, S2=1, F3=1)
    assert viewer.read().sentence == (
        "out3[0] sees x[0]: 1 pixel. The field of its neighbour begins 1 pixel further on."
    )


def passes_by_numpy(W, F, stride, passes):
    """The corner of each crop in the order of the steps, and the distance of two cells."""
    step = stride if passes == 1 else stride // 2
    shifts = [(0, 0), (step, step), (step, 0), (0, step)][:passes]
    tops = [[range(s, W - F + 1, stride) for s in shift] for shift in shifts]
    return [(top, left) for rows, cols in tops for top in rows for left in cols], step


@pytest.mark.parametrize("W,S,passes", [(7, 2, 1), (7, 2, 4), (8, 2, 2), (7, 4, 3), (5, 1, 1)])
def test_fc_to_conv(view, W, S, passes):
    shown = demo.fc_to_conv()
    x, w, b = shown.data["x"][:W, :W], shown.data["w"], shown.data["b"]
    corners, step = passes_by_numpy(W, 3, S, passes)
    side = (W - 3) // step + 1
    out = np.full((2, side, side), np.nan)
    viewer = view(shown)
    viewer.enter(W=W, S=S, passes=passes)
    assert viewer.read().steps == len(corners)
    for number, seen in viewer.walk():
        top, left = corners[number]
        crop = x[top : top + 3, left : left + 3]
        out[:, top // step, left // step] = crop.reshape(9) @ w + b
        np.testing.assert_array_equal(seen["x[0, 0]"], x)
        np.testing.assert_array_equal(seen["crop"], crop.reshape(9, 1))
        np.testing.assert_array_equal(seen["w"], w)
        for m in range(2):
            np.testing.assert_array_equal(seen[f"filters[{m}, 0]"], w[:, m].reshape(3, 3))
            np.testing.assert_array_equal(seen[f"out[0, {m}]"], out[m])
            assert seen.marked(f"out[0, {m}]", "on") == {(top // step, left // step)}
        window = seen.marked("x[0, 0]", "near") | seen.marked("x[0, 0]", "on")
        assert window == {(top + u, left + v) for u in range(3) for v in range(3)}
        assert f"x[:, :, {top}:{top + 3}, {left}:{left + 3}]" in seen.sentence
    filled = viewer.page.inner_text(".formula")
    assert filled.endswith(f"{len(corners)} of {side**2}")
    assert np.isnan(out[0]).sum() == side**2 - len(corners)
    assert viewer.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_fc_to_conv_two_passes_leave_a_checkerboard(view):
    viewer = view(demo.fc_to_conv(passes=2), (960, 600))
    empty = np.isnan(viewer.press("End").read()["out[0, 0]"])
    np.testing.assert_array_equal(empty, np.indices((5, 5)).sum(axis=0) % 2 == 1)
    assert viewer.page.inner_text(".formula").endswith("filled: 9 + 4 = 13 of 25")
    assert viewer.page.evaluate("document.documentElement.scrollHeight") <= 600
    viewer.enter(W=8, passes=4)
    assert viewer.page.inner_text(".formula").endswith("filled: 9 + 9 + 9 + 9 = 36 of 36")
    assert viewer.page.evaluate("document.documentElement.scrollHeight") <= 600


def test_fc_to_conv_follows_one_weight_and_says_what_does_not_fit(view):
    viewer = view(demo.fc_to_conv(), has_touch=True)
    seen = viewer.press(*["ArrowDown"] * 5).read()  # weight 5: row 1, column 2 of the filter
    assert seen.marked("w", "on") == {(5, 0), (5, 1)}
    assert seen.marked("filters[1, 0]", "on") == {(1, 2)} == seen.marked("x[0, 0]", "on")
    assert viewer.press("ArrowUp").read().marked("crop", "on") == {(4, 0)}
    viewer.page.tap('[data-name="x[0, 0]"] tr:nth-child(3) td:nth-child(3)')  # pixel 2, 2
    assert viewer.read().step == 1 and viewer.read().marked("crop", "on") == {(6, 0)}
    viewer.page.tap('[data-name="out[0, 1]"] tr:nth-child(3) td:nth-child(1)')
    assert viewer.read().step == 6
    viewer.enter(S=3)
    assert viewer.read().steps == 0
    assert viewer.read().sentence.startswith("(7 - 3)/3 + 1 = 2.33: the filter does not fit")
    viewer.enter(passes=2)
    assert viewer.read().sentence.startswith("Half of stride 3 is not a whole number of pixels")
    viewer.press("ArrowRight", "End", "ArrowDown", "Space")  # nothing to step, and no error
    viewer.enter(S=4)
    assert viewer.read().steps == 4 + 1


def test_threads_lose_what_they_write_over(view):
    viewer = view(demo.race())
    assert viewer.read().steps == 15
    for step, seen in viewer.walk():
        votes = [t for t in range(5) if step >= 10 + t]
        assert seen["out"].ravel().tolist() == [
            float(k in {LABELS[t] for t in votes}) for k in range(3)
        ]
        lost = {(t, 2) for t in votes if t in (2, 4)}
        assert seen.marked("threads", "lost") == lost
        assert ("that is lost" in seen.sentence) == (step in (12, 14))
    assert "threads 1 and 2 have written there" in seen.sentence


def test_an_atomic_change_loses_nothing(view):
    steps = [Access(t, "changes in one go", "out", 0, t + 4) for t in range(3)]
    viewer = view(demo.race(steps))
    seen = viewer.press("End").read()
    assert seen["out"].ravel().tolist() == [6] and not seen.marked("threads", "lost")
