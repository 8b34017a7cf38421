"""The net at the end of lesson 12: its gradients, its memory by lesson 11, and PyTorch."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from machine import needs

from autograder.course import lessons
from convbook import data, layers

SECTION = "## 9. One net, end to end"


def cells(kind: str) -> list[str]:
    """Return what stands in the section, of one type of cell."""
    sources = [(c.cell_type, c.source) for c in lessons()["12_transfer"].released.cells]
    begin = next(k for k, (_, text) in enumerate(sources) if text.startswith(SECTION))
    end = next(k for k, (_, text) in enumerate(sources) if text.startswith("## Summary"))
    return [text for type_, text in sources[begin:end] if type_ == kind]


def cell(begin: str) -> str:
    return next(text for text in cells("code") if begin in text)


@pytest.fixture
def net() -> dict[str, Any]:
    """The functions of the section, over the given layers."""
    names: dict[str, Any] = {"np": np, **{name: getattr(layers, name) for name in layers.__all__}}
    for begin in ("def drawn_net", "def run("):
        exec(cell(begin), names)
    return names


@pytest.fixture
def trained(net: dict[str, Any]) -> tuple[dict, dict]:
    """A net in which no array is as it was drawn, and its running statistics."""
    rng = np.random.default_rng(0)
    params, running = net["drawn_net"](7, seed=1)
    params = {
        name: a + 0.3 * rng.normal(size=a.shape).astype(a.dtype) for name, a in params.items()
    }
    for _ in range(3):
        net["run"](params, running, rng.normal(size=(8, 3, 32, 32)).astype(np.float32), True)
    return params, running


def slopes(loss: Any, params: dict, rng: np.random.Generator) -> Iterator[tuple[str, tuple, float]]:
    """Measure the slope of one number of each array."""
    for name, array in params.items():
        place = tuple(rng.integers(array.shape))
        at, ends = array[place], []
        for h in (1e-5, -1e-5):
            array[place] = at + h
            ends.append(loss())
        array[place] = at
        yield name, place, (ends[0] - ends[1]) / 2e-5


def test_every_array_has_its_gradient(net: dict[str, Any], trained: tuple[dict, dict]) -> None:
    params = {name: array.astype(float) for name, array in trained[0].items()}
    x = np.random.default_rng(1).normal(size=(3, 3, 32, 32))
    weights = np.random.default_rng(2).normal(size=(3, 7)).astype(np.float32)
    loss = lambda: np.sum(weights * net["run"](params, dict(trained[1]), x, True)[0])  # noqa: E731
    grads = net["run"](params, dict(trained[1]), x, True)[1](weights)
    assert sorted(grads) == sorted(params)
    for name, place, slope in slopes(loss, params, np.random.default_rng(3)):
        assert grads[name].shape == params[name].shape
        assert grads[name][place] == pytest.approx(slope, rel=1e-3, abs=1e-4), name


def test_the_memory_that_the_text_quotes_is_what_lesson_11_counts() -> None:
    names: dict[str, Any] = {}
    exec(cell('spec = [("INPUT"'), names)
    memory = lessons()["11_architectures"].reference()["training_memory"]
    said = " ".join("\n".join(cells("markdown")).split())
    for source, size in memory(names["spec"], 32, "momentum").items():
        assert f"{size:,} bytes of {source}" in said


def test_the_memory_that_the_text_quotes_is_what_the_device_counts(
    net: dict[str, Any], trained: tuple[dict, dict]
) -> None:
    params, running = trained
    x, y = np.zeros((32, 3, 32, 32), np.float32), np.arange(32) % 7
    net |= {"seven": params, "statistics": running, "x_seven": x, "y_seven": y}
    exec(cell("gpu.counting()"), net)
    said = " ".join("\n".join(cells("markdown")).split())
    volume = 32 * 32 * 8 * 8 * 4
    assert "14 volumes of" in said and f"= {volume:,}$ bytes".replace(",", "{,}") in said
    assert net["held"] == pytest.approx(14 * volume, rel=2e-3)
    assert f"The peak is over {(net['counts'].peak - net['before']) // 10**6} million" in said


@needs("torch")
def test_pytorch_computes_the_same_logits(
    net: dict[str, Any], trained: tuple[dict, dict], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    params, running = trained
    x = data.load("emoji10").x_test[:5].astype(np.float32) / 255
    save = cell("np.savez(").partition("print(")[0]
    exec(save, {"np": np, "seven": params, "statistics": running})
    code = re.search(r"```python\n(.*?)```", "\n".join(cells("markdown")), re.DOTALL)
    assert code
    names: dict[str, Any] = {"x": x}
    exec(code[1], names)
    ours, _ = net["run"](params, running, x, False)
    np.testing.assert_allclose(names["logits"].numpy(), ours, rtol=1e-4, atol=1e-4)
