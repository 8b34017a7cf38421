"""Convolution a few pictures at a time: where the batch is cut must not show in the result."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from convbook import check, layers
from convbook.layers import batch, conv

Case = tuple[tuple, tuple, int, int, int, int]


@st.composite
def cases(draw: Callable) -> Case:
    """Draw shapes of x and w, stride, padding, dilation and groups such that all fits."""
    stride, pad, dilation, groups = (
        draw(st.integers(1, 3)),
        draw(st.integers(0, 2)),
        draw(st.integers(1, 3)),
        draw(st.integers(1, 3)),
    )
    N, depth, each = (draw(st.integers(1, 3)) for _ in range(3))
    kernel = [draw(st.integers(1, 3)) for _ in range(2)]
    reach = [dilation * (k - 1) + 1 for k in kernel]
    size = [stride * draw(st.integers(0, 3)) + r - 2 * pad for r in reach]
    assume(min(size) > 0)
    return (
        (N, groups * depth, *size),
        (groups * each, depth, *kernel),
        stride,
        pad,
        dilation,
        groups,
    )


def draw(case: Case, seed: int = 0, dtype: type = np.float64) -> tuple[np.ndarray, ...]:
    """Make x, w and b that raise when they are written to."""
    rng = np.random.default_rng(seed)
    arrays = tuple(rng.normal(size=s).astype(dtype) for s in (*case[:2], case[1][0]))
    for array in arrays:
        array.flags.writeable = False
    return arrays


def run(case: Case, arrays: tuple) -> list[np.ndarray]:
    """Return out, dx, dw and db for a gradient that is drawn."""
    out, cache = layers.conv_forward(*arrays, *case[2:])
    dout = np.random.default_rng(1).normal(size=out.shape).astype(out.dtype)
    dout.flags.writeable = False
    return [out, *layers.conv_backward(dout, cache)]


@settings(max_examples=40, deadline=None)
@given(cases(), st.integers(0, 2**32 - 1))
def test_conv_and_its_gradients_are_pytorchs(torch: Any, case: Case, seed: int) -> None:
    arrays = draw(case, seed)
    tensors = [torch.tensor(a.copy(), requires_grad=True) for a in arrays]
    how = dict(zip(("stride", "padding", "dilation", "groups"), case[2:], strict=True))
    theirs = torch.nn.functional.conv2d(*tensors, **how)
    out, cache = layers.conv_forward(*arrays, *case[2:])
    dout = np.random.default_rng(seed).normal(size=out.shape)
    theirs.backward(torch.tensor(dout))
    np.testing.assert_allclose(out, theirs.detach(), rtol=1e-9, atol=1e-9)
    for own, tensor in zip(layers.conv_backward(dout, cache), tensors, strict=True):
        np.testing.assert_allclose(own, tensor.grad, rtol=1e-9, atol=1e-9)


def by_hand(dout: np.ndarray, arrays: tuple, case: Case) -> list[np.ndarray]:
    """Return out, dx, dw and db, one dot product of one filter and one window at a time."""
    (x, w, b), (_, _, stride, pad, dilation, groups) = arrays, case
    (F, depth, HH, WW), (_, _, H, W) = w.shape, x.shape
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    out, dx_pad, dw = np.empty(dout.shape), np.zeros(x_pad.shape), np.zeros(w.shape)
    for n, f, i, j in np.ndindex(out.shape):
        first = f // (F // groups) * depth
        rows, columns = i * stride + dilation * np.arange(HH), j * stride + dilation * np.arange(WW)
        window = (n, *np.ix_(first + np.arange(depth), rows, columns))
        out[n, f, i, j] = np.sum(x_pad[window] * w[f]) + b[f]
        dx_pad[window] += dout[n, f, i, j] * w[f]
        dw[f] += dout[n, f, i, j] * x_pad[window]
    return [out, dx_pad[:, :, pad : pad + H, pad : pad + W], dw, dout.sum(axis=(0, 2, 3))]


@settings(max_examples=60, deadline=None)
@given(cases(), st.integers(0, 2**32 - 1))
def test_conv_and_its_gradients_are_those_of_the_loop(case: Case, seed: int) -> None:
    arrays = draw(case, seed)
    out, cache = layers.conv_forward(*arrays, *case[2:])
    dout = np.random.default_rng(seed).normal(size=out.shape)
    made = [out, *layers.conv_backward(dout, cache)]
    for own, expected in zip(made, by_hand(dout, arrays, case), strict=True):
        np.testing.assert_allclose(own, expected, rtol=1e-9, atol=1e-9)


@settings(max_examples=15, deadline=None)
@given(cases(), st.integers(0, 2**32 - 1))
def test_conv_backward_is_the_measured_gradient(case: Case, seed: int) -> None:
    x, w, b = draw(case, seed)
    how = case[2:]
    out, cache = layers.conv_forward(x, w, b, *how)
    dout = np.random.default_rng(seed).normal(size=out.shape)
    dx, dw, db = layers.conv_backward(dout, cache)
    check.gradient(lambda x: layers.conv_forward(x, w, b, *how)[0], x, dx, dout)
    check.gradient(lambda w: layers.conv_forward(x, w, b, *how)[0], w, dw, dout)
    check.gradient(lambda b: layers.conv_forward(x, w, b, *how)[0], b, db, dout)


BATCH: Case = ((7, 2, 7, 9), (3, 2, 3, 3), 2, 1, 1, 1)
DILATED: Case = ((7, 2, 7, 9), (3, 2, 3, 2), 1, 1, 2, 1)
ONE_PICTURE = (18 + 3) * 20 * 8  # bytes of the columns of one picture of BATCH, and of their maps
PICTURES = {"all": 100, "seven": 7, "three": 3, "two": 2, "one": 1, "half": 0.5, "none": 0}


@pytest.mark.parametrize("together", PICTURES.values(), ids=PICTURES)
@pytest.mark.parametrize("case", [BATCH, DILATED], ids=["stride", "dilation"])
def test_where_the_batch_is_cut_does_not_show(
    monkeypatch: pytest.MonkeyPatch, case: Case, together: float
) -> None:
    x, w, b = draw(case)
    alone = [layers.conv_forward(x[n : n + 1], w, b, *case[2:]) for n in range(len(x))]
    monkeypatch.setattr(batch, "PART_BYTES", int(together * ONE_PICTURE))
    out, cache = layers.conv_forward(x, w, b, *case[2:])
    check.same(out, np.concatenate([one for one, _ in alone]))
    dout = np.random.default_rng(2).normal(size=out.shape)
    grads = [layers.conv_backward(dout[n : n + 1], alone[n][1]) for n in range(len(x))]
    dx, dw, db = layers.conv_backward(dout, cache)
    check.same(dx, np.concatenate([part[0] for part in grads]), "dx")
    check.same(dw, sum(part[1] for part in grads), "dw")
    check.same(db, sum(part[2] for part in grads), "db")


@pytest.mark.parametrize(("together", "expected"), [(100, 7), (3, 3), (1, 1), (0, 1)])
def test_the_buffer_holds_no_more_than_it_may_or_one_picture(
    monkeypatch: pytest.MonkeyPatch, together: int, expected: int
) -> None:
    sizes = []
    columns = conv._columns

    def watch(*args: Any) -> Iterator[tuple[slice, np.ndarray]]:
        for part, cols in columns(*args):
            sizes.append(len(cols.base))
            yield part, cols

    monkeypatch.setattr(conv, "_columns", watch)
    monkeypatch.setattr(batch, "PART_BYTES", together * ONE_PICTURE)
    run(BATCH, draw(BATCH))
    assert set(sizes) == {expected}
    assert len(sizes) == 2 * -(-7 // expected)  # forward and backward, rounded up


def test_a_picture_larger_than_the_buffer_as_it_is() -> None:
    x = np.random.default_rng(0).normal(size=(2, 1, 190, 190))
    w = np.zeros((1, 1, 3, 3))
    w[0, 0, 2, 1] = 2  # picks one tap, so that the result is known without another convolution
    assert 9 * 188 * 188 * x.itemsize > batch.PART_BYTES
    out, cache = layers.conv_forward(x, w, np.ones(1))
    check.same(out, 2 * x[:, :, 2:, 1:-1] + 1)
    dx, dw, db = layers.conv_backward(np.ones(out.shape), cache)
    expected = np.zeros(x.shape)
    expected[:, :, 2:, 1:-1] = 2
    check.same(dx, expected, "dx")
    check.same(dw[0, 0, 0, 0], x[:, :, :-2, :-2].sum(), "dw")
    check.same(db, [2.0 * 188 * 188], "db")


def test_an_empty_batch_gives_empty_maps_and_no_gradient() -> None:
    case: Case = ((0, 2, 4, 4), (3, 2, 3, 3), 1, 1, 1, 1)
    out, dx, dw, db = run(case, draw(case))
    assert out.shape == (0, 3, 4, 4) and dx.shape == (0, 2, 4, 4)
    assert not dw.any() and not db.any()


@pytest.mark.parametrize("case", [BATCH, DILATED], ids=["stride", "dilation"])
def test_float32_stays_float32(case: Case) -> None:
    made = run(case, draw(case, dtype=np.float32))
    assert {a.dtype for a in made} == {np.dtype(np.float32)}
    for narrow, wide in zip(made, run(case, draw(case)), strict=True):
        np.testing.assert_allclose(narrow, wide, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.int64])
def test_pictures_of_whole_numbers_give_what_the_same_floats_give(kind: type) -> None:
    # Values near the end of uint8: a sum taken in it would run over.
    x = np.random.default_rng(0).integers(100, 256, BATCH[0]).astype(kind)
    _, w, b = draw(BATCH)
    for own, expected in zip(run(BATCH, (x, w, b)), run(BATCH, (x * 1.0, w, b)), strict=True):
        check.same(own, expected)


def test_whole_number_filters_do_not_run_over() -> None:
    x = np.full((1, 1, 2, 2), 200, dtype=np.uint8)
    w = np.full((1, 1, 2, 2), 3)
    check.same(layers.conv_forward(x, w, np.zeros(1))[0], [[[[2400.0]]]])


def test_results_share_no_memory_with_arguments() -> None:
    case: Case = ((2, 1, 3, 3), (1, 1, 1, 1), 1, 0, 1, 1)
    arrays = draw(case)
    for made in run(case, arrays):
        assert not any(np.shares_memory(made, a) for a in arrays)


def test_pictures_may_be_views() -> None:
    x, w, b = draw(BATCH)
    turned = np.ascontiguousarray(x.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
    for own, expected in zip(run(BATCH, (turned, w, b)), run(BATCH, (x, w, b)), strict=True):
        check.same(own, expected)


def test_each_group_is_a_layer_of_its_own() -> None:
    x, w, b = draw(((2, 6, 5, 4), (4, 3, 3, 2), 1, 1, 1, 2))
    out, cache = layers.conv_forward(x, w, b, pad=1, groups=2)
    dout = np.random.default_rng(1).normal(size=out.shape)
    dx, dw, db = layers.conv_backward(dout, cache)
    for seen, made in ((slice(0, 3), slice(0, 2)), (slice(3, 6), slice(2, 4))):
        alone, own = layers.conv_forward(x[:, seen], w[made], b[made], pad=1)
        check.same(out[:, made], alone)
        grads = layers.conv_backward(dout[:, made], own)
        for got, expected in zip((dx[:, seen], dw[made], db[made]), grads, strict=True):
            check.same(got, expected)


@pytest.mark.parametrize(
    ("depth", "filters", "groups"), [(3, 4, 1), (2, 3, 2), (4, 4, 2), (1, 4, 2)]
)
def test_depths_that_do_not_fit_are_refused(depth: int, filters: int, groups: int) -> None:
    x, w = np.ones((1, 4, 3, 3)), np.ones((filters, depth, 3, 3))
    with pytest.raises(ValueError, match="do not fit 4 channels") as caught:
        layers.conv_forward(x, w, np.ones(filters), groups=groups)
    assert ("groups" in str(caught.value)) == (groups > 1), "one group is not spoken of"


@pytest.mark.parametrize("case", [BATCH, DILATED], ids=["stride", "dilation"])
def test_weight_gradients_alone_are_those_of_backward(case: Case) -> None:
    out, cache = layers.conv_forward(*draw(case), *case[2:])
    dout = np.random.default_rng(1).normal(size=out.shape)
    for own, expected in zip(
        layers.conv_weight_gradients(dout, cache),
        layers.conv_backward(dout, cache)[1:],
        strict=True,
    ):
        check.same(own, expected)


WIDE: Case = ((2, 2, 3, 4), (3, 2, 1, 2), 1, 2, 1, 1)
LONG: Case = ((2, 2, 3, 1), (3, 2, 3, 7), 1, 3, 1, 1)


@pytest.mark.parametrize("case", [WIDE, LONG], ids=["padding beyond the filter", "long filter"])
def test_more_padding_than_picture_or_filter(case: Case) -> None:
    arrays = draw(case)
    out, cache = layers.conv_forward(*arrays, *case[2:])
    dout = np.random.default_rng(1).normal(size=out.shape)
    made = [out, *layers.conv_backward(dout, cache)]
    for own, expected in zip(made, by_hand(dout, arrays, case), strict=True):
        check.same(own, expected)


def test_a_pixel_reaches_the_windows_that_see_it_and_no_other() -> None:
    x = np.zeros((1, 1, 4, 4))
    x[0, 0, 1, 3] = np.inf  # at the end of a row, where another begins in memory
    out, _ = layers.conv_forward(x, np.ones((1, 1, 3, 3)), np.zeros(1), pad=1)
    check.same(np.isinf(out[0, 0]), np.add.outer([9, 9, 9, 0], [0, 0, 9, 9]) == 18)
