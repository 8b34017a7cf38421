"""Plain data over a socket: the one file that parses bytes from the student's process.

A frame is a fixed header, the lengths of the array buffers, a msgpack body, and the raw buffers.
The body holds only nil, booleans, numbers, text, bytes and lists. Every list begins with a tag
that says what to rebuild. Nothing is ever unpickled, looked up by name, or called.

Whatever arrives is measured before it is built: bytes, items, depth, the size of each array, and
how many keys of a set or dict have one hash. Anything odd raises ProtocolError, and
nothing else.
"""

from __future__ import annotations

import functools
import math
import socket
import struct
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgpack
import numpy as np

from .packing import (
    ALIKE,
    ARRAY,
    BIG,
    BODY_BYTES,
    BUFFER_BYTES,
    CALLBACK,
    COMPLEX,
    DEPTH,
    DEVICE,
    DICT,
    DIMENSIONS,
    DOTS,
    DTYPE,
    FIELDS,
    FRAME,
    HANDLE,
    INT_BYTES,
    LIST,
    NAME_CHARS,
    SCALAR,
    SET,
    SLICE,
    TUPLE,
    Export,
    Most,
    encode,
)

if TYPE_CHECKING:
    from .deadline import Deadline

MAGIC = b"ALK2"
HEAD = struct.Struct("<4sII")  # magic, bytes of the body, number of buffers
READ_BYTES = 1 << 16  # at once
SMALL_BYTES = 1 << 16  # of arrays that go out in one piece: copying them is cheaper than a call

PLAIN = frozenset({type(None), bool, int, float, str, bytes})

Resolve = Callable[..., Any]


class ProtocolError(Exception):
    """The other process sent something that is not a well-formed message."""


class PeerGone(ProtocolError):
    """The other process has closed its end."""


class Timeout(ProtocolError):
    """The other process did not answer in time."""


def decode(
    body: bytes, buffers: list[Any], resolve: Resolve | None = None, most: Most = FRAME
) -> Any:
    """Rebuild a value from exact built-in types, or raise ProtocolError.

    resolve(tag, number, type name) is asked for handles and callbacks; without it they are refused.
    """
    lists = fields = 0

    def count(items: list[Any]) -> list[Any]:
        nonlocal lists, fields
        lists += 1
        fields += len(items)
        if lists > most.items or fields > FIELDS * most.items:
            raise ProtocolError("too many lists")
        return items

    try:
        tree = msgpack.unpackb(
            body, max_array_len=most.items, max_map_len=0, max_ext_len=0,
            max_str_len=BODY_BYTES, max_bin_len=BODY_BYTES,
            list_hook=count if len(body) > most.items else None,  # a small one cannot hold too many
        )  # fmt: skip
        return _Decoder(buffers, resolve, most.items).value(tree, 0)
    except ProtocolError:
        raise
    except Exception as error:
        raise ProtocolError(f"malformed message ({type(error).__name__})") from None


class _Decoder:
    """Rebuilds values from tagged lists. Trusts nothing it reads."""

    def __init__(self, buffers: list[Any], resolve: Resolve | None, items: int) -> None:
        self.buffers = buffers
        self.resolve = resolve
        self.left = items
        self.arrays: dict[int, np.ndarray] = {}

    def value(self, node: Any, depth: int) -> Any:
        self.left -= 1
        if self.left < 0 or depth > DEPTH:
            raise ProtocolError("malformed message (too many items, or nested too deep)")
        if type(node) in PLAIN:
            return node
        _need(type(node) is list and node and type(node[0]) is int, "a tagged list")
        tag, *rest = node
        if tag in (LIST, TUPLE, DICT, SET, SLICE):
            return self.container(tag, [self.value(item, depth + 1) for item in rest])
        if tag == ARRAY:
            return self.array(*rest)
        if tag == SCALAR:
            return self.scalar(*rest)
        if tag == COMPLEX:
            _need(len(rest) == 2 and all(type(part) is float for part in rest), "two floats")
            return complex(*rest)
        if tag == BIG:
            (raw,) = rest
            _need(type(raw) is bytes and len(raw) <= INT_BYTES, "the bytes of an integer")
            return int.from_bytes(raw, "little", signed=True)
        if tag == DOTS:
            return Ellipsis
        return self.opaque(tag, *rest)

    def container(self, tag: int, items: list[Any]) -> Any:
        if tag == LIST:
            return items
        if tag == TUPLE:
            return tuple(items)
        if tag == SET:
            return set(_apart(items))
        if tag == SLICE:
            _need(len(items) == 3, "three parts of a slice")
            return slice(*items)
        _need(len(items) % 2 == 0, "pairs")
        return dict(zip(_apart(items[::2]), items[1::2], strict=True))

    def scalar(self, name: Any, raw: Any) -> Any:
        dtype = _dtype(name)
        _need(type(raw) is bytes and len(raw) == dtype.itemsize, "the bytes of a number")
        return np.bool_(raw != b"\0") if name == "|b1" else np.frombuffer(raw, dtype)[0]

    def array(self, name: Any, index: Any, writeable: Any, *shape: Any) -> np.ndarray:
        _need(type(index) is int and 0 <= index < len(self.buffers), "a buffer that is there")
        _need(len(shape) <= DIMENSIONS, "a shape")
        _need(all(type(size) is int and 0 <= size <= BUFFER_BYTES for size in shape), "a shape")
        _need(math.prod(size or 1 for size in shape) <= BUFFER_BYTES, "a shape")
        dtype = _dtype(name)
        raw = self.buffers[index]
        _need(math.prod(shape) * dtype.itemsize == len(raw), "a buffer of the array's size")
        if index not in self.arrays:
            array = np.frombuffer(raw, dtype).reshape(shape)
            if dtype.kind == "U":  # NumPy does not look, and fails when it makes text of it
                _need(np.all(np.frombuffer(raw, "<u4") <= sys.maxunicode), "text of characters")
            # A boolean that is neither 0 nor 1 would confuse NumPy later on.
            self.arrays[index] = np.array(array.view(np.uint8) != 0) if name == "|b1" else array
            self.arrays[index].flags.writeable = writeable is True
        known = self.arrays[index]
        _need(known.dtype == dtype and known.shape == shape, "one array in each buffer")
        return known

    def opaque(self, tag: int, *rest: Any) -> Any:
        _need(self.resolve is not None and tag in (HANDLE, CALLBACK, DEVICE), "a known tag")
        number, name = (*rest, "") if tag == CALLBACK else rest
        _need(type(number) is int and number >= 0 and type(name) is str, "a handle")
        assert self.resolve is not None
        return self.resolve(tag, number, name[:NAME_CHARS])


