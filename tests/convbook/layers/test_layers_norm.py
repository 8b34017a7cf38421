"""Normalisation and dropout against their formulas, measured gradients, and PyTorch."""

from typing import Any

import numpy as np
import pytest
from arrays import frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from convbook import check, layers

SIZES = st.tuples(st.integers(2, 5), st.integers(1, 6), st.integers(1, 4), st.integers(1, 4))
SEEDS = st.integers(0, 2**32 - 1)
few = settings(max_examples=15, deadline=None)


def draw(shape: tuple, seed: int = 0, dtype: type = np.float64) -> tuple[np.ndarray, ...]:
    """Make x, gamma, beta, running mean and running variance, for features along axis 1."""
    rng = np.random.default_rng(seed)
    D = shape[1]
    x = 3 + 2 * rng.normal(size=shape)
    rest = rng.normal(size=D), rng.normal(size=D), rng.normal(size=D), rng.uniform(0.5, 2, D)
    return frozen(*(a.astype(dtype) for a in (x, *rest)))


def names(shape: tuple) -> tuple[Any, Any, tuple]:
    """Forward, backward and the shape of one number per feature, for rows or for maps."""
    if len(shape) == 2:
        return layers.batchnorm_forward, layers.batchnorm_backward, (1, -1)
    return layers.spatial_batchnorm_forward, layers.spatial_batchnorm_backward, (1, -1, 1, 1)


BOTH = pytest.mark.parametrize("shape", [(5, 3), (2, 3, 4, 2)], ids=["rows", "maps"])


@BOTH
def test_batchnorm_in_training_gives_the_mean_and_deviation_asked_for(shape: tuple) -> None:
    x, gamma, beta, *running = draw(shape)
    forward, _, _ = names(shape)
    out, _, _ = forward(x, gamma, beta, tuple(running), eps=0.0)
    axes = tuple(axis for axis in range(len(shape)) if axis != 1)
    check.same(out.mean(axis=axes), beta)
    check.same(out.std(axis=axes), np.abs(gamma))
    assert out.shape == shape


@BOTH
def test_batchnorm_moves_the_running_statistics_by_one_tenth(shape: tuple) -> None:
    x, gamma, beta, mean, var = draw(shape)
    forward, _, _ = names(shape)
    axes = tuple(axis for axis in range(len(shape)) if axis != 1)
    _, _, (new_mean, new_var) = forward(x, gamma, beta, (mean, var))
    check.same(new_mean, 0.9 * mean + 0.1 * x.mean(axis=axes))
    check.same(new_var, 0.9 * var + 0.1 * x.var(axis=axes))
    _, _, (new_mean, new_var) = forward(x, gamma, beta, (mean, var), momentum=0.25)
    check.same(new_mean, 0.25 * mean + 0.75 * x.mean(axis=axes))
    check.same(new_var, 0.25 * var + 0.75 * x.var(axis=axes))


@BOTH
def test_batchnorm_in_use_takes_the_running_statistics_and_keeps_them(shape: tuple) -> None:
    x, gamma, beta, mean, var = draw(shape)
    forward, _, one = names(shape)
    out, _, kept = forward(x, gamma, beta, (mean, var), train=False, eps=0.1)
    g, b, m, v = (a.reshape(one) for a in (gamma, beta, mean, var))
    check.same(out, g * (x - m) / np.sqrt(v + 0.1) + b)
    check.same(kept[0], mean)
    check.same(kept[1], var)
    alone, _, _ = forward(x[:1], gamma, beta, (mean, var), train=False, eps=0.1)
    check.same(alone, out[:1])


@BOTH
def test_batchnorm_backward_is_the_measured_gradient(shape: tuple) -> None:
    x, gamma, beta, *running = draw(shape)
    forward, backward, _ = names(shape)
    out, cache, _ = forward(x, gamma, beta, tuple(running), eps=0.1)
    (dout,) = frozen(np.random.default_rng(1).normal(size=out.shape))
    dx, dgamma, dbeta = backward(dout, frozen(*cache))

    def run(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray) -> np.ndarray:
        return forward(x, gamma, beta, tuple(running), eps=0.1)[0]

    check.gradient(lambda x: run(x, gamma, beta), x, dx, dout)
    check.gradient(lambda gamma: run(x, gamma, beta), gamma, dgamma, dout)
    check.gradient(lambda beta: run(x, gamma, beta), beta, dbeta, dout)


