"""A small archive in the manner of CIFAR-10, and a server that hands it out badly."""

import hashlib
import io
import socket
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import numpy as np

from convbook.data.cifar10 import INSIDE, NAMES, RECORD, TEST, TRAIN
from convbook.data.download import Source

EACH = 20  # pictures in each file of the small archive
CLASSES = b"airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n"


def records(seed: int) -> bytes:
    rows = np.random.default_rng(seed).integers(256, size=(EACH, RECORD), dtype=np.uint8)
    rows[:, 0] %= 10
    return rows.tobytes()


FILES = {name: records(i) for i, name in enumerate((*TRAIN, TEST))} | {NAMES: CLASSES}


def tar_of(members: dict[str, bytes | tarfile.TarInfo]) -> bytes:
    """An archive of these members of the folder; a TarInfo is put in as it is."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in members.items():
            if isinstance(content, tarfile.TarInfo):
                tar.addfile(content)
                continue
            info = tarfile.TarInfo(f"{INSIDE}/{name}")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


GOOD = tar_of(FILES)


class Bad(BaseHTTPRequestHandler):
    """A server that misbehaves as `server.state` says: cut, stall, flip, longer, deaf, code."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        state = self.server.state  # type: ignore[attr-defined]
        asked = self.headers.get("Range")
        state.asked.append(asked)
        if state.code:
            self.send_error(state.code)
            return
        body = bytearray(GOOD)
        if state.flip:
            body[len(body) // 2] ^= 1
        body += b"x" * state.longer
        start = 0 if asked is None or state.deaf else int(asked[6:-1])
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        self.end_headers()
        end = len(body)
        if state.cuts > 0 or state.stalls > 0:
            end = start + (len(body) - start) // 3
        self.wfile.write(body[start:end])
        self.wfile.flush()
        if state.stalls > 0:
            state.stalls -= 1
            state.release.wait(20)
        if end < len(body):
            state.cuts -= 1
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[SimpleNamespace]:
    """Serve the archive; yields the state, which tests change, with the source to ask for."""
    state = SimpleNamespace(asked=[], cuts=0, stalls=0, flip=False, longer=0, deaf=False, code=0)
    state.release = threading.Event()
    http = ThreadingHTTPServer(("127.0.0.1", 0), Bad)
    http.state = state  # type: ignore[attr-defined]
    threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
    sha = hashlib.sha256(GOOD).hexdigest()
    state.source = Source(f"http://127.0.0.1:{http.server_port}/cifar.tar.gz", len(GOOD), sha)
    yield state
    state.release.set()
    http.shutdown()
    http.server_close()
