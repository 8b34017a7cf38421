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

BY_THE_SUM = """
def slope_gap(f, params, grads, seed=0, h=1e-5):
    rng = np.random.default_rng(seed)
    v = [rng.normal(size=p.shape) for p in params]
    up, down = (f([p + s * h * d for p, d in zip(params, v)]) for s in (1, -1))
    numeric, analytic = (up - down) / (2 * h), sum(np.sum(g * d) for g, d in zip(grads, v))
    total = abs(numeric) + abs(analytic)
    return abs(numeric - analytic) / total if total else 0.0
"""
SAME_SEED = """
def slope_gap(f, params, grads, seed=0, h=1e-5):
    v = [np.random.default_rng(seed).normal(size=p.shape) for p in params]
    up, down = (f([p + s * h * d for p, d in zip(params, v)]) for s in (1, -1))
    numeric, analytic = (up - down) / (2 * h), sum(np.sum(g * d) for g, d in zip(grads, v))
    most = max(abs(numeric), abs(analytic))
    return abs(numeric - analytic) / most if most else 0.0
"""
DECAY_LAST = """
def adam(w, dw, state, rate=1e-3, decay=0.0, beta1=0.9, beta2=0.999, eps=1e-8):
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0) + (1 - beta1) * dw
    s = beta2 * state.get("s", 0) + (1 - beta2) * dw**2
    w = w - rate * m / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + eps)
    return w * (1 - rate * decay), {"m": m, "s": s, "t": t}
"""
PICTURES_SEEN = """
def batch_rows(N, batch, t, seed=0):
    epoch, k = t * batch // N, t % (N // batch)
    return np.random.default_rng([seed, epoch]).permutation(N)[k * batch : (k + 1) * batch]
"""
NARROW = """
def augment(x, flip, shift):
    N, C, H, W = x.shape
    P = shift.max()
    padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    out = np.zeros_like(x)
    for n in range(N):
        down, right = shift[n]
        picture = padded[n, :, :, ::-1] if flip[n] else padded[n]
        out[n] = picture[:, P - down : P - down + H, P - right : P - right + W]
    return out
"""
ARGSORT = """
def search(score, low, high, tries, seed=0):
    rng = np.random.default_rng(seed)
    rates = np.exp(rng.uniform(np.log(low), np.log(high), size=tries))
    scores = np.array([score(rate) for rate in rates])
    return [(rates[i], scores[i]) for i in np.argsort(scores)[::-1]]
"""
SO_MANY_MORE = """
def train(f, run, steps, update, rate):
    run = {key: list(value) for key, value in run.items()}
    begun = len(run["losses"])
    try:
        for t in range(begun, begun + steps):
            loss, grads, running = f(run["params"], run["running"], t)
            new = [update(w, d, s, rate(t))
                   for w, d, s in zip(run["params"], grads, run["states"])]
            run = {"params": [w for w, _ in new], "states": [s for _, s in new],
                   "running": running, "losses": run["losses"] + [loss]}
    except KeyboardInterrupt:
        pass
    return run
"""


@pytest.mark.parametrize(
    ("check_id", "source", "name"),
    [
        ("check-slope_gap", BY_THE_SUM, "divided by the sum of both"),
        ("check-slope_gap", SAME_SEED, "the same direction for every array"),
        ("check-adam-decay", DECAY_LAST, "decay of the new weight"),
        ("check-batch_rows", PICTURES_SEEN, "epochs counted by pictures"),
        ("check-augment", NARROW, "frame too narrow"),
        ("check-search-nan", ARGSORT, "nan first"),
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


def test_steps_that_are_too_many_are_named(graded: Callable[[str], Grade]) -> None:
    by_id = {check.id: check for check in graded(SO_MANY_MORE).checks}
    assert by_id["check-train"].mistake == "so many steps more"
    assert by_id["check-train-stop"].mistake == "so many steps more"
