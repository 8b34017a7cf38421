"""The given layers against SciPy, against measured gradients, and PyTorch where it is there."""

from typing import Any

import numpy as np
import pytest
from scipy.signal import correlate2d

from convbook import check, layers

CASES = [
    ((2, 3, 5, 7), (4, 3, 3, 3), 1, 0, 1),
    ((2, 2, 6, 7), (3, 2, 3, 2), 1, 1, 1),
    ((2, 2, 7, 9), (3, 2, 3, 3), 2, 1, 1),
    ((1, 2, 9, 9), (2, 2, 3, 3), 2, 2, 2),
    ((2, 3, 4, 6), (5, 3, 1, 1), 1, 0, 1),
]
POOLS = [((2, 3, 7, 9), 3, 3, 2), ((2, 1, 4, 6), 2, 2, 2), ((1, 2, 5, 4), 3, 2, 1)]


def draw(x_shape: tuple, w_shape: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.normal(size=x_shape), rng.normal(size=w_shape), rng.normal(size=w_shape[0])


@pytest.mark.parametrize("case", CASES, ids=str)
def test_conv_is_scipys_correlation(case: tuple) -> None:
    x_shape, w_shape, stride, pad, dilation = case
    x, w, b = draw(x_shape, w_shape)
    out, _ = layers.conv_forward(x, w, b, stride, pad, dilation)
    spread = np.zeros((*w_shape[:2], *((k - 1) * dilation + 1 for k in w_shape[2:])))
    spread[:, :, ::dilation, ::dilation] = w
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    for n, f in np.ndindex(out.shape[:2]):
        maps = [correlate2d(m, k, "valid") for m, k in zip(x_pad[n], spread[f], strict=True)]
        check.same(out[n, f], sum(maps)[::stride, ::stride] + b[f])


@pytest.mark.parametrize("case", CASES, ids=str)
def test_conv_backward_is_the_measured_gradient(case: tuple) -> None:
    x_shape, w_shape, *how = case
    x, w, b = draw(x_shape, w_shape)
    out, cache = layers.conv_forward(x, w, b, *how)
    dout = np.random.default_rng(1).normal(size=out.shape)
    dx, dw, db = layers.conv_backward(dout, cache)
    check.gradient(lambda x: layers.conv_forward(x, w, b, *how)[0], x, dx, dout)
    check.gradient(lambda w: layers.conv_forward(x, w, b, *how)[0], w, dw, dout)
    check.gradient(lambda b: layers.conv_forward(x, w, b, *how)[0], b, db, dout)


@pytest.mark.parametrize("case", POOLS, ids=str)
@pytest.mark.parametrize("kind", ["max", "avg"])
def test_pools_and_their_gradients(kind: str, case: tuple) -> None:
    shape, HH, WW, stride = case
    forward = getattr(layers, f"{kind}_pool_forward")
    x = np.random.default_rng(2).permutation(np.arange(float(np.prod(shape)))).reshape(shape)
    out, cache = forward(x, HH, WW, stride)
    reduce = {"max": np.max, "avg": np.mean}[kind]
    for n, c, i, j in np.ndindex(out.shape):
        window = x[n, c, i * stride : i * stride + HH, j * stride : j * stride + WW]
        assert np.isclose(out[n, c, i, j], reduce(window))
    dout = np.random.default_rng(3).normal(size=out.shape)
    dx = getattr(layers, f"{kind}_pool_backward")(dout, cache)
    check.gradient(lambda x: forward(x, HH, WW, stride)[0], x, dx, dout)


def test_whole_number_pictures_give_floating_point_maps() -> None:
    x = np.arange(16).reshape(1, 1, 4, 4)
    out, _ = layers.conv_forward(x, np.full((1, 1, 2, 2), 0.5), np.zeros(1), stride=2)
    check.same(out, [[[[5.0, 9.0], [21.0, 25.0]]]])


def test_what_does_not_fit_is_refused() -> None:
    x, w, b = draw((1, 1, 10, 10), (1, 1, 3, 3))
    for call in (
        lambda: layers.conv_forward(x, w, b, stride=2),
        lambda: layers.conv_forward(x, w, b, dilation=5),
        lambda: layers.max_pool_forward(x, 3, 3, 2),
        lambda: layers.avg_pool_forward(x, 11, 11, 1),
    ):
        with pytest.raises(ValueError, match="does not fit"):
            call()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_conv_is_pytorchs(case: tuple, torch: Any) -> None:
    x_shape, w_shape, stride, pad, dilation = case
    arrays = draw(x_shape, w_shape)
    out, cache = layers.conv_forward(*arrays, stride, pad, dilation)
    tensors = [torch.tensor(a, requires_grad=True) for a in arrays]
    how = {"stride": stride, "padding": pad, "dilation": dilation}
    theirs = torch.nn.functional.conv2d(*tensors, **how)
    np.testing.assert_allclose(out, theirs.detach(), atol=1e-12)
    theirs.backward(torch.ones_like(theirs))
    for own, tensor in zip(layers.conv_backward(np.ones(out.shape), cache), tensors, strict=True):
        np.testing.assert_allclose(own, tensor.grad, atol=1e-12)
