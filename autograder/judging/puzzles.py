"""Write the sealed wrong functions of convbook/puzzle: known mistakes that pass what is shown."""

import json
from pathlib import Path

from autograder import mistakes
from autograder.course import Lesson, chosen
from convbook.check import fingerprint
from convbook.puzzle import opened

FOLDER = opened.FOLDER.resolve()
# The exercise's cell and the mistake's name, in the order of GAMES in convbook/puzzle/games.py.
WRONG = {
    "03_backprop": (
        ("conv_forward", "dw from one picture"),
        ("conv_forward", "HH used for the width"),
        ("dx_by_full_convolution", "axes of w reshaped, not exchanged"),
    ),
    "05_pooling": (
        ("max_pool_forward", "winners of the first channel used for all"),
        ("max_pool_forward", "fit tested along the height only"),
        ("avg_pool_forward", "whole numbers cut off"),
    ),
    "08_normalization": (
        ("batchnorm_forward", "eps saved with the variance"),
        ("spatial_batchnorm_forward", "dout reshaped without transpose"),
        ("dropout_forward", "x changed in place"),
    ),
}


def outdated(course: Path, wanted: list[str]) -> list[Lesson]:
    """Return the lessons whose wrong functions are not what their mistakes are now.

    Args:
        course: the course's folder; one without convbook has none.
        wanted: the lessons to look at; all if empty.
    """
    if not FOLDER.is_relative_to(course):
        return []
    lessons = [one for one in chosen(wanted) if one.name in WRONG and not one.without]
    return [one for one in lessons if not _same(one)]


def write(lesson: Lesson) -> Path:
    """Write the file of a lesson anew, and return its path."""
    path = path_of(lesson)
    path.parent.mkdir(exist_ok=True)
    number = lesson.name[:2]
    numbered = enumerate(texts(lesson), start=1)
    content = [fingerprint.seal(text, opened.key(number, k)) for k, text in numbered]
    path.write_text(json.dumps(content, indent=0) + "\n", encoding="utf-8")
    return path


def texts(lesson: Lesson) -> list[str]:
    """Return the cells of the wrong functions, in their order."""
    known = {(one.exercise, one.name): one for one in mistakes.known(lesson.name)}
    return [mistakes.source(known[which], lesson) for which in WRONG[lesson.name]]


def path_of(lesson: Lesson) -> Path:
    """Return where a lesson's wrong functions are."""
    return FOLDER / f"{lesson.name[:2]}.json"


def _same(lesson: Lesson) -> bool:
    path = path_of(lesson)
    return path.exists() and [text for _, text in opened.texts(path)] == texts(lesson)
