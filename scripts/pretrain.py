"""Train the shipped nets, and write them to data/pretrained/.

    OMP_NUM_THREADS=1 .venv/bin/python scripts/pretrain.py NET [--to FOLDER]

emoji7 is what lesson 12 starts from. Three convolutions without padding and one fully-connected
layer learn seven of the ten classes of Emoji-10: the pictures of hand, person and plant are left
out, so that the lesson has something new to transfer to.

emoji10 is what the demo of activations shows: three blocks of CONV - RELU - CONV - RELU - POOL,
ten filters in each convolution, and one fully-connected layer for all ten classes. It is so small
that a page can carry it.

photos4 is what lessons 01 and 02 look into: three blocks of CONV - RELU - POOL with twelve filters
each, and one fully-connected layer. It tells from which of four photographs a piece is. It learns
from pieces of their left halves, in changing light, and is tested on the right halves.

Two runs on one machine give the same bytes; another machine rounds otherwise. A few minutes on one
core. Add the lines that are printed to data/SHA256SUMS afterwards.
"""

import hashlib
import sys
import time
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np

from convbook import data, layers

BATCH, RATE = 50, 2e-3
SHIFT = 3  # pixels by which a training picture is moved at most

Params = dict[str, np.ndarray]


@dataclass(frozen=True)
class Plan:
    """A net and how it is trained.

    Attributes:
        shapes: of the filters w1, w2, ... (F, C, HH, WW), and last of the matrix (D, M).
        strides: of each convolution.
        same: whether each convolution pads so that it keeps the size.
        pools: convolutions behind whose ReLU a pool of 2 x 2 follows, counted from 1.
        seed: of the start, the order and the changes of the pictures.
        epochs: rounds over the training pictures.
        decay: of the weights; much of it leaves smooth filters.
        held_out: classes of Emoji-10 that it does not get to see.
    """

    shapes: tuple[tuple[int, ...], ...]
    strides: tuple[int, ...]
    same: bool
    pools: tuple[int, ...]
    seed: int
    epochs: int
    decay: float = 1e-4
    held_out: tuple[str, ...] = ()


NETS = {
    "emoji7": Plan(
        shapes=((32, 3, 6, 6), (64, 32, 4, 4), (96, 64, 3, 3), (96 * 4 * 4, 7)),
        strides=(2, 2, 1),  # 32 -> 14 -> 6 -> 4 pixels
        same=False,
        pools=(),
        seed=12,
        epochs=30,
        held_out=("hand", "person", "plant"),
    ),
    "emoji10": Plan(
        shapes=((10, 3, 3, 3), *[(10, 10, 3, 3)] * 5, (10 * 4 * 4, 10)),
        strides=(1,) * 6,
        same=True,
        pools=(2, 4, 6),  # 32 -> 16 -> 8 -> 4 pixels
        seed=9,
        epochs=30,
    ),
    "photos4": Plan(
        shapes=((12, 3, 5, 5), *[(12, 12, 3, 3)] * 2, (12 * 4 * 4, 4)),
        strides=(1,) * 3,
        same=True,
        pools=(1, 2, 3),  # 32 -> 16 -> 8 -> 4 pixels
        seed=1,
        epochs=40,
        decay=1.0,
    ),
}
# The classes of photos4: what is to be seen, and on which photograph.
PHOTOS = {"cat": "chelsea", "coffee": "coffee", "astronaut": "astronaut", "rocket": "rocket"}
PIECES = 600, 250  # of each photograph, to learn from and to be tested on


def forward(x: np.ndarray, p: Params, plan: Plan) -> tuple[np.ndarray, list]:
    """Score pictures (N, 3, 32, 32); return scores (N, M) and what backward needs."""
    caches = []
    for k, stride in enumerate(plan.strides, 1):
        pad = p[f"w{k}"].shape[2] // 2 if plan.same else 0
        x, conv = layers.conv_forward(x, p[f"w{k}"], p[f"b{k}"], stride, pad)
        x, relu = layers.relu_forward(x)
        x, pool = layers.max_pool_forward(x) if k in plan.pools else (x, None)
        caches.append((conv, relu, pool))
    last = len(plan.shapes)
    scores, fc = layers.affine_forward(x, p[f"w{last}"], p[f"b{last}"])
    return scores, [*caches, fc]


def backward(dout: np.ndarray, caches: list) -> Params:
    """Return the gradient of every array, given that of the scores."""
    grads: Params = {}
    last = len(caches)
    dout, grads[f"w{last}"], grads[f"b{last}"] = layers.affine_backward(dout, caches[-1])
    for k in range(last - 1, 0, -1):
        conv, relu, pool = caches[k - 1]
        if pool is not None:
            dout = layers.max_pool_backward(dout, pool)
        dout = layers.relu_backward(dout, relu)
        dout, grads[f"w{k}"], grads[f"b{k}"] = layers.conv_backward(dout, conv)
    return grads


def start(plan: Plan, rng: np.random.Generator) -> Params:
    """Draw filters as He does, and begin with scores and biases of 0; float32."""
    params = {}
    for k, shape in enumerate(plan.shapes, 1):
        scale = np.sqrt(2 / np.prod(shape[1:])) if len(shape) == 4 else 0.0
        params[f"w{k}"] = (scale * rng.normal(size=shape)).astype(np.float32)
        units = shape[0] if len(shape) == 4 else shape[1]
        params[f"b{k}"] = np.zeros(units, dtype=np.float32)
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


