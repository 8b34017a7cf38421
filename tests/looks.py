"""Failed checks to look into: each with a few wrong numbers in a layer's result."""

from collections.abc import Callable
from typing import Any

import numpy as np

from convbook import check, layers, look
from convbook.demo import Demo


def shown(function: Callable, wrong: Callable[[Any], Any], *args: Any, **how: Any) -> Demo:
    """Return the demo of a check that failed: `wrong` has changed numbers of a call's result."""
    calls = look.Calls()
    noted = look.noting({function.__name__: function}, [function.__name__], calls)
    result = noted[function.__name__](*args, **how)
    out = result[0]
    expected = out.copy()
    wrong(out)
    try:
        check.same(out, expected)
    except check.NotYet as error:
        found = look.demo(error, calls)
    assert found is not None
    return found


def _numbers(*shape: int) -> np.ndarray:
    return np.random.default_rng(5).integers(-3, 4, shape).astype(float)


def _every_third(out: np.ndarray) -> None:
    out[..., 1::3] += 1


def convolution() -> Demo:
    """Return two filters with padding, wrong in every third column."""
    b = np.array([0.5, -1.0])
    return shown(
        layers.conv_forward, _every_third, _numbers(2, 2, 5, 6), _numbers(2, 2, 3, 3), b, pad=1
    )


def norm() -> Demo:
    """Return a batch norm, wrong in one number; how it comes about is said in words."""
    running = np.zeros(2), np.ones(2)
    x, scale, shift = _numbers(4, 2), np.array([2.0, -1.0]), np.array([1.0, 0.0])
    return shown(layers.batchnorm_forward, _every_third, x, scale, shift, running)


def pool() -> Demo:
    """Return a max pool, wrong in one number."""
    return shown(layers.max_pool_forward, _every_third, _numbers(1, 1, 4, 6))
