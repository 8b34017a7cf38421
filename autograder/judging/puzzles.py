"""Write the sealed wrong functions of convbook/puzzle, which pass what is shown."""

import json
import re
from pathlib import Path

from autograder.course import Lesson, chosen
from convbook.check import fingerprint
from convbook.puzzle import opened

FOLDER = opened.FOLDER.resolve()
TEXTS = Path(__file__).with_name("wrong")  # a file for each lesson, NN.txt
# The exercise's cell in whose place each stands, in the order of GAMES in convbook/puzzle/games.py.
EXERCISES = {
    "03_backprop": ("conv_forward", "conv_forward", "dx_by_full_convolution"),
    "05_pooling": ("max_pool_forward", "max_pool_forward", "avg_pool_forward"),
    "08_normalization": ("batchnorm_forward", "spatial_batchnorm_forward", "dropout_forward"),
}


def outdated(course: Path, wanted: list[str]) -> list[Lesson]:
    """Return the lessons whose wrong functions are not what their mistakes are now.

    Args:
        course: the course's folder; one without convbook has none.
        wanted: the lessons to look at; all if empty.
    """
    if not FOLDER.is_relative_to(course):
        return []
    lessons = [one for one in chosen(wanted) if one.name in EXERCISES and not one.without]
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
    """Return the wrong functions, in their order.

    They are written with the course's own layers, which students have: what is sealed holds
    nothing of a solution, whoever opens it.
    """
    text = (TEXTS / f"{lesson.name[:2]}.txt").read_text(encoding="utf-8")
    _, *cells = re.split(r"^# %% .*\n", text, flags=re.MULTILINE)
    return [cell.strip() + "\n" for cell in cells]


def path_of(lesson: Lesson) -> Path:
    """Return where a lesson's wrong functions are."""
    return FOLDER / f"{lesson.name[:2]}.json"


def _same(lesson: Lesson) -> bool:
    path = path_of(lesson)
    return path.exists() and [text for _, text in opened.texts(path)] == texts(lesson)
