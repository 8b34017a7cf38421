"""Train the net that lesson 12 starts from, and write data/pretrained/emoji7.npz.

    OMP_NUM_THREADS=1 .venv/bin/python scripts/pretrain.py [--to FILE]

Three convolutions without padding and one fully-connected layer learn seven of the ten classes of
Emoji-10: the pictures of hand, person and plant are left out, so that the lesson has something new
to transfer to. Two runs on one machine give the same bytes; another machine rounds otherwise. A few
minutes on one core. Add the file's line to data/SHA256SUMS afterwards.
"""

import hashlib
import sys
import time
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np

from convbook import data, layers

FILE = data.folder() / "pretrained" / "emoji7.npz"
HELD_OUT = ("hand", "person", "plant")
SHAPES = {"w1": (32, 3, 6, 6), "w2": (64, 32, 4, 4), "w3": (96, 64, 3, 3), "w4": (96 * 4 * 4, 7)}
STRIDES = (2, 2, 1)  # 32 -> 14 -> 6 -> 4 pixels
SEED, EPOCHS, BATCH, RATE, DECAY = 12, 30, 50, 2e-3, 1e-4
SHIFT = 3  # pixels by which a training picture is moved at most

Params = dict[str, np.ndarray]


def forward(x: np.ndarray, p: Params) -> tuple[np.ndarray, list]:
    """Score pictures (N, 3, 32, 32); return scores (N, 7) and what backward needs."""
    caches = []
    for k, stride in enumerate(STRIDES, 1):
        x, conv = layers.conv_forward(x, p[f"w{k}"], p[f"b{k}"], stride)
        x, relu = layers.relu_forward(x)
        caches.append((conv, relu))
    scores, fc = layers.affine_forward(x, p["w4"], p["b4"])
    return scores, [*caches, fc]


def backward(dout: np.ndarray, caches: list) -> Params:
    """Return the gradient of every array, given that of the scores."""
    grads: Params = {}
    dout, grads["w4"], grads["b4"] = layers.affine_backward(dout, caches[-1])
    for k in (3, 2, 1):
        conv, relu = caches[k - 1]
        dout = layers.relu_backward(dout, relu)
        dout, grads[f"w{k}"], grads[f"b{k}"] = layers.conv_backward(dout, conv)
    return grads


def start(rng: np.random.Generator) -> Params:
    """Draw filters as He does, and begin with scores and biases of 0; float32."""
    params = {}
    for name, shape in SHAPES.items():
        scale = np.sqrt(2 / np.prod(shape[1:])) if len(shape) == 4 else 0.0
        params[name] = (scale * rng.normal(size=shape)).astype(np.float32)
        units = shape[0] if len(shape) == 4 else shape[1]
        params["b" + name[1:]] = np.zeros(units, dtype=np.float32)
    return params


def vary(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Mirror half of the pictures, move each by up to SHIFT pixels; what is bare is repeated."""
    wide = np.pad(x, ((0, 0), (0, 0), (SHIFT, SHIFT), (SHIFT, SHIFT)), mode="edge")
    out = np.empty_like(x)
    corners = rng.integers(2 * SHIFT + 1, size=(len(x), 2))
    for n, (i, j) in enumerate(corners):
        out[n] = wide[n, :, i : i + 32, j : j + 32]
    mirrored = rng.random(len(x)) < 0.5
    out[mirrored] = out[mirrored, :, :, ::-1]
    return out


def train(x: np.ndarray, y: np.ndarray, epochs: int = EPOCHS) -> Params:
    """Minimise the softmax loss by Adam, at a rate that falls to 0."""
    rng = np.random.default_rng(SEED)
    params = start(rng)
    first = {name: np.zeros_like(p) for name, p in params.items()}
    second = {name: np.zeros_like(p) for name, p in params.items()}
    t, steps, begun = 0, epochs * (len(x) // BATCH), time.monotonic()
    for epoch in range(epochs):
        total = 0.0
        for rows in rng.permutation(len(x))[: len(x) // BATCH * BATCH].reshape(-1, BATCH):
            t += 1
            scores, caches = forward(vary(x[rows], rng), params)
            loss, dscores = layers.softmax_loss(scores, y[rows])
            total += loss
            rate = np.float32(RATE * (1 - (t - 1) / steps))
            for name, g in backward(dscores.astype(np.float32), caches).items():
                first[name] += np.float32(0.1) * (g - first[name])
                second[name] += np.float32(0.001) * (g * g - second[name])
                mean = first[name] / np.float32(1 - 0.9**t)
                root = np.sqrt(second[name] / np.float32(1 - 0.999**t)) + np.float32(1e-8)
                params[name] -= rate * (mean / root + np.float32(DECAY) * params[name])
        print(
            f"epoch {epoch + 1}: loss {total * BATCH / len(x):.3f}, "
            f"{time.monotonic() - begun:.0f} s",
            flush=True,
        )
    return params


def accuracy(x: np.ndarray, y: np.ndarray, params: Params) -> float:
    """Return the share of pictures whose class has the largest score."""
    right = [
        (forward(x[i : i + 100], params)[0].argmax(axis=1) == y[i : i + 100]).sum()
        for i in range(0, len(x), 100)
    ]
    return sum(right) / len(x)


def packed(arrays: Params) -> bytes:
    """Pack arrays as numpy.savez does, but without a date: equal arrays are equal bytes."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            content = BytesIO()
            np.lib.format.write_array(content, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), content.getvalue())
    return file.getvalue()


def main() -> None:
    """Train, measure as shipped, and write."""
    pictures = data.load("emoji10")
    kept = [k for k, name in enumerate(pictures.classes) if name not in HELD_OUT]
    is_train, is_test = (np.isin(y, kept) for y in (pictures.y_train, pictures.y_test))
    y_train = np.searchsorted(kept, pictures.y_train[is_train])
    y_test = np.searchsorted(kept, pictures.y_test[is_test])
    x_train = pictures.x_train[is_train]
    mean = (x_train.mean(axis=(0, 2, 3)) / 255).astype(np.float32)[:, None, None]
    params = train(data.centred(x_train, mean), y_train)
    shipped = {name: array.astype(np.float16) for name, array in params.items()}
    rounded = {name: array.astype(np.float32) for name, array in shipped.items()}
    x_test = data.centred(pictures.x_test[is_test], mean)
    print(f"test accuracy {accuracy(x_test, y_test, rounded):.1%} of {len(x_test)} pictures")
    path = Path(sys.argv[sys.argv.index("--to") + 1]) if "--to" in sys.argv else FILE
    content = packed({**shipped, "mean": mean})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    names = [pictures.classes[k] for k in kept]
    path.with_name("classes.txt").write_text("\n".join(names) + "\n", encoding="utf-8")
    print(f"{hashlib.sha256(content).hexdigest()}  {path.name}, {len(content):,} bytes")


if __name__ == "__main__":
    main()
