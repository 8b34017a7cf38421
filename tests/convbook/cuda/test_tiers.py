"""What checks of kernels say: whole sentences, and outlines without a hidden test's numbers."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from machine import needs

from autograder.course import lessons
from convbook import check, cuda, gpu
from convbook.cuda import emulator, nvrtc, tiers
from convbook.cuda.emulator import Ran

RAN = Ran(None, [], loads=8192, shared_loads=4000, requests=10, sectors=187, longest=67)
SAID = [
    (tiers.few_loads, 1024, "The kernel loads 8,192 numbers from global memory", "1,024"),
    (tiers.few_shared, 2000, "The kernel loads 4,000 numbers from shared memory", "2,000"),
    (tiers.few_sectors, 8, "Each access of a warp takes 18.7 sectors", "8"),
    (tiers.few_accesses, 32, "The busiest thread reads or writes memory 67 times", "32"),
]
ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("case", SAID, ids=lambda case: case[0].__name__)
def test_too_many_is_a_sentence_and_its_outline_says_less(
    case: tuple, capsys: pytest.CaptureFixture[str]
) -> None:
    few, most, says, shown = case
    with pytest.raises(check.NotYet) as caught:
        few(RAN, most)
    assert f"{says}; {shown} are enough." in str(caught.value)
    for number in ("8,192", "4,000", "18.7", "67"):
        assert number not in caught.value.outline
    few(RAN, 10 * most)
    assert says in capsys.readouterr().out


@pytest.mark.parametrize("number", [0, 4, 1.0, "2", None])
def test_a_line_that_is_none_of_the_kernels_is_named(number: object) -> None:
    with pytest.raises(check.NotYet, match="counted from 1 to 3 here"):
        tiers.with_line("a\nb\nc\n", number, "x")  # type: ignore[arg-type]
    assert tiers.with_line("a\nb\nc\n", 2, "x") == "a\nx\nc"


def test_looking_without_a_compiler_says_not_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def none(*order: object) -> Ran:
        raise check.NotRun("not run: no compiler")

    monkeypatch.setattr(emulator, "elsewhere", none)
    x = np.ones(3, np.float32)
    ran = tiers.look("", "f", (1,), (1,), (x, 3))
    assert ran.fault is None and ran.arrays[0] is x and ran.arrays[1] is None
    assert "not run" in capsys.readouterr().out


@needs("g++")
def test_what_cannot_run_here_is_said_by_the_first_check_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def none(source: str) -> None:
        raise check.NotRun("not run: no compiler")

    monkeypatch.setattr(nvrtc, "compile", none)
    monkeypatch.setattr(gpu, "real", lambda: None)
    monkeypatch.setattr(gpu.tiers, "not_run", Counter())
    source = 'extern "C" __global__ void f(float* x) {\n    x[threadIdx.x] = 1.0f;\n}'
    said = []
    for _ in range(2):
        tiers.runs(source, "f", (1,), (3,), (np.zeros(3, np.float32),), {0: [1, 1, 1]})
        said.append(capsys.readouterr().out.splitlines())
    assert said[0][1:] == ["[nvrtc] not run: not installed.", "[gpu] not run: no device here."]
    assert said[1] == said[0][:1]
    assert gpu.tiers.summary() == "Not run: [nvrtc] 2 times, [gpu] 2 times."


WRITTEN = """extern "C" __global__ void f(float* x) {
    __shared__ float s[8];
    s[threadIdx.x] = x[threadIdx.x];
    if (threadIdx.x < 4) { __syncthreads(); }
}"""


@needs("g++")
def test_a_fault_is_the_same_however_the_kernel_is_written() -> None:
    seen = []
    for source in (
        WRITTEN,
        WRITTEN.replace("s[", "part[").replace("{ __", "{\n__"),
        WRITTEN.replace("< 4", "< 3"),
    ):
        with pytest.raises(check.NotYet, match="Barrier in line") as caught:
            tiers.runs(source, "f", (1,), (8,), (np.ones(8, np.float32),), {})
        seen.append(caught.value.actual)
    assert seen[0] == seen[1] != seen[2]
    assert "line" not in seen[0]


@pytest.mark.slow
@needs("g++")
def test_the_ladder_of_the_deck_is_that_of_the_lesson() -> None:
    lesson = lessons()["13_kernels"]
    given = {name: value() for name, value in lesson.reference().items() if name in KERNELS}
    square = np.ones((64, 64), np.float32)
    found = []
    for name, (grid, block) in KERNELS.items():
        args = (square, square, np.zeros_like(square), 64, 64, 64)
        ran = cuda.emulate(given[name], "product", grid, block, args)
        found.append(f"{ran.sectors:_}")
    deck = (ROOT / "lectures" / "13_kernels.py").read_text()
    assert found == [number for number in ("41_472", "8_704", "2_560") if number in deck]


KERNELS = {
    "coalesced_kernel": ((2, 16), (32, 4)),
    "product_kernel": ((8, 8), (8, 8)),
    "register_kernel": ((2, 2), (8, 8)),
}
