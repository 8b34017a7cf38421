"""What the airlock promises, each tried with code that breaks it elsewhere."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sandbox import SANDBOX

from autograder import grade as grading
from autograder import submission
from autograder.airlock import Airlock, Limits, SandboxError, Session, Verdict
from autograder.airlock import sandbox as finding
from autograder.course import Lesson, root
from autograder.grade import open_airlock

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(SANDBOX == "none", reason="bubblewrap is not installed"),
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


def test_promise_01_the_judge_shares_no_process_with_student_code(session: Session) -> None:
    code = """
import builtins, numpy as np, os, sys
np.testing.assert_allclose = np.allclose = lambda *a, **k: True
builtins.AssertionError = builtins.abs = builtins.print = lambda *a, **k: 0
class Yes:
    __eq__ = __bool__ = __array__ = lambda *a: True
def f(x): return Yes()
"""
    assert verdict(session, code).status == "fail"
    assert answer(session, "import os\ndef f(): return os.getpid()") != str(os.getpid())


def test_promise_02_nothing_worth_knowing_is_in_reach() -> None:
    with Airlock() as patient, patient.session(seed=1, student_names={"f"}) as opened:
        look_around(opened)


def look_around(session: Session) -> None:
    word = "canary-4711"
    session.run_student("def f(x): return x")
    session.run_check("check-other", f"secret = {word!r}\nassert f(1) == 2", 4)
    code = """
import gc, os
def f():
    seen = [str(o)[:9999] for o in gc.get_objects()] + list(os.environ.values())
    for folder, _, files in os.walk("/"):
        if folder.startswith(("/usr", "/sys", "/dev", "/python")) or "-packages" in folder: continue
        for name in files:
            try: seen.append(open(os.path.join(folder, name), errors="replace").read(99999))
            except (OSError, MemoryError): pass
    word = "".join(["canary", "-", "4711"])
    return any(word in text for text in seen)
"""
    assert answer(session, code) == "False"
    code = "import os\ndef f(): return [p for p in PATHS if os.path.exists(p)]"
    paths = [str(root() / "solutions"), str(root() / "autograder"), str(Path.home())]
    assert answer(session, code.replace("PATHS", repr(paths))) == "[]"
    code = "def f():\n    import autograder"
    assert "ModuleNotFoundError" in verdict(session, code, "f()").message


def test_promise_04_values_are_rebuilt_as_plain_types(session: Session) -> None:
    code = """
class Lucky(int):
    def __eq__(self, other): return True
def f(x): return Lucky(7)
"""
    assert verdict(session, code).status != "pass"
    code = "import numpy as np\nclass A(np.ndarray): pass\ndef f(x): return np.ones(2).view(A)"
    assert verdict(session, code, "assert f(1).sum() == 2").status != "pass"


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


def test_promise_05_an_answer_cannot_hang_the_checker_for_good(session: Session) -> None:
    slow = verdict(session, "def f(x): return 10 ** 18", "for i in range(f(1)): pass")
    assert slow.status == "timeout"
    assert verdict(session, "def f(x): return x + 1").status == "pass"


def test_promise_07_each_submission_gets_a_fresh_worker(lock: Airlock) -> None:
    leave = """
import os, builtins, numpy
open("/tmp/left", "w").write("x")
open(os.path.expanduser("~/left.py"), "w").write("x")
builtins.left = numpy.left = 1
"""
    with lock.session(seed=1, student_names={"f"}) as first:
        first.run_student(leave)
    look = """
import os, builtins, numpy
def f():
    return [os.path.exists("/tmp/left"), os.path.exists(os.path.expanduser("~/left.py")),
            hasattr(builtins, "left"), hasattr(numpy, "left")]
"""
    with lock.session(seed=1, student_names={"f"}) as second:
        assert answer(second, look) == "[False, False, False, False]"


def test_promise_07_a_daemon_does_not_outlive_its_submission(lock: Airlock) -> None:
    code = """
import ctypes, os, time
if os.fork() == 0:
    os.setsid()
    ctypes.CDLL(None).prctl(15, b"daemon4711", 0, 0, 0)  # its name in the list of processes
    while True: time.sleep(0.1)
def f(): return 1
"""
    with lock.session(seed=1, student_names={"f"}) as first:
        first.run_student(code)
        assert running("daemon4711")
    time.sleep(0.5)
    assert not running("daemon4711")


def running(name: str) -> bool:
    listed = subprocess.run(["ps", "axo", "comm"], capture_output=True, text=True).stdout
    return name in listed.split()


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


def test_promise_09_there_is_no_network_not_even_loopback(session: Session) -> None:
    code = """
import socket
def f():
    open_ = []
    for host in ("127.0.0.1", "::1", "192.0.2.1"):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try: socket.create_connection((host, PORT), timeout=1); open_.append(host)
        except OSError: pass
    return open_
"""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        assert answer(session, code.replace("PORT", port)) == "[]"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("return len(bytearray(3 << 30))", "memory"),
        ("open('/tmp/a', 'wb').write(b'x' * (200 << 20))", "file"),
        ("import time; time.sleep(99)", "no answer within 2 s"),
        ("return [open('/dev/null') for _ in range(9999)]", "open files"),
    ],
)
def test_promise_10_the_result_names_the_limit(session: Session, code: str, said: str) -> None:
    bad = verdict(session, f"def f(x):\n    {code}")
    assert bad.score == 0
    assert said in bad.message


def test_promise_10_a_fork_bomb_is_stopped(lock: Airlock) -> None:
    with lock.session(seed=1, student_names={"f"}) as first:
        bad = verdict(first, "import os\ndef f(x):\n    while True: os.fork()")
        assert bad.score == 0
        assert "processes" in bad.message
    with lock.session(seed=1, student_names={"f"}) as second:
        assert verdict(second, "def f(x): return x + 1").status == "pass"


def test_promise_10_a_flood_of_output_is_cut(session: Session) -> None:
    outputs = session.run_student("print('x' * (50 << 20))")
    assert sum(len(str(output)) for output in outputs) < 2 << 20


def test_promise_15_no_sandbox_no_grading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    finding._problem.cache_clear()
    with pytest.raises(SandboxError, match="not installed"):
        Airlock()
    finding._problem.cache_clear()


def test_what_a_lesson_asks_for_cannot_be_imported_in_it(lesson: Lesson) -> None:
    code = """
def f():
    found = []
    for line in ("from convbook.layers import conv_forward", "import scipy", "import torch",
                 "from convbook.layers.conv import conv_forward",
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
