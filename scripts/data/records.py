"""Write pictures in CIFAR-10's record layout, packed by xz."""

import hashlib
import lzma
from pathlib import Path

import numpy as np

# Bytes of pixels are not aligned to words: pb=0 says so and saves a few percent.
FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "lc": 4, "lp": 0, "pb": 0}]


def write(path: Path, x: np.ndarray, y: np.ndarray) -> None:
    """Write one record for each picture: its label, then its colour planes row by row.

    Args:
        path: of the file, which is overwritten.
        x: pictures, uint8, shape (N, C, H, W).
        y: labels, whole numbers below 256, shape (N,).
    """
    rows = np.concatenate([y[:, None].astype(np.uint8), x.reshape(len(x), -1)], axis=1)
    raw = rows.tobytes()
    packed = lzma.compress(raw, format=lzma.FORMAT_XZ, filters=FILTERS)
    path.write_bytes(packed)
    digest = hashlib.sha256(raw).hexdigest()
    print(f"{path.parent.name}/{path.name}: {len(packed):,} bytes; unpacked {len(raw):,}, {digest}")
