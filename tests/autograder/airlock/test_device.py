"""The simulated device in the airlock: the checker computes and counts, whatever a student does."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from airlock_book import LIMITS, Notebook
from machine import need

import convbook
from autograder.airlock import Airlock

PRELUDE = """
import numpy as np
from convbook import gpu
from convbook.gpu import tiers
cp = gpu.cupy
x = np.arange(6, dtype=np.float32).reshape(2, 3)
"""
SUM = """
import numpy as np
from convbook import gpu
cp = gpu.cupy
def f(x):
    xp = cp.get_array_module(x)
    out = xp.zeros(x.shape, dtype=x.dtype)
    out[:, 1:] = np.maximum(x, 1)[:, 1:]
    return out * 2
"""
QUIET = """
with gpu.counting() as seen:
    y = f(cp.asarray(x))
print(seen)
assert isinstance(y, cp.ndarray), type(y)
assert (seen.uploads, seen.downloads, seen.waits) == (1, 0, 0), str(seen)
assert cp.asnumpy(y).tolist() == [[0, 2, 4], [0, 8, 10]]
"""


@pytest.fixture(scope="module")
def lock() -> Iterator[Airlock]:
    need("sandbox")
    package = Path(convbook.__file__).parent
    with Airlock(
        limits=LIMITS, binds=[(package, "/course/convbook")], student_path=["/course"]
    ) as opened:
        yield opened


@pytest.fixture
def book(lock: Airlock) -> Iterator[Notebook]:
    with lock.session(seed=1, prelude=[PRELUDE], student_names={"f"}) as session:
        yield Notebook(session)


def test_student_code_computes_on_the_device_of_the_checker(book: Notebook) -> None:
    book.cell(SUM)
    verdict = book.check(QUIET)
    assert verdict.status == "pass", verdict.message
    assert "launches 4" in verdict.outputs[0]["text"], verdict.outputs


def test_a_transfer_is_counted_whatever_the_student_has_patched(book: Notebook) -> None:
    book.cell(SUM)
    book.cell(
        """
from convbook.gpu import array, device
device.Counts.note = lambda *_: None
plain = f
def f(x):
    float(x.sum())
    return plain(x)
"""
    )
    verdict = book.check(QUIET)
    assert verdict.status == "fail" and "downloads 1" in verdict.message, verdict.message


def test_what_lies_on_the_students_own_device_says_so(book: Notebook) -> None:
    book.cell(SUM + "early = cp.ones(3)\ndef f(x): return early")
    verdict = book.check("f(cp.asarray(x))")
    assert verdict.status == "error" and "upload it inside the function" in verdict.message
    book.cell("def f(x): return x + early")
    assert book.check("f(cp.asarray(x))").status == "error"


def test_arrays_made_inside_a_call_are_on_the_checkers_device(book: Notebook) -> None:
    book.cell("def f(x): return cp.asarray(x)\nfrom convbook import gpu\ncp = gpu.cupy")
    verdict = book.check("assert cp.asnumpy(f(x)).sum() == 15")
    assert verdict.status == "pass", verdict.message
    assert "array([2.])" in str(book.cell("print(repr(cp.asnumpy(cp.ones(1) * 2)))"))


def test_errors_are_those_of_cupy(book: Notebook) -> None:
    book.cell(SUM)
    book.cell(
        """
def f(x):
    try: return x @ x
    except ValueError as error: return type(error).__name__, 'mismatch' in str(error)
"""
    )
    verdict = book.check("assert f(cp.asarray(x)) == ('ValueError', True), f(cp.asarray(x))")
    assert verdict.status == "pass", verdict.message


FORGED = {
    "another number": "x.memory = 99; return x",
    "a negative number": "x.memory = -1; return x",
    "text for a number": "x.memory = 'a'; return x",
    "another shape": "x.shape = (10**9,); return x + x",
    "a name outside the list": "return far.do('function', 'load', ('/etc/passwd',), {})",
    "an order that is none": "return far.do('exec', 'import os', (), {})",
    "a private order": "return far.do('_values', 'x', (), {})",
    "a method outside the list": "return far.do('method', 'tofile', (x, '/tmp/x'), {})",
    "a dunder method": "return far.do('method', '__class__', (x,), {})",
    "a function": "return far.do('function', 'pad', (x, 1, print), {})",
    "an object array": "return far.do('function', 'zeros', (3, 'O'), {})",
    "as many numbers as there are": "return cp.zeros(10**12)",
    "many numbers another way": "return cp.tile(cp.ones(10**6), 10**6)",
    "a broken order": "return far.do(1, 2, 3, 4)",
}


def costs_its_check_alone(book: Notebook, forging: str, *ends: str) -> str:
    """Check a function that forges an order, then a good one; return what was said of the first."""
    book.cell(SUM)
    book.cell(f"good = f\n{forging}")
    verdict = book.check("f(cp.asarray(x)); assert False")
    assert verdict.score == 0 and verdict.status in ends, verdict
    assert "root:" not in str(verdict)
    book.cell("f = good")
    assert book.check(QUIET).status == "pass"
    return str(verdict)


@pytest.mark.parametrize("body", FORGED.values(), ids=FORGED)
def test_a_forged_order_costs_its_check_alone(book: Notebook, body: str) -> None:
    lines = "\n    ".join(["far = getattr(x, 'device', None)", *body.split("; ")])
    costs_its_check_alone(book, f"def f(x):\n    {lines}", "error", "fail", "timeout")


def test_time_stands_still_in_a_call_but_for_the_devices_clock(book: Notebook) -> None:
    book.cell(
        SUM
        + """
