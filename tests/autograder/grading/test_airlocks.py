"""The airlock as grading uses it: lessons, limits, and code that would break other graders.

tests/autograder/airlock holds the promises of the airlock itself.
"""

import time
from collections.abc import Iterator

import pytest
from machine import needs

from autograder.airlock import Airlock, Limits, Session, Verdict
from autograder.course import Lesson
from autograder.grading import grade as grading
from autograder.grading.airlocks import open_airlock
from autograder.handin import submission

pytestmark = [
    pytest.mark.slow,
    needs("sandbox"),
]

QUICK = Limits(call_seconds=2, check_seconds=4, cell_seconds=3, memory_bytes=1 << 30)


@pytest.fixture(scope="module")
def lock() -> Iterator[Airlock]:
    with Airlock(limits=QUICK) as opened:
        yield opened


@pytest.fixture
def session(lock: Airlock) -> Iterator[Session]:
    with lock.session(seed=1, student_names={"f"}) as opened:
        yield opened


def verdict(session: Session, student: str, check: str = "assert f(1) == 2") -> Verdict:
    session.run_student(student)
    return session.run_check("check-f", check, 4)


def answer(session: Session, student: str) -> object:
    """Return what the student's function f gives, as the checker sees it."""
    result = verdict(session, student, "print(repr(f()))")
    assert result.status == "pass", result.message
    return result.outputs[0]["text"].strip()


def test_a_right_answer_passes_and_a_wrong_one_fails(session: Session) -> None:
    good = verdict(session, "def f(x): return x + 1")
    bad = verdict(session, "def f(x): return x")
    assert (good.status, good.score, bad.status, bad.score) == ("pass", 4, "fail", 0)


@pytest.mark.parametrize(
    "code",
    [
        "while True: pass",
        "import time; time.sleep(60)",
        "import os; os._exit(0)",
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "import ctypes; ctypes.string_at(0)",
        "import sys; sys.exit()",
        "raise KeyboardInterrupt",
        "return [[0] * 10 ** 7 for _ in range(10 ** 3)]",
        "f(x)",
        "import os; os.closerange(3, 99)",
        "import os; [os.write(n, b'x' * 9999) for n in range(3, 99) if os.path.exists(n)]",
    ],
)
def test_promise_05_one_bad_call_costs_one_check(session: Session, code: str) -> None:
    session.run_student("def g(x): return x + 1")
    begun = time.monotonic()
    bad = verdict(session, f"def f(x):\n    {code}")
    assert (bad.score, bad.status == "pass") == (0, False)
    assert bad.message
    assert time.monotonic() - begun < 30
    assert session.run_check("check-g", "assert g(1) == 2", 4).status == "pass"


def test_promise_08_no_file_of_the_machine_can_be_written(session: Session) -> None:
    code = """
import os
def f():
    done = []
    for folder in ("/", "/usr", "/etc", "/root", "/home", "/course", "/usr/lib"):
        try: open(os.path.join(folder, "mine"), "w"); done.append(folder)
        except OSError: pass
    return done
"""
    assert answer(session, code) == "[]"


def test_promise_10_a_fork_bomb_is_stopped(lock: Airlock) -> None:
    with lock.session(seed=1, student_names={"f"}) as first:
        bad = verdict(first, "import os\ndef f(x):\n    while True: os.fork()")
        assert bad.score == 0
        assert "processes" in bad.message
    with lock.session(seed=1, student_names={"f"}) as second:
        assert verdict(second, "def f(x): return x + 1").status == "pass"


def test_what_a_lesson_asks_for_cannot_be_imported_in_it(lesson: Lesson) -> None:
    code = """
def f():
    found = []
    for line in ("from convbook.layers import conv_forward", "import scipy", "import torch",
                 "from convbook.layers.conv import conv_forward",
                 "from convbook.layers.conv import _columns",
                 "from convbook.layers.winograd import correlate",
                 "from convbook.earlier import conv_forward", "import autograder"):
        try: exec(line); found.append(line)
        except ImportError: pass
    return found
"""
    with (
        open_airlock(lesson) as airlock,
        airlock.session(seed=1, student_names={"f"}) as opened,
    ):
        assert answer(opened, code) == "[]"
        said = opened.run_student("from convbook.layers import conv_forward")
        assert "here you write it yourself" in str(said)


def test_a_check_may_hand_over_functions_and_caches_and_see_changes(session: Session) -> None:
    student = """
def f(g, x):
    x[0] = 9.0
    return g(2), object()
def back(cache): return type(cache).__name__
"""
    check = """
import numpy as np
x = np.zeros(2)
value, cache = f(lambda v: v * 10, x)
assert value == 20 and x[0] == 9.0
assert back(cache) == "object"
try: bool(cache)
except TypeError: pass
else: raise AssertionError("a handle has no truth value")
"""
    result = verdict(session, student, check)
    assert result.status == "pass", result.message


def test_the_solution_is_graded_alike_with_and_without_the_sandbox(lesson: Lesson) -> None:
    handed_in = submission.read(lesson.path)
    with open_airlock(lesson, "none") as airlock:
        result = grading.grade(handed_in, airlock)
    assert (result.score, result.sandbox) == (20, "none")
