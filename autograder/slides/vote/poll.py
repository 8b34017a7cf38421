"""The vote that is under way. It is in memory alone, and gone with the program."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from tornado.locks import Condition

from autograder.slides.source import FEWEST_OPTIONS, MOST_OPTIONS

LONGEST = 300  # characters of a question, or of an option
MOST_VOTERS = 1000


class Refused(ValueError):
    """What was asked for cannot be; the text says why, and `status` is that of HTTP."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status


@dataclass(frozen=True)
class Question:
    """What is asked.

    Attributes:
        place: the deck and the number of the slide.
        title: its heading.
        options: what can be chosen; an empty text where the letter is all there is.
    """

    place: str
    title: str
    options: tuple[str, ...]


def question(wish: Any) -> Question:
    """Make a question of what the page of the deck sent.

    Raises:
        Refused: it is none.
    """
    if not isinstance(wish, dict):
        raise Refused(400, "this is no question")
    place, title, options = (wish.get(name) for name in ("place", "title", "options"))
    if not isinstance(options, list) or not FEWEST_OPTIONS <= len(options) <= MOST_OPTIONS:
        raise Refused(400, f"a question has {FEWEST_OPTIONS} to {MOST_OPTIONS} options")
    if not all(isinstance(text, str) and len(text) <= LONGEST for text in (place, title, *options)):
        raise Refused(400, f"texts of a question have up to {LONGEST} characters")
    return Question(str(place), str(title), tuple(options))


class Poll:
    """One vote at a time.

    Attributes:
        round: counts the votes that were opened, so that a late answer is for none but its own.
        turned: is notified when a vote opens, closes or goes.
        counted: the same, and when somebody votes.
    """

    def __init__(self) -> None:
        self.round = 0
        self.question: Question | None = None
        self.is_open = False
        self.votes: dict[str, int] = {}  # voter: option
        self.turned = Condition()
        self.counted = Condition()

    def open(self, question: Question) -> None:
        self.round += 1
        self.question, self.is_open, self.votes = question, True, {}
        self._turn()

    def close(self) -> None:
        """Take no more votes; what was counted stays."""
        self.is_open = False
        self._turn()

    def clear(self) -> None:
        """Forget the vote."""
        self.question, self.is_open, self.votes = None, False, {}
        self._turn()

    def cast(self, voter: str, wish: Any) -> None:
        """Count a vote; the second of a voter takes the place of the first.

        Args:
            voter: the name that this program gave a phone.
            wish: {"round": of the vote, "choice": of the option, from 0}.

        Raises:
            Refused: nothing is counted; the text is for the voter.
        """
        round, choice = _whole(wish, "round"), _whole(wish, "choice")
        if self.question is None or not self.is_open or round != self.round:
            raise Refused(409, "This vote is closed.")
        if not 0 <= choice < len(self.question.options):
            raise Refused(400, "There is no such answer.")
        if voter not in self.votes and len(self.votes) >= MOST_VOTERS:
            raise Refused(503, "No more phones can vote. Raise your hand.")
        self.votes[voter] = choice
        self.counted.notify_all()

    def for_lecturer(self) -> dict[str, Any] | None:
        """What the slide shows; None without a vote."""
        if self.question is None:
            return None
        votes = Counter(self.votes.values())
        counts = [votes[option] for option in range(len(self.question.options))]
        return {"place": self.question.place, "open": self.is_open, "counts": counts}

    def for_phone(self, voter: str) -> dict[str, Any] | None:
        """What a phone shows: never what others chose."""
        if self.question is None:
            return None
        return {
            "round": self.round,
            "open": self.is_open,
            "title": self.question.title,
            "options": self.question.options,
            "yours": self.votes.get(voter),
        }

    def _turn(self) -> None:
        self.turned.notify_all()
        self.counted.notify_all()


def _whole(wish: Any, name: str) -> int:
    """A whole number of a wish, which may be anything."""
    number = wish.get(name) if isinstance(wish, dict) else None
    if not isinstance(number, int) or isinstance(number, bool):
        raise Refused(400, "This is no vote.")
    return number
