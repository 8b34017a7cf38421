"""The promises of the airlock that it keeps by itself, tried from inside a real sandbox.

They are kept with the system's bubblewrap, and with that of the package.

What a student may find is looked for from inside, and once more from outside: in the memory, the
namespaces and the files of the student's processes, as the kernel shows them.
"""

import contextlib
import dataclasses
import itertools
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from airlock_book import LIMITS, Notebook
from machine import need

from autograder.airlock import Airlock, SandboxError, bubblewrap, sandbox

GOOD = "def f(x): return x + 1"
CHECK = "assert f(1) == 2"


COUNT = itertools.count()


@pytest.fixture(scope="module", params=["system", "bundled"], autouse=True)
def program(request: pytest.FixtureRequest) -> Iterator[str]:
    """Have each of the two in turn be the only one."""
    need(f"{request.param} bubblewrap")
    alone = getattr(bubblewrap, request.param)()
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(bubblewrap, "programs", lambda: [alone])
        sandbox._chosen.cache_clear()
        assert sandbox.program() == alone
        yield request.param
    sandbox._chosen.cache_clear()


@pytest.fixture(scope="module")
def bwrap(program: str) -> Iterator[Airlock]:
    with Airlock(limits=LIMITS) as airlock:
        yield airlock


def processes(ancestor: int | None = None) -> set[Path]:
    """Return the /proc folders of a process's descendants; of this one's, if none is named."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parents[int(folder.name)] = int(
                (folder / "stat").read_text().rsplit(")", 1)[1].split()[1]
            )
    found, todo = set(), [ancestor or os.getpid()]
    while todo:
        parent = todo.pop()
        children = [child for child, its_parent in parents.items() if its_parent == parent]
        found |= {Path(f"/proc/{child}") for child in children}
        todo += children
    return found


def name_of(process: Path) -> str:
    """Return the name of a process, or '' if it is gone or dead."""
    try:
        dead = (process / "stat").read_text().rsplit(")", 1)[1].split()[0] in "ZX"
        return "" if dead else (process / "comm").read_text().strip()
    except OSError:
        return ""


def inner(book: Notebook) -> Path:
    """Return the /proc folder of the student's own process, as seen from outside."""
    name = f"canary-{next(COUNT)}"
    book.cell(f"import ctypes; ctypes.CDLL(None).prctl(15, b'{name}', 0, 0, 0)")
    return next(p for p in processes() if name_of(p) == name)


def test_promise_01_the_judge_shares_no_process_with_student_code(jailed: Notebook) -> None:
    jailed.cell("def f(x): return x")
    jailed.cell(
        "import ast, builtins, gc, sys, numpy as np\n"
        "np.testing.assert_allclose = lambda *a, **k: None\n"
        "np.allclose = np.array_equal = lambda *a, **k: True\n"
        "builtins.AssertionError = SystemExit\n"
        "class NoAsserts(ast.NodeTransformer):\n    def visit_Assert(self, node): return None\n"
        "get_ipython().ast_transformers.append(NoAsserts())\n"
        "for o in gc.get_objects():\n"
        "    if type(o).__name__ in ('Verdict', 'Checker'): o.score = o.check = 100\n"
    )
    for source in (CHECK, "np.testing.assert_allclose(f(1), 2)", "assert np.allclose(f(1.0), 2)"):
        assert jailed.check(source).status == "fail"
    jailed.cell("builtins.isinstance = builtins.len = lambda *a: True")
    assert jailed.check(CHECK).score == 0
    assert jailed.check("import os\nassert os.getpid() != 1").status == "pass"


def test_promise_01_only_plain_data_crosses(jailed: Notebook) -> None:
    jailed.cell(
        "class Bomb:\n    def __reduce__(self): return (exec, ('raise SystemExit',))\n"
        "def f(x): return Bomb()\ndef g(h): return h.__globals__"
    )
    assert jailed.check("assert repr(f(1)) == '<an object of the submitted notebook>'").score == 2
    assert jailed.check("import pickle; pickle.dumps(f(1))").status == "fail"
    # A function that a check lends is a number on the other side, not a way into the check.
    assert "AttributeError" in jailed.check("secret = 1\ng(lambda: secret)").message
    for value in ("object()", "np", "type"):
        assert "cannot be handed to student code" in jailed.check(f"f({value})").message


