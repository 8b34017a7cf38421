"""The given layers take arrays of the device as they take NumPy's, and give such arrays back.

On CuPy where there is a GPU, else on the simulated device, which has CuPy's rules.
"""

from typing import Any

import numpy as np
import pytest

from convbook import gpu, layers

rng = np.random.default_rng(0)
MAPS = rng.normal(size=(6, 4, 7, 7))
SCORES = rng.normal(size=(6, 5))
LABELS = np.array([0, 1, 2, 3, 4, 0])
BIAS = rng.normal(size=6)
SCALE, SHIFT = rng.normal(size=(2, 4))
RUNNING = rng.uniform(1, 2, 4), rng.uniform(1, 2, 4)


def filters(groups: int) -> np.ndarray:
    return rng.normal(size=(6, 4 // groups, 3, 3))


PAIRS = {
    "conv": ("conv_forward", "conv_backward", (MAPS, filters(1), BIAS, 1, 1)),
    "conv, stride": ("conv_forward", "conv_backward", (MAPS, filters(1), BIAS, 2, 1)),
    "conv, dilation": ("conv_forward", "conv_backward", (MAPS, filters(1), BIAS, 1, 2, 2)),
    "conv, groups": ("conv_forward", "conv_backward", (MAPS, filters(2), BIAS, 1, 0, 1, 2)),
    "conv, dw": ("conv_forward", "conv_weight_gradients", (MAPS, filters(1), BIAS)),
    "max pool": ("max_pool_forward", "max_pool_backward", (MAPS, 3, 3, 2)),
    "avg pool": ("avg_pool_forward", "avg_pool_backward", (MAPS, 3, 3, 2)),
    "relu": ("relu_forward", "relu_backward", (MAPS,)),
    "fc": ("affine_forward", "affine_backward", (MAPS, rng.normal(size=(196, 3)), np.ones(3))),
    "norm": (
        "spatial_batchnorm_forward",
        "spatial_batchnorm_backward",
        (MAPS, SCALE, SHIFT, RUNNING),
    ),
}


def on_host(thing: Any) -> Any:
    if isinstance(thing, (tuple, list)):
        return [on_host(part) for part in thing]
    assert not isinstance(thing, np.ndarray), "came back on the host"
    return gpu.cupy.asnumpy(thing) if isinstance(thing, gpu.cupy.ndarray) else thing


def on_device(thing: Any) -> Any:
    if isinstance(thing, tuple):
        return tuple(on_device(part) for part in thing)
    return gpu.cupy.asarray(thing) if isinstance(thing, np.ndarray) else thing


def same(own: Any, expected: Any) -> None:
    if isinstance(expected, (tuple, list)):
        for one, other in zip(own, expected, strict=True):
            same(one, other)
    else:
        np.testing.assert_allclose(own, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_forward_and_backward(pair: tuple) -> None:
    forward, backward = (getattr(layers, name) for name in pair[:2])
    out, cache, *rest = forward(*pair[2])
    dout = rng.normal(size=out.shape)
    far_out, far_cache, *far_rest = forward(*on_device(pair[2]))
    same(on_host([far_out, *far_rest]), [out, *rest])
    same(on_host(backward(on_device(dout), far_cache)), backward(dout, cache))


@pytest.mark.parametrize("loss", [layers.softmax_loss, layers.svm_loss])
def test_losses(loss: Any) -> None:
    same(on_host(loss(*on_device((SCORES, LABELS)))), loss(SCORES, LABELS))


def test_lrn() -> None:
    same(on_host(layers.lrn_forward(on_device(MAPS))), layers.lrn_forward(MAPS))


def test_dropout_when_not_training() -> None:
    out, _ = layers.dropout_forward(on_device(MAPS), 0.5, seed=1, train=False)
    same(on_host(out), MAPS)


def test_dropout_takes_the_mask_that_the_seed_says() -> None:
    if gpu.is_simulated():
        pytest.skip("the simulated device takes no host array through np.asarray(..., like=x)")
    same(
        on_host(layers.dropout_forward(on_device(MAPS), 0.5, seed=1)),
        layers.dropout_forward(MAPS, 0.5, seed=1),
    )
