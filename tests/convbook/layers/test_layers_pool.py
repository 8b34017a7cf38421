"""Pooling of generated shapes, ties, kinds of numbers, and PyTorch."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convbook import check, layers

Case = tuple[tuple, int, int, int]
KINDS = pytest.mark.parametrize("kind", ["max", "avg"])


@st.composite
def cases(draw: Callable) -> Case:
    """Draw the shape of x, the window and the stride, such that the windows fit."""
    stride, HH, WW = (draw(st.integers(1, 3)) for _ in range(3))
    H, W = (k + stride * draw(st.integers(0, 3)) for k in (HH, WW))
    return (draw(st.integers(1, 3)), draw(st.integers(1, 3)), H, W), HH, WW, stride


def pool(kind: str) -> tuple[Any, Any]:
    return getattr(layers, f"{kind}_pool_forward"), getattr(layers, f"{kind}_pool_backward")


def by_hand(x: np.ndarray, dout: np.ndarray, HH: int, WW: int, stride: int) -> tuple:
    """Maximum of each window, its gradient to the first of equal values: one window at a time."""
    out, dx = np.empty(dout.shape, x.dtype), np.zeros(x.shape)
    for n, c, i, j in np.ndindex(dout.shape):
        part = np.s_[n, c, i * stride : i * stride + HH, j * stride : j * stride + WW]
        row, column = np.unravel_index(x[part].argmax(), (HH, WW))
        out[n, c, i, j] = x[part][row, column]
        dx[part][row, column] += dout[n, c, i, j]
    return out, dx


@settings(max_examples=40, deadline=None)
@given(cases(), st.integers(0, 2**32 - 1), st.sampled_from([2, 1000]))
def test_max_pool_takes_the_first_of_equal_values(case: Case, seed: int, values: int) -> None:
    shape, *how = case
    rng = np.random.default_rng(seed)
    x = rng.integers(-values, values, shape) * 1.0  # with few values, nearly every window has ties
    x.flags.writeable = False
    out, cache = layers.max_pool_forward(x, *how)
    dout = rng.normal(size=out.shape)
    dout.flags.writeable = False
    expected, dx = by_hand(x, dout, *how)
    check.same(out, expected)
    check.same(layers.max_pool_backward(dout, cache), dx, "dx")


@KINDS
@settings(max_examples=25, deadline=None)
@given(cases(), st.integers(0, 2**32 - 1))
def test_pools_are_pytorchs(torch: Any, kind: str, case: Case, seed: int) -> None:
    shape, HH, WW, stride = case
    forward, backward = pool(kind)
    rng = np.random.default_rng(seed)
    x = rng.normal(size=shape)
    tensor = torch.tensor(x, requires_grad=True)
    theirs = getattr(torch.nn.functional, f"{kind}_pool2d")(tensor, (HH, WW), stride)
    out, cache = forward(x, HH, WW, stride)
    dout = rng.normal(size=out.shape)
    theirs.backward(torch.tensor(dout))
    np.testing.assert_allclose(out, theirs.detach(), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(backward(dout, cache), tensor.grad, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("N", [0, 1, 7, 8, 9, 20])
def test_where_backward_cuts_the_batch_does_not_show(N: int) -> None:
    x = np.random.default_rng(0).normal(size=(N, 2, 5, 5))
    out, cache = layers.max_pool_forward(x, 3, 3, 2)
    dout = np.random.default_rng(1).normal(size=out.shape)
    check.same(layers.max_pool_backward(dout, cache), by_hand(x, dout, 3, 3, 2)[1], "dx")


def test_nan_wins_at_its_first_place() -> None:
    x = np.array([[[[1.0, np.nan], [np.nan, 5.0]]]])
    out, cache = layers.max_pool_forward(x)
    assert np.isnan(out).all()
    check.same(layers.max_pool_backward(np.ones((1, 1, 1, 1)), cache), [[[[0.0, 1], [0, 0]]]])


def test_minus_infinity_everywhere_still_has_a_first() -> None:
    out, cache = layers.max_pool_forward(np.full((1, 1, 2, 2), -np.inf))
    assert np.isneginf(out).all()
    check.same(layers.max_pool_backward(np.ones((1, 1, 1, 1)), cache), [[[[1.0, 0], [0, 0]]]])


@KINDS
def test_float32_stays_float32(kind: str) -> None:
    forward, backward = pool(kind)
    x = np.random.default_rng(0).normal(size=(2, 2, 5, 5)).astype(np.float32)
    out, cache = forward(x, 3, 3, 2)
    assert out.dtype == backward(out, cache).dtype == np.float32


@KINDS
def test_pictures_of_whole_numbers(kind: str) -> None:
    forward, backward = pool(kind)
    x = np.random.default_rng(0).integers(200, 256, (2, 2, 5, 5)).astype(np.uint8)
    out, cache = forward(x, 3, 3, 2)
    expected, floats = forward(x * 1.0, 3, 3, 2)
    check.same(out * 1.0, expected)
    dout = np.random.default_rng(1).normal(size=out.shape)
    check.same(backward(dout, cache), backward(dout, floats), "dx")


@KINDS
def test_a_window_of_one_pixel_copies(kind: str) -> None:
    forward, backward = pool(kind)
    x = np.random.default_rng(0).normal(size=(1, 2, 3, 3))
    out, cache = forward(x, 1, 1, 1)
    check.same(out, x)
    check.same(backward(out, cache), x)
    assert not np.shares_memory(out, x)


def test_a_window_of_more_pixels_than_a_byte_counts() -> None:
    x = np.zeros((1, 1, 17, 17))
    x[0, 0, 16, 3] = 1  # the tap of number 275
    out, cache = layers.max_pool_forward(x, 17, 17, 1)
    check.same(out, [[[[1.0]]]])
    check.same(layers.max_pool_backward(out, cache), x, "dx")


def test_a_gradient_may_lie_in_any_order_in_memory() -> None:
    x = np.random.default_rng(0).normal(size=(5, 2, 5, 5))
    out, cache = layers.max_pool_forward(x, 3, 3, 2)
    dout = np.random.default_rng(1).normal(size=out.shape)
    turned = np.ascontiguousarray(dout.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
    check.same(layers.max_pool_backward(turned, cache), by_hand(x, dout, 3, 3, 2)[1], "dx")


def test_what_becomes_of_the_pictures_after_forward_does_not_show() -> None:
    x = np.array([[[[1.0, 2.0], [4.0, 3.0]]]])
    out, cache = layers.max_pool_forward(x)
    x[...] = out[...] = 0
    check.same(layers.max_pool_backward(np.ones((1, 1, 1, 1)), cache), [[[[0.0, 0], [1, 0]]]])
