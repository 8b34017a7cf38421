"""Known mistakes: small changes to a solution that lose points, each with a name and a hint.

One file a lesson, `m02.py` for lesson 02, holds its list MISTAKES. A mistake is written as edits of
the solution's text, so that one sees at a glance what is wrong:

    Mistake("bias forgotten", 2, "conv_forward",
        symptom="every feature map is off by its bias",
        hint="Which argument does your function never use?",
        edits=[(" + b[f]", "")]),
"""

import importlib
from dataclasses import dataclass, field, replace
from functools import cache

from autograder.course import Lesson


@dataclass(frozen=True)
class Mistake:
    """One way to get an exercise wrong.

    Attributes:
        name: a few words, unique for the exercise.
        number: its number in the list of mistakes seen in public solutions, or None.
        exercise: the name of the exercise cell it stands in.
        symptom: what one sees, a clause.
        hint: one sentence that leads on without giving the answer away.
        edits: pairs (old, new) of text; each old stands exactly once in the solution's cell.
        code: the whole cell instead, where edits would not be readable.
        also: other edits that people make who have the same idea.
        draws: whether it comes to something else in each run, as it draws numbers of its own.
    """

    name: str
    number: int | None
    exercise: str
    symptom: str
    hint: str
    edits: list[tuple[str, str]] | None = None
    code: str = ""
    also: list[list[tuple[str, str]]] = field(default_factory=list)
    draws: bool = False


@cache
def known(lesson: str) -> tuple[Mistake, ...]:
    """Return the known mistakes of a lesson, for example of '02_convolution'."""
    try:
        module = importlib.import_module(f"autograder.mistakes.m{lesson[:2]}")
    except ModuleNotFoundError:
        return ()
    return tuple(module.MISTAKES)


@cache
def forms(lesson: str) -> tuple[Mistake, ...]:
    """Return the known mistakes of a lesson in each way in which they are written."""
    return tuple(
        form
        for mistake in known(lesson)
        for form in (mistake, *(replace(mistake, edits=edits, also=[]) for edits in mistake.also))
    )


def possible(lesson: Lesson) -> tuple[Mistake, ...]:
    """Return those forms that can be made in a lesson, from which somebody may take exercises."""
    return tuple(form for form in forms(lesson.name) if form.exercise in lesson.exercises)


class Apart(ValueError):
    """Two mistakes cannot be made at once: they change the same lines."""


def source(mistake: Mistake, lesson: Lesson) -> str:
    """Write the exercise's cell as somebody with this mistake would have.

    Raises:
        ValueError: an edit's old text does not stand exactly once in the solution.
    """
    return cells((mistake,), lesson)[mistake.exercise]


def cells(made: tuple[Mistake, ...], lesson: Lesson) -> dict[str, str]:
    """Write the cells of somebody who made several mistakes, by exercise.

    Raises:
        Apart: one takes away what another changes.
    """
    texts: dict[str, str] = {}
    for mistake in sorted(made, key=lambda one: not one.code):  # a whole cell comes first
        if mistake.code and mistake.exercise in texts:
            raise Apart(f"{mistake.name}: the cell was changed before")
        before = mistake.code or texts.get(mistake.exercise, lesson.solutions[mistake.exercise])
        texts[mistake.exercise] = _edited(before, mistake)
    return texts


def _edited(text: str, mistake: Mistake) -> str:
    for old, new in mistake.edits or []:
        if text.count(old) != 1:
            raise Apart(f"{mistake.name}: {old!r} stands {text.count(old)} times")
        text = text.replace(old, new)
    return text
