"""The wire: plain data there and back, and nothing but ProtocolError for anything else."""

import contextlib
import itertools
import math
import socket
import struct
import sys
import threading
from collections import OrderedDict
from typing import Any, NamedTuple

import msgpack
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.airlock import packing as p
from autograder.airlock import wire
from autograder.airlock.deadline import Deadline
from autograder.airlock.packing import Unsendable
from autograder.airlock.wire import Channel, PeerGone, ProtocolError, Timeout

DTYPES = ["?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"]
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.complex_numbers(allow_nan=False)
    | st.text()
    | st.binary()
    | st.just(...)
    | st.slices(10)
)
arrays = hnp.arrays(
    st.sampled_from([*DTYPES, "S3", "U4"]), hnp.array_shapes(min_dims=0, min_side=0)
)
keys = st.none() | st.booleans() | st.integers() | st.text() | st.tuples(st.integers(), st.text())
values = st.recursive(
    scalars | arrays,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(keys, inner, max_size=4)
        | st.frozensets(keys, max_size=4).map(set)
    ),
    max_leaves=12,
)


def through(value: Any) -> Any:
    """Send a value through a real socket."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sender = threading.Thread(target=Channel(ours).send, args=(value,))
        sender.start()
        received = Channel(theirs).receive(Deadline(10))
        sender.join()
    return received


def same(a: Any, b: Any) -> bool:
    """Compare values and types, all the way down."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return same(list(a), list(b)) and same(list(a.values()), list(b.values()))
    return a == b


@pytest.mark.parametrize(
    "keys",
    [
        {(i, j) for i in range(-9, 10) for j in range(-9, 10)},
        set(range(-40_000, 40_000)),
        {i / 7 for i in range(40_000)},
        {f"name {i}" for i in range(40_000)},
        {(n, f, i, j) for n in range(3) for f in range(5) for i in range(-5, 9) for j in range(20)},
        {1 << i for i in range(200)},
    ],
    ids=["offsets", "integers", "fractions", "names", "places", "powers"],
)
def test_keys_of_honest_people_pass(keys: set[Any]) -> None:
    assert wire.decode(*p.encode(keys)) == keys
    assert wire.decode(*p.encode(dict.fromkeys(keys, 1))) == dict.fromkeys(keys, 1)


@given(values)
def test_a_value_comes_back_as_it_was(value: Any) -> None:
    assert same(through(value), value)


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_numpy_scalar_comes_back_as_one(dtype: str) -> None:
    assert same(through(np.dtype(dtype).type(1)), np.dtype(dtype).type(1))


def test_orders_and_strides_become_plain_ones() -> None:
    base = np.arange(24.0).reshape(2, 3, 4)
    for array in (base.T, base[:, ::-1, ::2], np.asfortranarray(base), base.astype(">f8")):
        back = through(array)
        assert np.array_equal(back, array) and back.dtype == np.float64 and back.flags.c_contiguous


def test_one_array_in_two_places_stays_one() -> None:
    array = np.zeros(3)
    first, second = through([array, array])
    assert first is second


def test_a_read_only_array_stays_read_only() -> None:
    array = np.zeros(3)
    array.flags.writeable = False
    assert not through(array).flags.writeable
    assert through(np.zeros(3)).flags.writeable


class Point(NamedTuple):
    x: int
    y: int


def test_containers_of_other_classes_become_plain() -> None:
    assert same(through(OrderedDict(a=1)), {"a": 1})
    assert same(through(Point(1, 2)), (1, 2))


class Text(str):
    pass


class Number(float):
    pass


class Array(np.ndarray):
    pass


@pytest.mark.parametrize(
    "value",
    [Text("a"), Number(1), np.zeros(2).view(Array), np.array([None]), np.ma.zeros(2), object(),
     np.zeros(2, [("a", "f8")]), np.datetime64("2020")],
)  # fmt: skip
def test_what_is_not_plain_is_not_sent_as_such(value: Any) -> None:
    with pytest.raises(Unsendable):
        p.encode(value)
    seen: list[Any] = []

    def export(other: Any) -> list[Any]:
        seen.append(other)
        return [p.HANDLE, 0, "x"]

    p.encode([value], export)
    assert seen[0] is value


def nested(depth: int) -> list:
    value: list = []
    for _ in range(depth):
        value = [value]
    return value


