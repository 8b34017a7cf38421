"""Read the written answers of a class: who wrote what, and what was given for it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.answers import alike
from autograder.answers.alike import Wording
from autograder.classroom import by_hand, written
from autograder.classroom.by_hand import Given
from autograder.classroom.gradebook import Book
from autograder.classroom.room import Classroom
from autograder.classroom.written import Written
from autograder.course import Check, CourseError, Lesson
from autograder.pages import html

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
    for answer, found in _all(room, book, lesson, check):
        answers[answer.id] = answer
        if found:
            count = wordings[answer.key].count if answer.key in wordings else 0
            text = found.normal[: alike.LONGEST + 1]  # of a longer one nothing is compared
            wordings[answer.key] = Wording(answer.key, text, found.pictures_key, count + 1)
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
        found = written.read(room, answer.student, lesson, check.id)
        if found and found.key == answer.key:
            return _html(found)
    raise CourseError("This answer was handed in anew meanwhile: load the page again.")


def asked(lesson: Lesson, check: Check) -> tuple[str, str]:
    """Return the HTML of a question, and of its model answer with the rubric."""
    cells = lesson.notebook.cells
    place = next(n for n, cell in enumerate(cells) if cell is lesson.cells[check.id])
    before = cells[place - 1].source if place and cells[place - 1].cell_type == "markdown" else ""
    return html.markdown(before), html.markdown(check.source)


def _all(
    room: Classroom, book: Book, lesson: Lesson, check: Check, ids: set[str] | None = None
) -> Iterator[tuple[Answer, Written | None]]:
    """Go through the answers to a question: all, or those of some ids."""
    for entry in by_hand.entries(book, lesson.name, check.id):
        if ids is None or entry.id in ids:
            found = written.read(room, entry.student, lesson, check.id)
            key = found.key if found else ""
            yield Answer(entry.id, entry.student, key, entry.given), found


def _html(found: Written) -> str:
    made = html.markdown(found.text, found.pictures)
    if len(made) <= MOST_BYTES:
        return made
    return f"<p><em>{TOO_MUCH}</em></p>\n{html.markdown(html.DATA.sub('', found.text))}"
