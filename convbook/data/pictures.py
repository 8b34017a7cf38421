"""A set of labelled pictures, and how pictures lie in a file."""

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Pictures:
    """Pictures to learn from and pictures to be tested on.

    Attributes:
        name: of the set.
        x_train: pictures, uint8, shape (N, C, H, W).
        y_train: their classes, whole numbers below len(classes), shape (N,).
        x_test: pictures that must not be learnt from, uint8, shape (M, C, H, W).
        y_test: their classes, shape (M,).
        classes: the name of each class.
    """

    name: str
    x_train: np.ndarray = field(repr=False)
    y_train: np.ndarray = field(repr=False)
    x_test: np.ndarray = field(repr=False)
    y_test: np.ndarray = field(repr=False)
    classes: tuple[str, ...]

    @property
    def mean(self) -> np.ndarray:
        """The mean of each channel of x_train, from 0 to 1, float32, shape (C, 1, 1)."""
        mean = self.x_train.mean(axis=(0, 2, 3)) / 255  # (C,)
        return mean.astype(np.float32)[:, None, None]


def centred(x: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Turn pictures into what a network trains on: small numbers around 0.

    Args:
        x: pictures, uint8, shape (N, C, H, W).
        mean: of the training pictures, from 0 to 1, shape (C, 1, 1): `Pictures.mean`. Test
            pictures are shifted by the same mean, or the network would see them shifted.

    Returns:
        x / 255 - mean, float32, shape (N, C, H, W).
    """
    return x.astype(np.float32) / np.float32(255) - mean.astype(np.float32)


def read_records(raw: bytes, shape: tuple[int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Read pictures in CIFAR-10's layout: 1 byte of label, then the planes row by row.

    Args:
        raw: whole records, one after the other.
        shape: (C, H, W) of each picture.

    Returns:
        x: pictures, uint8, shape (N, C, H, W).
        y: labels, int64, shape (N,).

    Raises:
        ValueError: the bytes are not a whole number of records.
    """
    C, H, W = shape
    length = 1 + C * H * W
    if len(raw) % length:
        raise ValueError(f"{len(raw)} bytes are not a whole number of records of {length} bytes")
    rows = np.frombuffer(raw, dtype=np.uint8).reshape(-1, length)  # (N, 1 + C * H * W)
    return rows[:, 1:].reshape(-1, C, H, W), rows[:, 0].astype(np.int64)
