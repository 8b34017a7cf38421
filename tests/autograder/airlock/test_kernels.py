"""Kernels of CUDA C in the airlock: compiled and run in a sandbox of their own."""

import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from airlock_book import LIMITS, Notebook
from machine import need

import convbook
from autograder.airlock import Airlock, programs
from convbook.cuda import build

PRELUDE = """
import numpy as np
from convbook import check, cuda
x = np.arange(4, dtype=np.float32)
def run(source, n=4):
    return cuda.emulate(source, "f", (1,), (n,), (x,))
"""
SOURCE = 'extern "C" __global__ void f(float* x) { %s }'
FAULTLESS = "fault = run(f()).fault\nassert fault is None, fault.text"


def airlock() -> Airlock:
    need("sandbox")
    need("g++")
    package = Path(convbook.__file__).parent
    return Airlock(
        limits=dataclasses.replace(LIMITS, check_seconds=10),  # to compile takes its time
        binds=[(package, "/course/convbook")],
        student_path=["/course"],
        machine=build.compiled_machine().read_bytes(),
    )


@pytest.fixture(scope="module")
def lock() -> Iterator[Airlock]:
    with airlock() as opened:
        yield opened


@pytest.fixture
def book(lock: Airlock) -> Iterator[Notebook]:
    with lock.session(seed=1, prelude=[PRELUDE], student_names={"f"}) as session:
        yield Notebook(session)


def kernel(book: Notebook, body: str) -> None:
    book.cell(f"def f(): return {SOURCE % body!r}")


def test_a_kernel_runs_and_its_arrays_come_back(book: Notebook) -> None:
    kernel(book, "x[threadIdx.x] *= 2;")
    check = "ran = run(f())\nassert ran.fault is None, ran.fault\nprint(ran.arrays[0].tolist())"
    verdict = book.check(check)
    assert verdict.status == "pass", verdict.message
    assert verdict.outputs[0]["text"].strip() == "[0.0, 2.0, 4.0, 6.0]"


def test_a_fault_comes_back_with_its_line(book: Notebook) -> None:
    kernel(book, "\n x[threadIdx.x + 1] = 0;")
    verdict = book.check(FAULTLESS)
    assert verdict.status == "fail" and "line 2" in verdict.message, verdict.message
    assert "element 4 of x (argument 0), which has 4 elements" in verdict.message


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ('asm("nop");', "inline assembly is refused"),
        ("x[0] = y;", "does not compile"),
        ("x[0] = rand();", "calls rand"),
        ("while (true) x[0] += 1;", "did not"),
    ],
)
def test_what_is_refused_costs_its_check_alone(book: Notebook, body: str, says: str) -> None:
    kernel(book, body)
    verdict = book.check(FAULTLESS)
    assert verdict.score == 0 and (says in verdict.message or verdict.status == "timeout"), verdict
    kernel(book, "if (threadIdx.x == 0) x[0] = 1;")
    assert book.check(FAULTLESS).status == "pass"


def test_the_emulator_of_the_students_process_has_no_part_in_it(book: Notebook) -> None:
    kernel(book, "x[threadIdx.x + 1] = 0;")
    book.cell(
        "from convbook import cuda\ncuda.emulate = lambda *_: None\nimport convbook.cuda.build"
    )
    assert book.check(FAULTLESS).status == "fail"
    assert "FileNotFoundError" in str(book.cell("import subprocess; subprocess.run(['g++'])"))


def test_a_kernel_that_gets_out_finds_nothing(book: Notebook, tmp_path: Path) -> None:
    # The text of the emulator's own files is the most that its sandbox holds.
    secret = tmp_path / "solutions.txt"
    secret.write_text("secret")
    kernel(book, f'\n#include "{secret}"\n')
    verdict = book.check("run(f())")
    assert "secret" not in verdict.message.replace(str(secret), "") and verdict.score == 0


def test_each_launch_has_a_fresh_sandbox(book: Notebook) -> None:
    kernel(book, "x[0] += 1;")
    check = "\n".join(["assert run(f(), 1).arrays[0][0] == 1"] * 2)
    assert book.check(check).status == "pass"


def graded(lock: Airlock, body: str, check: str) -> str:
    """Hand in a kernel, and return the status of a check, or its message where it fails."""
    with lock.session(seed=1, prelude=[PRELUDE], student_names={"f"}) as session:
        book = Notebook(session)
        kernel(book, body)
        verdict = book.check(check)
        return verdict.message or verdict.status


def test_a_text_is_compiled_once_for_all_submissions(lock: Airlock) -> None:
    def gives(text: int, number: int) -> str:
        body = f"if (threadIdx.x == 0) x[0] = {text};"
        return graded(lock, body, f"assert [run(f()).arrays[0][0] for _ in 'ab'] == [{number}] * 2")

    kept, before = lock.programs._kept, set(lock.programs._kept)
    assert gives(71, 71) == gives(72, 72) == gives(71, 71) == "pass"
    one, other = kept.keys() - before
    kept[one], kept[other] = kept[other], kept[one]  # nobody would know of it but by its program
    assert gives(71, 72) == gives(72, 71) == "pass"
    del kept[one], kept[other]
    assert gives(71, 71) == "pass"


def test_the_same_text_with_another_kernel_in_it_is_another_program(lock: Airlock) -> None:
    two = 'if (threadIdx.x == 0) x[0] = 1; }} extern "C" __global__ void g(float* x) {{ x[0] = 2;'
    check = "source = f()\nfor name, number in ('f', 1), ('g', 2):\n"
    check += "    ran = cuda.emulate(source, name, (1,), (1,), (x,))\n"
    check += "    assert ran.arrays[0][0] == number, ran"
    assert graded(lock, two.format(), check) == "pass"


def test_what_does_not_compile_is_not_kept(lock: Airlock) -> None:
    kept = len(lock.programs._kept)
    said = [graded(lock, "x[0] = y;", "run(f())") for _ in range(2)]
    assert said[0] == said[1] and "does not compile" in said[0]
    assert len(lock.programs._kept) == kept


def test_a_launch_that_does_not_fit_is_refused_before_it_is_compiled(lock: Airlock) -> None:
    kept = len(lock.programs._kept)
    assert "at most 1024 threads" in graded(lock, "x[0] = y;", "run(f(), 2000)")
    assert len(lock.programs._kept) == kept


def test_no_more_programs_are_kept_than_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "KEPT", 3)
    some = programs.Programs()
    for name, size in zip("abcde", (1, 1, programs.PROGRAM_BYTES + 1, 1, 1), strict=True):
        some._keep(name, (b"", [np.zeros(size, np.uint8)]))
    assert list(some._kept) == ["b", "d", "e"]


def test_files_are_readable_in_the_sandbox_whatever_the_umask() -> None:
    before = os.umask(0o077)
    try:
        with airlock() as lock:
            assert graded(lock, "if (threadIdx.x == 0) x[0] = 1;", FAULTLESS) == "pass"
    finally:
        os.umask(before)
