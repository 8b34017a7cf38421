"""Similar work: a copy is found whatever its variables are called, what everybody writes is not."""

import os
import random
import subprocess
import sys

import generated_class
import nbformat
import pytest
import sample_class
from cells import named
from nbformat import NotebookNode

from autograder.classroom.room import class_at
from autograder.course import Lesson, lessons
from autograder.report import similar
from autograder.report.page import Writer
from autograder.report.similar import Pair, Pieces
from autograder.report.tally import Tally
from convbook import notebook

LESSON = lessons()["02_convolution"]
Sources = list[tuple[str, str]]


def sources(cells: NotebookNode) -> Sources:
    return [(notebook.grade_id(c), c.source) for c in cells.cells if c.cell_type == "code"]


def compared(lesson: Lesson, everybody: dict[str, Sources]) -> list[Pair]:
    pieces = Pieces(lesson)
    for student, cells in everybody.items():
        pieces.add(student, cells)
    return similar.pairs(pieces, everybody.__getitem__)


def named_pairs(found: list[Pair]) -> set[tuple[str, str]]:
    return {(pair.left.student, pair.right.student) for pair in found}


def own(lesson: Lesson, is_copy: bool = False) -> Sources:
    """Hand in an answer that nobody else has, or its copy with other names."""
    exercise, text = generated_class.OWN[lesson.name]
    cells = sample_class.released(lesson)
    named(cells, exercise).source = generated_class.renamed(text) if is_copy else text
    return sources(cells)


def sample() -> dict[str, Sources]:
    """The sample class, less the one whose file cannot be read."""
    students = {name: hand_in for name, hand_in in sample_class.STUDENTS.items() if name != "jan"}
    return {
        name: sources(nbformat.reads(hand_in(LESSON, name), as_version=4))
        for name, hand_in in students.items()
    }


def right_answers(lesson: Lesson, count: int, seed: int) -> dict[str, Sources]:
    """A class in which everybody is right, each exercise in one of the ways that are known."""
    rng = random.Random(seed)
    everybody = {}
    for number in range(count):
        cells = sample_class.solved(lesson)
        for exercise, versions in sample_class.right(lesson).items():
            text = rng.choice([named(cells, exercise).source, *versions])
            named(cells, exercise).source = text.strip()
        everybody[f"s{number:02}"] = sources(cells)
    return everybody


@pytest.mark.parametrize("lesson", lessons().values(), ids=lambda lesson: lesson.name)
def test_fifty_right_answers_are_not_alike(lesson: Lesson) -> None:
    for seed in (1, 2, 3):
        assert named_pairs(compared(lesson, right_answers(lesson, 50, seed))) == set()


def test_a_copy_with_other_names_is_found_among_fifty_right_answers() -> None:
    everybody = right_answers(LESSON, 48, seed=4)
    everybody |= {"x": own(LESSON), "y": own(LESSON, is_copy=True)}
    assert named_pairs(compared(LESSON, everybody)) == {("x", "y")}


def test_who_looks_alike_is_the_same_in_each_run() -> None:
    """Python salts its hashes of texts anew for each process."""
    ask = "from autograder.report import similar; print(sorted(similar._pieces({!r})))"
    text = "\n".join(source for _, source in own(LESSON)) + "\n'\ud800'"
    command = [sys.executable, "-c", ask.format(text)]
    said = {
        subprocess.check_output(command, env=os.environ | {"PYTHONHASHSEED": salt})
        for salt in ("1", "2")
    }
    assert len(said) == 1 and len(said.pop()) > 1000


def test_a_copy_is_found_in_the_sample_class_and_nobody_else() -> None:
    everybody = sample()
    assert named_pairs(compared(LESSON, everybody | {"kim": own(LESSON)})) == set()
    ada = dict(everybody["ada"])
    names = {"padded": "p", "rows": "r", "cols": "c", "x_pad": "big", "seen": "patch"}
    for exercise in LESSON.exercises:
        for old, new in names.items():
            ada[exercise] = ada[exercise].replace(old, new)
    assert ada != dict(everybody["ada"])
    assert named_pairs(compared(LESSON, everybody | {"kim": list(ada.items())})) == {("ada", "kim")}


def test_a_few_may_share_a_copy_but_what_many_have_is_usual() -> None:
    everybody = right_answers(LESSON, 40, seed=5)
    few = {f"x{k}": own(LESSON, is_copy=bool(k % 2)) for k in range(3)}
    many = {f"x{k}": own(LESSON, is_copy=bool(k % 2)) for k in range(12)}
    assert len(compared(LESSON, everybody | few)) == 3
    assert compared(LESSON, everybody | many) == []


def test_the_solution_and_the_given_code_count_as_everybodys() -> None:
    everybody = {f"s{k}": sources(sample_class.solved(LESSON)) for k in range(2)}
    blank = sources(sample_class.released(LESSON))
    assert compared(LESSON, everybody | {f"b{k}": blank for k in range(10)}) == []


def test_a_small_class_is_left_out() -> None:
    pieces = Pieces(LESSON)
    for k in range(9):
        pieces.add(f"s{k}", own(LESSON))
    assert not pieces.is_enough
    assert pieces.suspects() == []


@pytest.mark.parametrize("text", ["", "x", "\x00", "def f(:\n", "'''", "é" * 5000, "%%bash\nls"])
def test_odd_code_is_no_problem(text: str) -> None:
    everybody = {f"s{k}": [("correlate1d", text)] for k in range(12)}
    assert compared(LESSON, everybody) == []


def test_the_page_of_a_pair_shows_both_and_marks_what_is_alike(tmp_path) -> None:
    everybody = right_answers(LESSON, 20, seed=8)
    hostile = [("", "# </pre><script>alert(1)</script>\nprint('<b>')"), *own(LESSON)]
    everybody |= {"<i>x": hostile, "y": own(LESSON, is_copy=True)}
    found = compared(LESSON, everybody)
    assert named_pairs(found) == {("<i>x", "y")}
    for side in (found[0].left, found[0].right):
        marked = [line for line, is_alike in side.lines if is_alike]
        assert 20 <= len(marked) == side.alike
        assert any("while" in line for line in marked)
    room = class_at(tmp_path)
    (tmp_path / "report" / "similar").mkdir(parents=True)
    stale = tmp_path / "report" / "similar" / f"{LESSON.name}-9.html"
    stale.write_text("of the last time")
    paths = list(Writer(room).lesson(Tally(LESSON), found, has_due=False))
    text = paths[0].read_text(encoding="utf-8")
    assert not stale.exists()
    assert "A hint, not a verdict." in text
    assert "<script" not in text and "<i>" not in text and "<b>" not in text
    assert text.count("<mark>") == found[0].left.alike + found[0].right.alike
    overview = paths[1].read_text(encoding="utf-8")
    assert f'href="similar/{paths[0].name}"' in overview and "A hint, not a verdict." in overview
