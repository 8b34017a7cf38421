"""All that can be read in a file, however it is packed: text within text, archives in archives.

What is packed is found by how it begins, wherever that stands: so members of archives, Git's
objects and attachments need no reader of their own. What cannot be opened is refused.
"""

import base64
import bz2
import html
import lzma
import re
import zlib
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Protocol

DEEPEST = 8  # packings within packings
MOST = 1 << 30  # bytes that come out of one file
LARGEST = 256 << 20  # bytes that come out of one packing
LEAST = 16  # bytes; what is shorter tells nothing


class Closed(Exception):
    """Something that cannot be looked into; the text says what."""


class _Opener(Protocol):
    def decompress(self, data: memoryview, max_length: int, /) -> bytes: ...


# How what is packed begins, and what opens it.
PACKED: tuple[tuple[bytes, Callable[[], _Opener]], ...] = (
    (rb"\x1f\x8b\x08", lambda: zlib.decompressobj(31)),
    (rb"\x78[\x01\x5e\x9c\xda]", zlib.decompressobj),  # Git's objects, parts of PNG and PDF
    (rb"BZh[1-9]1AY&SY", bz2.BZ2Decompressor),
    (rb"\xfd7zXZ\x00", lzma.LZMADecompressor),
    (rb"\x5d\x00\x00[\x00-\xff]{2}\xff{8}", lzma.LZMADecompressor),
)
MEMBER = re.compile(rb"PK\x03\x04..(.)(.)(.)\x00.{16}(..)(..)", re.DOTALL)  # of a zip file
STORED, DEFLATED, BZIP2 = 0, 8, 12
CLOSED = (
    (rb"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (rb"Rar!\x1a\x07", "a RAR archive"),
    (rb"\A\x28\xb5\x2f\xfd", "something packed by zstd"),
    (rb"[\x00-\xff][\x0c-\x0f]\r\n[\x00-\x03]\x00{3}", "compiled Python"),
    (rb"\A[\x63\xe3]\x00{12}", "compiled Python"),
)
LETTERS = re.compile(rb"[\t\n\r\x20-\x7e]{20,}")  # a run of them in what is no text
BASE64 = re.compile(r"(?:[\w+/-]{40,}={0,2}\s*)+(?:[\w+/-]{2,}={0,2})?", re.ASCII)
HEX = re.compile(r"(?:[0-9a-fA-F]{2}[\s:]?){40,}")
ESCAPED = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
TAG = re.compile(r"<[^<>]{0,300}>")


class Unpacker:
    """Yields the texts in files. What was seen once, byte for byte, is not opened again."""

    def __init__(self) -> None:
        self._seen: set[bytes] = set()
        self._left = MOST

    def texts(self, content: bytes, depth: int = 0) -> Iterator[str]:
        """Yield every text that is found.

        Args:
            content: a file.
            depth: how often it was packed.

        Raises:
            Closed: a part cannot be looked into.
        """
        digest = sha256(content).digest()
        if len(content) < LEAST or digest in self._seen:
            return
        self._seen.add(digest)
        self._left = self._left if depth else MOST
        self._left -= len(content)
        if depth > DEEPEST or self._left < 0:
            raise Closed("something that is packed too often, or too large")
        for begins, what in CLOSED:
            if re.search(begins, content):
                raise Closed(what)
        for text in (reading for whole in _plain(content) for reading in readings(whole)):
            yield text
            for part in _decoded(text):
                yield from self.texts(part, depth + 1)
        for part in _opened(content):
            yield from self.texts(part, depth + 1)


def readings(text: str) -> Iterator[str]:
    """Yield a text as it stands, without its escapes, and without tags around its words.

    Args:
        text: of any kind.
    """
    yield text
    for _ in range(3):  # JSON in JSON in JSON
        if "\\" not in text:
            break
        text = ESCAPED.sub(_unescaped, text)
        yield text
    if "<" in text or "&" in text:
        yield html.unescape(TAG.sub("", text))


def _plain(content: bytes) -> Iterator[str]:
    mark = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        text = content.decode("utf-16" if mark else "utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" not in text:
        yield text
        return
    yield b"\n".join(LETTERS.findall(content)).decode()
    if b"\0" in content:  # two or four bytes a letter
        yield b"\n".join(LETTERS.findall(content.replace(b"\0", b""))).decode()


def _unescaped(found: re.Match[str]) -> str:
    if number := found[1] or found[2]:
        return chr(int(number, 16))
    return {"n": "\n", "t": "\t", "r": "\n"}.get(found[3], found[3])


def _decoded(text: str) -> Iterator[bytes]:
    """Yield what stands in a text as Base64, from whichever letter it begins, or as hex."""
    for found in BASE64.findall(text):
        letters = re.sub(r"[\s=]", "", found).replace("-", "+").replace("_", "/")
        for start in range(4):
            rest = letters[start:]
            yield base64.b64decode(rest[: len(rest) // 4 * 4] or "")
    for found in HEX.findall(text):
        yield bytes.fromhex(found.replace(":", " "))


def _opened(content: bytes) -> Iterator[bytes]:
    """Yield what is packed somewhere in a file."""
    whole = memoryview(content)
    for begins, opener in PACKED:
        for found in re.finditer(begins, content):
            yield _inflated(opener(), whole[found.start() :])
    for found in MEMBER.finditer(content):
        flags, method = found[1][0], found[3][0]
        if flags & 1 or method not in (STORED, DEFLATED, BZIP2):
            raise Closed("a locked part of a zip file")
        start = found.end() + sum(int.from_bytes(found[n], "little") for n in (4, 5))
        if method == DEFLATED:  # what is stored is seen as it is
            yield _inflated(zlib.decompressobj(-15), whole[start:])


def _inflated(opener: _Opener, packed: memoryview) -> bytes:
    """Return what comes out, or nothing where it only began like something packed."""
    try:
        inside = opener.decompress(packed, LARGEST)
    except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError):
        return b""
    if len(inside) == LARGEST:
        raise Closed("something packed that is too large")
    return inside
