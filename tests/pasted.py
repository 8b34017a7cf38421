"""Pictures as students paste them, made by hand: the smallest of each kind, and lying ones."""

import base64
import struct
import zlib

GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
JPEG_HEAD = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"


def png(width: int = 2, height: int = 2) -> bytes:
    """Return a PNG whose header says its size; from 100 pixels on there is nothing behind it."""
    rows = b"".join(b"\0" + b"\xc0\x20\x20" * width for _ in range(min(height, 100)))
    rows = rows if width < 100 else b""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_part(*part) for part in parts)


def _part(kind: bytes, data: bytes) -> bytes:
    end = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + end


def jpeg(width: int, height: int) -> bytes:
    size = struct.pack(">BHH", 8, height, width)
    return JPEG_HEAD + b"\xff\xc2\x00\x0b" + size + b"\x01\x01\x11\x00\xff\xda\x00\x08"


def gif(width: int, height: int) -> bytes:
    """Return a GIF of one pixel whose frame says that it is larger."""
    at = GIF.index(b",\0\0\0\0")
    return GIF[: at + 5] + struct.pack("<HH", width, height) + GIF[at + 9 :]


def webp(width: int, height: int) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF\x1a\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + size


def text(data: bytes) -> str:
    """Return bytes as a notebook holds them."""
    return base64.b64encode(data).decode()
