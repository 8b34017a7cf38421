"""A class of any size, made from right versions and known mistakes, for reports and measurements.

    python tests/generated_class.py FOLDER COUNT     writes FOLDER/STUDENT/LESSON/LESSON.ipynb

Each student has a skill, each exercise a difficulty; who falls short of it makes one of its known
mistakes, or leaves it blank. Of a class of ten and more, one file is cut off, one notebook ends its
own process, and one student has taken over another's answers and renamed the variables.
"""

import random
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
import sample_class
from cells import named
from nbformat import NotebookNode

from autograder import mistakes
from autograder.course import Lesson, lessons

LESSONS = ("02_convolution", "03_backprop", "05_pooling")
DUE = datetime(2026, 10, 5, 23, 59, tzinfo=UTC)  # of the first lesson; a week for each other
FIRST = """ada amir ana bao bea carlos chen dora emil eva fay finn goran gus hana ines ivo jan jin
kai kim lea leo luca mai maya max mia mila nele nils noor omar ola pia quinn rami rosa sami sara
tara theo tuan uma vera wei yara yuki zoe""".split()
# What somebody would write who thinks for himself: none of the versions that others have.
OWN = {
    "02_convolution": (
        "conv_forward",
        """
def conv_forward(x, w, b, stride=1, pad=0, dilation=1):
    batch, depth, high, wide = x.shape
    count, depth, tall, broad = w.shape
    canvas = np.zeros((batch, depth, high + 2 * pad, wide + 2 * pad))
    canvas[..., pad : pad + high, pad : pad + wide] = x
    spare_high = high + 2 * pad - tall
    spare_wide = wide + 2 * pad - broad
    if spare_high < 0 or spare_wide < 0 or spare_high % stride or spare_wide % stride:
        raise ValueError("this filter does not fit")
    result = []
    for picture in canvas:
        maps = []
        for kernel, shift in zip(w, b):
            rows = []
            top = 0
            while top <= spare_high:
                left, line = 0, []
                while left <= spare_wide:
                    patch = picture[:, top : top + tall, left : left + broad]
                    products = patch.ravel() @ kernel.ravel()
                    line.append(float(products) + shift)
                    left = left + stride
                rows.append(line)
                top = top + stride
            maps.append(rows)
        result.append(maps)
    return np.array(result).reshape(batch, count, -1, spare_wide // stride + 1), canvas
""",
    ),
}
RENAMED = {
    "batch": "n", "depth": "ch", "high": "h", "wide": "v", "count": "k", "tall": "kh",
    "broad": "kv", "products": "dot", "canvas": "big", "spare_high": "a", "spare_wide": "z",
    "result": "answer", "picture": "one", "maps": "planes", "kernel": "flt", "shift": "bias",
    "rows": "grid", "top": "y", "left": "u", "line": "values", "patch": "window",
}  # fmt: skip


def names(count: int) -> list[str]:
    """Return the names of a class: as many as there are, all different."""
    many = [
        f"{name}{'' if k == 0 else k}" for k in range(count // len(FIRST) + 1) for name in FIRST
    ]
    return sorted(many[:count])


def write(folder: Path, count: int, lesson_names: tuple[str, ...] = LESSONS, seed: int = 1) -> None:
    """Write the hand-ins of a class, each with the time at which it came in."""
    students = names(count)
    rng = random.Random(seed)
    skills = {student: rng.gauss(0.9, 1.0) for student in students}
    absent = set(students[9::17])
    for number, lesson in enumerate(lessons()[name] for name in lesson_names):
        hardness = {exercise: rng.gauss(0, 0.8) for exercise in lesson.exercises}
        for student in students:
            if student in absent and rng.random() < 0.6:
                continue
            cells = attempt(lesson, skills[student], hardness, rng)
            special(cells, lesson, student, students)
            text = nbformat.writes(cells, version=4)
            if student == students[7 % len(students)] and number == 0 and count >= 10:
                text = text[: len(text) // 2]
            place = folder / student / lesson.name
            place.mkdir(parents=True, exist_ok=True)
            (place / f"{lesson.name}.ipynb").write_text(text, encoding="utf-8")
            due = DUE + timedelta(weeks=number)
            hours = -rng.expovariate(1 / 8) if rng.random() < 0.1 else rng.expovariate(1 / 30)
            early = timedelta(hours=hours)
            (place / "timestamp.txt").write_text(f"{due - early:%Y-%m-%d %H:%M:%S} UTC")


def attempt(
    lesson: Lesson, skill: float, hardness: dict[str, float], rng: random.Random
) -> NotebookNode:
    """Write one student's notebook."""
    cells = sample_class.solved(lesson)
    versions = sample_class.right(lesson)
    for exercise in lesson.exercises:
        margin = skill - hardness[exercise] + rng.gauss(0, 0.7)
        cell = named(cells, exercise)
        if margin < -0.9:
            cell.source = named(lesson.released, exercise).source
        elif margin < 0.2:
            known = [m for m in mistakes.known(lesson.name) if m.exercise == exercise]
            common = min(int(rng.expovariate(0.6)), len(known) - 1)
            cell.source = sample_class.without_marks(mistakes.source(known[common], lesson))
        else:
            own = rng.randrange(len(versions[exercise]) + 1)
            cell.source = [cell.source, *versions[exercise]][own].strip()
    if skill > 0:
        sample_class.answer(cells)
    return cells


def special(cells: NotebookNode, lesson: Lesson, student: str, students: list[str]) -> None:
    """Let a few students do what happens in every class."""
    if len(students) < 10:
        return
    if student in (students[3], students[6]) and lesson.name in OWN:
        exercise, source = OWN[lesson.name]
        named(cells, exercise).source = source if student == students[3] else renamed(source)
    if student == students[5] and lesson.name == LESSONS[-1]:
        cell = named(cells, lesson.exercises[0])
        cell.source = f"def {lesson.exercises[0]}(*args):\n    import os\n    os._exit(1)"


def renamed(source: str) -> str:
    """Rename the variables of OWN and rewrite its one text, as somebody does who copies."""
    for old, new in RENAMED.items():
        source = re.sub(rf"\b{old}\b", new, source)
    return source.replace("this filter does not fit", "wrong size")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent / "lessons"))
    write(Path(sys.argv[1]), int(sys.argv[2]))
