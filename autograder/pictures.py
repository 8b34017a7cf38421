"""Pictures of others: known by their bytes, and measured by their headers without being decoded."""

import base64
import binascii
import struct
from collections.abc import Iterator, Mapping
from typing import Any

from autograder.shown import one_line

# The type of what is not a picture yet: where an answer differs.
DIFFERENCE = "application/vnd.convbook.difference+json"
MOST_BYTES = 5 << 20  # of one picture; a photograph of a sheet of paper has some 3 MB
MOST_PIXELS = 50_000_000  # of one picture, in all its frames; a phone's photograph has 12 million
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG_SIZES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # markers of a frame's header


class PictureError(ValueError):
    """A picture that is not shown; the text says why, a clause."""


def checked(text: Any) -> tuple[str, str]:
    """Return a picture's true type and its Base64, written anew.

    Args:
        text: Base64, a text or lines of it, whatever it claims to be.

    Raises:
        PictureError: it is no PNG, JPEG, GIF or WebP, is cut off, or is too large.
    """
    if isinstance(text, (list, tuple)) and all(isinstance(line, str) for line in text):
        text = "".join(text)
    if not isinstance(text, str):
        raise PictureError("it is not a picture")
    if len(text) > 2 * MOST_BYTES:
        raise PictureError(f"it is larger than {MOST_BYTES >> 20} MiB")
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise PictureError("it is not a picture") from None
    if len(data) > MOST_BYTES:
        raise PictureError(f"it is larger than {MOST_BYTES >> 20} MiB")
    kind, sizes = _read(data)
    pixels = 0
    for width, height in sizes:
        pixels += width * height
        if not width or not height or pixels > MOST_PIXELS:
            raise PictureError(f"it has {width} x {height} pixels")
    return f"image/{kind}", base64.b64encode(data).decode()


def attached(bundles: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Return pictures that were pasted into a text, each by its name and its true type.

    In place of one that is not shown stands why, as text.
    """
    kept = {}
    for name, bundle in bundles.items():
        try:
            kind, content = checked(next(iter(bundle.values()), None))
        except PictureError as error:  # nbgrader has a notebook read twice: the first reason stays
            kind, content = "text/plain", one_line(bundle.get("text/plain") or error)
        kept[name] = {kind: content}
    return kept


def _read(data: bytes) -> tuple[str, list[tuple[int, int]]]:
    """Return the kind of a picture, and the size of each of its frames."""
    for starts, kind, sizes in (
        (_PNG, "png", _of_png),
        (b"\xff\xd8\xff", "jpeg", _of_jpeg),
        (b"GIF87a", "gif", _of_gif),
        (b"GIF89a", "gif", _of_gif),
        (b"RIFF", "webp", _of_webp),
    ):
        if data.startswith(starts):
            try:
                if found := list(sizes(data)):
                    return kind, found
            except (struct.error, IndexError):
                pass
            raise PictureError(f"it is not a whole {kind.upper()}")
    raise PictureError("it is no PNG, JPEG, GIF or WebP")


def _of_png(data: bytes) -> Iterator[tuple[int, int]]:
    if data[12:16] == b"IHDR":
        yield struct.unpack(">II", data[16:24])


def _of_jpeg(data: bytes) -> Iterator[tuple[int, int]]:
    at = 2
    while data[at] == 0xFF and data[at + 1] != 0xDA:  # up to the first scan
        if data[at + 1] in _JPEG_SIZES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            yield width, height
        at += 1 if data[at + 1] == 0xFF else 2 + max(2, *struct.unpack(">H", data[at + 2 : at + 4]))


def _of_gif(data: bytes) -> Iterator[tuple[int, int]]:
    yield struct.unpack("<HH", data[6:10])
    at = 13 + _table(data[10])
    while at < len(data) and data[at] != 0x3B:  # up to the trailer
        if data[at] == 0x2C:  # a frame may be larger than the screen
            yield struct.unpack("<HH", data[at + 5 : at + 9])
            at = _after_blocks(data, at + 11 + _table(data[at + 9]))
        else:
            at = _after_blocks(data, at + 2)


def _table(flags: int) -> int:
    """Return the bytes of a table of colours."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(data: bytes, at: int) -> int:
    while at < len(data) and data[at]:
        at += 1 + data[at]
    return at + 1


def _of_webp(data: bytes) -> Iterator[tuple[int, int]]:
    """Return the size that the first part says: no frame may be larger."""
    part = data[12:16] if data[8:12] == b"WEBP" else b""
    if part == b"VP8X":
        yield _u24(data, 24) + 1, _u24(data, 27) + 1
    elif part == b"VP8L":
        (bits,) = struct.unpack("<I", data[21:25])
        yield (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif part == b"VP8 ":
        width, height = struct.unpack("<HH", data[26:30])
        yield width & 0x3FFF, height & 0x3FFF


def _u24(data: bytes, at: int) -> int:
    return data[at] | data[at + 1] << 8 | data[at + 2] << 16
