"""The fully-connected layer, the rectifier and the losses, against formulas and PyTorch."""

from typing import Any

import numpy as np
import pytest
from arrays import frozen
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import log_softmax, softmax

from convbook import check, layers

SEEDS = st.integers(0, 2**32 - 1)
few = settings(max_examples=15, deadline=None)


def draw(shape: tuple, M: int, seed: int = 0) -> tuple[np.ndarray, ...]:
    """Make x, w, b and dout of a fully-connected layer with M units."""
    rng = np.random.default_rng(seed)
    D = int(np.prod(shape[1:]))
    sizes = shape, (D, M), (M,), (shape[0], M)
    return frozen(*(rng.normal(size=size) for size in sizes))


@pytest.mark.parametrize("shape", [(3, 4), (2, 3, 2, 2), (1, 1)], ids=str)
def test_affine_is_a_dot_product_for_each_unit(shape: tuple) -> None:
    x, w, b, dout = draw(shape, 5)
    out, cache = layers.affine_forward(x, w, b)
    for n, m in np.ndindex(out.shape):
        check.same(out[n, m], np.dot(x[n].ravel(), w[:, m]) + b[m])
    dx, dw, db = layers.affine_backward(dout, cache)
    check.gradient(lambda x: layers.affine_forward(x, w, b)[0], x, dx, dout)
    check.gradient(lambda w: layers.affine_forward(x, w, b)[0], w, dw, dout)
    check.gradient(lambda b: layers.affine_forward(x, w, b)[0], b, db, dout)


@few
@given(st.lists(st.integers(1, 4), min_size=2, max_size=4), st.integers(1, 6), SEEDS)
def test_affine_is_pytorchs(torch: Any, shape: list, M: int, seed: int) -> None:
    x, w, b, dout = draw(tuple(shape), M, seed)
    tensors = [torch.tensor(a.copy(), requires_grad=True) for a in (x, w, b)]
    theirs = torch.nn.functional.linear(tensors[0].flatten(1), tensors[1].T, tensors[2])
    theirs.backward(torch.tensor(dout.copy()))
    out, cache = layers.affine_forward(x, w, b)
    np.testing.assert_allclose(out, theirs.detach(), rtol=1e-9, atol=1e-9)
    for own, tensor in zip(layers.affine_backward(dout, cache), tensors, strict=True):
        np.testing.assert_allclose(own, tensor.grad, rtol=1e-9, atol=1e-9)


def test_relu_and_its_gradient() -> None:
    x, dout = frozen(np.array([[-2.0, 0.0, 3.0]]), np.array([[5.0, 7.0, 11.0]]))
    out, cache = layers.relu_forward(x)
    check.same(out, [[0.0, 0.0, 3.0]])
    check.same(layers.relu_backward(dout, cache), [[0.0, 0.0, 11.0]])


def test_float32_stays_float32() -> None:
    x, w, b, dout = (a.astype(np.float32) for a in draw((3, 2, 2), 4))
    out, cache = layers.affine_forward(x, w, b)
    y = np.array([0, 3, 1])
    made = [out, *layers.affine_backward(dout, cache)]
    made += [layers.softmax_loss(out, y)[1], layers.svm_loss(out, y)[1]]
    relu, kept = layers.relu_forward(x)
    made += [relu, layers.relu_backward(x, kept)]
    assert {a.dtype for a in made} == {np.dtype(np.float32)}


def scores_of(N: int, C: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    scores, y = frozen(rng.normal(size=(N, C)) * 3, rng.integers(0, C, N))
    return scores, y


@few
@given(st.integers(1, 6), st.integers(1, 5), SEEDS)
def test_softmax_loss_is_scipys_with_the_measured_gradient(N: int, C: int, seed: int) -> None:
    scores, y = scores_of(N, C, seed)
    loss, dscores = layers.softmax_loss(scores, y)
    rows = np.arange(N)
    assert isinstance(loss, float)
    np.testing.assert_allclose(loss, -log_softmax(scores, axis=1)[rows, y].mean(), atol=1e-12)
    right = (y[:, None] == np.arange(C)).astype(float)
    np.testing.assert_allclose(dscores, (softmax(scores, axis=1) - right) / N, atol=1e-12)
    check.gradient(lambda s: layers.softmax_loss(s, y)[0], scores, dscores)


def test_softmax_loss_of_large_scores_is_finite() -> None:
    scores = np.array([[1000.0, 0.0], [-1000.0, 1000.0], [1e5, 1e5]])
    loss, dscores = layers.softmax_loss(scores, np.array([0, 0, 1]))
    np.testing.assert_allclose(loss, (0 + 2000 + np.log(2)) / 3)
    check.same(dscores, np.array([[0.0, 0.0], [-1.0, 1.0], [0.5, -0.5]]) / 3)


@few
@given(st.integers(1, 6), st.integers(1, 5), SEEDS)
def test_svm_loss_is_the_loop_with_the_measured_gradient(N: int, C: int, seed: int) -> None:
    scores, y = scores_of(N, C, seed)
    loss, dscores = layers.svm_loss(scores, y)
    total = 0.0
    for row, right in zip(scores, y, strict=True):
        total += sum(max(0.0, row[c] - row[right] + 1) for c in range(C) if c != right)
    assert isinstance(loss, float)
    np.testing.assert_allclose(loss, total / N, atol=1e-12)
    check.gradient(lambda s: layers.svm_loss(s, y)[0], scores, dscores)


def test_svm_loss_at_the_margin_itself_has_no_slope() -> None:
    loss, dscores = layers.svm_loss(np.array([[2.0, 1.0, 1.5]]), np.array([0]))
    assert loss == 0.5
    check.same(dscores, [[-1.0, 0.0, 1.0]])


@few
@given(st.integers(1, 6), st.integers(2, 5), SEEDS)
def test_losses_are_pytorchs(torch: Any, N: int, C: int, seed: int) -> None:
    scores, y = scores_of(N, C, seed)
    F = torch.nn.functional
    # PyTorch's hinge loss also divides by the number of classes.
    for ours, theirs, scale in (
        (layers.softmax_loss, F.cross_entropy, 1),
        (layers.svm_loss, F.multi_margin_loss, C),
    ):
        tensor = torch.tensor(scores.copy(), requires_grad=True)
        expected = theirs(tensor, torch.tensor(y.copy())) * scale
        expected.backward()
        loss, dscores = ours(scores, y)
        np.testing.assert_allclose(loss, expected.item(), rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(dscores, tensor.grad, rtol=1e-9, atol=1e-9)
