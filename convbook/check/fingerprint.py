"""What a failed check is known by: which statement failed, and what was answered, as one text.

The course knows what many mistakes answer to the calls that a check shows. What it has of them is
the fingerprint's hash, and a name that only the fingerprint opens: nothing to be read in advance.
"""

import hashlib
import itertools
import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

UNIT = 1e-3  # to which sums are rounded: answers that differ by rounding alone have one fingerprint
MOST = 1 << 20  # numbers of an answer


def of_failure(source: str, line: int, error: BaseException) -> Iterator[str]:
    """Yield the fingerprints that a failure may have; the first is the one it is known by.

    Args:
        source: the check as students have it.
        line: of the check's statement that failed.
        error: what it ended in.
    """
    actual, expected = getattr(error, "actual", None), getattr(error, "expected", None)
    if actual is None:
        said = str(error).split("\n")[0] if hasattr(error, "outline") else ""  # a check's own words
        answers: Iterator[str] = iter([f"{type(error).__name__} {said}"])
    elif isinstance(expected, type):
        answers = iter(["returned"])
    else:
        answers = _of_answer(actual)
    start = f"{hashlib.sha256(source.strip().encode()).hexdigest()} {line}"
    return (f"{start} {answer}" for answer in answers)


def place_of(fingerprint: str) -> str:
    """Return where what belongs to a fingerprint is kept."""
    return hashlib.sha256(f"place {fingerprint}".encode()).hexdigest()[:16]


def seal(text: str, fingerprint: str) -> str:
    """Write a text so that only the fingerprint opens it."""
    return b64encode(_mixed(text.encode(), fingerprint)).decode()


def opened(sealed: str, fingerprint: str) -> str:
    """Return the text that was sealed."""
    return _mixed(b64decode(sealed), fingerprint).decode()


@cache
def sealed(folder: Path) -> dict[str, str]:
    """Return what lies sealed in the files of a folder, by place: "names" of each."""
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.json")):
        found |= json.loads(path.read_text(encoding="utf-8"))["names"]
    return found


def _mixed(data: bytes, fingerprint: str) -> bytes:
    stream = hashlib.shake_256(f"text {fingerprint}".encode()).digest(len(data))
    return bytes(a ^ b for a, b in zip(data, stream, strict=True))


def _of_answer(answer: Any) -> Iterator[str]:
    """Yield an answer's form and two sums of its numbers, each rounded down and up."""
    form, numbers = _flat(answer)
    values = np.concatenate([np.zeros(0), *numbers])
    if values.size > MOST:
        return
    values = np.nan_to_num(values, nan=1234.5, posinf=2345.5, neginf=3456.5)
    weights = np.random.default_rng(0).uniform(0.5, 1.5, size=(2, values.size))
    sums = np.clip(weights @ values / UNIT, -1e15, 1e15)
    around = ([round(s), *{int(np.floor(s)), int(np.ceil(s))} - {round(s)}] for s in sums)
    for rounded in itertools.product(*around):
        yield f"{form} {rounded}"


def _flat(answer: Any) -> tuple[str, list[Any]]:
    """Return the form of an answer as a text, and its numbers as flat arrays."""
    if isinstance(answer, dict):
        return _joined("dict", [part for pair in answer.items() for part in pair])
    if isinstance(answer, str):
        return repr(answer[:200]), []
    array = _as_numbers(answer)
    if array is not None:
        return f"{array.dtype.kind}{array.shape}", [array.ravel().astype(np.float64)]
    if isinstance(answer, (list, tuple)):
        return _joined(type(answer).__name__, list(answer))
    return type(answer).__name__, []


def _as_numbers(answer: Any) -> Any:
    """Return an answer as an array of numbers, or None where it is something else."""
    try:
        array = np.asarray(answer)
    except Exception:  # lists of different lengths, arrays of a device
        return None
    return array if array.dtype.kind in "biuf" else None


def _joined(kind: str, parts: list[Any]) -> tuple[str, list[Any]]:
    flat = [_flat(part) for part in parts]
    return f"{kind}[{' '.join(form for form, _ in flat)}]", [n for _, some in flat for n in some]