def test_what_is_too_large_is_not_sent() -> None:
    for value in (nested(70), [0] * (p.ITEMS + 1), 1 << 40000, "a" * (9 << 20)):
        with pytest.raises(Unsendable):
            p.encode(value)


def test_too_many_bytes_are_not_sent() -> None:
    block = np.broadcast_to(np.zeros(1), (p.BUFFER_BYTES // 8 + 1,))
    with pytest.raises(Unsendable):
        p.encode(block)


def refused(tree: Any, *buffers: bytes) -> None:
    body = tree if isinstance(tree, bytes) else msgpack.packb(tree)
    with pytest.raises(ProtocolError):
        wire.decode(body, [np.frombuffer(b, np.uint8).copy() for b in buffers])


@pytest.mark.parametrize(
    "tree",
    [[], [[]], [99], ["x"], [True, 1], {}, {1: 2}, [p.DICT, 1], [p.DICT, [p.LIST], 1],
     [p.SET, [p.LIST]], [p.SLICE, 1], [p.COMPLEX, 1, 2], [p.COMPLEX, "a", "b"],
     [p.BIG, "a"], [p.BIG, b"a" * 5000], [p.HANDLE, 1, "x"], [p.CALLBACK, 1],
     [p.SCALAR, "<f8", b""], [p.SCALAR, "<f8", b"a" * 9], [p.SCALAR, "|O", b"a" * 8],
     [p.SCALAR, "<M8[s]", b"a" * 8], [p.SCALAR, "V8", b"a" * 8], [p.SCALAR, 1, b"a" * 8],
     [p.ARRAY, "<f8", 0, True, 1], msgpack.ExtType(1, b"a"), msgpack.Timestamp(1)],
)  # fmt: skip
def test_malformed_values_are_refused(tree: Any) -> None:
    refused(tree)


def alike(count: int) -> list[Any]:
    """Return numbers with one hash, as they travel."""
    return [p.encode(number * sys.hash_info.modulus)[0] for number in range(count)]


def written(tag: int, parts: list[bytes]) -> bytes:
    """Return the body of a container with these parts."""
    return b"\xdd" + struct.pack(">I", len(parts) + 1) + bytes([tag]) + b"".join(parts)


def scalar(value: Any) -> bytes:
    return p.encode(value)[0]


def crossed(count: int) -> list[complex]:
    """Return complex numbers with one hash."""
    return [complex(-1000003 * n, n) for n in range(1, count)]


MANY = 20_000
CHOSEN = {
    "whole numbers": written(p.SET, alike(MANY)),
    "keys of a dict": written(p.DICT, [x for n in alike(MANY) for x in (n, b"\xc0")]),
    "tuples": written(p.SET, [written(p.TUPLE, [b"\x05", n]) for n in alike(MANY)]),
    "tuples in tuples": written(
        p.SET, [written(p.TUPLE, [written(p.TUPLE, [n]), b"\xa1x"]) for n in alike(MANY)]
    ),
    "complex numbers": written(p.SET, [scalar(n) for n in crossed(MANY)]),
    "scalars of NumPy": written(p.SET, [scalar(np.complex128(n)) for n in crossed(MANY)]),
    "several kinds": written(p.SET, [scalar(n) for n in crossed(MANY)] + alike(MANY)),
}


@pytest.mark.parametrize("kind", CHOSEN)
def test_keys_that_are_chosen_to_collide_are_refused(kind: str) -> None:
    """Each of these takes seconds where it is built: each key is compared with all others."""
    refused(CHOSEN[kind])


def test_keys_that_collide_are_refused_in_small_numbers_too() -> None:
    assert len(wire.decode(written(p.SET, alike(p.ALIKE)), [])) == p.ALIKE
    for keys in (alike(p.ALIKE + 1), [written(p.TUPLE, [n]) for n in alike(p.ALIKE + 1)]):
        with pytest.raises(ProtocolError, match=f"at most {p.ALIKE} keys of one hash"):
            wire.decode(written(p.SET, keys), [])


def test_what_honest_code_keeps_in_sets_and_dicts_comes_back() -> None:
    steps = range(-2, 3)  # -1 and -2 have one hash: so have 16 of these
    for value in (
        set(range(2000)),
        {(i, j): i * j for i in range(28) for j in range(28)},
        set(itertools.product(steps, repeat=4)),
        {np.int64(n): float(n) for n in range(500)},
        [{"W": n, "b": n, "stride": 1} for n in range(5000)],
        {f"layer {n}": [n] * 100 for n in range(600)},
    ):
        assert same(through(value), value)


def test_an_endless_body_is_refused_before_it_is_built() -> None:
    """Eight million times None, in lists that are each allowed."""
    part = written(p.LIST, [b"\xc0"] * (p.ITEMS - 2))
    with pytest.raises(ProtocolError, match="too many lists"):
        wire.decode(written(p.LIST, [part] * 30), [])


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ([[0] * 200] * 100, "too many"),
        ([[[]] * 100] * 200, "too many lists"),
        ({n: None for n in range(p.OUTPUTS.items)}, "ValueError"),  # a list of that length
        ([0] * (p.OUTPUTS.items + 1), "ValueError"),
    ],
)
def test_what_the_grader_itself_reads_is_small(value: object, why: str) -> None:
    body, _ = p.encode(value)
    assert wire.decode(body, []) == value
    with pytest.raises(ProtocolError, match=why):
        wire.decode(body, [], most=p.OUTPUTS)


