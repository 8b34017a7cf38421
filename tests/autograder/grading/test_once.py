"""Inside a lesson a mistake costs its points once; what is not written has none at all."""

import pytest
from cells import named
from machine import SANDBOX
from nbformat import NotebookNode, from_dict, writes

from autograder.course import lessons
from autograder.grading.airlocks import open_airlock
from autograder.grading.grade import Grade, grade
from autograder.handin import reader, submission
from autograder.mistakes import known, source

VOLUMES, IM2COL, POOL, NORM = "01_volumes", "04_im2col", "05_pooling", "08_normalization"
LAYER = "check-conv_forward_im2col"
BLANK = "raise NotImplementedError"


def handed_in(name: str, cells: dict[str, str]) -> NotebookNode:
    """Return a notebook with every answer right, but for some cells."""
    lesson = lessons()[name]
    book = from_dict(lesson.released)
    for exercise in lesson.exercises:
        named(book, exercise).source = cells.get(exercise, lesson.solutions[exercise])
    return book


def graded(name: str, cells: dict[str, str]) -> Grade:
    lesson = lessons()[name]
    parsed = reader.parse(writes(handed_in(name, cells), version=4))
    with open_airlock(lesson, SANDBOX) as airlock:
        return grade(submission.reconcile(parsed, lesson), airlock, seed=4)


def lost(result: Grade) -> dict[str, str]:
    """Return the checks that gave no points, and what they say."""
    return {c.id: c.status for c in result.checks if c.score < c.points and c.status != "manual"}


def said(result: Grade) -> dict[str, str]:
    """Return what is said of the checks that passed."""
    return {c.id: c.message for c in result.checks if c.status == "pass" and c.message}


def changed(name: str, exercise: str, old: str, new: str) -> dict[str, str]:
    text = lessons()[name].solutions[exercise]
    assert old in text
    return {exercise: text.replace(old, new)}


def test_eps_outside_the_root_costs_what_batch_norm_itself_is_worth() -> None:
    """The way back gets a cache of the lesson's own, the spatial functions its batch norm."""
    lesson = lessons()[NORM]
    mistake = next(m for m in known(NORM) if m.name == "eps outside the root")
    result = graded(NORM, {mistake.exercise: source(mistake, lesson)})
    assert set(lost(result)) == {"check-batchnorm_forward", "check-batchnorm_forward-test"}
    told = said(result)
    assert set(told) == {
        "check-batchnorm_backward",
        "check-batchnorm_backward-dgamma_dbeta",
        "check-spatial_batchnorm_forward",
        "check-spatial_batchnorm_backward",
    }
    assert told["check-spatial_batchnorm_forward"] == (
        "Passed with the lesson's own batchnorm_forward: a mistake costs its points once."
    )


def test_a_transposed_im2col_costs_its_own_points() -> None:
    cells = changed(IM2COL, "im2col", "def im2col(", "def upright(")
    cells["im2col"] += "\n\ndef im2col(*args, **how):\n    return upright(*args, **how).T\n"
    result = graded(IM2COL, cells)
    assert set(lost(result)) == {"check-im2col", "check-im2col-batch"}
    assert set(said(result)) >= {"check-conv_forward_im2col", "check-conv_backward_im2col-dx"}


def test_a_size_that_is_a_float_costs_its_own_points() -> None:
    result = graded(VOLUMES, changed(VOLUMES, "conv_output_size", "//", "/"))
    assert set(lost(result)) == {"check-conv_output_size", "check-conv_output_size-policy"}


def test_a_refusal_by_the_lessons_own_function_is_one_of_the_students() -> None:
    """trace_shapes must raise ValueError where conv_output_size does."""
    old, new = 'raise ValueError(f"{W} pixels', 'print(f"{W} pixels'
    result = graded(VOLUMES, changed(VOLUMES, "conv_output_size", old, new))
    assert "check-conv_output_size" in lost(result)
    assert "check-trace_shapes-errors" in said(result)


def test_a_forward_that_raises_for_its_cache_does_not_cost_the_way_back() -> None:
    cells = changed(
        POOL, "max_pool_forward", "    return out, (x.shape", "    len(3)\n    return out, (x.shape"
    )
    result = graded(POOL, cells)
    assert {name.split("-")[1] for name in lost(result)} == {"max_pool_forward"}


def test_what_is_wrong_itself_is_not_saved_by_another_mistake() -> None:
    cells = changed(IM2COL, "im2col", "return ", "return 2 * ")
    cells |= changed(IM2COL, "conv_forward_im2col", "+ b[:, None]", "")
    result = graded(IM2COL, cells)
    assert "check-conv_forward_im2col" in lost(result)
    assert "check-conv_backward_im2col-dw" not in lost(result)


@pytest.mark.long
@pytest.mark.parametrize("name", [NORM, IM2COL])
def test_an_exercise_that_is_not_written_has_no_points(name: str) -> None:
    """Whatever is lent to others, its own checks stay without."""
    lesson = lessons()[name]
    for exercise in lesson.exercises:
        blank = named(lesson.released, exercise).source
        assert BLANK in blank
        result = graded(name, {exercise: blank})
        own = [c for c in result.checks if c.exercise in lesson.functions[exercise]]
        assert [c.id for c in own if c.score] == [], exercise


HOARD = """
kept = []


def conv_forward_im2col(x, w, b, stride=1, pad=0):
    kept.append(im2col)
    raise ValueError


def conv_backward_im2col(dout, cache):
    raise ValueError


def cover_count(H, W, HH, WW, stride=1, pad=0):
    kept.append(im2col)
    raise ValueError


def adjoint_gap(*args):
    return [function(*args) for function in kept][0]
"""


def test_a_function_that_was_lent_is_of_no_use_afterwards() -> None:
    """Kept and called in a later check, it costs that check and nothing else."""
    blank = named(lessons()[IM2COL].released, "im2col").source
    cells = {"im2col": blank, "conv_forward_im2col": HOARD, "cover_count": HOARD}
    result = graded(IM2COL, cells | {"adjoint_gap": HOARD})
    missed = {name.split("-")[1] for name in lost(result)}
    assert {"im2col", "cover_count", "adjoint_gap", "conv_forward_im2col"} <= missed
    assert not {"memory_factor", "col2im"} & missed


def test_waiting_is_no_loop_and_a_loop_is_one() -> None:
    """The processor's time is that of the student's process, not what passes meanwhile."""
    layer = lessons()[IM2COL].solutions["conv_forward_im2col"]
    for wait, lose in (("__import__('time').sleep(0.5)", set()), ("sum(range(10**8))", {LAYER})):
        slow = layer.replace("    cols = im2col(", f"    {wait}\n    cols = im2col(")
        slow = slow.replace(wait, f"if x.size > 10**4: {wait}")
        assert wait in slow
        assert set(lost(graded(IM2COL, {"conv_forward_im2col": slow}))) == lose