CANARY = "canary-of-the-hidden-tests"
LOOK = f"""
import gc, os, sys
def strings():
    for o in gc.get_objects():
        if isinstance(o, (dict, list, tuple)):
            yield from (x for x in (o.values() if isinstance(o, dict) else o))
word = {CANARY[::-1]!r}[::-1]
hits = sum(word in x for x in strings() if type(x) is str and x is not word)
print(hits, word in str(os.environ), os.listdir('/proc'), sorted(os.listdir('/')))
print([m for m in sys.modules if m.startswith(('autograder', 'convbook'))])
"""


def test_promise_02_nothing_of_the_checks_is_within_reach(bwrap: Airlock) -> None:
    prelude, check = f"given = '{CANARY}'", f"assert f('x') != '{CANARY}'"
    with bwrap.session(seed=1, prelude=[prelude], setup=f"'{CANARY}'") as session:
        session.run_student("def f(x): return x")
        assert session.run_check("c", check, 1).status == "pass"
        book = Notebook(session)
        assert CANARY.encode() not in memory(inner(book))
        printed = book.printed(LOOK).splitlines()
        assert printed[0].startswith("0 False [] ['airlock',") and printed[1] == "[]"
        session.run_student(f"kept = 'seen-' + {CANARY[::-1]!r}[::-1]")
        assert f"seen-{CANARY}".encode() in memory(inner(book))  # so the scan does find things


def memory(process: Path) -> bytes:
    """Return all that a process has in its writable memory."""
    blocks = []
    with open(process / "maps") as maps, open(process / "mem", "rb", 0) as mem:
        for line in maps:
            span, access = line.split()[:2]
            low, high = (int(part, 16) for part in span.split("-"))
            if access.startswith("rw") and high - low < 1 << 28:
                mem.seek(low)
                try:
                    blocks.append(mem.read(high - low))
                except OSError:
                    continue
    return b"".join(blocks)


def test_promise_02_no_file_of_the_autograder_is_visible(jailed: Notebook) -> None:
    source = """
import os
seen = []
for folder, folders, files in os.walk('/'):
    if folder.startswith('/usr/lib/') or folder.startswith('/python/lib/python3'):
        folders[:] = [f for f in folders if f.endswith('-packages')]
    seen += [os.path.join(folder, f) for f in folders + files]
bad = ('autograder', 'solutions', 'nbgrader', 'convbook', 'judge.py', 'sandbox.py', '.ipynb')
print([s for s in seen if any(b in s for b in bad)])
print([s for s in seen if s.endswith('-packages') and os.listdir(s)])
"""
    assert jailed.printed(source) == "[]\n[]"
    for name in ("autograder", "scipy", "nbgrader", "torch", "pytest"):
        assert "ModuleNotFoundError" in str(jailed.cell(f"import {name}"))


def test_promise_02_environment_and_open_files_tell_nothing(jailed: Notebook) -> None:
    here = Path(__file__).resolve().parents[3]
    process = inner(jailed)
    environ = (process / "environ").read_bytes().decode()
    assert str(here) not in environ and str(Path.home()) not in environ
    targets = [os.readlink(fd) for fd in (process / "fd").iterdir()]
    assert all(t == "/dev/null" or t.startswith("socket:") for t in targets) and len(targets) == 5
    assert str(here) not in (process / "mountinfo").read_text().replace(str(here / ".venv"), "")


def test_promise_03_hidden_input_is_fresh_and_repeatable(bwrap: Airlock) -> None:
    setup = "seed = {}".format
    source = "import random\nprint(seed, random.random())"
    drawn, events = [], []

    def draw() -> int:
        events.append("seed drawn")
        return len(events) + 40

    for seed in (draw, 42, 43, 42):
        with bwrap.session(seed=seed, setup=setup) as session:
            session.run_student("import time; loaded = time.time()")
            events.append("code loaded")
            assert session.seed is None
            drawn.append(session.run_check("c", source, 1).outputs[0]["text"])
            assert session.seed == int(drawn[-1].split()[0])
            session.run_check("d", "import os; os._exit(1)", 1)  # a new checker, the same numbers
            assert session.run_check("c", source, 1).outputs[0]["text"] == drawn[-1]
    assert events[:2] == ["code loaded", "seed drawn"]
    assert drawn[0] == drawn[1] == drawn[3] != drawn[2]


