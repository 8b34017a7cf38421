"""The nets that come with the course, already trained."""

from dataclasses import dataclass, field

import numpy as np

from convbook.data.photos import folder


@dataclass(frozen=True)
class Net:
    """A trained net: its arrays, and what one must know to use them.

    Attributes:
        params: weights and biases by name, float32: filters w1, w2, ... of shape (F, C, HH, WW),
            the fully-connected last one of shape (D, M), and b1, b2, ...
        mean: of the pictures it was trained on, from 0 to 1, shape (C, 1, 1).
        classes: the name of each class that it knows.
    """

    params: dict[str, np.ndarray] = field(repr=False)
    mean: np.ndarray = field(repr=False)
    classes: tuple[str, ...]


NETS = ("emoji7", "emoji10", "photos4")


def pretrained(name: str = "emoji7") -> Net:
    """Read a shipped net; `scripts/pretrain.py` trained it. Never runs what is in the file.

    Args:
        name: one of NETS: "emoji7", which lesson 12 starts from; "emoji10", which is shown by
            `demo.activations()`; or "photos4", which lessons 01 and 02 look into.

    Raises:
        ValueError: there is no net of that name.
    """
    if name not in NETS:
        raise ValueError(f"no trained net {name!r}; there are {', '.join(NETS)}")
    place = folder() / "pretrained"
    with np.load(place / f"{name}.npz", allow_pickle=False) as file:
        arrays = {name: file[name].astype(np.float32) for name in file.files}
    mean = arrays.pop("mean")
    classes = (place / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return Net(arrays, mean, tuple(classes))
