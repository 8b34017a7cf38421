"""The demo of a net that is trained in the page, while one looks on."""

import json
import zlib

import numpy as np

from convbook import data
from convbook.demo.net import packed
from convbook.demo.page import Demo, read_asset

TRAINED, HELD, SHOWN = 800, 100, 10  # pictures to train on, held out, shown with a guess
FILTERS, SIZE, STARTS = 8, 7, 3
STEPS, STOP, EVERY, BATCH, RATE = 400, 80, 10, 16, 0.002  # it stops after every 80 steps
LEVELS = 17  # of a pixel, 0 to 255 in 16 parts
WORKER = ("layers", "net", "learn", "trainer")  # the scripts that run beside the page


def rows() -> tuple[np.ndarray, np.ndarray]:
    """The pictures of the page, those held out first, and their classes.

    Returns:
        x: uint8, 16 levels, shape (HELD + TRAINED, 1, 28, 28).
        y: shape (HELD + TRAINED,); one of each class comes first.
    """
    fashion = data.load("fashion")
    each = HELD // len(fashion.classes)
    held = np.argsort(fashion.y_test, kind="stable").reshape(len(fashion.classes), -1)[:, :each].T
    order = np.random.default_rng(9).permutation(len(fashion.x_train))[:TRAINED]
    x = np.concatenate([fashion.x_test[held.ravel()], fashion.x_train[order]])
    y = np.concatenate([fashion.y_test[held.ravel()], fashion.y_train[order]])
    return x // LEVELS * LEVELS, y


def starts() -> np.ndarray:
    """The filters before the first step, noise, shape (STARTS, FILTERS, 1, SIZE, SIZE)."""
    noise = np.random.default_rng(1).normal(size=(STARTS, FILTERS, 1, SIZE, SIZE))
    return (0.02 * noise).astype(np.float32)


def training() -> Demo:
    """A small net learns ten kinds of clothes in the page: its filters form and the loss falls.

    A worker trains it as far as one steps or plays; without one, the page shows a run that
    scripts/record_training.py has recorded.
    """
    x, y = rows()
    squeezed = np.frombuffer(zlib.compress(x.tobytes(), 9), dtype=np.uint8)
    return Demo(
        "training",
        dict(
            pictures=packed(squeezed),
            size=x.shape[2:],
            labels=y,
            mean=float(x[HELD:].mean() / 255),
            classes=data.load("fashion").classes,
            looks=packed(x[:SHOWN]),
            starts=[packed(start) for start in starts()],
            recorded=json.loads(read_asset("training.json")),
            worker="\n".join(read_asset(f"js/{name}.js") for name in WORKER),
            **dict(
                held=HELD, shown=SHOWN, steps=STEPS, stop=STOP, every=EVERY, batch=BATCH, rate=RATE
            ),
        ),
        title="A net learns in the page",
        summary=f"Demo: a net of {FILTERS} filters of {SIZE} x {SIZE}, ReLU, a pool and a"
        f" fully-connected layer is trained in the page on {TRAINED} pictures of clothes; after"
        f" every {EVERY} of {STEPS} steps its filters, its loss and its guesses are shown.",
        height=520,
        scripts=("net", "paint", "live"),
    )
