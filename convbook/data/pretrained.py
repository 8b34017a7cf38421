"""The net that lesson 12 starts from, already trained."""

from dataclasses import dataclass, field

import numpy as np

from convbook.data.photos import folder


@dataclass(frozen=True)
class Net:
    """A trained net: its arrays, and what one must know to use them.

    Attributes:
        params: weights and biases by name, float32: filters w1, w2, w3 of shape (F, C, HH, WW),
            the fully-connected w4 of shape (D, M), and b1 to b4.
        mean: of the pictures it was trained on, from 0 to 1, shape (C, 1, 1).
        classes: the name of each class that it knows.
    """

    params: dict[str, np.ndarray] = field(repr=False)
    mean: np.ndarray = field(repr=False)
    classes: tuple[str, ...]


def pretrained() -> Net:
    """Read the shipped net; `scripts/pretrain.py` trained it. Never runs what is in the file."""
    place = folder() / "pretrained"
    with np.load(place / "emoji7.npz", allow_pickle=False) as file:
        arrays = {name: file[name].astype(np.float32) for name in file.files}
    mean = arrays.pop("mean")
    classes = (place / "classes.txt").read_text(encoding="utf-8").splitlines()
    return Net(arrays, mean, tuple(classes))
