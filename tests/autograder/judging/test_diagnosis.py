"""A wrong answer is told which mistake it is, and never one that it is not."""

from collections.abc import Callable
from functools import partial

import nbformat
import numpy as np
import pytest
from cells import named
from machine import SANDBOX
from nbformat import NotebookNode

from autograder import mistakes
from autograder.airlock.errors import student_error
from autograder.course import Lesson, lessons
from autograder.grading.airlocks import open_airlock
from autograder.grading.grade import Grade, grade
from autograder.handin import reader, submission
from autograder.judging import alike, diagnosis, fits, judge, rehearse, state
from autograder.judging.outcomes import Outcomes, Watch
from autograder.mistakes import Mistake
from convbook import notebook

CHECK = "check-correlate2d"


def failure(lesson: Lesson, source: str) -> Outcomes:
    """Let a function fail its check, as a student's would."""
    judge.begin(lesson.name, 3)
    check = next(c for c in lesson.checks if c.id == CHECK)
    names = rehearse.student(lesson, {"correlate2d": source})
    return rehearse.to_the_end(check, names, Watch())


FLIPPED = """
def correlate2d(x, w):
    H, W = x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape)
    return np.einsum("ijuv,uv->ij", windows, np.rot90(w, 2)).reshape(H, W)
"""
# Wrong in ways that nobody has written down.
ODD = """
def correlate2d(x, w):
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape)
    return np.einsum("ijuv,uv->ij", windows, w) + 0.125
"""
CRASH = "def correlate2d(x, w):\n    return x[99, 99]"
TEXT = "def correlate2d(x, w):\n    return 'four'"


def test_a_mistake_is_named_however_it_is_written(lesson: Lesson) -> None:
    found = diagnosis.diagnose(lesson, CHECK, failure(lesson, FLIPPED))
    assert found is not None
    assert found.name == "filter flipped"
    assert found.text.startswith("  This is a known mistake: filter flipped (")
    assert "Hint:" in found.text


@pytest.mark.parametrize("source", [ODD, CRASH, TEXT])
def test_what_no_known_mistake_explains_is_not_named(source: str, lesson: Lesson) -> None:
    assert diagnosis.diagnose(lesson, CHECK, failure(lesson, source)) is None


def test_two_that_explain_it_are_both_named_and_three_none(
    lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = failure(lesson, FLIPPED)
    known = next(m for m in mistakes.known(lesson.name) if m.name == "filter flipped"
                 and m.exercise == "correlate2d")  # fmt: skip
    twin = Mistake(**vars(known) | {"name": "its twin"})
    monkeypatch.setattr(mistakes, "forms", lambda name: (known, twin))
    found = diagnosis.diagnose(lesson, CHECK, error)
    assert found is not None
    assert found.name == "filter flipped or its twin"
    assert "looks like" in found.text
    third = Mistake(**vars(known) | {"name": "the third"})
    monkeypatch.setattr(mistakes, "forms", lambda name: (known, twin, third))
    assert diagnosis.diagnose(lesson, CHECK, error) is None


def test_a_diagnosis_stops_when_its_time_is_over(
    lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fits, "SECONDS", -1.0)
    assert diagnosis.diagnose(lesson, CHECK, failure(lesson, FLIPPED)) is None


def test_a_diagnosis_stops_when_the_check_has_no_more_time(lesson: Lesson) -> None:
    error, asked = failure(lesson, FLIPPED), []
    assert diagnosis.diagnose(lesson, CHECK, error, late=lambda: not asked.append(0)) is None
    assert asked


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (np.ones(3), np.ones(3) + 1e-9, True),
        (np.ones(3), np.ones(3) + 1e-3, False),
        (np.ones(3), np.ones((3, 1)), False),
        (np.ones(3), np.ones(3, int), False),
        (np.array([np.nan, 1]), np.array([np.nan, 1]), True),
        ([1, (2.0, "a")], [1, (2.0, "a")], True),
        ([1, (2.0, "a")], [1, [2.0, "a"]], False),
        ({"a": 1}, {"a": 1}, True),
        ({"a": 1}, {"b": 1}, False),
        (True, 1, False),
        (object(), 1, False),
    ],
)
def test_answers_are_compared_as_plain_data(one: object, other: object, same: bool) -> None:
    assert alike.equal(one, other) is same