def test_a_cells_outputs_bring_no_array() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        Channel(ours).send(np.zeros(3))
        with pytest.raises(ProtocolError, match="a frame"):
            Channel(theirs).receive(Deadline(5), most=p.OUTPUTS)


@pytest.mark.parametrize("shape", [(0, 1 << 40), (1 << 62, 0, 4), (0, 1 << 20, 1 << 20)])
def test_an_empty_array_is_not_large(shape: tuple) -> None:
    """It has no bytes, but a sum over its empty side would have as many as it says."""
    refused([p.ARRAY, "<f8", 0, True, *shape], b"")


@pytest.mark.parametrize(
    "fields",
    [("<f8", 0, True, 2), ("<f8", 1, True, 1), ("<f8", -1, True, 1), ("<f8", 0, True, -1),
     ("|O", 0, True, 1), (">f8", 0, True, 1), ("<f8", 0, True, "1"), ("<f8", 0.0, True, 1),
     ("<f8", 0, True, *[1] * 33), ("<f8",), (), ("<U0", 0, True, 1), ("f8,f8", 0, True, 1),
     ("<f8", 0, True, 1 << 62, 4), ("<f16", 0, True, 1)],
)  # fmt: skip
def test_malformed_arrays_are_refused(fields: tuple) -> None:
    refused([p.ARRAY, *fields], b"a" * 8)


def test_one_buffer_cannot_be_two_arrays() -> None:
    one, other = [p.ARRAY, "<f8", 0, True, 1], [p.ARRAY, "<i8", 0, True, 1]
    refused([p.LIST, one, other], b"a" * 8)


def test_an_odd_boolean_becomes_true() -> None:
    body = msgpack.packb([p.ARRAY, "|b1", 0, True, 2])
    array = wire.decode(body, [np.frombuffer(b"\x00\xff", np.uint8).copy()])
    assert array.view(np.uint8).tolist() == [0, 1]


def test_text_that_is_no_text_is_refused() -> None:
    """NumPy takes any four bytes for a character, and fails later, when it is shown."""
    body = msgpack.packb([p.ARRAY, "<U1", 0, True, 2])
    for bad in ("00001100", "ffffffff"):
        raw = bytearray(b"a\0\0\0") + bytearray.fromhex(bad)
        with pytest.raises(ProtocolError, match="text of characters"):
            wire.decode(body, [np.frombuffer(raw, np.uint8)])
    good = np.frombuffer(bytearray(np.array(["a", "\U0010ffff"]).tobytes()), np.uint8)
    assert wire.decode(body, [good]).tolist() == ["a", "\U0010ffff"]


@pytest.mark.parametrize(
    "body",
    [b"\x91" * 5000, b"\xdd\xff\xff\xff\xff", b"\xdd\x00\x03\xff\xff" * 1000, b"\xc1", b"",
     b"\x93" + b"\x00", msgpack.packb([p.LIST] * 10) + b"\x00", msgpack.packb([0, *[[0]] * 300000]),
     b"\xdc\xff\xff" + b"\x00" * 0xFFFF + b"x"],
)  # fmt: skip
def test_bombs_are_refused(body: bytes) -> None:
    refused(body)


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=200), st.lists(st.binary(max_size=16), max_size=3))
def test_random_bodies_do_nothing_but_fail(body: bytes, buffers: list[bytes]) -> None:
    blocks = [np.frombuffer(b, np.uint8).copy() for b in buffers]
    with contextlib.suppress(ProtocolError):
        wire.decode(body, blocks)


