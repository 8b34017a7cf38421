"""What somebody has guessed: a small file beside the lessons, which stays on the machine.

It is in no notebook, and a file that is broken or cannot be written costs the memory of guesses and
nothing else. To begin anew, delete it.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FILE = ".guesses.json"  # in the folder that holds the lessons
MOST = 1 << 20  # bytes of it that are read
SURE = ("guessing", "fairly sure", "certain")
GAP = 2  # lessons after which a wrong guess comes back


@dataclass(frozen=True)
class Guess:
    """A guess as it was given.

    Attributes:
        typed: what was typed, chosen or drawn, for each thing that was asked.
        right: whether all of it was right.
        sure: a number of SURE, or None where it was not said.
        again: whether it was right when it was asked again; None where it was not yet.
    """

    typed: list[Any]
    right: bool
    sure: int | None = None
    again: bool | None = None


def here() -> Path:
    """Return the folder of the lessons, as a lesson's kernel sees it."""
    folder = Path.cwd()
    return folder.parent if re.fullmatch(r"\d\d_\w+", folder.name) else folder


def all_of(folder: Path) -> dict[str, Guess]:
    """Return the guesses that are kept beside the lessons of a folder, by name."""
    try:
        with (folder / FILE).open("rb") as file:
            entries = json.loads(file.read(MOST))
    except (OSError, ValueError, RecursionError):
        return {}
    found = {}
    for name, entry in entries.items() if isinstance(entries, dict) else ():
        with contextlib.suppress(TypeError, ValueError):  # no longer of this form
            found[str(name)] = _whole(Guess(**entry))
    return found


def keep(folder: Path, name: str, guess: Guess) -> None:
    """Keep a guess; where the folder cannot be written to, it is forgotten."""
    kept = all_of(folder) | {name: guess}
    text = json.dumps({name: asdict(one) for name, one in kept.items()}, indent=1)
    file = folder / FILE
    part = file.with_suffix(".part")
    with contextlib.suppress(OSError):
        part.write_text(text, encoding="utf-8")
        part.replace(file)


def due(folder: Path, lesson: str) -> list[str]:
    """Return the names of what comes back in a lesson.

    Args:
        folder: holds the lessons.
        lesson: the number of the one that asks again.
    """
    source = f"{int(lesson) - GAP:02}/"
    kept = all_of(folder).items()
    return [name for name, x in kept if name.startswith(source) and not (x.right or x.again)]


def said(folder: Path) -> str:
    """Say how many guesses were right, and how many of the sure ones; '' where there are none."""
    guesses = all_of(folder).values()
    if not guesses:
        return ""
    right, every = Counter(), Counter()  # type: Counter[int], Counter[int]
    for guess in guesses:
        if guess.sure is not None:
            every[guess.sure] += 1
            right[guess.sure] += guess.right
    total = sum(guess.right for guess in guesses)
    parts = [f"Predictions: {total} of {len(guesses)} right"]
    for sure in (2, 1):
        if every[sure]:
            parts.append(f"{right[sure]} of the {every[sure]} you were {SURE[sure]} of")
    return "; ".join(parts) + "."


def _whole(guess: Guess) -> Guess:
    """Return a guess whose fields are what they should be; raise TypeError otherwise."""
    fits = isinstance(guess.typed, list) and isinstance(guess.right, bool)
    if not fits or guess.sure not in (None, 0, 1, 2) or guess.again not in (None, True, False):
        raise TypeError("not a guess")
    return guess
