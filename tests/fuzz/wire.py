"""Coverage-guided fuzzing of the one file that reads bytes from the student's side.

    make fuzz                     a million frames
    python tests/fuzz/wire.py -runs=1000 FOLDER

Frames are mutated from well-formed ones. Whatever arrives, `receive` rebuilds plain data or raises
ProtocolError, and what it rebuilds never passes for an answer that it is not.

No frame takes long: one that takes longer than all before is read again by itself, by a Python that
counts no coverage, as an answer to a check and as a cell's outputs, which the grader itself reads.
"""

import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["autograder.airlock.wire", "autograder.airlock.packing"]):
    from autograder.airlock import packing, wire
    from autograder.airlock.deadline import Deadline

import numpy as np

from convbook.check.compare import difference

FRAME_BYTES = 1 << 16
MILLISECONDS = 50.0  # of processor time for one frame, without coverage
PLAIN = {type(None), bool, int, float, complex, str, bytes, list, tuple, dict, set, slice}
ANSWER = np.random.default_rng().normal(size=(2, 3))
SEEDS = (
    None,
    [1, -2.5, True, "text", b"bytes", 1 << 80, 3 + 4j, ..., slice(1, None, 2)],
    {"a": (1, 2), (3, "b"): {4, 5}, None: []},
    (np.arange(6.0).reshape(2, 3), {"cache": np.zeros((0, 3), "f4"), "s": np.float64(2)}),
    [np.array([True, False]), np.array(["ab", "c"]), np.array(3 - 1j), np.uint8(7)],
    [[[[[[]]]]]],
    {number * sys.hash_info.modulus for number in range(packing.ALIKE)},
    [{(n, complex(n, -n)): None for n in range(-9, 9)} for _ in range(99)],
)
slowest = 0.0


class Peer:
    """A student's process that says one frame, and hangs up."""

    def __init__(self, frame: bytes) -> None:
        self.ours, theirs = socket.socketpair()
        with theirs:
            theirs.sendall(frame)

    def receive(self) -> Any:
        with self.ours:
            channel = wire.Channel(self.ours)
            return channel.receive(Deadline(5), lambda tag, number, name: (tag, number))


def one_frame(frame: bytes) -> None:
    """Take one frame and the time; an exception from here is a finding."""
    global slowest
    begin = time.process_time()
    _take(frame)
    spent = time.process_time() - begin
    if spent > slowest:
        slowest = spent
        by_itself = subprocess.run(
            [sys.executable, Path(__file__).with_name("slow.py")],
            input=frame, check=True, capture_output=True,
        )  # fmt: skip
        took = float(by_itself.stdout)
        print(f"slowest so far: {took:.1f} ms for {len(frame)} bytes")
        assert took < MILLISECONDS, "a frame takes too long"


def _take(frame: bytes) -> None:
    try:
        value = Peer(frame).receive()
    except wire.ProtocolError:
        return
    _is_plain(value)
    assert difference(value, ANSWER, "out"), "a made-up frame passes for the answer"
    body, buffers = packing.encode(value)  # what was read can be written and read again
    wire.decode(body, [np.array(bytearray(b.tobytes()), np.uint8) for b in buffers])


def _is_plain(value: Any) -> None:
    kind = type(value)
    if kind in (list, tuple, set):
        for item in value:
            _is_plain(item)
    elif kind is dict:
        for pair in value.items():
            _is_plain(pair)
    elif kind is np.ndarray:
        assert packing.DTYPE.fullmatch(value.dtype.str), value.dtype
        assert value.size * value.itemsize <= FRAME_BYTES
    else:
        assert kind in PLAIN or isinstance(value, (np.generic, type(...))), kind


def _frame(value: Any) -> bytes:
    """Write a value as the student's side would."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        wire.Channel(ours).send(value)
        return theirs.recv(FRAME_BYTES)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for number, value in enumerate(SEEDS):
            (Path(folder) / str(number)).write_bytes(_frame(value))
        options = [f"-max_len={FRAME_BYTES}", "-rss_limit_mb=2048", "-print_final_stats=1"]
        atheris.Setup([sys.argv[0], *options, *sys.argv[1:], folder], one_frame)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
