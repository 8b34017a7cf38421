"""The text source of a deck, and its short marks.

# %% [markdown] slide            a new slide; its text begins with a heading
# %% [markdown] slide halves     its text on the left, what follows on the right
# %% [markdown] question         a new slide that asks the room (question halves, too); a numbered
#                                list in it has the options of a vote
# %% [markdown] fragment         appears on the next key
# %% [markdown] answer           of a question: appears on the next key, in a box
# %% [markdown] notes            what the speaker says; begins with the time, such as (2 min)
# %% code                        runs; its source and what it prints are shown
# %% run                         runs; nothing is shown
# %% picture                     runs; the plot is shown. Begins with its alternative text, a string
# %% demo                        runs; the demo in its last line is shown
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import jupytext
from nbformat import NotebookNode

from autograder.course import CourseError

OPENS = ("slide", "question")
WORDS = {
    "markdown": (*OPENS, "fragment", "answer", "notes"),
    "code": ("code", "run", "picture", "demo"),
}
FEWEST, MOST = 12, 18  # slides of a deck
SLIDES_A_QUESTION = 5
WITHOUT_QUESTION = 6  # slides in a row, at most
FEWEST_OPTIONS, MOST_OPTIONS = 2, 6  # of a question; shown as A, B, C
WIDEST, WIDEST_HALF = 60, 40  # characters of a line of code, on a slide and on half of one
TIME = re.compile(r"\((\d+(?:\.\d+)?) min\)\s*")
OPTION = re.compile(r"^\d+[.)] ", re.MULTILINE)
TABLE = re.compile(r"^\|[ :]*-", re.MULTILINE)  # the line below the head of one
HEADING = re.compile(r"#{1,2} +(.+)")


class DeckError(CourseError):
    """The source of a deck cannot be used; the text says where and what to do."""


@dataclass
class Block:
    """What one cell puts on a slide.

    Attributes:
        kind: the first word of its mark.
        text: Markdown, or code; without the alternative text of a picture.
        alt: the alternative text of a picture.
    """

    kind: str
    text: str
    alt: str = ""


@dataclass
class Slide:
    """One slide: its heading, its blocks in order, and what the speaker says."""

    kind: str
    heading: str
    halves: bool
    blocks: list[Block] = field(default_factory=list)
    notes: str = ""
    minutes: float = 0

    @property
    def words(self) -> str:
        """The heading without the signs of Markdown."""
        return re.sub(r"[`*$\\]", "", self.heading)


@dataclass
class Deck:
    """A deck: its name, what runs before the first slide, and its slides."""

    name: str
    before: list[Block]
    slides: list[Slide]

    @property
    def title(self) -> str:
        return self.slides[0].words

    @property
    def minutes(self) -> float:
        return sum(slide.minutes for slide in self.slides)

    @property
    def questions(self) -> int:
        return sum(slide.kind == "question" for slide in self.slides)


def read(path: Path) -> Deck:
    """Read a deck.

    Raises:
        DeckError: something is wrong with it; each line of the text is one finding.
    """
    cells = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent").cells
    deck, findings = Deck(path.stem, [], []), []
    for number, cell in enumerate(cells, start=1):
        try:
            _take(cell, deck)
        except DeckError as error:
            findings.append(f"{path.stem}, cell {number}: {error}")
    findings += [f"{path.stem}, {finding}" for finding in lint(deck)]
    if findings:
        raise DeckError("\n".join(findings))
    return deck


def lint(deck: Deck) -> Iterator[str]:
    """Find what is wrong with a deck as a whole and with each of its slides."""
    count = len(deck.slides)
    if not FEWEST <= count <= MOST:
        yield f"the deck: it has {count} slides: give it {FEWEST} to {MOST}"
    if deck.questions < count // SLIDES_A_QUESTION:
        yield (
            f"the deck: {deck.questions} of {count} slides ask the room: let one in "
            f"{SLIDES_A_QUESTION} or so be a question"
        )
    row = 0
    for number, slide in enumerate(deck.slides, start=1):
        row = 0 if slide.kind == "question" else row + 1
        if row == WITHOUT_QUESTION + 1:
            yield f'slide {number} "{slide.words}": no question on the {row} slides up to here'
        for finding in _lint_slide(slide):
            yield f'slide {number} "{slide.words}": {finding}'


def _take(cell: NotebookNode, deck: Deck) -> None:
    """Add a cell to the deck."""
    words = cell.metadata.get("title", "").split()
    known = WORDS.get(cell.cell_type, ())
    kind, rest = (words[0], words[1:]) if words else ("", [])
    if kind not in known or rest not in ([], ["halves"]) or (rest and kind not in OPENS):
        mark = f'the mark "{" ".join(words)}" is not known' if words else "it has no mark"
        raise DeckError(f"{mark}: a {cell.cell_type} cell is one of {', '.join(known)}")
    if kind in OPENS:
        heading, text = _heading(cell.source)
        deck.slides.append(Slide(kind, heading, bool(rest), [Block(kind, text)]))
    elif not deck.slides:
        if kind != "run":
            raise DeckError(f"{kind} stands before the first slide: only run may")
        deck.before.append(Block(kind, cell.source))
    elif kind == "notes":
        _take_notes(cell.source, deck.slides[-1])
    else:
        deck.slides[-1].blocks.append(_block(kind, cell.source, deck.slides[-1]))


def _heading(text: str) -> tuple[str, str]:
    first, _, rest = text.partition("\n")
    found = HEADING.fullmatch(first.strip())
    if not found:
        raise DeckError("a slide begins with its heading: ## and a few words")
    return found[1].strip(), rest.strip()


def _take_notes(text: str, slide: Slide) -> None:
    if slide.notes:
        raise DeckError(f'"{slide.words}" has notes already: keep one cell of notes a slide')
    time = TIME.match(text)
    if not time:
        raise DeckError("notes begin with the time they take, such as (2 min)")
    slide.notes, slide.minutes = text[time.end() :].strip(), float(time[1])


def _block(kind: str, text: str, slide: Slide) -> Block:
    if kind == "answer" and slide.kind != "question":
        raise DeckError(f'answer: "{slide.words}" is no question; write fragment')
    if kind != "picture":
        return Block(kind, text)
    alt = ast.get_docstring(ast.parse(text)) if text else None
    if not alt:
        raise DeckError(
            "a picture begins with its alternative text, a string that says what it shows"
        )
    return Block(kind, text, " ".join(alt.split()))


def _lint_slide(slide: Slide) -> Iterator[str]:
    if not slide.notes:
        yield "it has no notes: add a notes cell that begins with the time, such as (2 min)"
    kinds = {block.kind for block in slide.blocks}
    if any(TABLE.search(block.text) for block in slide.blocks) and not kinds & {"picture", "demo"}:
        yield "a table alone: draw what it says, and put the numbers into the notes"
    if slide.kind == "question" and "demo" in kinds:
        yield "a demo needs the whole slide, which a vote would take from it: ask on the one before"
    options = len(OPTION.findall(slide.blocks[0].text)) if slide.kind == "question" else 0
    if options and not FEWEST_OPTIONS <= options <= MOST_OPTIONS:
        yield (
            f"a numbered list in a question has the options of a vote: {FEWEST_OPTIONS} to "
            f"{MOST_OPTIONS}, not {options}"
        )
    widest = WIDEST_HALF if slide.halves else WIDEST
    for block in slide.blocks:
        if block.kind == "code":
            for line in block.text.splitlines():
                if len(line) > widest:
                    yield f"a line of code has {len(line)} characters, at most {widest}: {line}"
