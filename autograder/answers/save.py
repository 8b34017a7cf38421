"""Save what a person gave, unless somebody else was quicker."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autograder import disk
from autograder.answers import read
from autograder.answers.read import Answer
from autograder.classroom import by_hand, gradebook, record
from autograder.classroom.by_hand import Given
from autograder.classroom.room import Classroom
from autograder.course import Check, CourseError, Lesson

LOCK = "answers.lock"
WAIT = 5  # seconds for another program, while a person waits
MOST_ANSWERS = 10_000  # in one request
MOST_COMMENT = 20_000  # characters


class WishError(ValueError):
    """A request that cannot be meant; the text says why."""


@dataclass(frozen=True)
class Wish:
    """What is to stand in the gradebook for an answer, and what stood there for who wishes it.

    Attributes:
        id: of the answer.
        key: fingerprint of the wording that was seen.
        seen, given: what stood there, and what is to.
    """

    id: str
    key: str
    seen: Given
    given: Given


@dataclass(frozen=True)
class Conflict:
    """An answer that is not as it was seen, for which nothing was saved.

    Attributes:
        id: of the answer.
        now: the answer as it is, or None where it is gone.
        who, when: the account that gave the points there are, and when; '' where nobody did.
    """

    id: str
    now: Answer | None
    who: str
    when: str


def wishes(body: Any, check: Check) -> list[Wish]:
    """Read a request: a list of objects with id, key, seen and given.

    Raises:
        WishError: it is none.
    """
    if not isinstance(body, list) or not 0 < len(body) <= MOST_ANSWERS:
        raise WishError("a list of answers is wanted")
    return [_wish(one, check) for one in body]


def save(room: Classroom, lesson: Lesson, check: Check, wanted: list[Wish]) -> list[Conflict]:
    """Save all wishes, or none of them where an answer is not as it was seen.

    Args:
        room, lesson, check: where, and what was asked.
        wanted: from `wishes`.

    Returns:
        The answers that are not as they were seen; none where all was saved.

    Raises:
        CourseError: the gradebook or the record cannot be written; what was saved until then is in
            both.
    """
    said = "another program is saving answers: try again"
    try:
        with (
            disk.locked(room.results / LOCK, said, WAIT),
            gradebook.opened(room.db_url) as book,
        ):
            now = read.current(room, book, lesson, check, {wish.id for wish in wanted})
            changed = [wish.id for wish in wanted if not _is_as_seen(wish, now)]
            if changed:
                return _conflicts(room, lesson, check, changed, now)
            for wish in wanted:
                by_hand.give(book, wish.id, wish.given)
            return []
    except OSError as error:
        raise CourseError(f"{room.results / LOCK}: {disk.why(error)}") from None


def _is_as_seen(wish: Wish, now: Mapping[str, Answer]) -> bool:
    answer = now.get(wish.id)
    return answer is not None and (answer.key, answer.given) == (wish.key, wish.seen)


def _conflicts(
    room: Classroom, lesson: Lesson, check: Check, ids: list[str], now: Mapping[str, Answer]
) -> list[Conflict]:
    known = record.state(room.results).by
    found = []
    for id in ids:
        answer = now.get(id)
        cell = (answer.student, lesson.name, check.id) if answer else ("", "", "")
        found.append(Conflict(id, answer, *known.get(cell, ("", ""))))
    return found


def _wish(body: Any, check: Check) -> Wish:
    try:
        id, key = body["id"], body["key"]
        seen, given = (_given(body[name]) for name in ("seen", "given"))
    except (TypeError, LookupError):
        raise WishError("an answer has id, key, seen and given") from None
    if not isinstance(id, str) or not isinstance(key, str):
        raise WishError("id and key are texts")
    if given.points is not None and not 0 <= given.points <= check.points:
        raise WishError(f"there are 0 to {check.points:g} points")
    if len(given.comment) > MOST_COMMENT:
        raise WishError(f"a comment has {MOST_COMMENT} characters at most")
    return Wish(id, key, seen, given)


def _given(body: Any) -> Given:
    points, comment, is_done = body["points"], body["comment"], body["done"]
    is_number = isinstance(points, (int, float)) and not isinstance(points, bool)
    if points is not None and not (is_number and abs(points) < math.inf):
        raise WishError("points are a number, or null")
    if not isinstance(comment, str) or not isinstance(is_done, bool):
        raise WishError("a comment is a text, done is true or false")
    return Given(points, _clean(comment), is_done)


def _clean(comment: str) -> str:
    """Return a comment without half characters and NULs, which no database takes."""
    return comment.replace("\0", "").encode("utf-8", "replace").decode()
