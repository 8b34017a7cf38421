"""The sets of pictures by name: shipped, made by code, or brought by the student."""

import lzma
from collections.abc import Callable
from pathlib import Path

import numpy as np

from convbook.data import cifar10, patterns
from convbook.data.photos import folder
from convbook.data.pictures import Pictures, read_records

SHIPPED = {"emoji10": (3, 32, 32), "fashion": (1, 28, 28)}  # (C, H, W) of each set's pictures
MADE: dict[str, Callable[[], Pictures]] = {
    "patterns": patterns.patterns,
    "textures": patterns.textures,
}
SETS = (*SHIPPED, *MADE, "cifar10")


def load(name: str, source: str | Path | None = None) -> Pictures:
    """Load one of the sets of pictures. Never uses the network.

    Args:
        name: one of SETS. data/README.md says what each of them shows.
        source: only for 'cifar10': a folder or an archive that you have. Without it, the one that
            the environment variable CONVBOOK_CIFAR10 names, or that `fetch` has downloaded.

    Raises:
        ValueError: there is no set of that name, or the source does not hold what it should.
        FileNotFoundError: CIFAR-10 is not there; the text says how to get it.
    """
    if name not in SETS:
        raise ValueError(f"no set of pictures {name!r}; there are {', '.join(SETS)}")
    if name == "cifar10":
        return cifar10.load(source)
    if source is not None:
        raise ValueError(f"{name!r} comes with the course and takes no source")
    return _shipped(name) if name in SHIPPED else MADE[name]()


def _shipped(name: str) -> Pictures:
    classes = (folder() / name / "classes.txt").read_text(encoding="utf-8").splitlines()
    return Pictures(name, *_part(name, "train"), *_part(name, "test"), classes=tuple(classes))


def _part(name: str, part: str) -> tuple[np.ndarray, np.ndarray]:
    packed = (folder() / name / f"{part}.bin.xz").read_bytes()
    return read_records(lzma.decompress(packed), SHIPPED[name])
