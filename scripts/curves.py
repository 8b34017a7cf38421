"""Measure how nets of lesson 12 get on, step by step, and write it to data/curves/.

    OMP_NUM_THREADS=1 .venv/bin/python scripts/curves.py [--to FOLDER]

Four ways to learn hand, person and plant from 100 and from 500 pictures, each with three seeds, by
the functions of the lesson's solution. It takes some six minutes on one core, which is too long for
the notebook; its first steps are those that the notebook takes. Add the line that is printed to
data/SHA256SUMS afterwards.
"""

import hashlib
import sys
from pathlib import Path

import numpy as np

from autograder.course import lessons
from convbook import data

LESSON = lessons()["12_transfer"].reference()
SIZES, SEEDS, STEPS, EACH = (100, 500), (0, 1, 2), 1000, 50
# Whether the blocks start at random, the first open block, and the rates.
WAYS = {
    "scratch": (True, 1, (0.01, 0.01, 0.01, 0.01)),
    "frozen": (False, 4, (0, 0, 0, 0.01)),
    "last block open": (False, 3, (0, 0, 0.003, 0.01)),
    "all blocks open": (False, 1, (0.003, 0.003, 0.003, 0.01)),
}

Pictures = tuple[np.ndarray, np.ndarray]


def new_classes(net: data.Net) -> tuple[Pictures, Pictures]:
    """Return the pictures of the classes that the net does not know, to train on and to test on."""
    emoji = data.load("emoji10")
    new = [k for k, name in enumerate(emoji.classes) if name not in net.classes]
    parts = []
    for x, y in ((emoji.x_train, emoji.y_train), (emoji.x_test, emoji.y_test)):
        rows = np.isin(y, new)
        parts.append((data.centred(x[rows], net.mean), np.searchsorted(new, y[rows])))
    return parts[0], parts[1]


def start(net: data.Net, seed: int, at_random: bool) -> dict[str, np.ndarray]:
    """Begin with a head of zeros, and blocks as shipped or drawn as He does."""
    params = LESSON["new_head"](net.params, 3)
    rng = np.random.default_rng(seed)
    for name in ("w1", "w2", "w3") if at_random else ():
        scale = np.sqrt(2 / params[name][0].size)
        params[name] = (scale * rng.normal(size=params[name].shape)).astype(np.float32)
        params["b" + name[1]] = np.zeros_like(params["b" + name[1]])
    return params


def curve(net: data.Net, way: str, train: Pictures, test: Pictures, seed: int) -> list[int]:
    """Train; count the test pictures that are right after every EACH steps."""
    at_random, first, rates = WAYS[way]
    params = start(net, seed, at_random)
    velocity = {name: np.zeros_like(array) for name, array in params.items()}
    below, rng = LESSON["features"](params, train[0], first - 1), np.random.default_rng(seed)
    right = []
    for step in range(1, STEPS + 1):
        rows = rng.integers(len(train[1]), size=20)
        _, grads = LESSON["loss_and_grads"](params, below[rows], train[1][rows], first)
        params, velocity = LESSON["update"](params, velocity, grads, rates)
        if step % EACH == 0:
            answers = LESSON["forward"](params, test[0]).argmax(axis=1)
            right.append(int(np.sum(answers == test[1])))
    return right


def main() -> None:
    """Measure all, and write one line for each run."""
    net = data.pretrained()
    (x, y), test = new_classes(net)
    lines = [",".join(["way", "pictures", "seed", *map(str, range(EACH, STEPS + 1, EACH))])]
    for way in WAYS:
        for size in SIZES:
            for seed in SEEDS:
                rows = np.random.default_rng(seed).permutation(len(y))[:size]
                right = curve(net, way, (x[rows], y[rows]), test, seed)
                lines.append(",".join([way, str(size), str(seed), *map(str, right)]))
                print(lines[-1], flush=True)
    to = Path(sys.argv[sys.argv.index("--to") + 1]) if "--to" in sys.argv else None
    path = (to or data.folder() / "curves") / "fine_tuning.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes("".join(f"{line}\n" for line in lines).encode())
    print(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  curves/{path.name}")


if __name__ == "__main__":
    main()
