"""Known mistakes: small changes to a solution that lose points, each with a name and a hint.

One file a lesson, `m02.py` for lesson 02, holds its list MISTAKES. A mistake is written as edits of
the solution's text, so that one sees at a glance what is wrong:

    Mistake("bias forgotten", 2, "conv_forward",
        symptom="every feature map is off by its bias",
        hint="Which argument does your function never use?",
        edits=[(" + b[f]", "")]),
"""

import importlib
from dataclasses import dataclass
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
    """

    name: str
    number: int | None
    exercise: str
    symptom: str
    hint: str
    edits: list[tuple[str, str]] | None = None
    code: str = ""


@cache
def known(lesson: str) -> tuple[Mistake, ...]:
    """Return the known mistakes of a lesson, for example of '02_convolution'."""
    try:
        module = importlib.import_module(f"autograder.mistakes.m{lesson[:2]}")
    except ModuleNotFoundError:
        return ()
    return tuple(module.MISTAKES)


def source(mistake: Mistake, lesson: Lesson) -> str:
    """Write the exercise's cell as somebody with this mistake would have.

    Raises:
        ValueError: an edit's old text does not stand exactly once in the solution.
    """
    if mistake.code:
        return mistake.code
    text = lesson.solutions[mistake.exercise]
    for old, new in mistake.edits or []:
        if text.count(old) != 1:
            raise ValueError(f"{mistake.name}: {old!r} stands {text.count(old)} times")
        text = text.replace(old, new)
    return text
