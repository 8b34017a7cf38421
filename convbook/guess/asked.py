"""What the lessons ask, sealed: no notebook and no file holds an answer to be read in advance.

asked/ has a file for each lesson, which `autograder build` writes from the lesson's text. Only the
name of a prediction, which stands in the notebook, opens what is asked there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from convbook.check import fingerprint
from convbook.guess import kinds

FOLDER = Path(__file__).with_name("asked")


@dataclass(frozen=True)
class Question:
    """A prediction.

    Attributes:
        section: the heading of the lesson's section it stands in.
        question: what is asked, as Markdown.
        lines: what is to be guessed, as the lesson says it; see `kinds`.
        answer: what the lesson says after the guess, as Markdown, or ''.
    """

    section: str
    question: str
    lines: tuple[str, ...]
    answer: str

    @cached_property
    def parts(self) -> tuple[kinds.Part, ...]:
        """What is to be guessed."""
        return tuple(map(kinds.part, self.lines))


def question(name: str) -> Question | None:
    """Return a prediction, or None where the course has none of this name.

    Args:
        name: the lesson's number and a word, as in '03/relu'.
    """
    sealed = fingerprint.sealed(FOLDER).get(fingerprint.place_of(name))
    if sealed is None:
        return None
    entry = json.loads(fingerprint.opened(sealed, name))
    return Question(**entry | {"lines": tuple(entry["lines"])})


def written(questions: Mapping[str, Question]) -> str:
    """Return the file of a lesson's predictions, sealed.

    Args:
        questions: by name.
    """
    names = {}
    for name, asked in questions.items():
        text = json.dumps(asdict(asked), ensure_ascii=False)
        names[fingerprint.place_of(name)] = fingerprint.seal(text, name)
    return json.dumps({"names": dict(sorted(names.items()))}, indent=0) + "\n"
