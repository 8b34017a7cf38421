"""Read one frame from standard input as the grader does; print the milliseconds that it took."""

import contextlib
import socket
import sys
import threading
import time

from autograder.airlock import packing, wire
from autograder.airlock.deadline import Deadline

TIMES = 3  # of which the shortest counts: others may have had the processor


def took(frame: bytes, most: packing.Most) -> float:
    """Return the seconds of the processor for reading a frame."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sender = threading.Thread(target=theirs.sendall, args=[frame])
        sender.start()
        begun = time.thread_time()
        with contextlib.suppress(wire.ProtocolError):
            wire.Channel(ours).receive(Deadline(5), lambda *handle: handle, most)
        spent = time.thread_time() - begun
        ours.close()
        sender.join()
    return spent


if __name__ == "__main__":
    frame = sys.stdin.buffer.read()
    kinds = (packing.FRAME, packing.OUTPUTS)
    print(max(min(took(frame, most) for _ in range(TIMES)) for most in kinds) * 1000)