def f(x):
    start = gpu.clock()
    cp.exp(x)
    cp.cuda.Device().synchronize()
    return gpu.clock() - start
"""
    )
    verdict = book.check(
        "with gpu.simulated(kernel_ms=20, compile_ms=50):\n"
        "    took = f(cp.asarray(x))\n"
        "assert abs(took - 0.07) < 1e-4, took"
    )
    assert verdict.status == "pass", verdict.message


SHELL = """
import numpy as np
from convbook import gpu
from convbook.gpu import cupyx
cp = gpu.cupy
"""


def test_memory_that_a_student_lets_go_of_is_free(book: Notebook) -> None:
    book.cell(
        SHELL
        + """
kept = []
def f(x):
    for _ in range(5):
        y = x * 2
        y = y + 1
    return y
"""
    )
    verdict = book.check(
        "for _ in range(2):\n"
        "    with gpu.counting() as seen:\n"
        "        y = f(cp.asarray(x))\n"
        "    print(seen.peak)\n"
        "    with gpu.counting() as seen:\n"
        "        again = f(y)\n"
        "    print(seen.memory)\n"
        "    assert cp.asnumpy(y)[0, 0] == 1, y"
    )
    assert verdict.status == "pass", verdict.message
    assert verdict.outputs[0]["text"].split() == ["72", "24"] * 2, "three at a time, then one"


def test_an_array_of_an_earlier_check_stands_for_no_other(book: Notebook) -> None:
    book.cell(SHELL + "kept = []\ndef f(x):\n    kept.append(x)\n    return kept[0] + 0")
    assert book.check("f(cp.asarray(x))").status == "pass"
    verdict = book.check("f(cp.asarray(x * 0)); assert False, 'it was taken for another'")
    assert verdict.status == "error", verdict.message
    book.cell("kept.clear(); import gc; gc.collect()")
    assert book.check("assert cp.asnumpy(f(cp.asarray(x))).sum() == 15").status == "pass"


STREAMS = """
import cupyx
from cupyx.profiler import benchmark

@cp.fuse
def shifted(x):
    return cp.maximum(x - 1, 0)

double = cp.ElementwiseKernel("float32 x", "float32 z", "z = 2 * x", "double")

def f(x):
    host = cupyx.empty_pinned((2, 3), np.float32)
    host[:] = 5
    with cp.cuda.Stream(non_blocking=True) as stream:
        y = cp.asarray(host)
    there = stream.record()
    z = double(shifted(x))
    cp.cuda.get_current_stream().wait_event(there)
    return y + z
"""
OVERLAPS = """
with gpu.simulated(costs=gpu.Costs(bus=1e6)):
    there = cp.asarray(x)
    cp.cuda.Device().synchronize()
    with gpu.counting() as seen:
        y = f(there)
    assert cp.asnumpy(y).tolist() == [[5, 5, 7], [9, 11, 13]]
print(seen)
assert [e.name for e in seen.log if e.kind == "launch"] == ["shifted", "double", "add"]
assert not seen.races, "races"
assert seen.log[0].pinned and seen.log[0].stream > 0
assert gpu.times(seen).overlap > 0, gpu.times(seen)
"""


def test_streams_pinned_memory_and_fused_kernels_go_through_the_airlock(book: Notebook) -> None:
    book.cell(SHELL + STREAMS)
    verdict = book.check(OVERLAPS)
    assert verdict.status == "pass", verdict.message
    book.cell(SHELL + STREAMS.replace("cp.cuda.get_current_stream().wait_event(there)", "pass"))
    assert book.check(OVERLAPS).message == "AssertionError: races"


FORGED_ORDERS = {
    "a step that is none": "'fused', 'f', ([('load', ('/a',), {}), ('r', (), {})], [x]), {}",
    "a step of no form": "'fused', 'f', ([1, 2], [x]), {}",
    "a product as a step": "'fused', 'f', ([('matmul', (x, x), {}), ('r', (), {})], [x]), {}",
    "a stream that was not made": "'stream', 'use', (77,), {}",
    "an order that streams do not have": "'stream', '_known', (0,), {}",
    "a private part of the memory": "'memory', '_alive', (), {}",
}


@pytest.mark.parametrize("order", FORGED_ORDERS.values(), ids=FORGED_ORDERS)
def test_a_forged_order_in_one_line_costs_its_check_alone(book: Notebook, order: str) -> None:
    forging = f"def f(x): raise ValueError(x.device.do({order}))"
    assert "weakref" not in costs_its_check_alone(book, forging, "error", "fail")
