"""Winograd's way to convolve gives what the plain way gives, and is taken where it wins alone."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from convbook import check, layers
from convbook.layers import batch, winograd

Shape = tuple[int, ...]
Case = tuple[Shape, int, tuple[int, int], int]

WINS = (4, 32, 16, 20), (16, 32, 3, 3)


@st.composite
def cases(draw: Callable) -> Case:
    """Draw the shape of the pictures, the number of filters, the padding, and what fits a part."""
    N, C, F = (draw(st.integers(1, 4)) for _ in range(3))
    pads = draw(st.integers(0, 3)), draw(st.integers(0, 3))
    H, W = (draw(st.integers(max(1, 3 - 2 * pad), 9)) for pad in pads)
    return (N, C, H, W), F, pads, draw(st.sampled_from([0, 4000, 1 << 20]))


def by_hand(x: np.ndarray, w: np.ndarray, b: np.ndarray, pads: tuple[int, int]) -> np.ndarray:
    """Convolve one window at a time."""
    (above, left), (H, W) = pads, x.shape[2:]
    x_pad = np.pad(x, ((0, 0), (0, 0), (above, above), (left, left)))
    out = np.empty((len(x), len(w), H + 2 * above - 2, W + 2 * left - 2))
    for i, j in np.ndindex(out.shape[2:]):
        out[:, :, i, j] = np.tensordot(x_pad[:, :, i : i + 3, j : j + 3], w, ((1, 2, 3),) * 2) + b
    return out


def draw(x_shape: Shape, w_shape: Shape, dtype: str = "f8") -> tuple[np.ndarray, ...]:
    """Make x, w and b that raise when they are written to."""
    rng = np.random.default_rng(0)
    arrays = tuple(rng.normal(size=s).astype(dtype) for s in (x_shape, w_shape, w_shape[:1]))
    for array in arrays:
        array.flags.writeable = False
    return arrays


@settings(max_examples=80, deadline=None)
@given(cases())
def test_it_is_convolution(case: Case) -> None:
    shape, F, pads, part_bytes = case
    x, w, b = draw(shape, (F, shape[1], 3, 3))
    expected = by_hand(x, w, b, pads)
    out = np.full(expected.shape, np.nan)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batch, "PART_BYTES", part_bytes)
        winograd.correlate(x, w, b, pads, out)
    np.testing.assert_allclose(out, expected, rtol=1e-12, atol=1e-12)


def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(winograd, "pays", lambda *_: False)


@pytest.mark.parametrize("pad", [0, 1, 2])
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_a_layer_that_takes_it_gives_the_same(
    monkeypatch: pytest.MonkeyPatch, pad: int, threads: int, dtype: str
) -> None:
    x, w, b = draw((33, *WINS[0][1:]), (32, *WINS[1][1:]), dtype)  # an odd batch, over WORTH_BYTES
    dout = np.random.default_rng(1).normal(size=(33, 32, 14 + 2 * pad, 18 + 2 * pad)).astype(dtype)

    def results() -> list[np.ndarray]:
        out, cache = layers.conv_forward(x, w, b, 1, pad)
        return [out, *layers.conv_backward(dout, cache)]

    assert winograd.pays(x, w, dout)
    with threadpool_limits(threads, user_api="blas"):
        taken = results()
    plain(monkeypatch)
    for own, expected in zip(taken, results(), strict=True):
        assert own.dtype == dtype
        near = 1e-12 if dtype == "f8" else 1e-5
        np.testing.assert_allclose(own, expected, rtol=0, atol=near * np.abs(expected).max())


def test_small_whole_numbers_are_exact_in_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    x, w = (rng.integers(-9, 10, shape).astype("f4") for shape in WINS)
    out, _ = layers.conv_forward(x, w, np.ones(16, "f4"), pad=1)
    plain(monkeypatch)
    check.same(out, layers.conv_forward(x, w, np.ones(16, "f4"), pad=1)[0], rtol=0, atol=0)


def test_float32_is_as_near_as_the_plain_way(monkeypatch: pytest.MonkeyPatch) -> None:
    narrow, wide = draw(*WINS, "f4"), draw(*WINS, "f8")
    found = layers.conv_forward(*narrow, pad=1)[0]
    plain(monkeypatch)
    truth = layers.conv_forward(*wide, pad=1)[0]
    error = np.abs(layers.conv_forward(*narrow, pad=1)[0] - truth).max()
    assert np.abs(found - truth).max() < 4 * error


def test_what_is_not_finite_stays_near_to_where_it_was() -> None:
    x, w, b = draw(*WINS)
    spoilt = x.copy()
    spoilt[1, 3, 6, 7] = np.inf
    with np.errstate(invalid="ignore"):
        out, _ = layers.conv_forward(spoilt, w, b, pad=1)
    near = np.zeros(out.shape, dtype=bool)
    near[1, :, 4:8, 6:10] = True  # the four tiles whose windows see row 6, column 7
    assert not np.isfinite(out[1, :, 5:8, 6:9]).any()
    check.same(out[~near], layers.conv_forward(x, w, b, pad=1)[0][~near])


def test_what_lay_in_memory_does_not_warn(monkeypatch: pytest.MonkeyPatch) -> None:
    def full_of_infinity(shape: Shape, dtype: Any) -> np.ndarray:
        return np.full(shape, np.inf, dtype)

    arrays = draw(*WINS)
    monkeypatch.setattr(np, "empty", full_of_infinity)
    with np.errstate(all="raise"):
        assert np.isfinite(layers.conv_forward(*arrays, pad=1)[0]).all()


def test_pictures_and_filters_may_be_views() -> None:
    x, w, b = draw(*WINS)
    views = [np.asfortranarray(x)[:, :, ::-1], np.asfortranarray(w)[..., ::-1]]
    out, _ = layers.conv_forward(*views, b, pad=1)
    copies = [np.ascontiguousarray(view) for view in views]
    check.same(out, layers.conv_forward(*copies, b, pad=1)[0])
    assert out.flags.c_contiguous


@pytest.mark.parametrize(
    ("N", "pictures", "expected"),
    [(17, 12, [9, 8]), (7, 3, [3, 3, 1]), (3, 9, [3]), (2, 0, [1, 1])],
)
def test_its_parts_are_alike(
    monkeypatch: pytest.MonkeyPatch, N: int, pictures: int, expected: list[int]
) -> None:
    x, out = np.zeros((N, 2, 4, 4)), np.zeros((N, 3, 4, 4))
    monkeypatch.setattr(batch, "PART_BYTES", pictures * 16 * (2 + 3) * (2 * 3) * 8 // 2)
    assert [part.stop - part.start for part in winograd._Tiles(x, out).parts] == expected


def wins(x: np.ndarray, w: np.ndarray) -> bool:
    return winograd.pays(x, w, np.empty((len(x), len(w), *x.shape[2:]), x.dtype))


def test_it_is_taken_where_there_are_channels_filters_and_places_enough() -> None:
    x, w, _ = draw(*WINS)
    assert wins(x, w)
    assert not wins(x[:, :8], w[:, :8]), "few channels"
    assert not wins(x, w[:8]), "few filters"
    assert not wins(x[:1], w), "few places"
    assert not wins(x.reshape(20, 32, 8, 8), w), "small maps"
    assert wins(np.tile(x.reshape(20, 32, 8, 8), (1, 2, 1, 1)), np.tile(w, (1, 2, 1, 1)))
    assert not wins(x, w[:, :, :2]), "other filters"
    assert not wins(x, w[:, :16]), "groups"
    assert not wins((100 * x).astype(int), w), "whole numbers"
    assert not wins(x.view(np.recarray), w), "another kind of array"


@pytest.mark.parametrize("how", [{"stride": 2, "pad": 2}, {"dilation": 2}, {"groups": 2}])
def test_it_is_not_taken_for_other_convolutions(
    monkeypatch: pytest.MonkeyPatch, how: dict[str, int]
) -> None:
    monkeypatch.setattr(winograd, "correlate", None)
    x, w, b = draw((12, 64, 17, 17), (32, 64 // how.get("groups", 1), 3, 3))
    out, cache = layers.conv_forward(x, w, b, **how)
    layers.conv_weight_gradients(out, cache)
    with pytest.raises(TypeError, match="not callable"):
        layers.conv_forward(x, np.ones((32, 64, 3, 3)), b)
