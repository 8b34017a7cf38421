"""Find code in common that the rest of a class does not have.

The code is compared as copydetect does it: tokens, in which every variable looks the same and
comments and spaces are gone, are cut into overlapping pieces, and some of the pieces are kept as
fingerprints (winnowing, as in MOSS). What counts is not how much two have in common, but how much
of it hardly anybody else has: right answers to a small question all look alike, and so do usual
mistakes.
"""

import io
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
from copydetect import CodeFingerprint, compare_files, utils

from autograder.course import Lesson
from autograder.shown import visible
from convbook import notebook

PIECE = 25  # characters of a piece, each variable counted as one: a line and a half
WINDOW = 10  # of this many neighbouring pieces at least one is kept
FEWEST = 10  # students; in a smaller class nobody can tell what is usual
RARE = 0.1  # of the class: a piece that more students have is usual
RARE_LEAST, RARE_MOST = 3, 20  # students, whatever the class
# Characters in common that make a pair worth a look: some 12 lines. A piece that three students
# have counts in full, and from there on the less the more students have it.
ENOUGH = 270
MOST_CODE = 60_000  # characters of one student that are compared; a right answer has some 10,000
CUT = f"# ... cut here: no more than {MOST_CODE:,} characters of a student are compared"
PAIRS = 50  # looked at and shown, the most alike first


Sources = Iterable[tuple[str, str]]  # name, or '', and text of each code cell

# copydetect calls hash, which Python salts anew for each process: what is kept of a text, and so
# who looks alike, would be another thing in each run.
utils.hash = lambda piece: zlib.crc32(piece.encode(errors="surrogatepass"))


@dataclass(frozen=True)
class Side:
    """One student's code in a pair: lines, and whether each is in common."""

    student: str
    lines: tuple[tuple[str, bool], ...]

    @property
    def alike(self) -> int:
        return sum(mark for _, mark in self.lines)


@dataclass(frozen=True)
class Pair:
    """Two students whose code has much in common that hardly anybody else has.

    Attributes:
        left, right: their code.
        size: characters in common, each variable counted as one, and each weighted by its rarity.
    """

    left: Side
    right: Side
    size: int


class Pieces:
    """The fingerprints of a class, a few kilobytes a student.

    Add every student's work, ask `suspects` which pairs to look at, and give `pair` the code of
    both again: no student's code is kept.
    """

    def __init__(self, lesson: Lesson) -> None:
        self._lesson = lesson
        cells = [*lesson.released.cells, *lesson.notebook.cells]
        texts = [cell.source for cell in cells if cell.cell_type == "code"]
        self._given = frozenset().union(*map(_pieces, texts))
        self._released = frozenset(text.strip() for text in texts)
        self._students: list[str] = []
        self._owned: list[np.ndarray] = []
        self._weights: dict[int, float] = {}  # of the rare pieces

    def add(self, student: str, sources: Iterable[tuple[str, str]]) -> None:
        """Take the fingerprints of one student's own code.

        Args:
            student: the student's id.
            sources: name, or '', and text of each code cell.
        """
        pieces = frozenset().union(*map(_pieces, self._own(sources))) - self._given
        self._students.append(student)
        self._owned.append(np.array(sorted(pieces), dtype=np.int64))

    @property
    def is_enough(self) -> bool:
        """Whether the class is large enough to tell what is usual in it."""
        return len(self._students) >= FEWEST

    def suspects(self) -> list[tuple[str, str]]:
        """Return the pairs that share the most rare pieces, the most alike first."""
        if not self.is_enough:
            return []
        most = max(RARE_LEAST, min(RARE_MOST, int(RARE * len(self._students))))
        pieces = np.concatenate(self._owned)
        owners = np.repeat(np.arange(len(self._owned)), list(map(len, self._owned)))
        order = np.argsort(pieces, kind="stable")
        pieces, owners = pieces[order], owners[order]
        starts = np.flatnonzero(np.diff(pieces, prepend=pieces[:1] - 1))
        sizes = np.diff(starts, append=len(pieces))
        shared: Counter[tuple[int, int]] = Counter()
        self._weights = {}
        for start, size in zip(starts, sizes, strict=True):
            if 2 <= size <= most:
                weight = min(1.0, (most + 1 - size) / (most + 1 - RARE_LEAST))
                self._weights[int(pieces[start])] = weight
                for pair in combinations(owners[start : start + size].tolist(), 2):
                    shared[pair] += weight
        least = ENOUGH // (PIECE + WINDOW)  # fewer pieces do not cover enough
        found = [pair for pair, weight in shared.most_common(4 * PAIRS) if weight >= least]
        return [(self._students[a], self._students[b]) for a, b in found]

    def pair(self, left: tuple[str, Sources], right: tuple[str, Sources]) -> Pair | None:
        """Compare two students; None where they have too little in common.

        Args:
            left, right: a student's id and code cells, as for `add`.
        """
        texts = ["\n\n\n".join(self._own(sources)) for _, sources in (left, right)]
        prints = [_fingerprint(text, 1) for text in texts]
        for each in prints:
            each.hashes &= self._weights.keys()
        size, _, places = compare_files(*prints)
        weights = [self._weights[piece] for piece in prints[0].hashes & prints[1].hashes]
        if not weights or size * np.mean(weights) < ENOUGH:
            return None
        one, other = (tuple(_lines(*side)) for side in zip(texts, places, strict=True))
        return Pair(Side(left[0], one), Side(right[0], other), int(size * np.mean(weights)))

    def _own(self, sources: Iterable[tuple[str, str]]) -> list[str]:
        """Return the code that a student wrote: no checks, no cell as it was given, not all."""
        own, left = [], MOST_CODE
        for name, text in sources:
            given = name.startswith(notebook.LOCKED) or text.strip() in self._released
            if not given and left > 0:
                own.append(text if len(text) <= left else f"{text[:left]}\n{CUT}")
                left -= len(text)
        return own


def pairs(pieces: Pieces, sources_of: Callable[[str], Sources]) -> list[Pair]:
    """Return the pairs worth a look, the most alike first.

    Args:
        pieces: of the whole class.
        sources_of: returns a student's code cells.
    """
    found = (
        pieces.pair((one, sources_of(one)), (other, sources_of(other)))
        for one, other in pieces.suspects()
    )
    return sorted((pair for pair in found if pair), key=lambda pair: -pair.size)[:PAIRS]


@lru_cache(maxsize=4096)  # many cells of a class are the same
def _pieces(text: str) -> frozenset[int]:
    return frozenset(map(int, _fingerprint(text, WINDOW).hashes))


def _fingerprint(text: str, window: int) -> CodeFingerprint:
    return CodeFingerprint("", PIECE, window, language="python", fp=io.StringIO(text))


def _lines(text: str, places: np.ndarray) -> Iterator[tuple[str, bool]]:
    """Cut text into lines, and tell of each whether most of it is in common.

    Args:
        text: a student's code.
        places: where the common parts begin and end, shape (2, number).
    """
    common = np.zeros(len(text) + 1, dtype=bool)
    for start, end in places.T:
        common[int(start) : int(end)] = True
    start = 0
    for line in text.split("\n"):
        solid = [common[start + i] for i, letter in enumerate(line) if not letter.isspace()]
        yield visible(line), bool(solid) and sum(solid) * 2 > len(solid)
        start += len(line) + 1