def train(x: np.ndarray, y: np.ndarray, plan: Plan) -> Params:
    """Minimise the softmax loss by Adam, at a rate that falls to 0."""
    rng = np.random.default_rng(plan.seed)
    params = start(plan, rng)
    first = {name: np.zeros_like(p) for name, p in params.items()}
    second = {name: np.zeros_like(p) for name, p in params.items()}
    t, steps, begun = 0, plan.epochs * (len(x) // BATCH), time.monotonic()
    for epoch in range(plan.epochs):
        total = 0.0
        for rows in rng.permutation(len(x))[: len(x) // BATCH * BATCH].reshape(-1, BATCH):
            t += 1
            scores, caches = forward(vary(x[rows], rng), params, plan)
            loss, dscores = layers.softmax_loss(scores, y[rows])
            total += loss
            rate = np.float32(RATE * (1 - (t - 1) / steps))
            for name, g in backward(dscores.astype(np.float32), caches).items():
                first[name] += np.float32(0.1) * (g - first[name])
                second[name] += np.float32(0.001) * (g * g - second[name])
                mean = first[name] / np.float32(1 - 0.9**t)
                root = np.sqrt(second[name] / np.float32(1 - 0.999**t)) + np.float32(1e-8)
                params[name] -= rate * (mean / root + np.float32(plan.decay) * params[name])
        print(
            f"epoch {epoch + 1}: loss {total * BATCH / len(x):.3f}, "
            f"{time.monotonic() - begun:.0f} s",
            flush=True,
        )
    return params


def accuracy(x: np.ndarray, y: np.ndarray, params: Params, plan: Plan) -> float:
    """Return the share of pictures whose class has the largest score."""
    right = [
        (forward(x[i : i + 100], params, plan)[0].argmax(axis=1) == y[i : i + 100]).sum()
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


def emoji(plan: Plan) -> data.Pictures:
    """Return the pictures of Emoji-10 without the classes that are held out."""
    pictures = data.load("emoji10")
    kept = [k for k, label in enumerate(pictures.classes) if label not in plan.held_out]
    parts: list[np.ndarray] = []
    for x, y in ((pictures.x_train, pictures.y_train), (pictures.x_test, pictures.y_test)):
        rows = np.isin(y, kept)
        parts += [x[rows], np.searchsorted(kept, y[rows])]
    return data.Pictures("emoji10", *parts, tuple(pictures.classes[k] for k in kept))


def pieces(plan: Plan) -> data.Pictures:
    """Cut pieces of 32 x 32 out of the photographs: of left halves to train, of right to test."""
    rng = np.random.default_rng(plan.seed)
    parts: list[np.ndarray] = []
    for count, is_test in zip(PIECES, (False, True), strict=True):
        y = np.repeat(np.arange(len(PHOTOS)), count)
        halves = [half(data.photo(name)[0], is_test) for name in PHOTOS.values()]
        x = np.stack([piece(halves[k], rng) for k in y])
        x = x if is_test else relit(x, rng)
        parts += [np.rint(255 * x).astype(np.uint8), y]
    return data.Pictures("photos4", *parts, tuple(PHOTOS))


def half(photo: np.ndarray, is_right: bool) -> np.ndarray:
    """Return the left or the right half of a photograph, (3, H, W // 2)."""
    W = photo.shape[2] // 2
    return photo[:, :, -W:] if is_right else photo[:, :, :W]


def piece(photo: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Cut a piece out at random: every second, third or fourth pixel, (3, 32, 32)."""
    step = int(rng.integers(2, 5))
    top, left = (int(rng.integers(size - 32 * step + 1)) for size in photo.shape[1:])
    return photo[:, top : top + 32 * step : step, left : left + 32 * step : step]


def relit(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Give each picture another contrast and other colours, so that these tell less."""
    contrast = rng.uniform(0.6, 1.4, size=(len(x), 1, 1, 1))
    light = rng.uniform(0.6, 1.4, size=(len(x), 1, 1, 1))
    colour = rng.uniform(0.7, 1.3, size=(len(x), 3, 1, 1))
    mean = x.mean(axis=(1, 2, 3), keepdims=True)
    return np.clip((x - mean) * contrast + mean * (light * colour), 0, 1)


def main() -> None:
    """Train, measure as shipped, and write."""
    if len(sys.argv) < 2 or sys.argv[1] not in NETS:
        sys.exit(f"Which net? python scripts/pretrain.py {' | '.join(NETS)} [--to FOLDER]")
    name, plan = sys.argv[1], NETS[sys.argv[1]]
    pictures = pieces(plan) if name == "photos4" else emoji(plan)
    params = train(data.centred(pictures.x_train, pictures.mean), pictures.y_train, plan)
    shipped = {key: array.astype(np.float16) for key, array in params.items()}
    rounded = {key: array.astype(np.float32) for key, array in shipped.items()}
    x_test = data.centred(pictures.x_test, pictures.mean)
    share = accuracy(x_test, pictures.y_test, rounded, plan)
    print(f"test accuracy {share:.1%} of {len(x_test)} pictures")
    to = Path(sys.argv[sys.argv.index("--to") + 1]) if "--to" in sys.argv else None
    folder = to or data.folder() / "pretrained"
    folder.mkdir(parents=True, exist_ok=True)
    classes = "".join(f"{label}\n" for label in pictures.classes).encode()
    for path, content in (
        (folder / f"{name}.npz", packed({**shipped, "mean": pictures.mean})),
        (folder / f"{name}.txt", classes),
    ):
        path.write_bytes(content)
        print(f"{hashlib.sha256(content).hexdigest()}  pretrained/{path.name}")


if __name__ == "__main__":
    main()