@settings(max_examples=300, deadline=None)
@given(values, st.data())
def test_mutated_bodies_do_nothing_but_fail(value: Any, data: st.DataObject) -> None:
    body, arrays = p.encode(value)
    blocks = [np.frombuffer(a.tobytes(), np.uint8).copy() for a in arrays]
    changed = bytearray(body)
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(ProtocolError):
        wire.decode(bytes(changed), blocks)


@settings(max_examples=150, deadline=None)
@given(st.binary(min_size=1, max_size=100), st.booleans())
def test_random_frames_do_nothing_but_fail(raw: bytes, proper: bool) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(wire.HEAD.pack(wire.MAGIC, len(raw), 0) + raw if proper else raw)
        ours.close()
        with contextlib.suppress(ProtocolError):
            Channel(theirs).receive(Deadline(5))


@pytest.mark.parametrize(
    "head",
    [
        (b"ALK1", 1, 0),
        (wire.MAGIC, p.BODY_BYTES + 1, 0),
        (wire.MAGIC, 1, p.BUFFERS + 1),
    ],
)
def test_a_head_that_is_too_large_is_refused_at_once(head: tuple) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(wire.HEAD.pack(*head))
        with pytest.raises(ProtocolError, match="malformed"):
            Channel(theirs).receive(Deadline(5))


def test_announced_arrays_are_capped_before_they_come() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(wire.HEAD.pack(wire.MAGIC, 1, 2) + struct.pack("<2Q", 1 << 62, 1 << 62))
        with pytest.raises(ProtocolError, match="MiB"):
            Channel(theirs).receive(Deadline(5))


@pytest.mark.parametrize(
    "size", [0, 1, 5000, wire.READ_BYTES - 60, wire.READ_BYTES, 3 * wire.READ_BYTES + 7]
)
@pytest.mark.parametrize("cut", [1, 7, 4096, 1 << 20])
def test_frames_come_whole_however_they_are_cut(size: int, cut: int) -> None:
    """What comes in one piece may end in the middle of a frame, or of the one after it."""
    sent = [[1, np.arange(size).astype(np.uint8)], ["two", {"three": np.ones(3)}], [None]]
    frames = []
    for value in sent:
        body, buffers = p.encode(value)
        lengths = struct.pack(f"<{len(buffers)}Q", *(b.nbytes for b in buffers))
        head = wire.HEAD.pack(wire.MAGIC, len(body), len(buffers))
        frames += [head, lengths, body, *(b.tobytes() for b in buffers)]
    raw = b"".join(frames)
    if len(raw) > 9000 * cut:
        cut = 1000 + cut
    pieces = [raw[begin : begin + cut] for begin in range(0, len(raw), cut)]
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sender = threading.Thread(target=lambda: [ours.sendall(piece) for piece in pieces])
        sender.start()
        channel = Channel(theirs)
        received = [channel.receive(Deadline(10)) for _ in sent]
        sender.join()
    assert all(map(same, received, sent))
    received[0][1][:1] = 7  # nobody else has the same memory
    assert same(received[1], sent[1])


def test_silence_is_late_and_closing_is_gone() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(wire.HEAD.pack(wire.MAGIC, 10, 0) + b"abc")
        with pytest.raises(Timeout):
            Channel(theirs).receive(Deadline(0.2))
        ours.close()
        with pytest.raises(PeerGone):
            Channel(theirs).receive(Deadline(5))


def test_a_trickle_of_bytes_does_not_move_the_deadline() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        stop = threading.Event()

        def trickle() -> None:
            ours.sendall(wire.HEAD.pack(wire.MAGIC, 1000, 0))
            while not stop.wait(0.05):
                ours.sendall(b"x")

        thread = threading.Thread(target=trickle)
        thread.start()
        with pytest.raises(Timeout):
            Channel(theirs).receive(Deadline(0.4))
        stop.set()
        thread.join()


def test_not_a_number_survives() -> None:
    assert math.isnan(through(math.nan)) and math.isnan(through(np.float32("nan")))


def test_extended_precision_travels_as_the_nearest_that_all_machines_have() -> None:
    for value in (np.longdouble(0.5), np.full((2, 3), 0.5, dtype=np.longdouble)):
        body, buffers = p.encode(value)
        plain = p.encode(value.astype(np.float64))
        assert body == plain[0] and len(buffers) == len(plain[1])
    p.encode(np.full(2, 1j, dtype=np.clongdouble))
