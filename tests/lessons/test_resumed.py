"""Lesson 09: a run with batch norm and dropout that was stopped, saved and read again."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.course import lessons

NAMES = ["INPUT", "CONV", "NORM", "RELU", "POOL", "DROP", "FC"]
STEPS, LAST = 6, 3


@pytest.fixture(scope="module")
def lesson() -> dict[str, Any]:
    return lessons()["09_training"].reference()


def begun(lesson: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Return f and a fresh run of a new net, on pictures that are changed at random."""
    random = np.random.default_rng(4)
    x, y = random.normal(size=(20, 2, 6, 6)), random.integers(0, 3, size=20)
    weights = lesson["draw_weights"](NAMES, (2, 6, 6), [4], [3])
    net = lesson["build_net"](NAMES, weights, lesson["quick_pair"])
    return lesson["loss_of"](net, x, y, 5, lesson["changed"]), lesson["fresh"](net)


def rate(t: int) -> float:
    return 0.1 / (t + 1)


def halves(lesson: dict[str, Any], path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a run without a stop, and one that was stopped, saved and read."""
    adam = lesson["adam"]
    whole = lesson["train"](*begun(lesson), STEPS, adam, rate)
    half = lesson["train_stopped"](*begun(lesson), STEPS, adam, rate, LAST)
    lesson["save_run"](path, half)
    return whole, lesson["load_run"](path)


def test_a_resumed_run_is_the_run_without_a_stop(lesson: dict[str, Any], tmp_path: Path) -> None:
    whole, half = halves(lesson, tmp_path / "run.npz")
    assert len(half["losses"]) == LAST
    resumed = lesson["train"](begun(lesson)[0], half, STEPS, lesson["adam"], rate)
    assert resumed["losses"] == whole["losses"]
    for one, other in zip(resumed["params"], whole["params"], strict=True):
        assert np.array_equal(one, other)
    assert [r is None for r in resumed["running"]] == [
        name not in ("NORM", "DROP") for name in NAMES[1:]
    ]
    for one, other in zip(resumed["running"], whole["running"], strict=True):
        assert all(map(np.array_equal, one or (), other or ()))


def test_without_its_running_numbers_it_is_another_run(
    lesson: dict[str, Any], tmp_path: Path
) -> None:
    whole, half = halves(lesson, tmp_path / "run.npz")
    f, fresh = begun(lesson)
    resumed = lesson["train"](f, half | {"running": fresh["running"]}, STEPS, lesson["adam"], rate)
    assert resumed["losses"] != whole["losses"]