@few
@given(SIZES, st.booleans(), st.booleans(), SEEDS)
def test_batchnorm_is_pytorchs(torch: Any, size: tuple, maps: bool, train: bool, seed: int) -> None:
    shape = size if maps else size[:2]
    forward, backward, _ = names(shape)
    x, gamma, beta, mean, var = draw(shape, seed)
    out, cache, (new_mean, new_var) = forward(x, gamma, beta, (mean, var), train)
    tensors = [torch.tensor(a.copy(), requires_grad=True) for a in (x, gamma, beta)]
    known = [torch.tensor(a.copy()) for a in (mean, var)]
    theirs = torch.nn.functional.batch_norm(
        tensors[0], *known, *tensors[1:], training=train, momentum=0.1
    )
    np.testing.assert_allclose(out, theirs.detach(), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(new_mean, known[0], rtol=1e-9)
    if not train:
        np.testing.assert_allclose(new_var, known[1], rtol=1e-9)
        return  # backward is for training
    # PyTorch's running variance divides by one sample less than the batch has.
    samples = x.size // x.shape[1]
    unbiased = 0.9 * var + (new_var - 0.9 * var) * samples / (samples - 1)
    np.testing.assert_allclose(unbiased, known[1], rtol=1e-9)
    dout = np.random.default_rng(seed).normal(size=shape)
    theirs.backward(torch.tensor(dout))
    for own, tensor in zip(backward(dout, cache), tensors, strict=True):
        np.testing.assert_allclose(own, tensor.grad, rtol=1e-9, atol=1e-9)


@BOTH
def test_batchnorm_of_float32_stays_float32(shape: tuple) -> None:
    x, gamma, beta, *running = draw(shape, dtype=np.float32)
    forward, backward, _ = names(shape)
    for train in (True, False):
        out, cache, new = forward(x, gamma, beta, tuple(running), train)
        assert {a.dtype for a in (out, *new, *backward(out, cache))} == {np.dtype(np.float32)}


@pytest.mark.parametrize("n", [1, 3, 5, 9])
def test_lrn_is_the_formula_written_out(n: int) -> None:
    (x,) = frozen(np.random.default_rng(0).normal(size=(2, 6, 3, 2)))
    out = layers.lrn_forward(x, n, k=1.5, alpha=0.3, beta=0.6)
    for c in range(6):
        near = x[:, max(0, c - n // 2) : min(6, c + n // 2 + 1)]
        check.same(out[:, c], x[:, c] / (1.5 + 0.3 * (near**2).sum(axis=1)) ** 0.6)
    assert layers.lrn_forward(x.astype(np.float32)).dtype == np.float32


@few
@given(SIZES, st.sampled_from([1, 3, 5, 7]), SEEDS)
def test_lrn_is_pytorchs(torch: Any, size: tuple, n: int, seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=size) * 10
    # PyTorch divides alpha by n; the paper does not.
    theirs = torch.nn.functional.local_response_norm(
        torch.tensor(x), n, alpha=0.1 * n, beta=0.75, k=2.0
    )
    np.testing.assert_allclose(layers.lrn_forward(x, n, alpha=0.1), theirs, rtol=1e-9, atol=1e-9)


def test_lrn_of_the_paper_is_the_default() -> None:
    x = np.full((1, 1, 1, 1), 100.0)
    check.same(layers.lrn_forward(x), [[[[100 / 3.0**0.75]]]])


@pytest.mark.parametrize("p", [0.25, 0.8, 1.0])
def test_dropout_keeps_what_the_seed_says_and_scales_it(p: float) -> None:
    (x,) = frozen(np.random.default_rng(0).normal(size=(4, 3, 5)))
    out, cache = layers.dropout_forward(x, p, seed=7)
    kept = np.random.default_rng(7).random(x.shape) < p
    check.same(out, np.where(kept, x / p, 0.0))
    frozen(cache)
    (dout,) = frozen(np.random.default_rng(1).normal(size=x.shape))
    dx = layers.dropout_backward(dout, cache)
    check.gradient(lambda x: layers.dropout_forward(x, p, seed=7)[0], x, dx, dout)
    assert not np.array_equal(out, layers.dropout_forward(x, p, seed=8)[0]) or p == 1


def test_dropout_in_use_lets_everything_through() -> None:
    (x,) = frozen(np.random.default_rng(0).normal(size=(4, 3)))
    out, cache = layers.dropout_forward(x, 0.3, seed=7, train=False)
    check.same(out, x)
    check.same(layers.dropout_backward(x, cache), x)
    assert not np.shares_memory(out, x)


def test_dropout_keeps_the_mean_and_float32() -> None:
    x = np.ones((200, 500), dtype=np.float32)
    out, cache = layers.dropout_forward(x, 0.3, seed=1)
    # The mean of 100000 draws has a standard deviation of 0.0048.
    assert abs(float(out.mean()) - 1) < 0.03
    assert out.dtype == layers.dropout_backward(x, cache).dtype == np.float32