def _need(condition: Any, what: str) -> None:
    if not condition:
        raise ProtocolError(f"malformed message (expected {what})")


def _apart(keys: list[Any]) -> list[Any]:
    """Return keys that a set or a dict can tell apart without comparing each with each.

    Python mixes no chance into the hashes of numbers: whoever chooses them can make all alike, and
    then a quarter of a million take minutes. Only (-1, -1) and (-2, -2) are alike by nature.
    """
    if len(keys) > ALIKE:
        most = max(Counter(map(hash, keys)).values())
        _need(most <= ALIKE, f"at most {ALIKE} keys of one hash")
    return keys


@functools.lru_cache(256)
def _dtype(name: Any) -> np.dtype:
    _need(type(name) is str and DTYPE.fullmatch(name), "an allowed dtype")
    return np.dtype(name)


class Channel:
    """Frames over a stream socket, each with a deadline."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._room = memoryview(bytearray(READ_BYTES))
        self._come = self._room[:0]  # has come, and was not asked for yet
        self._seconds = sock.gettimeout()  # of a wait; to set them is a call of the system

    def fileno(self) -> int:
        return self.sock.fileno()

    def close(self) -> None:
        self.sock.close()

    def send(
        self, value: Any, deadline: Deadline | None = None, export: Export | None = None
    ) -> None:
        """Encode value and send it as one frame."""
        self.send_frame(*encode(value, export), deadline=deadline)

    def send_frame(self, body: bytes, buffers: list[Any], deadline: Deadline | None = None) -> None:
        """Send an encoded frame."""
        lengths = [buffer.nbytes for buffer in buffers]
        head = HEAD.pack(MAGIC, len(body), len(buffers))
        blocks: list[bytes | memoryview] = [
            head + struct.pack(f"<{len(lengths)}Q", *lengths) + body
        ]
        blocks += [memoryview(b.reshape(-1)).cast("B") for b in buffers if b.nbytes]
        if sum(lengths) <= SMALL_BYTES:
            blocks = [b"".join(blocks)]
        for block in blocks:
            view = memoryview(block)
            while len(view):
                view = view[self._move(self.sock.send, view, deadline) :]

    def receive(
        self, deadline: Deadline | None = None, resolve: Resolve | None = None, most: Most = FRAME
    ) -> Any:
        """Receive one frame and rebuild its value."""
        body, buffers = self.receive_frame(deadline, most)
        return decode(body, buffers, resolve, most)

    def receive_frame(
        self, deadline: Deadline | None = None, most: Most = FRAME
    ) -> tuple[bytes, list[Any]]:
        """Receive one frame; its sizes are checked before anything is allocated."""
        magic, body_bytes, count = HEAD.unpack(self._exactly(HEAD.size, deadline))
        _need(magic == MAGIC and body_bytes <= BODY_BYTES and count <= most.buffers, "a frame")
        lengths = struct.unpack(f"<{count}Q", self._exactly(8 * count, deadline))
        _need(sum(lengths) <= BUFFER_BYTES, f"at most {BUFFER_BYTES >> 20} MiB of arrays")
        body = bytes(self._exactly(body_bytes, deadline))
        return body, [self._exactly(length, deadline) for length in lengths]

    def _exactly(self, size: int, deadline: Deadline | None) -> Any:
        """Take so many bytes; a small frame comes whole with its first ones."""
        block: Any = np.empty(size, np.uint8)
        view = memoryview(block)
        while len(view):
            if not self._come and len(view) >= READ_BYTES:
                view = view[self._move(self.sock.recv_into, view, deadline) :]
                continue
            if not self._come:
                self._come = self._room[: self._move(self.sock.recv_into, self._room, deadline)]
            part = min(len(view), len(self._come))
            view[:part] = self._come[:part]
            view, self._come = view[part:], self._come[part:]
        return block

    def _move(
        self, move: Callable[[memoryview], int], view: memoryview, deadline: Deadline | None
    ) -> int:
        """Send or receive some of a block. Where the time is over, what has come already counts."""
        while True:
            asked = deadline.slice() if deadline else None
            if asked is not None and asked < 0:
                raise Timeout("no answer in time")
            if asked != self._seconds:
                self.sock.settimeout(asked)
                self._seconds = asked
            begun = time.monotonic()
            try:
                moved: int | None = move(view)
            except BlockingIOError:
                raise Timeout("no answer in time") from None
            except TimeoutError:
                moved = None
            except OSError:
                moved = 0
            if deadline and asked is not None:
                deadline.waited(time.monotonic() - begun - asked, in_vain=moved is None)
            if moved == 0:
                raise PeerGone("the other process is gone")
            if moved:
                return moved
