"""Lines of a class that show tampering: each in grades.jsonl is sealed, and chained to the last.

A seal is an HMAC over the line and the seal before it, under a key that lies beside the file: a
line that was changed, taken out or moved no longer fits. Whoever has the key can forge lines, and
lines that are missing at the end leave no gap. So keep a copy of the key and of the last seal where
you trust it.
"""

import hashlib
import hmac
import json
import os
import secrets
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from autograder import disk
from autograder.course import CourseError

LINES = "grades.jsonl"
KEY = "grades.key"
WAIT = 20  # seconds for another program to finish its line


@dataclass(frozen=True)
class Line:
    """One line.

    Attributes:
        number: from 1.
        kind: what it is about; '' where it cannot be read.
        body: what it says.
        seal: over this line and all before it.
        problem: what is wrong with it, or ''.
    """

    number: int
    kind: str
    body: dict[str, Any]
    seal: str
    problem: str = ""


def append(folder: Path, kind: str, body: dict[str, Any], wait: float = WAIT) -> str:
    """Write one line, so that it outlives a crash of the machine, and return its seal.

    Args:
        folder: the class's results.
        kind: what it is about.
        body: what it says.
        wait: as for `disk.locked`.

    Raises:
        CourseError: the key is not there, or another program does not finish its line.
    """
    said = f"{folder / LINES} is held by another program: wait until it is done"
    try:
        with disk.locked(folder / LINES, said, wait) as file:
            end, last = _last_line(file)
            if not end and not (folder / KEY).exists():
                shared = folder.stat().st_mode & stat.S_IWGRP
                mode = 0o660 if shared else 0o600
                disk.write(folder / KEY, secrets.token_hex(32).encode(), mode=mode)
            key = _key(folder)
            # Of a line cut off by a crash, nothing is kept: what it says did not happen.
            file.truncate(end)
            seal = _seal(key, kind, body, _seal_of(last))
            line = json.dumps({kind: body, "seal": seal}, separators=(",", ":"))
            file.write(line.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
            return seal
    except BlockingIOError as error:
        raise CourseError(str(error)) from None
    except disk.Refused as error:
        raise CourseError(f"{folder}: {error}") from None


def check(folder: Path) -> None:
    """Refuse a class whose lines cannot be continued.

    Raises:
        CourseError: the key is not there.
    """
    if last(folder):
        _key(folder)


def read(folder: Path) -> Iterator[Line]:
    """Read all lines of a class, from the first.

    Raises:
        CourseError: the key is not there, or the file is none.
    """
    path = folder / LINES
    if not path.exists() or not path.stat().st_size:
        return
    key, before = _key(folder), ""
    try:
        with disk.opened(path) as file:
            for number, line in enumerate(file, start=1):
                found = _read_line(number, line, key, before)
                before = found.seal or before
                yield found
    except disk.Refused as error:
        raise CourseError(f"{folder}: {error}") from None


def last(folder: Path) -> str:
    """Return the last seal of a class; '' where there is none."""
    if not (folder / LINES).exists():
        return ""
    with disk.opened(folder / LINES) as file:
        return _seal_of(_last_line(file)[1])


def _read_line(number: int, line: bytes, key: bytes, before: str) -> Line:
    try:
        content = json.loads(line)
        seal = content.pop("seal")
        ((kind, body),) = content.items()
        fits = hmac.compare_digest(seal.encode(), _seal(key, kind, body, before).encode())
        dict(body)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Line(number, "", {}, "", "cannot be read")
    problem = "" if fits else "was changed, or a line before it is missing"
    return Line(number, kind, body, seal, problem)


def _seal(key: bytes, kind: str, body: dict[str, Any], before: str) -> str:
    # At first there was one kind, which is not in its seals.
    said = [body, before] if kind == "record" else [kind, body, before]
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _last_line(file: IO[bytes]) -> tuple[int, bytes]:
    """Find where the last whole line ends, and what it says, without reading all before it."""
    size, reach = file.seek(0, os.SEEK_END), 1 << 16
    while True:
        start = max(0, size - reach)
        file.seek(start)
        content = file.read()
        end = content.rfind(b"\n") + 1
        begin = content.rfind(b"\n", 0, max(0, end - 1)) + 1
        if begin > 0 or start == 0:
            return start + end, content[begin:end]
        reach *= 2


def _seal_of(line: bytes) -> str:
    try:
        return str(json.loads(line)["seal"])
    except (ValueError, KeyError, TypeError):
        return ""


def _key(folder: Path) -> bytes:
    """Return the key of a class, which is made with its first line.

    It is for its owner, and for a group where that may write the class's folder.
    """
    path = folder / KEY
    try:
        return bytes.fromhex(disk.read(path, 1 << 10).decode("ascii"))
    except PermissionError:
        raise CourseError(disk.not_yours(path, folder)) from None
    except (OSError, ValueError):
        raise CourseError(
            f"{path} is missing or damaged, so {LINES} can be neither read nor continued:"
            " put the key back"
        ) from None
