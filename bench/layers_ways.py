"""What bench/layers.py measures: layers and one training step, each computed in several ways."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

# One way to compute a layer: forward of the inputs, and backward of dout from what that returned.
Way = tuple[Callable[..., tuple[Any, Any]], Callable[[Any, Any], Any]]

OURS, PYTORCH, TEXTBOOK = "ours", "PyTorch", "textbook"  # any other way is that of a commit

# Shape of the pictures, shape of the filters, stride, padding.
CONVS: dict[str, tuple[tuple[int, ...], tuple[int, ...], int, int]] = {
    "b: 3x3, 32x32x32 to 64": ((64, 32, 32, 32), (64, 32, 3, 3), 1, 1),
    "c: 3x3, 64x16x16 to 128": ((64, 64, 16, 16), (128, 64, 3, 3), 1, 1),
    "d: 11x11/4, 3x227x227 to 96": ((8, 3, 227, 227), (96, 3, 11, 11), 4, 0),
    "e: 3x3, 128x56x56 to 256": ((4, 128, 56, 56), (256, 128, 3, 3), 1, 1),
}
POOLS: dict[str, tuple[tuple[int, ...], int]] = {
    "max pool 2x2/2, 32x32x32": ((64, 32, 32, 32), 2),
    "max pool 3x3/2, 32x33x33": ((64, 32, 33, 33), 3),
}
STEP = "whole training step"
NAMES = [*CONVS, *POOLS, STEP]
FILTERS = (32, 32, 64, 64)


def case(way: str, name: str, dtype: np.dtype, threads: int) -> tuple[Way, tuple]:
    """Return how a way computes one thing to measure, and its inputs, the same for every way.

    Args:
        way: OURS, PYTORCH, TEXTBOOK, or the commit whose layers compute.
        name: of NAMES.
        dtype: of every array.
        threads: with two, the textbook's get half of the batch each.
    """
    made, rng = _ways_of(way), np.random.default_rng(0)
    inputs: tuple[Any, ...]

    def draw(*shape: int) -> np.ndarray:
        return rng.normal(size=shape).astype(dtype)

    if name in CONVS:
        shape, w_shape, stride, pad = CONVS[name]
        small = draw(*w_shape) / np.sqrt(w_shape[1] * w_shape[2] * w_shape[3]).astype(dtype)
        whole, inputs = made.conv(stride, pad), (draw(*shape), small, draw(w_shape[0]))
    elif name in POOLS:
        shape, window = POOLS[name]
        whole, inputs = made.pool(window), (draw(*shape),)
    else:
        channels = zip((3, *FILTERS), FILTERS, strict=False)
        weights = [draw(F, C, 3, 3) * dtype.type((2 / (9 * C)) ** 0.5) for C, F in channels]
        weights.append(draw(FILTERS[-1] * 8 * 8, 10) * dtype.type(0.01))
        whole, inputs = made.step(), (draw(64, 3, 32, 32), rng.integers(0, 10, 64), *weights)
    if (way, threads) == (TEXTBOOK, 2):
        whole = _halved(whole, batched=2 if name == STEP else 1)
    return whole, inputs


def _ways_of(way: str) -> Any:
    """Return what makes conv, pool and step. What the others compute with is not even loaded."""
    if way == PYTORCH:
        import layers_torch

        return layers_torch
    if way == TEXTBOOK:
        import layers_textbook

        return OfModule(layers_textbook)
    if way == OURS:
        from convbook import layers

        return OfModule(layers)
    from layers_before import layers_of

    return OfModule(layers_of(way))


class OfModule:
    """The ways of a module that has conv_forward and the like; the step's other layers are ours.

    Args:
        module: computes convolution and pooling.
        call: calls each layer's function of the step; given so that it can take the time.
    """

    def __init__(self, module: Any, call: Callable[..., Any] = lambda f, *a: f(*a)) -> None:
        self._module, self._call = module, call

    def conv(self, stride: int, pad: int) -> Way:
        """A convolution of (x, w, b)."""
        module = self._module
        return lambda *a: module.conv_forward(*a, stride, pad), module.conv_backward

    def pool(self, window: int) -> Way:
        """Max pooling of (x,) at stride 2."""
        module = self._module
        return lambda x: module.max_pool_forward(x, window, window, 2), module.max_pool_backward

    def step(self) -> Way:
        """The training step of (x, y, *weights); gradients of the weights alone."""
        return self._forward, self._backward

    def _forward(
        self, x: np.ndarray, y: np.ndarray, *weights: np.ndarray
    ) -> tuple[np.ndarray, Any]:
        from convbook import layers

        module, call, back = self._module, self._call, []
        first = getattr(module, "conv_weight_gradients", module.conv_backward)
        for number, w in enumerate(weights[:-1]):
            x, cache = call(module.conv_forward, x, w, np.zeros(len(w), w.dtype), 1, 1)
            back.append((module.conv_backward if number else first, cache))
            x, cache = call(layers.relu_forward, x)
            back.append((layers.relu_backward, cache))
            if number % 2:
                x, cache = call(module.max_pool_forward, x, 2, 2, 2)
                back.append((module.max_pool_backward, cache))
        x, cache = call(layers.affine_forward, x, weights[-1], np.zeros(10, x.dtype))
        back.append((layers.affine_backward, cache))
        loss, dscores = call(layers.softmax_loss, x, y)
        return np.asarray(loss), (back, dscores)

    def _backward(self, dout: np.ndarray, state: Any) -> None:
        back, grad = state
        for undo, cache in reversed(back):
            grad = self._call(undo, grad, cache)
            grad = grad[0] if isinstance(grad, tuple) else grad


def _halved(way: Way, batched: int) -> Way:
    """Give each of two threads half of the batch; the first `batched` inputs have a batch."""
    forward, backward = way
    workers = [ThreadPoolExecutor(1, initializer=_stay, initargs=(core,)) for core in (0, 1)]

    def at_once(f: Callable[..., Any], *arguments: Any) -> list:
        """Call f in each of the two threads, with its own of each pair of arguments."""
        calls = zip(workers, zip(*arguments, strict=True), strict=True)
        with threadpool_limits(1, user_api="blas"):
            return [call.result() for call in [worker.submit(f, *own) for worker, own in calls]]

    def half(inputs: tuple, which: slice) -> tuple:
        N = len(inputs[0]) // 2
        part = slice(0, N) if which else slice(N, None)
        return (*(a[part] for a in inputs[:batched]), *inputs[batched:])

    def both(*inputs: np.ndarray) -> tuple[np.ndarray, Any]:
        done = at_once(lambda k: forward(*half(inputs, k)), (1, 0))
        outs = [out for out, _ in done]
        joined = np.mean(outs) if outs[0].ndim == 0 else np.concatenate(outs)
        return np.asarray(joined), [cache for _, cache in done]

    def back(dout: np.ndarray, caches: list) -> None:
        N = len(dout) // 2 if dout.ndim else 0
        douts = (dout[:N], dout[N:]) if N else (dout, dout)
        at_once(backward, douts, caches)

    return both, back


def _stay(core: int) -> None:
    """Keep a thread on a core of its own: on a busy machine both may end up on the same one."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[core % len(cores)]})
