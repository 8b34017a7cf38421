"""A wrong answer is told which mistake it is, and never one that it is not."""

from collections.abc import Callable
from dataclasses import replace
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
from autograder.judging.outcomes import Watch
from autograder.mistakes import Mistake
from convbook import notebook

CHECK = "check-correlate2d"


def failure(lesson: Lesson, source: str) -> Watch:
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


def told(lesson: Lesson, *made: str) -> dict[str, tuple[str, str]]:
    """Say what somebody with some known mistakes is told of each check that fails."""
    chosen = tuple(m for m in mistakes.known(lesson.name) if m.name in made)
    names = rehearse.student(lesson, mistakes.cells(chosen, lesson))
    judge.begin(lesson.name, 3)
    found = {}
    for check in (c for c in lesson.checks if not c.manual):
        error = rehearse.run(check, names)
        if error is None:
            judge.passed(check.id)
        else:
            every = partial(rehearse.to_the_end, check, names, Watch())
            found[check.id] = judge.explain(check.id, error, every) or ("", "")
    return found


def test_a_mistake_found_before_explains_what_uses_it() -> None:
    known = "a size that does not fit is accepted"
    found = told(lessons()["01_volumes"], known)
    assert {check: name for check, (name, _) in found.items()} == {
        "check-conv_output_size": known,
        "check-conv_output_size-policy": known,
        "check-find_sizes": known,
        "check-trace_shapes-errors": known,
    }
    led = {check for check, (_, text) in found.items() if "mistake of conv_output_size: " in text}
    assert led == {"check-find_sizes", "check-trace_shapes-errors"}


@pytest.mark.parametrize(
    ("lesson", "made", "check"),
    [
        ("01_volumes", "depth last", "check-trace_shapes-errors"),
        ("05_pooling", "root forgotten", "check-l2_pool_backward"),
        ("08_normalization", "eps missing", "check-spatial_batchnorm_backward"),
        ("11_architectures", "last ReLU missing", "check-residual_backward"),
    ],
)
def test_a_mistake_found_before_is_not_doubted_again(lesson: str, made: str, check: str) -> None:
    """Another fits the later check as well, and not the one that failed before."""
    found = told(lessons()[lesson], made)
    assert found[check][0] == made
    assert "This is a known mistake" in found[check][1]


def test_what_two_explain_needs_no_third() -> None:
    found = told(lessons()["04_im2col"], "cropped with pad : -pad", "stride not passed on")
    both = "cropped with pad : -pad and stride not passed on"
    assert found["check-conv_backward_im2col-dx"][0] == both


CALLED_ONCE = """
calls = []

def correlate2d(x, w):
    calls.append(x.shape)
    if len(calls) > 1:
        raise SystemExit("called again")
    return np.zeros((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1))
"""


def test_a_mistake_is_given_up_where_it_first_fails_in_another_way(lesson: Lesson) -> None:
    """The search takes most of what a wrong answer takes."""
    theirs = failure(lesson, FLIPPED).outcomes
    check = next(c for c in lesson.checks if c.id == CHECK)
    other = Mistake("zeros", None, "correlate2d", symptom="", hint="", code=CALLED_ONCE)
    search = fits.Search(lesson, check, theirs, state.SoFar(), lambda: False)
    assert not list(search.explaining([(other,)]))
    with pytest.raises(SystemExit):  # one that draws may fail in another way each time
        list(search.explaining([(replace(other, draws=True),)]))


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
