"""Right answers of generated shapes, strides, pads and dilations, beside the course's solution."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
import right
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.course import lessons
from autograder.judging import rehearse
from convbook import check

pytestmark = pytest.mark.slow

CONVS = [
    ("02_convolution", "conv_forward", None),
    ("03_backprop", "conv_forward", "conv_backward"),
    ("04_im2col", "conv_forward_im2col", "conv_backward_im2col"),
    ("07_one_by_one_and_dilated", "conv_forward", "conv_backward"),
]
POOLS = [
    ("05_pooling", f"{kind}_pool_forward", f"{kind}_pool_backward")
    for kind in ("max", "avg", "l2", "blur")
]

drawn = settings(max_examples=8, deadline=None, derandomize=True, database=None)
sizes = st.integers(1, 3)
seeds = st.integers(0, 2**32 - 1)


@st.composite
def windows(draw: Callable, dilation: int = 1, pads: bool = False) -> dict[str, Any]:
    """Draw a map, a window, a stride and a padding, such that the windows fit."""
    HH, WW, stride = draw(sizes), draw(sizes), draw(sizes)
    pad = draw(st.integers(0, 2)) if pads else 0
    spans = [dilation * (k - 1) + 1 for k in (HH, WW)]
    H, W = (max(1, span - 2 * pad) for span in spans)
    # from the smallest map on, up to where the last window ends at the edge
    H, W = (
        size + (span - size - 2 * pad) % stride + stride * draw(st.integers(0, 3))
        for size, span in zip((H, W), spans, strict=True)
    )
    return {"H": H, "W": W, "HH": HH, "WW": WW, "stride": stride, "pad": pad}


@cache
def students(lesson: str, exercise: str) -> dict[str, dict[str, Any]]:
    """Return the names of a student for each style of an exercise, and of the solution, ''."""
    book = lessons()[lesson]
    cells = {"": {}} | {s: {exercise: t} for s, t in right.versions(book)[exercise].items()}
    return {style: rehearse.student(book, cell) for style, cell in cells.items()}


def agree(
    lesson: str, forward: str, backward: str | None, args: tuple, seed: int, **how: int
) -> None:
    """Compare every style with the solution, forward and then backward."""
    rng = np.random.default_rng(seed)
    everybody = students(lesson, forward)
    out, kept = everybody[""][forward](*args, **how)
    dout = rng.normal(size=out.shape)
    grads = everybody[""][backward](dout.copy(), kept) if backward else None
    for style, names in everybody.items():
        mine, kept = names[forward](*(a.copy() if hasattr(a, "copy") else a for a in args), **how)
        check.same(mine, out, f"out, {style}")
        if backward:
            got = names[backward](dout.copy(), kept)
            together = isinstance(grads, tuple)
            for one, other in zip(got, grads, strict=True) if together else [(got, grads)]:
                check.same(one, other, f"a gradient, {style}")


@pytest.mark.parametrize(("lesson", "forward", "backward"), CONVS)
@drawn
@given(data=st.data(), N=sizes, C=sizes, F=sizes, seed=seeds)
def test_conv(
    lesson: str, forward: str, backward: str | None, data: Any, N: int, C: int, F: int, seed: int
) -> None:
    dilation = data.draw(sizes) if lesson.startswith("07") else 1
    size = data.draw(windows(dilation, pads=True))
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(N, C, size["H"], size["W"]))
    w, b = rng.normal(size=(F, C, size["HH"], size["WW"])), rng.normal(size=F)
    how = {"stride": size["stride"], "pad": size["pad"]}
    if lesson.startswith("07"):
        how["dilation"] = dilation
    agree(lesson, forward, backward, (x, w, b), seed, **how)


@pytest.mark.parametrize(("lesson", "forward", "backward"), POOLS)
@drawn
@given(size=windows(), N=sizes, C=sizes, seed=seeds)
def test_pool(
    lesson: str, forward: str, backward: str, size: dict[str, int], N: int, C: int, seed: int
) -> None:
    # No two values are equal: who wins a tie is the student's to choose.
    x = np.random.default_rng(seed).permutation(N * C * size["H"] * size["W"]) / 7 - 3.0
    x = x.reshape(N, C, size["H"], size["W"])
    how = {name: size[name] for name in ("HH", "WW", "stride")}
    agree(lesson, forward, backward, (x,), seed, **how)


@drawn
@given(
    shape=st.lists(sizes, min_size=2, max_size=4).map(tuple),
    M=sizes,
    seed=seeds,
)
def test_affine(shape: tuple[int, ...], M: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    D = int(np.prod(shape[1:]))
    args = rng.normal(size=shape), rng.normal(size=(D, M)), rng.normal(size=M)
    agree("06_fully_connected", "affine_forward", "affine_backward", args, seed)
