"""Read the written answers of a class: who wrote what, and what was given for it."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from autograder.answers import alike
from autograder.answers.alike import Wording
from autograder.classroom import by_hand
from autograder.classroom.by_hand import Given
from autograder.classroom.gradebook import Book
from autograder.classroom.room import Classroom
from autograder.course import Check, CourseError, Lesson
from autograder.pages import html
from convbook import notebook

MOST_BYTES = 12 << 20  # of one wording as it is shown, its pictures included
TOO_MUCH = f"It has more than {MOST_BYTES >> 20} MiB of pictures, so only its text is shown."
_HALVES = re.compile(r"(?:\d[.,]5|½|\bhalf a)\s+points?\b", re.IGNORECASE)


@dataclass(frozen=True)
class Answer:
    """One student's written answer.

    Attributes:
        id: of its entry in the gradebook; it says nothing of the student.
        student: the student's id.
        key: fingerprint of what was written, the same for all who wrote so but for capitals and
            spaces; '' where that cannot be read.
        given: what stands in the gradebook for it.
    """

    id: str
    student: str
    key: str
    given: Given


@dataclass(frozen=True)
class Question:
    """A question with all answers to it.

    Attributes:
        answers: by their ids.
        groups: alike wordings, those to be graded first.
    """

    answers: dict[str, Answer]
    groups: list[list[Wording]]


@dataclass(frozen=True)
class _Written:
    """What stands in the cell of an answer."""

    text: str
    pictures: dict[str, Any]

    @cached_property
    def key(self) -> str:
        return _print([alike.normal(self.text), self.pictures])

    def wording(self, count: int) -> Wording:
        """Return it with how many wrote so; a text that is too long to compare is cut."""
        text = alike.normal(self.text)[: alike.LONGEST + 1]
        return Wording(self.key, text, _print(self.pictures) if self.pictures else "", count)


def questions(lesson: Lesson) -> list[Check]:
    """Return the questions of a lesson that a person grades.

    Raises:
        CourseError: there are none.
    """
    found = [check for check in lesson.checks if check.manual]
    if not found:
        raise CourseError(f"{lesson.name} has no written answers")
    return found


def choices(check: Check) -> list[float]:
    """Return the points that a question can give: whole ones, and halves where its rubric has."""
    step = 0.5 if _HALVES.search(check.source) else 1.0
    return [n * step for n in range(int(check.points / step) + 1)]


def question(room: Classroom, book: Book, lesson: Lesson, check: Check) -> Question:
    """Read a question and all answers to it.

    Raises:
        CourseError: nothing was graded yet.
    """
    answers, wordings = {}, dict[str, Wording]()
    for answer, written in _all(room, book, lesson, check):
        answers[answer.id] = answer
        if written:
            count = wordings[answer.key].count if answer.key in wordings else 0
            wordings[answer.key] = written.wording(count + 1)
    if not answers:
        raise CourseError(f"{lesson.name}: nothing was graded yet: run autograder grade first")
    waiting = {a.key for a in answers.values() if not a.given.is_done}
    groups = alike.groups(list(wordings.values()))
    groups.sort(key=lambda group: not any(w.key in waiting for w in group))
    return Question(answers, groups)


def current(
    room: Classroom, book: Book, lesson: Lesson, check: Check, ids: set[str]
) -> dict[str, Answer]:
    """Return some answers as they are now, by their ids; one that is gone is not among them."""
    return {answer.id: answer for answer, _ in _all(room, book, lesson, check, ids)}


def shown(room: Classroom, lesson: Lesson, check: Check, answers: list[Answer]) -> str:
    """Return the HTML of a wording, as one of those who wrote it has it.

    Raises:
        CourseError: it was handed in anew meanwhile.
    """
    for answer in answers:
        written = _written(room, answer.student, lesson, check)
        if written and written.key == answer.key:
            return _html(written)
    raise CourseError("This answer was handed in anew meanwhile: load the page again.")


def asked(lesson: Lesson, check: Check) -> tuple[str, str]:
    """Return the HTML of a question, and of its model answer with the rubric."""
    cells = lesson.notebook.cells
    place = next(n for n, cell in enumerate(cells) if cell is lesson.cells[check.id])
    before = cells[place - 1].source if place and cells[place - 1].cell_type == "markdown" else ""
    return html.markdown(before), html.markdown(check.source)


def _all(
    room: Classroom, book: Book, lesson: Lesson, check: Check, ids: set[str] | None = None
) -> Iterator[tuple[Answer, _Written | None]]:
    """Go through the answers to a question: all, or those of some ids."""
    for entry in by_hand.entries(book, lesson.name, check.id):
        if ids is None or entry.id in ids:
            written = _written(room, entry.student, lesson, check)
            key = written.key if written else ""
            yield Answer(entry.id, entry.student, key, entry.given), written


def _written(room: Classroom, student: str, lesson: Lesson, check: Check) -> _Written | None:
    """Return what a student wrote, from the graded notebook; None where that cannot be read."""
    try:
        cells = json.loads(room.graded(student, lesson), object_hook=notebook.Node)
        cell = notebook.by_name(cells)[check.id]
        return _Written("".join(cell["source"]), dict(cell.get("attachments") or {}))
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


def _html(written: _Written) -> str:
    made = html.markdown(written.text, written.pictures)
    if len(made) <= MOST_BYTES:
        return made
    return f"<p><em>{TOO_MUCH}</em></p>\n{html.markdown(html.DATA.sub('', written.text))}"


def _print(content: Any) -> str:
    text = json.dumps(content, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
