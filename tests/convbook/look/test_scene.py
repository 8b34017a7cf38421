"""A failed comparison as a scene: whose call it is, what it is made of, where it goes wrong."""

import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.course import lessons
from convbook import check, look
from convbook.look import Calls
from convbook.look.scene import of_failure

RNG = np.random.default_rng(3)


def normal(*shape: int) -> np.ndarray:
    return RNG.normal(size=shape)


def start(D: int) -> tuple[np.ndarray, np.ndarray]:
    return normal(D), RNG.random(D) + 0.5


NORM = normal(3), normal(3)
# Of each forward function some calls, and its backward function where it has one.
CASES: list[tuple[str, str, str, tuple, dict[str, Any]]] = [
    ("02", "correlate1d", "", (normal(9), normal(3)), {"stride": 2, "pad": 2}),
    ("02", "correlate2d", "", (normal(5, 4), normal(2, 3)), {}),
    ("02", "conv_forward", "", (normal(2, 3, 7, 6), normal(4, 3, 3, 2), normal(4)), {"stride": 2}),
    (
        "02",
        "locally_connected_forward",
        "",
        (normal(2, 2, 5, 4), normal(2, 3, 2, 2, 3, 2), normal(2, 2, 3)),
        {"stride": 1},
    ),
    (
        "03",
        "conv_forward",
        "conv_backward",
        (normal(2, 3, 5, 7), normal(2, 3, 3, 3), normal(2), 2, 1),
        {},
    ),
    ("04", "im2col", "", (normal(2, 2, 4, 5), 2, 3), {"pad": 1, "stride": 1}),
    ("04", "col2im", "", (normal(2 * 2 * 2, 2 * 3 * 4), (2, 2, 4, 5), 2, 2), {}),
    (
        "04",
        "conv_forward_im2col",
        "conv_backward_im2col",
        (normal(2, 2, 4, 5), normal(3, 2, 2, 3), normal(3), 1, 1),
        {},
    ),
    ("05", "max_pool_forward", "max_pool_backward", (normal(2, 2, 5, 7), 3, 3, 2), {}),
    ("05", "avg_pool_forward", "avg_pool_backward", (normal(2, 2, 4, 6),), {}),
    ("05", "l2_pool_forward", "", (normal(1, 2, 4, 6), 2, 3), {"stride": 1}),
    ("05", "max_pool_im2col", "", (normal(2, 2, 4, 6), 2, 2, 2), {}),
    ("05", "blur_pool_forward", "blur_pool_backward", (normal(2, 2, 5, 7), 3, 3, 2), {}),
    ("06", "affine_forward", "affine_backward", (normal(4, 6), normal(6, 3), normal(3)), {}),
    ("07", "conv_1x1", "", (normal(2, 3, 3, 4), normal(5, 3, 1, 1), normal(5)), {}),
    (
        "07",
        "conv_forward",
        "conv_backward",
        (normal(1, 2, 7, 9), normal(3, 2, 3, 3), normal(3)),
        {"dilation": 2, "pad": 1},
    ),
    (
        "07",
        "grouped_forward",
        "grouped_backward",
        (normal(2, 4, 4, 5), normal(6, 2, 2, 2), normal(6), 2),
        {},
    ),
    ("07", "conv_transpose", "", (normal(2, 3, 3, 2), normal(3, 2, 3, 3)), {"stride": 2, "pad": 1}),
    ("08", "lrn_forward", "", (normal(2, 6, 2, 2),), {"n": 3, "alpha": 0.5}),
    (
        "08",
        "batchnorm_forward",
        "batchnorm_backward",
        (normal(5, 3), *NORM, start(3)),
        {"eps": 0.1},
    ),
    ("08", "batchnorm_forward", "", (normal(5, 3), *NORM, start(3), False), {}),
    (
        "08",
        "spatial_batchnorm_forward",
        "spatial_batchnorm_backward",
        (normal(2, 3, 2, 4), *NORM, start(3)),
        {},
    ),
    (
        "08",
        "group_norm_forward",
        "group_norm_backward",
        (normal(2, 6, 2, 3), normal(6), normal(6), 2),
        {},
    ),
]


def broken(function: Callable, part: int, place: int) -> Callable:
    """Return a function whose result is wrong in one number of one part."""

    def wrong(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        parts = list(result) if isinstance(result, tuple) else [result]
        parts[part] = np.array(parts[part], dtype=float)
        parts[part].flat[place] += 1
        return tuple(parts) if isinstance(result, tuple) else parts[0]

    return wrong


NUMBER = r"[−]?[\d.]+(?:e[−+]?\d+)?"


def failure(actual: Any, expected: Any) -> check.NotYet:
    with pytest.raises(check.NotYet) as caught:
        check.same(actual, expected)
    return caught.value


def scenes(number: str, forward: str, backward: str, args: tuple, how: dict) -> list[dict]:
    """Break every part of the results in turn, and return the scenes of that."""
    name = next(name for name in lessons() if name.startswith(number))
    reference = lessons()[name].reference()
    found = []
    for function in filter(None, (forward, backward)):
        for part in range(3 if function == backward and "pool" not in function else 1):
            calls = Calls()
            wrong = broken(reference[function], part, 1)
            noting = look.noting(reference | {function: wrong}, {forward, function}, calls)
            result = expected = noting[forward](*args, **how)
            given = (args, how)
            if function == backward:
                dout = np.random.default_rng(1).normal(size=np.shape(result[0]))
                result, given = noting[backward](dout, result[1]), ((dout, result[1]), {})
            expected = reference[function](*given[0], **given[1])
            results, right = (
                r if isinstance(r, tuple) and len(r) > part else (r,) for r in (result, expected)
            )
            if part < len(results):
                found.append(of_failure(failure(results[part], right[part]), calls))
    return found


@pytest.mark.parametrize(
    ("number", "forward", "backward", "args", "how"), CASES, ids=lambda value: str(value)[:30]
)
def test_the_terms_of_a_layer_make_what_is_expected(
    number: str, forward: str, backward: str, args: tuple, how: dict
) -> None:
    found = scenes(number, forward, backward, args, how)
    assert found
    for scene in found:
        assert scene is not None  # sums that do not come to what was expected are refused
        json.dumps(scene)
        row, column = divmod(scene["first"], len(scene["wrong"][0]))
        assert sum(map(sum, scene["wrong"])) == 1 and scene["wrong"][row][column]
        assert _said(scene) == pytest.approx(_number(scene["expected"][row][column]), abs=2e-3)


def _said(scene: dict) -> float:
    """Compute the number at the first wrong place from what the page writes of it."""
    line = scene["lines"][scene["first"]][-1].replace("\xa0(bias)", "").replace("\xa0", "")
    if line.startswith("the largest of "):
        listed, _, _ = line.removeprefix("the largest of ").partition(" is ")
        return max(map(_number, listed.split(", ")))
    if not scene["terms"][scene["first"]] or "_hat" in line or "√" in line or "root" in line:
        return _number(re.findall(NUMBER, line)[-1])
    total, _, _ = line.partition(" = ")
    return eval(total.replace("−", "-").replace("·", "*"), {"__builtins__": {}})


def _number(text: str) -> float:
    return float(text.replace("−", "-"))
