"""A class of ten, written as different people would, with the score each should get.

    python tests/sample_class.py FOLDER     writes FOLDER/STUDENT/LESSON/LESSON.ipynb

Ada writes loops, Bao likes einsum and strides. Chen did the first half. Dora, Emil and Fay make
mistakes that are often seen. Gus opened the notebook and went away. Hana deleted a check, Ines
changed one so that it passes, Jan's file was cut off on its way.
"""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
from cells import named
from nbformat import NotebookNode

from autograder import mistakes
from autograder.course import Lesson, lessons
from convbook import notebook

LESSONS = ("02_convolution", "03_backprop", "05_pooling")
ANSWER = "I would say it makes no difference, because the layer can learn either."

# The mistakes each makes, by exercise and name.
MISTAKES: dict[tuple[str, str], dict[str, str]] = {
    ("dora", "02_convolution"): {
        "conv_forward": "padding hard-coded",
        "correlate2d": "filter flipped",
    },
    ("emil", "02_convolution"): {
        "conv_forward": "bias added inside the sum",
        "shift_gap": "sign kept",
    },
    ("fay", "02_convolution"): {"conv_forward": "a size that does not fit is accepted"},
    ("dora", "03_backprop"): {
        "conv_forward": "crop -p at padding 0",
        "relu_forward": "written into dout",
    },
    ("emil", "03_backprop"): {
        "numerical_gradient": "forward difference",
        "conv_forward": "dw divided by N",
    },
    ("fay", "03_backprop"): {"conv_forward": "stride ignored"},
    ("dora", "05_pooling"): {
        "max_pool_forward": "search starts from zero",
        "replace_pools": "biases forgotten",
    },
    ("emil", "05_pooling"): {
        "max_pool_forward": "every tied maximum gets the full gradient",
        "avg_pool_forward": "overlapping windows assign",
    },
    ("fay", "05_pooling"): {"l2_pool_forward": "nan for a window of zeros"},
}

SCORES: dict[str, dict[str, float]] = {
    "02_convolution": dict(
        ada=20, bao=20, chen=13, dora=10, emil=13, fay=19, gus=0, hana=17, ines=17, jan=0
    ),
    "03_backprop": dict(
        ada=20, bao=20, chen=14, dora=13, emil=12, fay=17, gus=0, hana=18, ines=18, jan=0
    ),
    "05_pooling": dict(
        ada=20, bao=20, chen=12, dora=15, emil=18, fay=19, gus=0, hana=18, ines=18, jan=0
    ),
}


def write(folder: Path) -> None:
    """Write every student's hand-ins."""
    for name in LESSONS:
        for student in STUDENTS:
            hand_in(folder, student, name)


def hand_in(folder: Path, student: str, name: str = LESSONS[0], writer: str = "") -> Path:
    """Write one hand-in, by one of the ten or, under another name, as the writer does it."""
    path = folder / student / name / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(STUDENTS[writer or student](lessons()[name], student), encoding="utf-8")
    return path


def careful(version: int) -> Callable[[Lesson, str], str]:
    """Everything right, in one of the ways that tests/lessons knows."""

    def hand_in(lesson: Lesson, student: str) -> str:
        cells = released(lesson)
        for exercise, versions in right(lesson).items():
            named(cells, exercise).source = versions[version].strip()
        answer(cells)
        return text(cells)

    return hand_in


def first_half(lesson: Lesson, student: str) -> str:
    cells = released(lesson)
    for exercise in list(lesson.exercises)[: len(lesson.exercises) // 2]:
        named(cells, exercise).source = named(lesson.notebook, exercise).source
    return text(cells)


def mistaken(lesson: Lesson, student: str) -> str:
    cells = solved(lesson)
    for exercise, name in MISTAKES[student, lesson.name].items():
        known = mistakes.known(lesson.name)
        mistake = next(m for m in known if (m.exercise, m.name) == (exercise, name))
        named(cells, exercise).source = without_marks(mistakes.source(mistake, lesson))
    answer(cells)
    return text(cells)


def blank(lesson: Lesson, student: str) -> str:
    return text(released(lesson))


def deleted_check(lesson: Lesson, student: str) -> str:
    """The second exercise is wrong, and its check is gone."""
    cells = with_second_wrong(lesson)
    cells.cells.remove(second_check(cells, lesson))
    return text(cells)


def edited_check(lesson: Lesson, student: str) -> str:
    """The second exercise is wrong, and its check says pass."""
    cells = with_second_wrong(lesson)
    second_check(cells, lesson).source = 'print("passed")'
    return text(cells)


def cut_off(lesson: Lesson, student: str) -> str:
    whole = text(solved(lesson))
    return whole[: len(whole) // 2]


STUDENTS: dict[str, Callable[[Lesson, str], str]] = {
    "ada": careful(0),
    "bao": careful(1),
    "chen": first_half,
    "dora": mistaken,
    "emil": mistaken,
    "fay": mistaken,
    "gus": blank,
    "hana": deleted_check,
    "ines": edited_check,
    "jan": cut_off,
}


def with_second_wrong(lesson: Lesson) -> NotebookNode:
    cells = solved(lesson)
    name = lesson.exercises[1]
    named(cells, name).source = f"def {name}(*args, **kwargs):\n    return 0"
    return cells


def second_check(cells: NotebookNode, lesson: Lesson) -> NotebookNode:
    return notebook.checks_of(cells, lesson.exercises[1])[0]


def solved(lesson: Lesson) -> NotebookNode:
    cells = released(lesson)
    for exercise in lesson.exercises:
        named(cells, exercise).source = without_marks(named(lesson.notebook, exercise).source)
    return cells


def without_marks(source: str) -> str:
    return "\n".join(line for line in source.split("\n") if "### " not in line)


def released(lesson: Lesson) -> NotebookNode:
    return nbformat.from_dict(lesson.released)


def right(lesson: Lesson) -> dict[str, list[str]]:
    return importlib.import_module(f"right_{lesson.name[:2]}").RIGHT


def answer(cells: NotebookNode) -> None:
    for written in cells.cells:
        if notebook.grade_id(written).startswith("answer-"):
            written.source = ANSWER


def text(cells: NotebookNode) -> str:
    return nbformat.writes(cells, version=4)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent / "lessons"))
    write(Path(sys.argv[1]))
