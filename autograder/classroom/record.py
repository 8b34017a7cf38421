"""The record of every grade: one line each in grades.jsonl, sealed and chained.

A line holds what was graded (a hash), by what (the hashes of the lesson and of the environment),
with which seed, and what came out. Its seal is an HMAC over the line and the seal before it, under
a key that lies beside the file: a line that was changed, taken out or moved no longer fits. Whoever
has the key can forge lines, so keep a copy of the key and of the last seal where you trust it.
"""

import hashlib
import hmac
import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from autograder import disk
from autograder.course import CourseError, Lesson
from autograder.grading import fingerprint
from autograder.grading.grade import Grade

LINES = "grades.jsonl"
KEY = "grades.key"
WAIT = 20  # seconds for another program to finish its line


@dataclass(frozen=True)
class Record:
    """One grade.

    Attributes:
        student, lesson: whose, and of what.
        submission: SHA-256 of the file that was handed in; '' where there was none.
        manifest: SHA-256 of the lesson that decided.
        environment: SHA-256 of what graded it.
        sandbox: 'bwrap', 'none', or '' where nothing could be run.
        seed: of the hidden input.
        checks: check id to score and status.
        notes: what was unusual.
        graded: SHA-256 of the graded notebook; '' where nbgrader's own command wrote it.
    """

    student: str
    lesson: str
    submission: str
    manifest: str
    environment: str
    sandbox: str
    seed: int
    checks: dict[str, tuple[float, str]]
    notes: tuple[str, ...]
    graded: str


def of(student: str, grade: Grade, lesson: Lesson, submission: str, graded: str = "") -> Record:
    """Make the record of a grade.

    Args:
        student: the student's id.
        grade: what the submission came to.
        lesson: the lesson that decided.
        submission: the fingerprint of the file that was handed in.
        graded: that of the graded notebook.
    """
    return Record(
        student,
        lesson.name,
        submission,
        fingerprint.lesson(lesson),
        fingerprint.environment(grade.sandbox),
        grade.sandbox,
        grade.seed,
        {check.id: (check.score, check.status) for check in grade.checks},
        grade.notes,
        graded,
    )


class Ledger:
    """The open file of records. Use `opened` to get one."""

    def __init__(self, file: IO[bytes], key: bytes) -> None:
        self._file = file
        self._key = key
        end, last = _last_line(file)
        self._last = _seal_of(last)
        file.truncate(end)  # of a line cut off by a crash, nothing is kept: that grade is not there
        file.seek(end)

    def append(self, record: Record) -> None:
        """Write one record, so that it outlives a crash of the machine."""
        body = asdict(record)
        seal = _seal(self._key, body, self._last)
        line = json.dumps({"record": body, "seal": seal}, separators=(",", ":"))
        self._file.write(line.encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._last = seal


@contextmanager
def opened(folder: Path) -> Iterator[Ledger]:
    """Open the records of a class for writing; one program at a time, others wait a little.

    Args:
        folder: the class's results.

    Raises:
        CourseError: another program is writing them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LINES).open("ab+") as file:
        _lock(file, folder)
        if not (folder / KEY).exists() and not file.seek(0, os.SEEK_END):
            disk.write(folder / KEY, secrets.token_hex(32).encode(), mode=0o600)
        yield Ledger(file, _key(folder))


def read(folder: Path) -> Iterator[tuple[int, Record | None, str]]:
    """Read the records of a class.

    Args:
        folder: the class's results.

    Yields:
        The line's number, its record, and what is wrong with it, or ''. A line that cannot be
        read has no record.
    """
    if not (folder / LINES).exists() or not (folder / LINES).stat().st_size:
        return
    key, before = _key(folder), ""
    with (folder / LINES).open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                content = json.loads(line)
                body, seal = content["record"], content["seal"]
                body["checks"] = {name: tuple(pair) for name, pair in body["checks"].items()}
                record = Record(**body | {"notes": tuple(body["notes"])})
            except (ValueError, KeyError, TypeError, AttributeError):
                yield number, None, "cannot be read"
                continue
            fits = hmac.compare_digest(seal.encode(), _seal(key, asdict(record), before).encode())
            yield number, record, "" if fits else "was changed, or a line before it is missing"
            before = seal


def latest(folder: Path) -> dict[tuple[str, str], Record]:
    """Return the last sound record of each student and lesson."""
    return {(r.student, r.lesson): r for _, r, problem in read(folder) if r and not problem}


def _seal(key: bytes, body: dict[str, Any], before: str) -> str:
    text = json.dumps([body, before], sort_keys=True, separators=(",", ":"))
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
    """Return the key of a class, which is made with its first record, for its owner alone."""
    path = folder / KEY
    try:
        return bytes.fromhex(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        raise CourseError(
            f"{path} is missing or damaged, so {LINES} can be neither read nor continued:"
            " put the key back"
        ) from None


def _lock(file: IO[bytes], folder: Path) -> None:
    """Keep other programs from writing; where the system has no such lock, trust the user."""
    try:
        import fcntl
    except ImportError:
        return
    for _ in range(WAIT * 10):
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            time.sleep(0.1)
    raise CourseError(f"{folder} is being graded by another program: wait until it is done")