LIARS = {
    "text": "class T(str):\n    def __eq__(self, o): return True\n    __hash__ = None\n"
    "def f(x): return T()",
    "number": "class N(float):\n    def __eq__(self, o): return True\n"
    "    def __sub__(self, o): return 0.0\n    __rsub__ = __sub__\ndef f(x): return N(5)",
    "array": "import numpy as np\nclass A(np.ndarray):\n    def __eq__(self, o): return True\n"
    "    def __array_ufunc__(self, *a, **k): return np.True_\n"
    "    def __array_function__(self, *a, **k): return True\n"
    "def f(x): return np.zeros(3).view(A)",
    "array-like": "class L:\n    def __array__(self, *a, **k): return [2, 2, 2]\n"
    "    def __eq__(self, o): return True\n    def __bool__(self): return True\n"
    "    def __len__(self): return 3\n    def __getitem__(self, i): return 2\n"
    "    def __float__(self): return 2.0\n    __hash__ = None\ndef f(x): return L()",
    "masked": "import numpy as np\ndef f(x): return np.ma.masked_all(3)",
    "objects": "import numpy as np\nclass E:\n    def __eq__(self, o): return True\n"
    "def f(x): return np.array([E()] * 3, dtype=object)",
    "list": "class M(list):\n    def __eq__(self, o): return True\ndef f(x): return M()",
    "dict": "class D(dict):\n    def __eq__(self, o): return True\ndef f(x): return D()",
    "integer": "class I(int):\n    def __eq__(self, o): return True\ndef f(x): return I(7)",
}
COMPARISONS = [
    "assert f(1) == 2",
    "assert not f(1) != 2",
    "np.testing.assert_allclose(f(1), 2)",
    "assert np.allclose(f(1), [2, 2, 2])",
    "assert np.array_equal(np.asarray(f(1)), [2, 2, 2])",
    "assert abs(f(1) - 2) < 1e-8",
    "assert f(1) in [2, (2,), [2, 2, 2]]",
    "assert float(f(1)) == 2 and bool(f(1))",
    "assert max(f(1), 3) and f(1) < 3",
    "assert (np.ones(3) * 2 == f(1)).all()",
]


@pytest.mark.parametrize("liar", LIARS)
def test_promise_04_a_class_of_ones_own_equals_nothing(jailed: Notebook, liar: str) -> None:
    jailed.cell(LIARS[liar])
    for source in COMPARISONS:
        verdict = jailed.check(source)
        assert verdict.score == 0 and verdict.status == "fail", source


def test_promise_07_nothing_survives_a_submission(bwrap: Airlock) -> None:
    leave = """
import os, sys
left = []
for folder in ['/', '/tmp', os.environ['HOME'], '/dev', '/dev/shm', '/proc', '/airlock', '/var/tmp',
               '/packages', '/python/lib', '/usr/lib', '/run', '/etc', '/packages/numpy']:
    try:
        open(folder + '/left', 'w').write('x'); left.append(folder)
    except OSError: pass
print(left)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        import ctypes, time
        ctypes.CDLL(None).prctl(15, b'daemon-left', 0, 0, 0)
        while True: time.sleep(1)
    os._exit(0)
"""
    look = """
import os
print(sorted(os.listdir('/tmp')), os.listdir(os.environ['HOME']), os.getcwd(), os.getpid())
print([n for n in range(2, 1000) if not __import__('ctypes').CDLL(None).kill(n, 0)])
"""

    def daemons() -> list[Path]:
        return [process for process in processes() if name_of(process) == "daemon-left"]

    with bwrap.session(seed=1) as first, bwrap.session(seed=1) as beside:
        assert Notebook(first).printed(leave) == "['/tmp', '/tmp/home']"
        time.sleep(0.2)
        (daemon,) = daemons()
        assert Notebook(beside).printed(look) == "['home', 'matplotlib'] [] /tmp/home 1\n[]"
    assert name_of(daemon) == ""
    with bwrap.session(seed=1) as after:
        assert Notebook(after).printed(look) == "['home', 'matplotlib'] [] /tmp/home 1\n[]"


