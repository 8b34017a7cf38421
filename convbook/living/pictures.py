"""Pictures that go into a living part, within bounds; and small PNG files that come out."""

from __future__ import annotations

import base64
import struct
import zlib
from pathlib import Path

import numpy as np

from convbook import data

LARGEST = 160  # pixels of the longer side; the net looks at pieces of 32 x 32
STEP = 4  # the net has learned from every fourth pixel of the photographs
MOST_BYTES, MOST_PIXELS = 20 << 20, 40_000_000


def small(photo: np.ndarray | str | Path, least: int = 32) -> np.ndarray:
    """Return a picture that is small enough to be looked at again and again.

    Args:
        photo: shape (1, C, H, W) or (C, H, W) with C = 1 or 3, uint8 or values from 0 to 1; or
            the path of a picture's file.
        least: pixels that each side gets at least, by repeating those at the edge.

    Returns:
        uint8, shape (H, W, 3), neither side longer than LARGEST.

    Raises:
        ValueError: it is no such array, or the file holds no picture or too large a one.
    """
    pixels = _read(Path(photo)) if isinstance(photo, str | Path) else _pixels(np.asarray(photo))
    H, W = pixels.shape[:2]
    room = [(0, max(0, least - side)) for side in (H, W)]
    return np.ascontiguousarray(np.pad(pixels, (*room, (0, 0)), mode="edge"))


def shipped() -> dict[str, np.ndarray]:
    """Return the photographs that photos4 knows, by class."""
    names = {"cat": "chelsea", "coffee": "coffee", "astronaut": "astronaut", "rocket": "rocket"}
    return {name: small(data.photo(photo)) for name, photo in names.items()}


def _pixels(photo: np.ndarray) -> np.ndarray:
    given = photo.shape
    if photo.ndim == 4 and len(photo) == 1:
        photo = photo[0]
    if photo.ndim != 3 or photo.shape[0] not in (1, 3) or 0 in given:
        raise ValueError(f"a photograph has the shape (1, 3, H, W) or (1, 1, H, W), not {given}")
    if photo.dtype.kind not in "fui" or not np.isfinite(photo).all():
        raise ValueError("a photograph is made of numbers from 0 to 1, or of uint8")
    if photo.dtype != np.uint8:
        photo = (np.clip(photo, 0, 1) * 255).round().astype(np.uint8)
    longest = max(photo.shape[1:])
    step = 1 if longest <= LARGEST else max(STEP, -(-longest // LARGEST))
    picture = photo[:, ::step, ::step].transpose(1, 2, 0)  # (H, W, C)
    return np.repeat(picture, 3 // picture.shape[2], axis=2)


def _read(path: Path) -> np.ndarray:
    from PIL import Image, ImageOps, UnidentifiedImageError  # here: most pictures are arrays

    if not path.is_file():
        raise ValueError(f"there is no file {path.name!r} in {path.absolute().parent.name!r}")
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"{path.name!r} has more than {MOST_BYTES >> 20} MB; save it smaller")
    try:
        with Image.open(path) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ValueError(
                    f"{path.name!r} has more than {MOST_PIXELS // 1_000_000} million pixels;"
                    " save it smaller"
                )
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError):
        raise ValueError(
            f"{path.name!r} is no picture that can be read; PNG and JPEG can"
        ) from None
    white = Image.new("RGBA", upright.size, "white")
    plain = Image.alpha_composite(white, upright).convert("RGB")
    plain.thumbnail((LARGEST, LARGEST), Image.Resampling.BOX)
    return np.asarray(plain)


def sent(text: object, count: int) -> bytes:
    """Return the bytes that a page sent as Base64, or none where they are not so many."""
    if not isinstance(text, str) or len(text) > 2 * count:
        return b""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        return b""
    return raw if len(raw) == count else b""


def png(pixels: np.ndarray) -> str:
    """Return the address of a picture that holds itself: data:image/png.

    Args:
        pixels: uint8, shape (H, W), grey, or (H, W, 3).
    """
    H, W = pixels.shape[:2]
    colour = 2 if pixels.ndim == 3 else 0
    rows = np.pad(pixels.reshape(H, -1), ((0, 0), (1, 0)))  # each begins with its filter, none

    def chunk(kind: bytes, body: bytes) -> bytes:
        sum_ = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", sum_)

    head = struct.pack(">IIBBBBB", W, H, 8, colour, 0, 0, 0)
    file = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
    file += chunk(b"IDAT", zlib.compress(rows.tobytes())) + chunk(b"IEND", b"")
    return "data:image/png;base64," + base64.b64encode(file).decode()
