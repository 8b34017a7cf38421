"""What people get wrong when they move NumPy code to a GPU: each row, and what comes of it.

The same rows run on the real CuPy where there is a device. Exceptions and values are compared
there; the counters are the simulated device's alone.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from machine import needs

from convbook import gpu
from convbook.gpu.array import NO_CONVERSION, NO_FILL

F4 = np.float32
X = np.linspace(-1, 1, 4 * 3 * 6 * 6, dtype=F4).reshape(4, 3, 6, 6)
W = np.linspace(-1, 1, 5 * 3 * 3 * 3, dtype=F4).reshape(5, 3, 3, 3)
cp = gpu.cupy


@dataclass
class Row:
    """One thing people do, with what comes of it: an exception, or counters and a value."""

    name: str
    run: Callable[[Any], Any]  # gets X on the device
    raises: type[Exception] | None = None
    says: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    value: Any = None


def host_zeros_filled(x: Any) -> Any:
    out = np.zeros(X.shape, F4)
    out[:, :, :4] = x[:, :, :4]
    return out


def device_filled_from_host(x: Any) -> None:
    cp.zeros(X.shape, dtype=F4)[...] = X


def loss_every_step(x: Any) -> None:
    for _ in range(3):
        float(x.sum())


def batch_every_step(x: Any) -> None:
    for _ in range(3):
        cp.asarray(X).sum()


def branch(x: Any) -> int:
    return 1 if x.max() > 0 else 0


def pixel_by_pixel(x: Any) -> Any:
    w, out = cp.asarray(W), cp.zeros((4, 5, 4, 4), dtype=F4)
    for n in range(len(x)):
        for i in range(4):
            for j in range(4):
                out[n, :, i, j] = (x[n, :, i : i + 3, j : j + 3] * w).sum(axis=(1, 2, 3))
    return out


def masked_write(x: Any) -> Any:
    y = x.copy()
    y[y < 0] = 0
    return y


def scattered(x: Any) -> Any:
    out = cp.zeros(3, dtype=F4)
    np.add.at(out, cp.asarray([0, 0, 2]), F4(1))
    return out


ROWS = [
    Row("np.zeros inside, filled from the device", host_zeros_filled, TypeError, NO_CONVERSION),
    Row("np.zeros inside, added", lambda x: x + np.zeros(X.shape, F4), TypeError,
        "Unsupported type"),
    Row("weights left on the host", lambda x: x.reshape(4, -1) @ np.ones((108, 2), F4), TypeError,
        "Unsupported type"),
    Row("device[...] = host", device_filled_from_host, ValueError, NO_FILL),
    Row("float(loss) each step", loss_every_step, counts={"downloads": 3, "waits": 3}),
    Row("batch uploaded each step", batch_every_step, counts={"uploads": 3, "waits": 0}),
    Row("x.get() and back in a layer", lambda x: cp.asarray(np.maximum(x.get(), 0)),
        counts={"uploads": 1, "downloads": 1, "waits": 1}, value=np.maximum(X, 0)),
    Row("if x.max() > 0", branch, counts={"waits": 1}, value=1),
    Row("np.array of device arrays", lambda x: np.array([x[0], x[1]]), TypeError, NO_CONVERSION),
    Row("np.asarray of a list of losses", lambda x: np.asarray([x.sum(), x.max()]), TypeError,
        NO_CONVERSION),
    Row("a loop over pixels", pixel_by_pixel, counts={"launches": 1 + 4 * 4 * 4 * 3, "uploads": 1}),
    Row("cp.zeros without a dtype", lambda x: cp.zeros(X.shape) + x, counts={"float64": 2},
        value=X),
    Row("cp.nditer", lambda x: cp.nditer(x), AttributeError,
        "module 'cupy' has no attribute 'nditer'"),
    Row("cp.block", lambda x: cp.block([x]), AttributeError,
        "module 'cupy' has no attribute 'block'"),
    Row("range of a device number", lambda x: range(cp.arange(3).max()), TypeError,
        "object cannot be interpreted as an integer"),
    Row("an index on the host", lambda x: x[np.array([0, 1])], counts={"uploads": 1, "waits": 0},
        value=X[:2]),
    Row("a list as an index", lambda x: x[[0, 1]], counts={"uploads": 1}, value=X[:2]),
    Row("a mask from np.random", lambda x: x * (np.random.rand(*X.shape) < 0.5), TypeError,
        "Unsupported type"),
    Row("cp.exp of a list", lambda x: cp.exp([1.0, 2.0]), TypeError,
        "Unsupported type <class 'list'>"),
    Row("a mask read", lambda x: x[x < 0], counts={"waits": 1}, value=X[X < 0]),
    Row("a mask written", masked_write, counts={"waits": 1, "uploads": 0}, value=np.maximum(X, 0)),
    Row("np.where", lambda x: np.where(x < 0, 0, x), counts={"waits": 0, "uploads": 0},
        value=np.maximum(X, 0)),
    Row("np.bincount", lambda x: np.bincount(cp.asarray([0, 2])), counts={"waits": 1},
        value=[1, 0, 1]),
    Row("np.unravel_index", lambda x: np.unravel_index(cp.asarray([5]), (2, 3))[0],
        counts={"waits": 1}, value=[1]),
    Row("np.nanmax", lambda x: np.nanmax(x), counts={"waits": 1}, value=X.max()),
    Row("np.pad", lambda x: np.pad(x, 1), counts={"launches": 1, "waits": 0}, value=np.pad(X, 1)),
    Row("np.maximum", lambda x: np.maximum(x, 0), counts={"launches": 1}, value=np.maximum(X, 0)),
    Row("np.einsum", lambda x: np.einsum("nchw,nchw->n", x, x), counts={"launches": 1},
        value=np.einsum("nchw,nchw->n", X, X)),
    Row("np.stack", lambda x: np.stack([x, x]), counts={"launches": 1}, value=np.stack([X, X])),
    Row("np.add.at", scattered, counts={"launches": 2, "uploads": 1}, value=[2, 0, 1]),
    Row("views", lambda x: np.lib.stride_tricks.sliding_window_view(x.transpose(0, 2, 3, 1), 2, 1),
        counts={"launches": 0}),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_on_the_simulated_device(row: Row) -> None:
    with gpu.simulated():
        x = cp.asarray(X)
        with gpu.counting() as seen:
            if row.raises:
                with pytest.raises(row.raises) as caught:
                    row.run(x)
                assert row.says in str(caught.value)
                return
            result = row.run(x)
        for kind, number in row.counts.items():
            assert getattr(seen, kind) == number, (kind, str(seen))
        compare(row, result)


@pytest.mark.gpu
@needs("gpu")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_on_the_real_device(row: Row) -> None:
    x = cp.asarray(X)
    if row.raises:
        with pytest.raises(row.raises) as caught:
            row.run(x)
        assert row.says in str(caught.value)
    else:
        compare(row, row.run(x))


def compare(row: Row, result: Any) -> None:
    if row.value is not None:
        np.testing.assert_allclose(cp.asnumpy(result), row.value, rtol=1e-5, atol=1e-6)


def test_launches_of_a_loop_grow_with_the_batch_and_of_im2col_do_not() -> None:
    def launches(f: Callable[[Any], Any], N: int) -> int:
        x = cp.asarray(np.repeat(X[:1], N, axis=0))
        with gpu.counting() as seen:
            f(x)
        return seen.launches

    def im2col(x: Any) -> Any:
        windows = cp.lib.stride_tricks.sliding_window_view(x, (3, 3), axis=(2, 3))
        return windows.transpose(0, 2, 3, 1, 4, 5).reshape(len(x) * 16, -1)

    def loop(x: Any) -> Any:
        return [im2col(picture[None]) for picture in x]

    with gpu.simulated():
        assert launches(im2col, 2) == launches(im2col, 8) == 1
        assert (launches(loop, 2), launches(loop, 8)) == (2, 8)
