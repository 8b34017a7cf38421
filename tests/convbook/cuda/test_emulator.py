"""The emulator: every kernel on several schedules, no fault missed and no false alarm."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from kernels import KERNELS, Kernel
from machine import needs

from convbook import check, cuda
from convbook.cuda import build, emulator
from convbook.demo.threads import LABELS, VOTES, Access

pytestmark = needs("g++")


def run(kernel: Kernel, **how: int) -> cuda.Ran:
    return cuda.emulate(kernel.source, kernel.entry, kernel.grid, kernel.block, kernel.args, **how)


@pytest.mark.slow
@pytest.mark.parametrize("schedules", [4, pytest.param(20, marks=pytest.mark.long)])
@pytest.mark.parametrize(
    "kernel", [k for k in KERNELS if k.fault != "compile"], ids=lambda k: k.name
)
def test_on_schedules(kernel: Kernel, schedules: int, monkeypatch: pytest.MonkeyPatch) -> None:
    if kernel.fault == "endless":
        monkeypatch.setattr(emulator, "SECONDS", 1)
    before = [np.copy(arg) for arg in kernel.args]
    for schedule in range(schedules if kernel.fault != "endless" else 2):
        ran = run(kernel, schedule=schedule)
        if kernel.fault:
            assert ran.fault and ran.fault.kind in kernel.fault, ran.fault
            lines = (ran.fault.line, ran.fault.other_line)
            assert not kernel.line or kernel.line in lines, ran.fault.text
        else:
            assert ran.fault is None, ran.fault.text
            made = ran.arrays[kernel.out]
            assert made is not None and kernel.expected is not None
            np.testing.assert_allclose(made, kernel.expected, rtol=1e-4, atol=1e-5)
    for old, new in zip(before, kernel.args, strict=True):
        np.testing.assert_array_equal(old, new)


def test_there_are_kernels_enough() -> None:
    assert len(KERNELS) >= 25 and len({k.name for k in KERNELS}) == len(KERNELS)


def named(name: str) -> Kernel:
    return next(k for k in KERNELS if k.name == name)


def test_one_run_tries_many_schedules() -> None:
    assert run(named("col2im: right"), schedules=20).fault is None
    assert run(named("col2im: += for atomicAdd"), schedules=20).fault is not None


def test_a_fault_names_line_thread_and_element() -> None:
    fault = run(named("im2col: one to the left")).fault
    assert fault is not None
    assert fault.text == (
        "Out of bounds in line 8: thread (0,0,0) of block (0,0,0) reads element -1 of x"
        " (argument 0), which has 168 elements.\n"
        "    8 | col[i] = x[(c * H + oh + kh) * W + ow + kw - 1]; //!"
    )
    fault = run(named("mm: early return")).fault
    assert (
        fault is not None and "40 of 64 threads wait here; the others have returned" in fault.text
    )
    fault = run(named("total: into the next shared array")).fault
    assert fault is not None and "writes element 128 of part, which has 128 elements" in fault.text


def test_loads_and_sectors_are_counted() -> None:
    near, far = run(named("im2col: right")), run(named("im2col: elements far apart"))
    assert near.loads == far.loads == 810 and near.stores == 810
    assert near.sectors_per_request < 6 < 15 < far.sectors_per_request
    tiled = run(named("mm: right"))
    # Each number of A is loaded once for each of 5 tiles along N, each of B for each of 3 along M.
    assert tiled.loads == 5 * 20 * 13 + 3 * 13 * 37


def test_too_much_shared_memory_is_told() -> None:
    with pytest.raises(cuda.CompileError, match="a block has 49,152"):
        run(named("mm: an array too many"))


def test_an_error_of_the_compiler_names_the_line_of_the_source() -> None:
    source = 'extern "C" __global__ void f(float* x) {\n    x[0] = y;\n}'
    with pytest.raises(cuda.CompileError) as caught:
        cuda.emulate(source, "f", (1,), (1,), (np.zeros(1, np.float32),))
    assert "kernel.cu:2" in str(caught.value) and "y" in str(caught.value)
    assert "/tmp" not in str(caught.value)


def test_an_error_quotes_the_kernel_and_nothing_of_the_emulator() -> None:
    source = 'extern "C" __global__ void f(float* x) {\n    atomicAdd(x[0], 1.0f);\n}'
    with pytest.raises(cuda.CompileError) as caught:
        cuda.emulate(source, "f", (1,), (1,), (np.zeros(1, np.float32),))
    _, error, quoted = str(caught.value).splitlines()
    assert error.startswith("kernel.cu:2:") and quoted == "    2 | atomicAdd(x[0], 1.0f);"


# What g++ would take, and NVIDIA's compiler does not: tried with NVRTC 13.5.
ONLY_HERE = {
    "an array of any length": "float v[n]; v[0] = 1; x[0] = v[0];",
    "infinity": "x[0] = -INFINITY;",
    "pi": "x[0] = M_PI;",
}


@pytest.mark.parametrize("body", ONLY_HERE.values(), ids=ONLY_HERE)
def test_what_the_real_compiler_would_not_take_is_not_taken_here(body: str) -> None:
    source = f'extern "C" __global__ void f(float* x, int n) {{ {body} }}'
    with pytest.raises(cuda.CompileError, match=r"kernel\.cu:1"):
        cuda.emulate(source, "f", (1,), (1,), (np.zeros(1, np.float32), 3))


# What the header gives without the standard library's headers, which take long to read.
GIVEN = {
    "the larger of two constants": "__shared__ int v[max(2, n)]; v[0] = min(n, 7); x[0] = v[0];",
    "of two loads": "x[0] = max(x[0], x[1]) + 3;",
    "sizes": "size_t v = sizeof(float4) - 12; x[0] = v - 1;",
    "mathematics": "x[0] = sqrtf(abs(-9.0f)) * fmaxf(1, x[0]) + (isnan(x[0]) ? 1 : 0);",
}


@pytest.mark.parametrize("body", GIVEN.values(), ids=GIVEN)
def test_what_a_kernel_may_use_is_there(body: str) -> None:
    source = f'extern "C" __global__ void f(float* x) {{ const int n = 3; {body} }}'
    ran = cuda.emulate(source, "f", (1,), (1,), (np.zeros(2, np.float32),))
    assert ran.fault is None and ran.arrays[0] is not None and ran.arrays[0][0] == 3, ran


def test_a_const_array_is_not_written_to() -> None:
    source = 'extern "C" __global__ void f(const float* x) { x[0] = 1; }'
    with pytest.raises(cuda.CompileError, match="read-only"):
        cuda.emulate(source, "f", (1,), (1,), (np.zeros(1, np.float32),))


ONE = 'extern "C" __global__ void f(float* x, int n) { x[0] = n; }'
WRONG_LAUNCHES = {
    "too few arguments": ((1,), (1,), (np.zeros(1, np.float32),), "2 parameters and got 1"),
    "float64": ((1,), (1,), (np.zeros(1), 1), "wants an array of float32, not float64"),
    "a list": ((1,), (1,), ([0.0], 1), "wants an array of float32, not list"),
    "a view": ((1,), (1,), (np.zeros((2, 2), np.float32)[:, 0], 1), "a view with gaps"),
    "an array for a number": ((1,), (1,), (np.zeros(1, np.float32), np.zeros(2)), "one number"),
    "a block too large": ((1,), (1025,), (np.zeros(1, np.float32), 1), "at most 1024"),
    "a grid that is none": (3, (1,), (np.zeros(1, np.float32), 1), "grid must be a tuple"),
    "an empty grid": ((0,), (1,), (np.zeros(1, np.float32), 1), "grid must be a tuple"),
    "a launch too large": ((10**6,), (64,), (np.zeros(1, np.float32), 1), "at most 1,048,576"),
}


@pytest.mark.parametrize("case", WRONG_LAUNCHES.values(), ids=WRONG_LAUNCHES)
def test_a_launch_that_does_not_fit_says_why(case: tuple) -> None:
    *launch, says = case
    with pytest.raises(ValueError, match=says):
        cuda.emulate(ONE, "f", *launch)


def test_nothing_is_left_behind_and_output_is_capped() -> None:
    assert cuda.emulate(ONE, "f", (1,), (1,), (np.zeros(1, np.float32), 7)).arrays[0] == [7]
    folder = build.folder()
    code = "from convbook.cuda import build; print(build.folder())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not (folder / "0.bin").exists()
    assert not Path(done.stdout.strip()).exists()


def test_without_a_compiler_it_is_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "compiler", lambda: None)
    with pytest.raises(check.NotRun, match="apt install g"):
        cuda.emulate(
            ONE + "// another text, not yet built", "f", (1,), (1,), (np.zeros(1, "f4"), 1)
        )


def test_whoever_is_interrupted_leaves_no_half_of_a_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = build._compile

    def interrupted(options: list[str], place: Path, source: str = "") -> None:
        if "-c" in options:
            return whole(options, place, source)
        (place / options[options.index("-o") + 1]).write_bytes(b"half of it")
        raise KeyboardInterrupt

    launch = ONE + "// interrupted", "f", (1,), (1,), (np.zeros(1, np.float32), 7)
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(build, "_compile", interrupted)
        cuda.emulate(*launch)
    assert cuda.emulate(*launch).arrays[0] == [7]


SAYS = """extern "C" __global__ void says(int* x) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    printf("thread %d: %d and %5.2f, %c%%\\n", i, 2 * i, i / 4.0f, 'a');
    x[i] = i;
}
"""


def test_printf_comes_in_order_of_threads_on_every_schedule() -> None:
    wanted = "".join(f"thread {i}: {2 * i} and {i / 4:5.2f}, a%\n" for i in range(6))
    for schedule in range(5):
        args = (np.zeros(6, np.int32),)
        ran = cuda.emulate(SAYS, "says", (2,), (3,), args, schedule, 2)
        assert ran.fault is None and ran.printed == wanted


@pytest.mark.parametrize(
    ("call", "says"),
    [
        ('printf("%s", 3);', "printf here knows"),
        ('printf("%n", 3);', "printf here knows"),
        ('printf("%d");', "(no number given)"),
        ('printf("%d", 1.0f);', "(%d got a real number)"),
        ('printf("%f", 1);', "(%f got a whole number)"),
        ('printf("%0123456789d", 1);', "printf here knows"),
        ('printf("plain");', "plain"),
    ],
)
def test_a_format_reads_and_writes_no_memory(call: str, says: str) -> None:
    source = f'extern "C" __global__ void f(int* x) {{ {call} }}'
    ran = cuda.emulate(source, "f", (1,), (1,), (np.zeros(1, np.int32),))
    assert ran.fault is None and says in ran.printed


def test_printf_takes_no_pointer() -> None:
    source = 'extern "C" __global__ void f(int* x) { printf("%d", x); }'
    with pytest.raises(cuda.CompileError):
        cuda.emulate(source, "f", (1,), (1,), (np.zeros(1, np.int32),))


def test_what_is_printed_is_cut() -> None:
    source = (
        'extern "C" __global__ void f(int* x) { for (int i = 0; i < 9999; i++) printf("%d ", i); }'
    )
    ran = cuda.emulate(source, "f", (4,), (9,), (np.zeros(1, np.int32),))
    assert ran.printed.startswith("0 1 2 ") and ran.printed.endswith("is not shown)\n")
    assert len(ran.printed) < 4100


def test_what_came_of_a_launch_is_a_sentence() -> None:
    assert repr(run(named("mm: right"))).startswith(
        "The kernel ran. Global memory: 2,743 loads and"
    )
    assert repr(run(named("mm: no second barrier"), schedules=9)).startswith("Race in line ")


def test_a_warp_is_watched_access_by_access() -> None:
    votes = named("votes: ++ for atomicAdd")
    label = np.array([0, 1, 1, 2, 1], np.int32)
    seen = cuda.watch(votes.source, "votes", (1,), (8,), (label, np.zeros(3, np.int32), 5))
    assert [str(step) for step in seen.steps[5:12]] == [
        "thread 0, line 4: reads out[0], 0",
        "thread 1, line 4: reads out[1], 0",
        "thread 2, line 4: reads out[1], 0",
        "thread 3, line 4: reads out[2], 0",
        "thread 4, line 4: reads out[1], 0",
        "thread 0, line 4: writes out[0], 1",
        "thread 1, line 4: writes out[1], 1",
    ]
    assert seen.request("label") == [0, 1, 2, 3, 4] and seen.request("out", "writes") == [
        0,
        1,
        1,
        2,
        1,
    ]
    assert seen.ran.fault is None and seen.ran.arrays[1].tolist() == [1, 1, 1]  # two are lost


def test_watched_threads_wait_for_each_other_at_barriers() -> None:
    right = named("total: right")
    seen = cuda.watch(right.source, "total", right.grid, right.block, right.args)
    assert seen.ran.arrays[1] == pytest.approx(right.expected, rel=1e-5)
    sums = [s for s in seen.steps if s.line == 8]
    assert [s.thread for s in sums[:64]] == list(range(64)) and sums[0].array == "part"
    split = named("mm: early return")
    fault = cuda.watch(split.source, "mm", split.grid, split.block, split.args).ran.fault
    assert fault is not None and fault.kind == "barrier"


def test_the_demo_of_a_race_is_what_the_emulator_sees() -> None:
    votes = named("votes: ++ for atomicAdd")
    label = np.array(LABELS, np.int32)
    seen = cuda.watch(votes.source, "votes", (1,), (8,), (label, np.zeros(3, np.int32), 5))
    shown = [Access(s.thread, s.does, s.array, s.element, s.value) for s in seen.steps]
    assert shown == list(VOTES)
