"""A balanced piece of Fashion-MNIST: the first pictures of each class, in their own order."""

import gzip
from pathlib import Path

import numpy as np
import records

CLASSES = [
    "T-shirt/top",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
]
EACH = {"train": 200, "test": 50}  # pictures of each class
PREFIX = {"train": "train", "test": "t10k"}


def build(source: Path, out: Path) -> None:
    """Write train.bin.xz, test.bin.xz and classes.txt.

    Args:
        source: folder of the Debian package's idx files, packed by gzip.
        out: folder for the files.
    """
    out.mkdir(parents=True, exist_ok=True)
    (out / "classes.txt").write_text("".join(f"{name}\n" for name in CLASSES))
    for part, each in EACH.items():
        x = _idx(source / f"{PREFIX[part]}-images-idx3-ubyte.gz")  # (N, 28, 28)
        y = _idx(source / f"{PREFIX[part]}-labels-idx1-ubyte.gz")  # (N,)
        firsts = [np.flatnonzero(y == k)[:each] for k in range(len(CLASSES))]
        rows = np.sort(np.concatenate(firsts))
        records.write(out / f"{part}.bin.xz", x[rows][:, None], y[rows])


def _idx(path: Path) -> np.ndarray:
    """Read an array of bytes: its number of axes, the sizes as big-endian words, the values."""
    raw = gzip.decompress(path.read_bytes())
    shape = np.frombuffer(raw, dtype=">i4", count=raw[3], offset=4)
    return np.frombuffer(raw, dtype=np.uint8, offset=4 + 4 * raw[3]).reshape(shape)