def test_an_exception_is_compared_as_the_airlock_hands_it_on() -> None:
    text = "operands could not be broadcast together with shapes (3,2) (2,3) "
    handed_on = student_error(["ValueError"], text, [])
    assert str(handed_on) != text
    assert alike.likeness(handed_on, ValueError(text)) == alike.EXACTLY
    other_words = ValueError(text.replace("(2,3)", "(3,3)"))
    assert alike.likeness(handed_on, other_words) == alike.ROUGHLY
    assert alike.likeness(handed_on, IndexError(text)) == alike.NOT


class Claims:
    """Says that it is whatever it is asked for."""

    @property
    def __class__(self) -> type:
        return list

    def __iter__(self) -> object:
        raise SystemExit

    def __eq__(self, other: object) -> bool:
        return True


def test_an_object_that_claims_to_be_a_list_is_not_believed() -> None:
    assert not alike.equal(Claims(), [])
    assert not alike.equal([Claims()], [[]])


def test_grading_tells_the_student(
    answers: NotebookNode, graded: Callable[[NotebookNode], Grade]
) -> None:
    named(answers, "correlate2d").source = FLIPPED
    named(answers, "shift_gap").source = "def shift_gap(*args):\n    return 0.125"
    result = graded(answers)
    by_id = {check.id: check for check in result.checks}
    assert by_id[CHECK].mistake == "filter flipped"
    assert "This is a known mistake: filter flipped" in by_id[CHECK].message
    cell = named(result.cells, CHECK)
    error = next(o for o in cell.outputs if o.output_type == "error")
    assert any("known mistake" in line for line in error.traceback)
    assert {c.id for c in result.checks if c.mistake} == {CHECK}
    assert by_id["check-shift_gap"].status == "fail"


def test_a_mistake_that_fails_what_was_passed_explains_nothing(lesson: Lesson) -> None:
    error = failure(lesson, FLIPPED)
    so_far = state.SoFar(passed={CHECK})
    assert diagnosis.diagnose(lesson, CHECK, error, so_far) is None


def test_a_mistake_found_before_explains_what_uses_it() -> None:
    lesson = lessons()["01_volumes"]
    known = next(
        m for m in mistakes.known(lesson.name) if m.name == "a size that does not fit is accepted"
    )
    source = mistakes.source(known, lesson)
    names = rehearse.student(lesson, {known.exercise: source})
    judge.begin(lesson.name, 3)
    told = {}
    for check in (c for c in lesson.checks if not c.manual):
        error = rehearse.run(check, names)
        if error is None:
            judge.passed(check.id)
        else:
            every = partial(rehearse.to_the_end, check, names, Watch())
            told[check.id] = judge.explain(check.id, error, every)
    assert {check: found and found[0] for check, found in told.items()} == {
        "check-conv_output_size": known.name,
        "check-conv_output_size-policy": known.name,
        "check-find_sizes": known.name,
        "check-trace_shapes-errors": known.name,
    }
    led = {check for check, found in told.items() if "mistake of conv_output_size: " in found[1]}
    assert led == {"check-find_sizes", "check-trace_shapes-errors"}


def test_a_mistake_is_named_where_a_check_has_names_of_the_notebook() -> None:
    """Where a call raises, what an earlier cell has left under the name must not be compared."""
    twelve = lessons()["12_transfer"]
    cells = nbformat.from_dict(twelve.released)
    for cell in cells.cells:
        if (name := notebook.grade_id(cell)) in twelve.exercises:
            cell.source = named(twelve.notebook, name).source
    wrong = named(cells, "loss_and_grads")
    wrong.source = wrong.source.replace("range(first, 4)", "range(1, 4)")
    parsed = reader.parse(nbformat.writes(cells, version=4))
    with open_airlock(twelve, SANDBOX) as airlock:
        result = grade(submission.reconcile(parsed, twelve), airlock)
    said = {check.mistake for check in result.checks if check.exercise == "loss_and_grads"}
    assert said == {"all three blocks run"}
