"""What the given layers cost: their time as a multiple of PyTorch's CPU build, one thread each.

    make bench                         installs PyTorch for the comparison, and runs this too
    python bench/layers.py --rounds 5 --dtype float64

All ways run by turns in one process; a number is the median over the rounds of the ratio of two
times that were taken next to each other. All ways find every gradient, also that of the pictures.
The table is Markdown, as in docs/speed.md.
"""

import argparse
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import layers_textbook as textbook
import numpy as np

from convbook import layers

try:
    import torch
except ImportError:
    sys.exit("The layers are compared with PyTorch: pip install torch==2.13.0, and run this again.")

Times = tuple[float, float]
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
FILTERS = (32, 32, 64, 64)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--dtype", default="float32", choices=["float32", "float64"])
    args = parser.parse_args()
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":  # read when NumPy is imported: start again
        one = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | one)
    torch.set_num_threads(1)
    load = f"{os.getloadavg()[0]:.1f} of {os.cpu_count()}"
    print(f"{_processor()}, {os.cpu_count()} cores, load at the start {load}; one thread each")
    print(
        f"Python {platform.python_version()}, NumPy {np.__version__}, PyTorch {torch.__version__}"
    )
    print(f"{args.dtype}, median of {args.rounds} rounds\n")
    print("| | forward / PyTorch | backward / PyTorch | both / PyTorch | textbook / ours, both |")
    print("|---|---|---|---|---|")
    for name, ways, inputs in _cases(np.dtype(args.dtype)):
        print(f"| {name} | {' | '.join(f'{r:.2f}' for r in compare(ways, inputs, args.rounds))} |")
        sys.stdout.flush()
    print(f"\nLoad at the end {os.getloadavg()[0]:.1f}.")


def compare(ways: list[Way], inputs: tuple, rounds: int) -> list[float]:
    """Run all ways by turns, and once before, uncounted, to see that they agree.

    Args:
        ways: ours, PyTorch's and the textbook's.
        inputs: arrays, the arguments of each forward.
        rounds: how often.

    Returns:
        Medians: ours / PyTorch's forward, backward and both, and the textbook's / ours of both.
    """
    outs = [np.asarray(once(way, inputs)[0]) for way in ways]
    for out in outs[1:]:
        np.testing.assert_allclose(outs[0], out, rtol=1e-3, atol=1e-3)
    rows = []
    for _ in range(rounds):
        ours, theirs, old = (once(way, inputs)[1] for way in ways)
        each = [mine / other for mine, other in zip(ours, theirs, strict=True)]
        rows.append([*each, sum(ours) / sum(theirs), sum(old) / sum(ours)])
    return [statistics.median(column) for column in zip(*rows, strict=True)]


def once(way: Way, inputs: tuple) -> tuple[Any, Times]:
    """Run forward and backward once; return out, and the seconds of each."""
    forward, backward = way
    start = time.perf_counter()
    out, cache = forward(*inputs)
    middle = time.perf_counter()
    dout = np.ones(out.shape, dtype=inputs[0].dtype)
    ready = time.perf_counter()
    backward(dout, cache)
    return out, (middle - start, time.perf_counter() - ready)


def _cases(dtype: np.dtype) -> Iterator[tuple[str, list[Way], tuple]]:
    """Name each thing to measure, with the ways to compute it and its inputs."""
    rng = np.random.default_rng(0)

    def draw(*shape: int) -> np.ndarray:
        return rng.normal(size=shape).astype(dtype)

    for name, shape, w_shape, stride, pad in CONVS:
        small = draw(*w_shape) / np.sqrt(w_shape[1] * w_shape[2] * w_shape[3]).astype(dtype)
        yield name, _conv_ways(stride, pad), (draw(*shape), small, draw(w_shape[0]))
    for name, shape, window in POOLS:
        yield name, _pool_ways(window), (draw(*shape),)
    channels = zip((3, *FILTERS), FILTERS, strict=False)
    weights = [draw(F, C, 3, 3) * dtype.type((2 / (9 * C)) ** 0.5) for C, F in channels]
    weights.append(draw(FILTERS[-1] * 8 * 8, 10) * dtype.type(0.01))
    inputs = (draw(64, 3, 32, 32), rng.integers(0, 10, 64), *weights)
    yield "whole training step", [_step_way(layers), _torch_way(_step), _step_way(textbook)], inputs


def _conv_ways(stride: int, pad: int) -> list[Way]:
    def like(module: Any) -> Way:
        return lambda *a: module.conv_forward(*a, stride, pad), module.conv_backward

    theirs = _torch_way(lambda x, w, b: torch.nn.functional.conv2d(x, w, b, stride, pad))
    return [like(layers), theirs, like(textbook)]


def _pool_ways(window: int) -> list[Way]:
    def like(module: Any) -> Way:
        return lambda x: module.max_pool_forward(x, window, window, 2), module.max_pool_backward

    theirs = _torch_way(lambda x: torch.nn.functional.max_pool2d(x, window, 2))
    return [like(layers), theirs, like(textbook)]


def _torch_way(f: Callable[..., Any]) -> Way:
    """Make a way of a function of tensors; gradients for every input of floating point."""

    def forward(*arrays: np.ndarray) -> tuple[np.ndarray, Any]:
        tensors = [torch.from_numpy(a) for a in arrays]  # shares memory: no time for a copy
        for tensor in tensors:
            tensor.requires_grad_(tensor.is_floating_point())
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


def _step_way(module: Any) -> Way:
    """The same of a module's convolution and pooling; the rest is ours."""

    def forward(x: np.ndarray, y: np.ndarray, *weights: np.ndarray) -> tuple[np.ndarray, Any]:
        back = []
        for number, w in enumerate(weights[:-1]):
            x, cache = module.conv_forward(x, w, np.zeros(len(w), w.dtype), 1, 1)
            back.append((module.conv_backward, cache))
            x, cache = layers.relu_forward(x)
            back.append((layers.relu_backward, cache))
            if number % 2:
                x, cache = module.max_pool_forward(x, 2, 2, 2)
                back.append((module.max_pool_backward, cache))
        x, cache = layers.affine_forward(x, weights[-1], np.zeros(10, x.dtype))
        back.append((layers.affine_backward, cache))
        loss, dscores = layers.softmax_loss(x, y)
        return np.asarray(loss), (back, dscores)

    def backward(dout: np.ndarray, state: Any) -> None:
        back, grad = state
        for undo, cache in reversed(back):
            grad = undo(grad, cache)
            grad = grad[0] if isinstance(grad, tuple) else grad

    return forward, backward


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


if __name__ == "__main__":
    main()
