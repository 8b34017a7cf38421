"""What students must not get, cut into pieces that are known again wherever they stand.

A piece is a run of words and signs; spaces, line ends, quotes, brackets, commas and comments do not
count, so that other quotes or lines are the same. What was renamed or rewritten is another text.
"""

import ast
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder.course import Lesson
from autograder.release.unpack import readings
from autograder.released import HIDDEN, SOLUTION

ANSWER = 18  # words and signs of an answer that nobody writes twice by chance: some three lines
GRADER = 40  # of the grader's own code, where imports and habits come back
SHORTEST = 8  # of an answer that is looked for as a whole

# Given layers are in the wheel, since later lessons build on them. With them students have what
# some exercises ask for; grading withholds it (autograder/grading/stage.py). A file of convbook to
# the exercises that it may show.
GIVEN = {
    "check/__init__.py": "numerical_gradient",
    "layers/gradient.py": "numerical_gradient",
    "layers/loss.py": "softmax_loss svm_loss",
    "layers/norm.py": "lrn_forward",
}
SAME = {"running/shell.py"}  # files of convbook that do what a file of the grader does

# A comment, at the end of its line; in text that is no code there may be a # anywhere.
_COMMENT = re.compile(r"(?:^|(?<=\s))#[^\n]{0,200}$", re.MULTILINE)
_WORD = re.compile(r"\w+|[^\w\s'\"`\\,()]")
_DOCSTRING = re.compile(r'^ *""".*?"""$', re.MULTILINE | re.DOTALL)
_MARKS = re.compile(r"### (?:BEGIN|END) (?:SOLUTION|HIDDEN TESTS)$", re.MULTILINE)
_IMPORT = re.compile(r"^\s*(?:from|import) autograder\b", re.MULTILINE)


def words(text: str) -> list[str]:
    """Return what counts of a text: its words and signs, in order."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _WORD.findall(_COMMENT.sub("", text))


class Secrets:
    """What must not go out, by its pieces.

    Args:
        course: the course's folder.
        lessons: all its lessons.
        given: the names of those that students are given; what stands there is no secret.
    """

    def __init__(self, course: Path, lessons: Iterable[Lesson], given: Iterable[str]) -> None:
        self._pieces: dict[int, dict[int, str]] = {ANSWER: {}, GRADER: {}}
        self._whole: list[tuple[str, str]] = []
        lessons, given = list(lessons), set(given)
        layers = {name: words(_text(course / "convbook" / name)) for name in GIVEN}
        for lesson in lessons:
            self._add_lesson(lesson, layers)
        known = [piece for found in layers.values() for piece in _pieces(found, ANSWER)]
        for path in _answers(course):
            for quoted in _quoted(path):
                self._add(path.relative_to(course).as_posix(), words(quoted), ANSWER, known)
        known = [p for n in SAME for p in _pieces(words(_text(course / "convbook" / n)), GRADER)]
        for path in _grader(course):
            self._add(path.relative_to(course).as_posix(), words(_text(path)), GRADER, known)
        for lesson in lessons:
            if lesson.name in given:
                text = "\n".join(cell.source for cell in lesson.released.cells)
                for reading in readings(text):
                    self._allow(words(reading))

    def find(self, text: str) -> str:
        """Return what of this is in a text, in words, or ''."""
        if found := _MARKS.search(text):
            return f"the line {found[0]!r}"
        if _IMPORT.search(text):
            return "an import of the grader"
        have = words(text)
        for size, known in self._pieces.items():
            for piece in _pieces(have, size):
                if piece in known:
                    return known[piece]
        joined = f" {' '.join(have)} "
        return next((what for whole, what in self._whole if whole in joined), "")

    def _add_lesson(self, lesson: Lesson, layers: dict[str, list[str]]) -> None:
        for cell in lesson.notebook.cells:
            mark = cell.metadata.get("nbgrader", {})
            name = mark.get("grade_id", "")
            if mark.get("solution"):
                shown = [w for file, w in layers.items() if name in GIVEN[file].split()]
                allowed = [piece for found in shown for piece in _pieces(found, ANSWER)]
                for source in {cell.source, _DOCSTRING.sub("", cell.source)}:
                    what = f"the answer to {name} of {lesson.name}"
                    self._add_part(what, source, SOLUTION, allowed)
            elif mark.get("grade"):
                what = f"the hidden part of {name} of {lesson.name}"
                self._add_part(what, cell.source, HIDDEN, [])

    def _add_part(
        self, what: str, source: str, part: re.Pattern[str], allowed: Iterable[int]
    ) -> None:
        """Add the pieces of a cell that are mostly of the part that students do not get."""
        have: list[str] = []
        secret: list[bool] = []
        for text, hidden in _parts(source, part):
            found = words(text)
            have += found
            secret += [hidden] * len(found)
        count = sum(secret)
        if count and SHORTEST <= len(have) < ANSWER:
            self._whole.append((f" {' '.join(have)} ", what))
        enough = min(ANSWER // 2, count)
        skip = set(allowed)
        for start, piece in enumerate(_pieces(have, ANSWER)):
            if count and piece not in skip and sum(secret[start : start + ANSWER]) >= enough:
                self._pieces[ANSWER].setdefault(piece, what)

    def _add(self, what: str, have: list[str], size: int, allowed: Iterable[int]) -> None:
        skip = set(allowed)
        for piece in _pieces(have, size):
            if piece not in skip:
                self._pieces[size].setdefault(piece, what)

    def _allow(self, have: list[str]) -> None:
        """Take out what a lesson gives."""
        for size, known in self._pieces.items():
            for piece in _pieces(have, size):
                known.pop(piece, None)
        joined = f" {' '.join(have)} "
        self._whole = [(whole, what) for whole, what in self._whole if whole not in joined]


def _pieces(have: list[str], size: int) -> Iterator[int]:
    return (hash(tuple(have[n : n + size])) for n in range(len(have) - size + 1))


def _parts(source: str, part: re.Pattern[str]) -> Iterator[tuple[str, bool]]:
    """Cut a cell into what is shown and what is not; without marks nothing of it is shown."""
    end = 0
    for found in part.finditer(source):
        yield source[end : found.start()], False
        yield found[0], True
        end = found.end()
    yield source[end:], not end and part is SOLUTION


def _answers(course: Path) -> list[Path]:
    """Find the files that quote answers: right versions of every exercise, and wrong ones."""
    return [
        *sorted((course / "tests" / "lessons").glob("right_*.py")),
        *sorted((course / "autograder" / "mistakes").glob("m*.py")),
    ]


def _quoted(path: Path) -> list[str]:
    """Return the texts that a file of Python quotes."""
    found = (node for node in ast.walk(ast.parse(_text(path))) if isinstance(node, ast.Constant))
    return [node.value for node in found if isinstance(node.value, str)]


def _grader(course: Path) -> list[Path]:
    """Find the files of the grader, and of its tests."""
    found = [p for folder in ("autograder", "tests") for p in (course / folder).rglob("*.*")]
    ours = [p for p in found if p.suffix in {".py", ".j2", ".css", ".js"} and p.is_file()]
    return sorted(p for p in ours if p.parent.name != "student")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