def test_promise_07_no_process_is_left_after_the_airlock() -> None:
    before = processes()
    with Airlock(limits=LIMITS) as airlock, airlock.session(seed=1) as session:
        session.run_student("1")
        session.run_check("c", "1", 1)
        started = processes() - before
        assert len(started) >= 6  # two fork servers, two keepers, two workers
    deadline = time.monotonic() + 10  # a busy machine takes a moment to reap them
    while any(map(name_of, started)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [name_of(process) for process in started if name_of(process)] == []


def test_promise_09_no_network_not_even_loopback(bwrap: Airlock, jailed: Notebook) -> None:
    source = """
import socket
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, socket.AF_NETLINK):
    try: socket.socket(family)
    except OSError as error: print(error.errno)
try: socket.create_connection(('127.0.0.1', 80), timeout=1)
except OSError as error: print('refused')
try: socket.getaddrinfo('example.org', 80)
except OSError: print('no names')
"""
    assert jailed.printed(source).split() == ["1"] * 4 + ["refused", "no", "names"]
    # The checker has none either, and each student has a network of their own with nothing in it.
    verdict = jailed.check("import socket\nsocket.create_connection(('127.0.0.1', 22), timeout=1)")
    assert verdict.status == "fail"
    checkers = processes(bwrap._servers[1].process.pid)
    nets = {os.stat(p / "ns/net").st_ino for p in checkers if name_of(p).startswith("python")}
    student = os.stat(inner(jailed) / "ns/net").st_ino
    assert nets and os.stat("/proc/self/ns/net").st_ino not in nets | {student}
    assert student not in nets
    with bwrap.session(seed=1) as other:
        assert os.stat(inner(Notebook(other)) / "ns/net").st_ino != student
    assert (inner(jailed) / "net/route").read_text().count("\n") <= 1
    assert "lo:" in (inner(jailed) / "net/dev").read_text()


EXHAUST = {
    "memory": ("import numpy as np\ndef f(x): return np.ones(1 << 33)", "MiB of memory"),
    "processes": (
        "import os, time\ndef f(x):\n    for _ in range(100):\n"
        "        if os.fork() == 0: time.sleep(9)",
        "8 processes",
    ),
    "threads": (
        "import threading, time\ndef f(x):\n    for _ in range(100):\n"
        "        threading.Thread(target=time.sleep, args=(9,), daemon=True).start()",
        "8 processes and threads",
    ),
    "disk": (
        "def f(x):\n    for n in range(9): open(f'/tmp/{n}', 'wb').write(bytes(7 << 20))",
        "16 MiB or 4096 files on disk",
    ),
    "many files": (
        "def f(x):\n    for n in range(9999): open(f'/tmp/{n}', 'wb').close()",
        "4096 files on disk",
    ),
    "one file": ("def f(x): open('/tmp/a', 'wb').write(bytes(9 << 20))", "8 MiB for one file"),
    "open files": ("import os\ndef f(x): return [os.dup(0) for _ in range(999)]", "open files"),
    "time": ("def f(x):\n    while True: pass", "within 0.6 s"),
    "reply": ("import numpy as np\ndef f(x): return np.zeros(40_000_000)", "256 MiB of them"),
    "items": ("def f(x): return [0] * 300_000", "more than 262144 items"),
}


@pytest.mark.parametrize("what", EXHAUST)
def test_promise_10_a_limit_holds_and_is_named(jailed: Notebook, what: str) -> None:
    source, expected = EXHAUST[what]
    jailed.cell(source)
    verdict = jailed.check("f(1)")
    assert verdict.status in ("error", "timeout") and expected in verdict.message


IN_CELL = {
    "forks": (EXHAUST["processes"][0] + "\nf(1)", "limit met: 8 processes and threads"),
    "a pool": (
        "import time\nfrom concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(40) as pool: list(pool.map(time.sleep, [0.3] * 40))",
        "limit met: 8 processes and threads",
    ),
    "said in print": (
        "import os\ntry:\n    while True: os.pipe()\nexcept OSError as error: print(error)",
        "limit met: 128 open files",
    ),
    "behind another": (
        "try: open('a', 'wb').write(bytes(9 << 20))\n"
        "except OSError as error: raise KeyError('mine') from error",
        "limit met: 8 MiB for one file",
    ),
    "NumPy's words": (
        "import numpy as np\nnp.save('a.npy', np.ones(2 << 20))",
        "limit met: 8 MiB for one file, or 16 MiB or 4096 files on disk",
    ),
    "mmap": ("import mmap; mmap.mmap(-1, 8 << 30)", "limit met: 4096 MiB of memory"),
    "by name alone": ("raise MemoryError", "perhaps limit met: 4096 MiB of memory"),
}


@pytest.mark.parametrize("what", IN_CELL)
def test_promise_10_a_limit_met_in_a_cell_is_named(jailed: Notebook, what: str) -> None:
    source, expected = IN_CELL[what]
    assert jailed.cell(source)[-1].get("text") == f"[{expected}]\n"


def test_promise_10_no_limit_is_named_that_was_not_met(jailed: Notebook) -> None:
    for source in ("raise OSError('no such picture')", "print('[Errno 2]')", "1 / 0"):
        assert "limit met" not in str(jailed.cell(source))


def test_promise_10_output_is_capped(jailed: Notebook) -> None:
    outputs = jailed.cell("while True: print('x' * 1000)")
    assert "limit met" in outputs[0]["evalue"]
    outputs = jailed.cell("for _ in range(999): print('x' * 1000)")
    assert "limit: 64 KiB" in outputs[-1]["text"]
    assert sum(len(output["text"]) for output in outputs) < 70_000
    for many in ("display(n)", "print(n, file=(sys.stdout, sys.stderr)[n % 2])"):
        outputs = jailed.cell(f"import sys\nfor n in range(5000): {many}")
        assert len(outputs) == LIMITS.output_items + 1
        assert f"and {LIMITS.output_items} outputs" in outputs[-1]["text"]


def test_promise_10_processor_time_is_capped() -> None:
    limits = dataclasses.replace(LIMITS, cpu_seconds=1, cell_seconds=20, call_seconds=20)
    with Airlock(limits=limits) as airlock, airlock.session(seed=1) as session:
        outputs = session.run_student("while True: pass")
    assert "limit met: 1 s of processor time" in outputs[0]["evalue"]


def test_promise_10_the_kernel_holds_the_limits(jailed: Notebook) -> None:
    limits = (inner(jailed) / "limits").read_text()
    for name, value in (
        ("Max address space", LIMITS.memory_bytes),
        ("Max cpu time", LIMITS.cpu_seconds),
        ("Max processes", LIMITS.processes),
        ("Max file size", LIMITS.file_bytes),
        ("Max open files", LIMITS.open_files),
        ("Max core file size", 0),
    ):
        line = next(line for line in limits.splitlines() if line.startswith(name))
        assert line.removeprefix(name).split()[:2] == [str(value)] * 2


def test_promise_15_a_worker_that_cannot_be_shut_in_does_not_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Airlock(limits=LIMITS) as airlock:
        start = airlock._servers[0].start

        def spoiled(config: dict, call: socket.socket) -> object:
            return start(config | {"rlimits": {"RLIMIT_NONSENSE": 1}}, call)

        monkeypatch.setattr(airlock._servers[0], "start", spoiled)
        with airlock.session(seed=1) as session, pytest.raises(SandboxError, match="shut in"):
            session.run_student("1")
        os.kill(airlock._servers[0].process.pid, signal.SIGKILL)
        airlock._servers[0].process.wait()
        time.sleep(0.5)  # the rest of the sandbox dies with it
        with pytest.raises(SandboxError, match="fork server has ended"):
            airlock.session(seed=1).__enter__()


def test_promise_15_a_sandbox_that_dies_is_nobodys_zero() -> None:
    with Airlock(limits=LIMITS) as airlock, airlock.session(seed=1) as session:
        session.run_student("def f(): pass")
        os.kill(airlock._servers[0].process.pid, signal.SIGKILL)
        with pytest.raises(SandboxError):
            for _ in range(100):
                assert session.run_check("c", "f()", 1).status == "pass"
                time.sleep(0.02)
