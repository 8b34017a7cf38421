"""Lesson 09: mistakes that students make, in their own words, are told by their names."""

from collections.abc import Callable, Iterator

import nbformat
import pytest
from cells import named
from machine import SANDBOX

from autograder.airlock import Airlock
from autograder.course import lessons
from autograder.grading.airlocks import open_airlock
from autograder.grading.grade import Grade, grade
from autograder.handin import reader, submission
from autograder.judging import diagnosis, judge, rehearse
from autograder.judging.outcomes import Watch

LESSON = lessons()["09_training"]

DECAY_LAST = """
def adam(w, dw, state, rate=1e-3, decay=0.0, beta1=0.9, beta2=0.999, eps=1e-8):
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0) + (1 - beta1) * dw
    s = beta2 * state.get("s", 0) + (1 - beta2) * dw**2
    w = w - rate * m / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + eps)
    return w * (1 - rate * decay), {"m": m, "s": s, "t": t}
"""
OTHER_WAY = """
def augment(x, flip, shift):
    H, W = x.shape[2:]
    P = int(np.abs(shift).max())
    mirrored = x.copy()
    mirrored[flip] = mirrored[flip][..., ::-1]
    x_pad = np.pad(mirrored, ((0, 0), (0, 0), (P, P), (P, P)))
    out = np.empty_like(x)
    for n, (down, right) in enumerate(shift):
        top, left = P + down, P + right
        out[n] = x_pad[n, :, top : top + H, left : left + W]
    return out
"""
ONLY_FINITE = """
def search(score, low, high, tries, seed=0):
    rng = np.random.default_rng(seed)
    tried = []
    for u in rng.uniform(np.log(low), np.log(high), size=tries):
        result = score(np.exp(u))
        if not np.isnan(result):
            tried.append((np.exp(u), result))
    return sorted(tried, key=lambda pair: (np.isnan(pair[1]), -pair[1]))
"""
AT_REST = """
def train(f, run, steps, update, rate):
    try:
        for t in range(len(run["losses"]), steps):
            loss, grads, running = f(run["params"], run["running"], t)
            params = []
            for w, dw, state in zip(run["params"], grads, run["states"]):
                w, state = update(w, dw, state, rate(t))
                params.append(w)
            run = {"params": params, "states": run["states"], "running": running,
                   "losses": run["losses"] + [loss]}
    except KeyboardInterrupt:
        pass
    return run
"""


@pytest.mark.parametrize(
    ("check_id", "source", "name"),
    [
        ("check-adam-decay", DECAY_LAST, "decay of the new weight"),
        ("check-augment", OTHER_WAY, "shifted the other way"),
        ("check-search-nan", ONLY_FINITE, "nan left out"),
    ],
)
def test_a_mistake_is_named(check_id: str, source: str, name: str) -> None:
    check = next(c for c in LESSON.checks if c.id == check_id)
    judge.begin(LESSON.name, 3)
    names = rehearse.student(LESSON, {check.exercise: source})
    found = diagnosis.diagnose(LESSON, check_id, rehearse.to_the_end(check, names, Watch()))
    assert found is not None
    assert found.name == name


@pytest.fixture(scope="module")
def airlock() -> Iterator[Airlock]:
    with open_airlock(LESSON, SANDBOX) as opened:
        yield opened


@pytest.fixture
def graded(airlock: Airlock) -> Callable[[str], Grade]:
    """Grade the lesson with another `train`, which calls functions of the check's."""

    def run(source: str) -> Grade:
        cells = nbformat.from_dict(LESSON.released)
        for exercise in LESSON.exercises:
            named(cells, exercise).source = LESSON.solutions[exercise]
        _, _, stopped = LESSON.solutions["train"].partition("\ndef train_stopped(")
        named(cells, "train").source = f"{source}\n\ndef train_stopped({stopped}"
        parsed = reader.parse(nbformat.writes(cells, version=4))
        return grade(submission.reconcile(parsed, LESSON), airlock)

    return run


def test_states_that_are_not_kept_are_named(graded: Callable[[str], Grade]) -> None:
    by_id = {check.id: check for check in graded(AT_REST).checks}
    assert by_id["check-train"].mistake == "states not kept"
    assert by_id["check-train-stop"].mistake == "states not kept"
