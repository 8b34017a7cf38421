"""The part of a notebook that takes a guess."""

from __future__ import annotations

import uuid
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from convbook import widgets
from convbook.guess import asked, kept, result
from convbook.guess.asked import Question
from convbook.guess.kept import Guess
from convbook.guess.numbers import Refused

LONGEST = 4000  # characters of a guess that are kept
_FILES = files("convbook.guess")
SCRIPT = _FILES.joinpath("guess.js").read_text(encoding="utf-8")
STYLE = _FILES.joinpath("guess.css").read_text(encoding="utf-8")
UNKNOWN = "The course has no prediction {!r}. Get this notebook from the course again."
WAITING = (
    "A guess goes here. Run this cell to give one. Where no field appears, widgets do not work:"
    " <code>guess.answer({name!r})</code> then shows the answer."
)


def ask(name: str) -> None:
    """Ask for a guess, or show the one that was given."""
    question = asked.question(name)
    if question is None:
        print(UNKNOWN.format(name))
        return
    given = kept.all_of(kept.here()).get(name)
    guesses = _read(question, given.typed) if given else None
    if given and guesses is not None:
        _show_html(result.html(question.parts, guesses, given.sure))
        _show_markdown(question.answer)
    else:
        _Asking(name, question, kept.here(), None).show()


def again(lesson: str) -> None:
    """Ask what was guessed wrong two lessons ago."""
    folder = kept.here()
    guesses = kept.all_of(folder)
    for name in kept.due(folder, lesson):
        question = asked.question(name)
        if question is not None:
            where = f"**Again, from lesson {name[:2]}, *{question.section}*.**"
            _show_markdown(f"{where} {question.question}")
            _Asking(name, question, folder, guesses[name]).show()


def answer(name: str) -> None:
    """Show what a lesson says after a guess."""
    question = asked.question(name)
    if question is None:
        print(UNKNOWN.format(name))
        return
    _show_html(result.truths(question.parts))
    _show_markdown(question.answer)


class _Asking:
    """One prediction, from the question to the answer.

    Args:
        name: of the prediction.
        question: what is asked.
        folder: holds the lessons; the guess is kept there.
        before: the guess that was wrong two lessons ago, or None.
    """

    def __init__(self, name: str, question: Question, folder: Path, before: Guess | None) -> None:
        self.name, self.question, self.folder, self.before = name, question, folder, before
        self.below = f"answer-{uuid.uuid4().hex[:12]}"
        state = {
            "parts": [part.asked() for part in question.parts],
            "sure": [] if before else list(kept.SURE),
            "refused": {},
            "result": "",
            "answer": self.below,
            "answered": bool(question.answer),
        }
        still = f"<p>{WAITING.format(name=name)}</p>"
        self.live = widgets.Live(SCRIPT, state, self.hear, still, STYLE)

    def show(self) -> None:
        """Show the fields, or the folded answer where there are no widgets."""
        if find_spec("anywidget") is None:
            _show_markdown(result.folded(self.question.parts, self.question.answer))
            return
        self.live.show()
        _show_html("", self.below)

    def hear(self, message: Any) -> dict[str, Any]:
        """Take what the page sent: what was typed for each part, and how sure one is."""
        message = message if isinstance(message, dict) else {}
        typed, sure = message.get("typed"), message.get("sure")
        if self.live.state["result"]:
            return {}  # a second click: the first guess stays
        parts = self.question.parts
        if not isinstance(typed, list) or len(typed) != len(parts):
            typed = [""] * len(parts)
        guesses, refused = [], {}
        for number, (part, text) in enumerate(zip(parts, typed, strict=True)):
            try:
                guesses.append(part.read(text))
            except Refused as error:
                refused[str(number)] = str(error)
        if refused:
            return {"refused": refused}
        sure = sure if sure in (0, 1, 2) and type(sure) is int else None
        return self._take(typed, guesses, sure)

    def _take(self, typed: list[Any], guesses: list[Any], sure: int | None) -> dict[str, Any]:
        """Keep a guess, and lay the truth beside it."""
        pairs = zip(self.question.parts, guesses, strict=True)
        right = all(part.is_right(guess) for part, guess in pairs)
        if self.before:
            one = Guess(self.before.typed, self.before.right, self.before.sure, right)
        else:
            short = [t[:LONGEST] if isinstance(t, str) else t for t in typed]
            one = Guess(short, right, sure)
        kept.keep(self.folder, self.name, one)
        shown = result.html(self.question.parts, guesses, sure)
        self.live.replace_still(shown)
        _replace_by_markdown(self.below, self.question.answer)
        return {"refused": {}, "result": shown}


def _read(question: Question, typed: list[Any]) -> list[Any] | None:
    """Return kept guesses, or None where the lesson now asks something else."""
    if len(typed) != len(question.parts):
        return None
    try:
        return [part.read(text) for part, text in zip(question.parts, typed, strict=True)]
    except Refused:
        return None


def _show_html(html: str, name: str | None = None) -> None:
    from IPython.display import display

    display({"text/html": html, "text/plain": ""}, raw=True, display_id=name)


def _show_markdown(text: str) -> None:
    from IPython.display import display

    if text:
        display({"text/markdown": text, "text/plain": text}, raw=True)


def _replace_by_markdown(name: str, text: str) -> None:
    """Put Markdown in the place of what bears a name; the page can tell that it is there."""
    from IPython.display import update_display

    if text:
        marked = f'{text}\n\n<span class="{name}"></span>'
        update_display({"text/markdown": marked, "text/plain": text}, raw=True, display_id=name)
