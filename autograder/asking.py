"""The predictions of a lesson's text, of which students get the question alone.

Below a question stands a comment: its name, and what is to be guessed, a line each. Then comes the
folded answer, if there is one. `convbook.guess` says what such a line can be.

    <!-- guess 01/weights
    number | over 32 x 32 | 3072
    -->

    <details><summary>Answer</summary>
    ...
    </details>

In the place of comment and answer students get a cell that asks. Question and answer are sealed.
"""

import re
from collections.abc import Iterator

from convbook import notebook
from convbook.guess.asked import Question
from convbook.notebook import Cells, Node

TAG = "guess"
BOLD = "**Predict before you run.**"
CELL = """\
# Your guess: press Shift+Enter here.
from convbook import guess

guess.ask("{name}")"""
NAMED = re.compile(r'^guess\.ask\("(\d\d/\w+)"\)$', re.MULTILINE)
AGAIN = re.compile(r"^guess\.again\(", re.MULTILINE)  # what was wrong, two lessons later
ASKED = re.compile(
    r"\n*^<!-- guess (?P<name>\d\d/\w+)\n(?P<lines>.*?)^-->$"
    r"(?:\n+^<details><summary>Answer</summary>\n(?P<answer>.*?)\n</details>$)?\n*",
    re.DOTALL | re.MULTILINE,
)
_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)


class AskingError(Exception):
    """A prediction that cannot be understood; the text says which and why."""


def cut(cells: Cells) -> None:
    """Put cells that ask in the place of what is to be guessed and of the answers, in place."""
    kept = []
    for cell in cells.cells:
        kept += list(_parts(cell)) if _asks(cell) else [cell]
    cells.cells = kept


def questions(cells: Cells, lesson: str) -> dict[str, Question]:
    """Return the predictions of a solution notebook by name.

    Args:
        cells: the notebook.
        lesson: the lesson's name, with whose number each name begins.

    Raises:
        AskingError: one cannot be understood, or has a name that it cannot have.
    """
    found: dict[str, Question] = {}
    section = ""
    for cell in cells.cells:
        if cell.cell_type != "markdown":
            continue
        end = 0
        for asked in ASKED.finditer(cell.source):
            before = cell.source[end : asked.start()]
            end = asked.end()
            section = [section, *_SECTION.findall(before)][-1]
            name = asked["name"]
            if name in found or name[:2] != lesson[:2]:
                raise AskingError(f"guess {name}: give it a name of its own, {lesson[:2]}/...")
            found[name] = _question(name, section, before, asked)
        section = [section, *_SECTION.findall(cell.source[end:])][-1]
        if "<!-- guess" in ASKED.sub("", cell.source):
            raise AskingError(f"a guess below '{section}' does not have the form of a prediction")
    return found


def _asks(cell: Cells) -> bool:
    return cell.cell_type == "markdown" and bool(ASKED.search(cell.source))


def _parts(cell: Cells) -> Iterator[Cells]:
    """Cut one cell into its texts and the cells that ask between them."""
    end = number = 0
    for asked in ASKED.finditer(cell.source):
        text = cell.source[end : asked.start()]
        if text.strip():
            yield _text(cell, text, number)
        number += 1
        end = asked.end()
        source, name = CELL.format(name=asked["name"]), f"guess-{asked['name'].replace('/', '-')}"
        yield Node(
            cell_type="code",
            execution_count=None,
            id=name,
            metadata=Node(tags=[TAG]),
            outputs=[],
            source=source,
        )
    if cell.source[end:].strip():
        yield _text(cell, cell.source[end:], number)


def _text(cell: Cells, text: str, number: int) -> Cells:
    part = notebook.nodes(cell)
    part.id = f"{cell.id}-{number}" if number else cell.id
    part.source = text
    return part


def _question(name: str, section: str, before: str, asked: re.Match[str]) -> Question:
    _, bold, text = before.rpartition(BOLD)
    if not bold:
        raise AskingError(f"guess {name}: no '{BOLD}' stands above it")
    lines = tuple(line for line in asked["lines"].splitlines() if line.strip())
    question = Question(section, text.strip(), lines, (asked["answer"] or "").strip())
    try:
        if not question.parts:
            raise ValueError("nothing is to be guessed")
    except ValueError as error:
        raise AskingError(f"guess {name}: {error}") from None
    return question
