"""What a cell puts out: printed text, values and pictures, up to a size."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator
from typing import Any

CUT = "\n... the rest of the output is left out (limit: {} KiB for a cell) ...\n"


class Recorder:
    """Collects outputs up to a size and a number; who reads them says what was left out."""

    def __init__(self, limit_bytes: int, limit_items: int = 1000) -> None:
        self.limit_bytes = limit_bytes
        self.limit_items = limit_items
        self.reset()

    def reset(self) -> None:
        self.outputs: list[dict[str, Any]] = []
        self.left = self.limit_bytes

    def add(self, output: dict[str, Any], size: int) -> None:
        """Keep one output, or say once that there is no more room."""
        if self.left < 0 or len(self.outputs) > self.limit_items:
            return
        self.left -= size
        if self.left < 0:
            text = CUT.format(self.limit_bytes >> 10)
            output = {"output_type": "stream", "name": "stdout", "text": text}
        self.outputs.append(output)

    def write(self, name: str, text: str) -> None:
        """Add printed text, to the last output where that is the same stream."""
        last = self.outputs[-1] if self.outputs else {}
        if last.get("name") == name and self.left >= len(text):
            self.left -= len(text)
            last["text"] += text
        else:
            self.add({"output_type": "stream", "name": name, "text": text}, len(text))

    def clear(self) -> None:
        self.outputs.clear()


class Stream(io.TextIOBase):
    """A standard stream that writes to the recorder."""

    encoding = "utf-8"

    def __init__(self, recorder: Recorder, name: str) -> None:
        self.recorder = recorder
        self.stream_name = name

    def write(self, text: str) -> int:
        if text:
            self.recorder.write(self.stream_name, str(text))
        return len(text)

    def writable(self) -> bool:
        return True


@contextlib.contextmanager
def captured(recorder: Recorder) -> Iterator[None]:
    """Send what is printed to the recorder."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = Stream(recorder, "stdout"), Stream(recorder, "stderr")
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
