"""What took too long for a notebook and has been measured beforehand."""

import csv

import numpy as np

from convbook.data.photos import folder

TESTED = 300  # pictures of hand, person and plant that were kept to test on


def fine_tuning() -> tuple[np.ndarray, dict[tuple[str, int], np.ndarray]]:
    """Read how the nets of lesson 12 got on; `scripts/curves.py` trained them.

    Returns:
        steps: after which they were tested, shape (S,).
        right: for each way to train and number of pictures the share of right answers on test
            pictures, shape (seeds, S).
    """
    path = folder() / "curves" / "fine_tuning.csv"
    header, *lines = csv.reader(path.read_text(encoding="utf-8").splitlines())
    right: dict[tuple[str, int], list[np.ndarray]] = {}
    for way, pictures, _, *counts in lines:
        right.setdefault((way, int(pictures)), []).append(np.array(counts, dtype=int) / TESTED)
    return np.array(header[3:], dtype=int), {key: np.array(runs) for key, runs in right.items()}
