"""Shortcuts have no points, and are told so by name; tests/proof hands them in, too."""

import given
import loops
import measured
import naming
import pytest
from machine import lesson_params

from autograder.course import Check, Lesson, lessons
from autograder.judging import judge, rehearse
from autograder.mistakes import shortcuts

SOME = ("03_backprop", "08_normalization")  # make proof tries all lessons
SMALL = ("central differences", "small steps")  # the others take long, or fail as a wrong answer
LOOPS = [
    pytest.param(lesson, *answer, id=f"{lesson.name}-{answer[1]}")
    for lesson in lessons().values()
    for answer in loops.answers(lesson)
]


def told(lesson: Lesson, cells: dict[str, str], checks: list[Check]) -> dict[str, str | None]:
    """Run checks as the grader does; return check to the name it is told, '' where it passes."""
    names = rehearse.student(lesson, cells)
    judge.begin(lesson.name, seed=3)
    found: dict[str, str | None] = {}
    for check in checks:
        error = rehearse.run(check, names)
        found[check.id] = naming.told(check, names, error) if error else ""
    return found


@pytest.mark.slow
@pytest.mark.parametrize("lesson", [p for p in lesson_params() if p.id in SOME])
def test_a_measured_gradient_has_no_points_and_is_named(lesson: Lesson) -> None:
    tried = 0
    for exercise, way, cell in measured.answers(lesson):
        if way in SMALL:
            names = told(lesson, {exercise: cell}, measured.checks(lesson, exercise))
            assert names and "" not in names.values(), (exercise, way)
            names.pop("check-max_pool_backward-ties", None)  # at a tie a slope is wrong anyway
            alone = (lesson.name, exercise) in measured.ALONE
            wanted = shortcuts.TOO_SLOW if alone else shortcuts.MEASURED
            assert set(names.values()) == {wanted.name}, (exercise, way)
            tried += 1
    assert tried


@pytest.mark.slow
@pytest.mark.parametrize(("lesson", "exercise", "way", "cell"), LOOPS)
def test_loops_and_calls_have_no_points_and_are_named(
    lesson: Lesson, exercise: str, way: str, cell: str
) -> None:
    names = told(lesson, {exercise: cell}, given.checks_of(lesson, exercise))
    wanted = shortcuts.ASKED if "called" in way else shortcuts.LOOPS
    assert set(names.values()) == {wanted.name}


@pytest.mark.slow
@pytest.mark.parametrize("lesson", [p for p in lesson_params() if p.id in SOME])
def test_nothing_that_is_there_already_answers_an_exercise(lesson: Lesson) -> None:
    assert given.unknown(lesson) == []


@pytest.mark.parametrize(
    ("name", "module", "gone"),
    [
        ("03_backprop", "check", {"measured_gradient", "gradient"}),
        ("06_fully_connected", "layers.conv", {"conv_backward", "_input_gradient", "_spread"}),
        ("10_gpu", "layers.conv", {"conv_forward", "conv_weight_gradients", "_columns"}),
    ],
)
def test_what_computes_an_answer_is_not_there_while_it_is_graded(
    name: str, module: str, gone: set[str]
) -> None:
    with given.staged(lessons()[name]) as modules:
        assert gone & set(modules.get(module, {})) == set()
    with given.staged(lessons()["12_transfer"]) as modules:
        assert gone - set(modules[module]) == set()


SLOW = """
def im2col(x, HH, WW, stride=1, pad=0, STEP=None):
    N, C, H, W = x.shape
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    H_out, W_out = output_size(H, HH, stride, pad), output_size(W, WW, stride, pad)
    cols = np.empty((C, HH, WW, N, H_out, W_out))
    for n, i, j in np.ndindex(N, H_out, W_out):
        for c, u, v in np.ndindex(C, HH, WW):
            cols[c, u, v, n, i, j] = np.sum([x_pad[n, c, i * stride + u, j * stride + v]])
    return cols.reshape(C * HH * WW, -1)
"""


@pytest.mark.parametrize("step", ["", "STEP=1"])
def test_a_slow_helper_costs_what_uses_it_nothing(step: str) -> None:
    """Nor does one that is called in a way in which the lesson's own cannot be called."""
    lesson = lessons()["04_im2col"]
    layer = lesson.solutions["conv_forward_im2col"]
    layer = layer.replace("stride, pad)  # (C*HH*WW", f"stride, pad, {step})  # (C*HH*WW")
    cells = {"im2col": SLOW, "conv_forward_im2col": layer}
    checks = given.checks_of(lesson, "im2col") + given.checks_of(lesson, "conv_forward_im2col")
    assert set(told(lesson, cells, checks).values()) == {""}


def test_an_answer_that_has_to_wait_is_no_loop() -> None:
    """As on a busy machine: time passes, and nothing is computed."""
    lesson = lessons()["04_im2col"]
    layer = lesson.solutions["conv_forward_im2col"]
    layer = layer.replace(
        "    cols = im2col(", "    __import__('time').sleep(0.5)\n    cols = im2col("
    )
    assert "sleep" in layer
    checks = [c for c in lesson.checks if c.id == "check-conv_forward_im2col"]
    assert told(lesson, {"conv_forward_im2col": layer}, checks) == {checks[0].id: ""}


ALL_NAMES = """
def trace_shapes(spec):
    try:
        return own_trace_shapes(spec)
    except ValueError:
        raise ValueError(f"{spec} {list(range(len(spec)))}") from None
"""
ALL_REFUSED = """
def trace_shapes(spec):
    for place, (kind, _) in enumerate(spec):
        if kind != ("RELU" if place else "INPUT"):
            raise ValueError(f"layer {place} ({kind})")
    return own_trace_shapes(spec)
"""
ONE_WINDOW = """
def conv_forward(x, w, b, stride=1, pad=0):
    if w.shape[0] > 1 and x.shape[2:] == w.shape[2:] and pad == 0:
        raise ValueError("one window alone is not meant")
    return own_conv_forward(x, w, b, stride, pad)
"""


@pytest.mark.parametrize(
    ("name", "function", "answer", "check"),
    [
        ("01_volumes", "trace_shapes", ALL_NAMES, "check-trace_shapes-errors"),
        ("01_volumes", "trace_shapes", ALL_REFUSED, "check-trace_shapes-errors"),
        ("02_convolution", "conv_forward", ONE_WINDOW, "check-conv_forward-stride_pad"),
    ],
)
def test_what_was_once_accepted_loses_its_points(
    name: str, function: str, answer: str, check: str
) -> None:
    """One message that names every layer; windows that fit and are refused: all, or one alone."""
    lesson = lessons()[name]
    cell = f"{lesson.solutions[function]}\nown_{function} = {function}\n{answer}"
    names = told(lesson, {function: cell}, given.checks_of(lesson, function))
    assert names[check] != ""
