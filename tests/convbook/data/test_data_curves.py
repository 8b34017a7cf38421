"""The curves of lesson 12 that were measured beforehand."""

import numpy as np

from convbook import data

WAYS = ("scratch", "frozen", "last block open", "all blocks open")


def test_each_way_has_three_runs_over_the_same_steps() -> None:
    steps, right = data.fine_tuning()
    assert steps.tolist() == list(range(50, 1001, 50))
    assert list(right) == [(way, pictures) for way in WAYS for pictures in (100, 500)]
    for runs in right.values():
        assert runs.shape == (3, 20)
        assert np.all((runs > 1 / 3) & (runs < 1))  # better than guessing
        assert np.allclose(300 * runs, np.rint(300 * runs))  # of 300 pictures
        assert len({run.tobytes() for run in runs}) == 3  # each seed is another run
