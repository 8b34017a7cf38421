"""Measure what a linear model and a small ConvNet reach on each set, for data/README.md.

    OMP_NUM_THREADS=1 .venv/bin/python scripts/data/baselines.py [SET ...]

Both are trained by Adam with the given layers, on float32. Some ten minutes for all sets on
one core; a figure moves by a percent or two with the seed.
"""

import sys
import time
from collections.abc import Callable

import numpy as np

from convbook import data, layers

BATCH = 50
EPOCHS = {"emoji10": 12, "cifar10": 4, "fashion": 15, "textures": 12, "patterns": 15}
SHIPPED = [name for name in data.SETS if name != "cifar10"]

Params = dict[str, np.ndarray]
Step = tuple[np.ndarray, Callable[[np.ndarray], Params]]  # scores, and gradients from dscores


def linear(x: np.ndarray, p: Params) -> Step:
    """Score with one matrix: x (N, C, H, W) to scores (N, K)."""
    scores, cache = layers.affine_forward(x, p["w"], p["b"])

    def backward(dout: np.ndarray) -> Params:
        _, dw, db = layers.affine_backward(dout, cache)
        return {"w": dw, "b": db}

    return scores, backward


def convnet(x: np.ndarray, p: Params) -> Step:
    """CONV 16 - RELU - POOL - CONV 32 - RELU - POOL - FC: x (N, C, H, W) to scores (N, K)."""
    caches = []
    for w, b in (("w1", "b1"), ("w2", "b2")):
        x, conv = layers.conv_forward(x, p[w], p[b], pad=1)
        x, relu = layers.relu_forward(x)
        x, pool = layers.max_pool_forward(x)
        caches.append((w, b, conv, relu, pool))
    scores, fc = layers.affine_forward(x, p["w3"], p["b3"])

    def backward(dout: np.ndarray) -> Params:
        grads = {}
        dout, grads["w3"], grads["b3"] = layers.affine_backward(dout, fc)
        for w, b, conv, relu, pool in reversed(caches):
            dout = layers.relu_backward(layers.max_pool_backward(dout, pool), relu)
            dout, grads[w], grads[b] = layers.conv_backward(dout, conv)
        return grads

    return scores, backward


def start(model: Callable, shape: tuple[int, ...], K: int, rng: np.random.Generator) -> Params:
    """Draw weights for pictures of shape (C, H, W) and K classes."""
    C, H, W = shape
    if model is linear:
        shapes = {"w": (C * H * W, K), "b": (K,)}
    else:
        shapes = {"w1": (16, C, 3, 3), "b1": (16,), "w2": (32, 16, 3, 3), "b2": (32,)}
        shapes |= {"w3": (32 * (H // 4) * (W // 4), K), "b3": (K,)}
    return {name: draw(size, rng) for name, size in shapes.items()}


def draw(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Draw filters as He does, a matrix of scores smaller, biases 0; any shape, float32."""
    if len(shape) == 1:
        return np.zeros(shape, dtype=np.float32)
    inputs = np.prod(shape[1:]) if len(shape) == 4 else shape[0]
    scale = np.sqrt(2 / inputs) * (1.0 if len(shape) == 4 else 0.3)
    return rng.normal(0, scale, shape).astype(np.float32)


def accuracy(
    model: Callable, pictures: data.Pictures, epochs: int, rate: float, seed: int = 0
) -> float:
    """Train and return the share of right answers on the test pictures."""
    rng = np.random.default_rng(seed)
    x, x_test = (data.centred(x, pictures.mean) for x in (pictures.x_train, pictures.x_test))
    params = start(model, x.shape[1:], len(pictures.classes), rng)
    first = {name: np.zeros_like(p) for name, p in params.items()}
    second = {name: np.zeros_like(p) for name, p in params.items()}
    steps = epochs * (len(x) // BATCH)
    for t in range(1, steps + 1):
        rows = rng.integers(len(x), size=BATCH)
        scores, backward = model(x[rows], params)
        _, dscores = layers.softmax_loss(scores, pictures.y_train[rows])
        now = rate * (1 - (t - 1) / steps)  # falls to nothing: the last steps average out
        for name, g in backward(dscores.astype(np.float32)).items():
            first[name] += 0.1 * (g - first[name])
            second[name] += 0.001 * (g * g - second[name])
            mean, square = first[name] / (1 - 0.9**t), second[name] / (1 - 0.999**t)
            params[name] -= np.float32(now) * mean / (np.sqrt(square) + np.float32(1e-8))
    right = [
        (model(x_test[i : i + 200], params)[0].argmax(axis=1) == pictures.y_test[i : i + 200]).sum()
        for i in range(0, len(x_test), 200)
    ]
    return sum(right) / len(x_test)


def main() -> None:
    """Print a line for each set."""
    for name in sys.argv[1:] or SHIPPED:
        pictures = data.load(name)
        line = f"{name:10}"
        for model, rate in ((linear, 5e-4), (convnet, 2e-3)):
            begun = time.monotonic()
            share = accuracy(model, pictures, EPOCHS[name], rate)
            line += f"  {model.__name__} {share:.1%} in {time.monotonic() - begun:.0f} s"
        print(line, flush=True)


if __name__ == "__main__":
    main()
