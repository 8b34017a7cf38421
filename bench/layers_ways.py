"""What bench/layers.py measures: layers and one training step, each computed in several ways."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import layers_textbook as textbook
import numpy as np
import torch
from threadpoolctl import threadpool_limits

from convbook import layers

# One way to compute a layer: forward of the inputs, and backward of dout from what that returned.
Way = tuple[Callable[..., tuple[Any, Any]], Callable[[Any, Any], Any]]

# Name, shape of the pictures, shape of the filters, stride, padding.
CONVS = [
    ("b: 3x3, 32x32x32 to 64", (64, 32, 32, 32), (64, 32, 3, 3), 1, 1),
    ("c: 3x3, 64x16x16 to 128", (64, 64, 16, 16), (128, 64, 3, 3), 1, 1),
    ("d: 11x11/4, 3x227x227 to 96", (8, 3, 227, 227), (96, 3, 11, 11), 4, 0),
    ("e: 3x3, 128x56x56 to 256", (4, 128, 56, 56), (256, 128, 3, 3), 1, 1),
]
POOLS = [
    ("max pool 2x2/2, 32x32x32", (64, 32, 32, 32), 2),
    ("max pool 3x3/2, 32x33x33", (64, 32, 33, 33), 3),
]
STEP = "whole training step"
FILTERS = (32, 32, 64, 64)


def _stay(core: int) -> None:
    """Keep a thread on a core of its own: on a busy machine both may end up on the same one."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[core % len(cores)]})


_workers = [ThreadPoolExecutor(1, initializer=_stay, initargs=(core,)) for core in (0, 1)]


def cases(dtype: np.dtype, before: Any = None) -> Iterator[tuple[str, list[Way], tuple]]:
    """Name each thing to measure, with the ways and the inputs.

    Args:
        dtype: of every array.
        before: a package like convbook.layers, or None.

    Yields:
        Name, ways (ours, PyTorch's, the textbook's, and that of before if it is given), inputs.
    """
    others = [textbook] if before is None else [textbook, before]
    rng = np.random.default_rng(0)

    def draw(*shape: int) -> np.ndarray:
        return rng.normal(size=shape).astype(dtype)

    for name, shape, w_shape, stride, pad in CONVS:
        small = draw(*w_shape) / np.sqrt(w_shape[1] * w_shape[2] * w_shape[3]).astype(dtype)
        yield name, _conv_ways(others, stride, pad), (draw(*shape), small, draw(w_shape[0]))
    for name, shape, window in POOLS:
        yield name, _pool_ways(others, window), (draw(*shape),)
    channels = zip((3, *FILTERS), FILTERS, strict=False)
    weights = [draw(F, C, 3, 3) * dtype.type((2 / (9 * C)) ** 0.5) for C, F in channels]
    weights.append(draw(FILTERS[-1] * 8 * 8, 10) * dtype.type(0.01))
    inputs = (draw(64, 3, 32, 32), rng.integers(0, 10, 64), *weights)
    yield (
        STEP,
        [step_way(layers), _torch_way(_step, learned=slice(2, None)), *map(step_way, others)],
        inputs,
    )


def halved(way: Way, batched: int) -> Way:
    """Give each of two threads half of the batch; the first `batched` inputs have a batch."""
    forward, backward = way

    def half(inputs: tuple, which: slice) -> tuple:
        N = len(inputs[0]) // 2
        part = slice(0, N) if which else slice(N, None)
        return (*(a[part] for a in inputs[:batched]), *inputs[batched:])

    def both(*inputs: np.ndarray) -> tuple[np.ndarray, Any]:
        done = _at_once(lambda k: forward(*half(inputs, k)), (1, 0))
        outs = [out for out, _ in done]
        joined = np.mean(outs) if outs[0].ndim == 0 else np.concatenate(outs)
        return np.asarray(joined), [cache for _, cache in done]

    def back(dout: np.ndarray, caches: list) -> None:
        N = len(dout) // 2 if dout.ndim else 0
        douts = (dout[:N], dout[N:]) if N else (dout, dout)
        _at_once(backward, douts, caches)

    return both, back


def _at_once(f: Callable[..., Any], *arguments: Any) -> list:
    """Call f in each of two threads, with its own of each pair of arguments."""
    calls = zip(_workers, zip(*arguments, strict=True), strict=True)
    with threadpool_limits(1, user_api="blas"):
        return [call.result() for call in [worker.submit(f, *own) for worker, own in calls]]


def _conv_ways(others: list, stride: int, pad: int) -> list[Way]:
    def like(module: Any) -> Way:
        return lambda *a: module.conv_forward(*a, stride, pad), module.conv_backward

    theirs = _torch_way(lambda x, w, b: torch.nn.functional.conv2d(x, w, b, stride, pad))
    return [like(layers), theirs, *map(like, others)]


def _pool_ways(others: list, window: int) -> list[Way]:
    def like(module: Any) -> Way:
        return lambda x: module.max_pool_forward(x, window, window, 2), module.max_pool_backward

    theirs = _torch_way(lambda x: torch.nn.functional.max_pool2d(x, window, 2))
    return [like(layers), theirs, *map(like, others)]


def _torch_way(f: Callable[..., Any], learned: slice = slice(None)) -> Way:
    """Make a way of a function of tensors; gradients for those inputs that are learned."""

    def forward(*arrays: np.ndarray) -> tuple[np.ndarray, Any]:
        tensors = [torch.from_numpy(a) for a in arrays]  # shares memory: no time for a copy
        for tensor in tensors[learned]:
            tensor.requires_grad_()
        out = f(*tensors)
        return out.detach().numpy(), out

    return forward, lambda dout, out: out.backward(torch.from_numpy(np.asarray(dout)))


def _step(x: Any, y: Any, *weights: Any) -> Any:
    """The loss of [CONV-RELU-CONV-RELU-POOL]x2-FC in PyTorch, without biases."""
    F = torch.nn.functional
    for number, w in enumerate(weights[:-1]):
        x = F.relu(F.conv2d(x, w, padding=1))
        x = F.max_pool2d(x, 2) if number % 2 else x
    return F.cross_entropy(x.flatten(1) @ weights[-1], y)


def step_way(module: Any, call: Callable[..., Any] = lambda f, *a: f(*a)) -> Way:
    """The same of a module's convolution and pooling; the rest is ours.

    Args:
        module: has conv_forward and the like.
        call: calls each layer's function; given so that it can take the time.
    """
    first = getattr(module, "conv_weight_gradients", module.conv_backward)

    def forward(x: np.ndarray, y: np.ndarray, *weights: np.ndarray) -> tuple[np.ndarray, Any]:
        back = []
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

    def backward(dout: np.ndarray, state: Any) -> None:
        back, grad = state
        for undo, cache in reversed(back):
            grad = call(undo, grad, cache)
            grad = grad[0] if isinstance(grad, tuple) else grad

    return forward, backward
