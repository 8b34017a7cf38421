"""What the sandbox "user" keeps of the promises, tried from inside it; and what it cannot keep.

It needs root and a Python that others can read. Where there is only root, `test_in_a_container`
runs these tests, and those for every kind, in a container laid out as platforms have them.
"""

import dataclasses
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from airlock_book import LIMITS, Notebook
from machine import CONTAINER, absent, need
from test_promises import COMPARISONS, EXHAUST, LIARS, name_of

from autograder.airlock import Airlock, SandboxError
from autograder.airlock import user as users_sandbox
from autograder.airlock.inside import users

HERE = Path(__file__).parent
WHO = "import os; print(os.getresuid(), os.getresgid(), os.getgroups())"
# What root would do, tried by whoever runs it; each line that works prints its number.
HARM = """
import ctypes, os, signal
libc = ctypes.CDLL(None, use_errno=True)
for number, attempt in enumerate([
    lambda: os.setuid(0), lambda: os.setgroups([0]), lambda: os.kill({pid}, signal.SIGTERM),
    lambda: os.kill({pid}, 0), lambda: open('/proc/{pid}/environ').read(),
    lambda: open('/proc/{pid}/mem', 'rb'), lambda: os.listdir('/proc/{pid}/fd'),
    lambda: os.readlink('/proc/{pid}/cwd'), lambda: os.listdir('/proc/{pid}/root/'),
    lambda: open('/proc/self/mem', 'r+b'), lambda: open('/proc/sys/kernel/core_pattern', 'w'),
    lambda: open('/etc/passwd', 'a'), lambda: open('/etc/shadow'), lambda: os.chroot('/'),
    lambda: os.setpriority(os.PRIO_PROCESS, {pid}, 5), lambda: os.mkfifo('/usr/pipe'),
    lambda: os.sched_setaffinity({pid}, [0]),
]):
    try: attempt()
    except (OSError, AttributeError): continue
    print(number)
"""


def of_user(uid: int) -> list[int]:
    """Return the processes of a user that are not dead."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            is_theirs = folder.stat().st_uid == uid or str(uid) in _uids(folder)
        except OSError:
            continue
        if is_theirs and name_of(folder):
            found.append(int(folder.name))
    return found


def _uids(folder: Path) -> list[str]:
    return re.findall(r"^Uid:\t(.*)$", (folder / "status").read_text(), re.MULTILINE)[0].split()


def who(book: Notebook) -> int:
    return int(book.printed("import os; print(os.getuid())"))


def test_promise_01_student_and_judge_are_two_users_of_no_rights(apart: Notebook) -> None:
    student = apart.printed(WHO)
    judge = apart.check(WHO).outputs[0]["text"].strip()
    uid, other = who(apart), int(judge[1:].split(",")[0])
    assert student == f"({uid}, {uid}, {uid}) ({uid}, {uid}, {uid}) []"
    assert judge == f"({other}, {other}, {other}) ({os.getgid()}, {os.getgid()}, {os.getgid()}) []"
    assert 0 not in (uid, other) and uid != other
    for pid in (p for who in (uid, other) for p in of_user(who)):
        status = (Path("/proc") / str(pid) / "status").read_text()
        assert len(re.findall(r"^Cap(Inh|Prm|Eff|Amb):\t0{16}$", status, re.MULTILINE)) == 4
        assert "NoNewPrivs:\t1" in status and "Seccomp:\t2" in status


def test_promise_01_the_student_cannot_steer_or_read_judge_or_grader(apart: Notebook) -> None:
    judge = int(apart.check("import os; print(os.getpid())").outputs[0]["text"])
    keepers = [int(Path(f"/proc/{judge}/stat").read_text().rsplit(")", 1)[1].split()[1])]
    for pid in (judge, *keepers, os.getpid()):
        assert apart.printed(HARM.format(pid=pid)) == ""
    assert apart.check("1").status == "pass"


@pytest.mark.parametrize("liar", LIARS)
def test_promise_04_a_class_of_ones_own_equals_nothing(apart: Notebook, liar: str) -> None:
    apart.cell(LIARS[liar])
    assert {apart.check(source).status for source in COMPARISONS} == {"fail"}


def test_promise_02_environment_path_and_open_files_tell_nothing(apart: Notebook) -> None:
    os.environ["CANARY_OF_THE_GRADER"] = "canary"
    try:
        with Airlock("user", LIMITS) as airlock, airlock.session(seed=1) as session:
            book = Notebook(session)
            assert "canary" not in book.printed("import os; print(os.environ)").lower()
            process = Path("/proc") / str(of_user(who(book))[0])
            assert b"canary" not in (process / "environ").read_bytes().lower()
            targets = [os.readlink(fd) for fd in (process / "fd").iterdir()]
    finally:
        del os.environ["CANARY_OF_THE_GRADER"]
    assert all(t == "/dev/null" or t.startswith("socket:") for t in targets) and len(targets) == 5
    for name in ("autograder", "scipy", "nbgrader", "pytest"):
        assert "ModuleNotFoundError" in str(apart.cell(f"import {name}"))


def test_promise_02_what_is_open_to_all_is_refused(tmp_path: Path) -> None:
    need("other users")
    secret = tmp_path / "solutions" / "02" / "secret.ipynb"
    secret.parent.mkdir(parents=True)
    secret.write_text("x")
    for folder in (*tmp_path.parents[:-2], tmp_path):
        folder.chmod(0o755)  # pytest closes its own
    closed = tmp_path / "solutions"
    with pytest.raises(SandboxError, match=f"chmod -R o-rwx {closed}"):
        Airlock("user", LIMITS, secrets=[closed])
    with pytest.raises(SandboxError, match=r"chmod -R o-rwx .*secret\.ipynb"):
        Airlock("user", LIMITS, secrets=[tmp_path / "absent", secret])
    closed.chmod(0o750)
    with Airlock("user", LIMITS, secrets=[closed, secret]) as airlock:
        assert airlock.sandbox == "user"
        with airlock.session(seed=1) as session:
            book = Notebook(session)
            assert "PermissionError" in str(book.cell(f"open({str(secret)!r})"))
            assert book.check(f"assert open({str(secret)!r}).read() == 'x'").status == "pass"


LEAVE = """
import os
left = []
for folder, folders, _ in os.walk('/'):
    if folder.startswith(('/proc', '/sys', '/dev/pts')): folders.clear(); continue
    try: open(folder + '/left-by-' + str(os.getuid()), 'w').write('x'); left.append(folder)
    except OSError: continue
print(left)
os.makedirs('/tmp/closed/inner'); open('/tmp/closed/inner/file', 'w').close()
os.symlink('/etc', '/tmp/closed/link'); os.symlink('/etc/passwd', '/tmp/left-link')
os.mkfifo('/tmp/left-pipe'); os.mkdir('/tmp/' + 'n' * 255)
os.mkdir('/dev/shm/deep'); os.chdir('/dev/shm/deep')
for _ in range(1500): os.mkdir('d'); os.chdir('d')
os.chmod('/tmp/closed/inner', 0); os.chmod('/tmp/closed', 0)
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            import time
            while True: time.sleep(1)
        os._exit(0)
"""


def test_promise_07_nothing_survives_a_submission() -> None:
    need("other users")
    limits = dataclasses.replace(LIMITS, cell_seconds=60)
    with Airlock("user", limits) as airlock, airlock.session(seed=1) as session:
        book = Notebook(session)
        uid = who(book)
        home = book.printed("import os; print(os.getcwd())")
        left = set(eval(book.printed(LEAVE)))
        time.sleep(0.2)
        assert {"/tmp", "/dev/shm", home} <= left
        assert left <= {*users.PLACES, home}  # nothing else is open to all on this machine
        assert len(of_user(uid)) >= 4
    deadline = time.monotonic() + 60  # files go after the processes
    while of_user(uid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert of_user(uid) == [] and not Path(home).exists()
    for place in users.PLACES:
        owners = [p.lstat().st_uid for p in Path(place).iterdir()] if Path(place).exists() else []
        assert uid not in owners
    assert Path("/etc/passwd").exists()


CLEAR = """
import os, subprocess
from autograder.airlock.inside import users
uid, mark = users.take()
left = subprocess.Popen(["sleep", "60"], user=uid, group=uid, extra_groups=[])
other = subprocess.Popen(["sleep", "60"], user=uid + 1, group=uid, extra_groups=[])
open("/tmp/left-before", "w").close(); os.chown("/tmp/left-before", uid, uid)
open("/tmp/of-another", "w").close(); os.chown("/tmp/of-another", uid + 1, uid)
if (child := os.fork()) == 0:
    users.end(uid); users.sweep(uid); os._exit(0)
os.waitpid(child, 0)
there = map(os.path.exists, ("/tmp/left-before", "/tmp/of-another"))
print(left.wait(5), other.poll(), *there)
other.kill(); os.unlink("/tmp/of-another")
"""


def test_promise_07_a_users_processes_and_files_go_and_nobody_elses() -> None:
    need("to give files away")
    root = HERE.parents[2]
    done = subprocess.run([sys.executable, "-c", CLEAR], capture_output=True, text=True, cwd=root)
    assert done.stdout == "-9 None False True\n", done.stderr


def test_promise_07_what_a_killed_grader_left_is_not_there_for_the_next(user: Airlock) -> None:
    left = {Path(f"/tmp/left-{uid}"): uid for uid in range(users.FIRST, users.FIRST + users.MANY)}
    for path, uid in left.items():
        path.touch()
        os.chown(path, uid, uid)
    try:
        with user.session(seed=1) as session:
            uid = who(Notebook(session))
            assert uid not in [left[path] for path in left if path.exists()]
    finally:
        for path in left:
            path.unlink(missing_ok=True)


def test_promise_07_two_at_a_time_are_two_users(user: Airlock) -> None:
    with user.session(seed=1) as first, user.session(seed=1) as second:
        one, other = Notebook(first), Notebook(second)
        pid = of_user(who(one))[0]
        assert who(one) != who(other)
        assert other.printed(HARM.format(pid=pid)) == ""
        home = one.printed("import os; print(os.getcwd())")
        assert "PermissionError" in str(other.cell(f"__import__('os').listdir({home!r})"))


def test_promise_09_no_network_not_even_loopback(apart: Notebook) -> None:
    source = """
import socket
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, socket.AF_NETLINK):
    try: socket.socket(family)
    except OSError as error: print(error.errno)
try: socket.getaddrinfo('example.org', 80)
except OSError: print('no names')
"""
    assert apart.printed(source).split() == ["1"] * 4 + ["no", "names"]
    verdict = apart.check("import socket\nsocket.socket()")
    assert verdict.status == "fail" and "PermissionError" in verdict.message


@pytest.mark.parametrize("what", [what for what in EXHAUST if what not in ("disk", "many files")])
def test_promise_10_a_limit_holds_and_is_named(apart: Notebook, what: str) -> None:
    source, expected = EXHAUST[what]
    apart.cell(source)
    verdict = apart.check("f(1)")
    assert verdict.status in ("error", "timeout") and expected in verdict.message


def test_promise_10_a_fork_bomb_ends_with_its_submission(user: Airlock) -> None:
    with user.session(seed=1) as session, user.session(seed=1) as beside:
        book = Notebook(session)
        uid = who(book)
        book.cell("import os\nwhile True:\n    try: os.fork()\n    except OSError: pass")
        assert Notebook(beside).check("1").status == "pass"
    assert of_user(uid) == []


BURN = """
import os, time
for n in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while time.process_time() < 0.3: pass
            open(str(n), 'w').close()
            time.sleep(60)
        os._exit(0)
while not all(os.path.exists(str(n)) for n in range(3)): time.sleep(0.05)
"""


def test_promise_10_what_an_orphan_takes_of_the_processor_is_its_submissions() -> None:
    """Else the time that a submission makes itself wait would be given back to it."""
    need("other users")
    limits = dataclasses.replace(LIMITS, cell_seconds=60)
    with Airlock("user", limits) as airlock, airlock.session(seed=1) as session:
        assert session.run_student(BURN) == []
        assert session._student is not None
        session._student.lost()
        assert session._student.said["worked"] >= 0.8


def test_promise_15_where_it_cannot_be_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    with pytest.raises(SandboxError, match="it needs root"):
        Airlock("user")
    monkeypatch.undo()
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(SandboxError, match="it needs Linux"):
        Airlock("user")


def test_promise_15_a_python_that_others_cannot_read_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    need("other users")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    tmp_path.chmod(0o700)
    monkeypatch.setattr("tempfile.tempdir", None)
    with pytest.raises(SandboxError, match="other users cannot read"):
        users_sandbox.need()


def test_promise_15_a_worker_that_cannot_be_another_user_does_not_run(user: Airlock) -> None:
    """Every user is taken."""
    marks = []
    try:
        while True:
            marks.append(users.take())
    except OSError as error:
        assert "none of the users" in str(error)
        with pytest.raises(SandboxError, match="none of the users"):
            user.session(seed=1).__enter__().run_student("1")
    finally:
        for _, mark in marks:
            mark.close()


def test_promise_16_other_processes_and_open_files_are_seen(apart: Notebook) -> None:
    """What is written down as not kept is not kept: no stronger word may stand in the docs."""
    seen = apart.printed("import os; print([p for p in os.listdir('/proc') if p.isdigit()])")
    assert str(os.getpid()) in seen
    assert "root:" in apart.printed("print(open('/etc/passwd').read())")
    apart.cell("def f(x):\n    for n in range(3): open(f'{n}', 'wb').write(bytes(7 << 20))")
    assert apart.check("f(1)").status == "pass"  # 21 MiB, where 16 are allowed in bubblewrap


@pytest.mark.long
def test_in_a_container() -> None:
    if not absent("other users"):
        pytest.skip("not run: these tests are run as they are")
    need("a container")
    files = [HERE / f"{name}.py" for name in ("test_user", "test_recovery", "test_checks")]
    own = []  # where everybody may write, other tests write, too
    for place in filter(os.path.isdir, users.PLACES):
        own += ["--perms", "1777", "--tmpfs", place]
    root = str(HERE.parents[2])
    own += ["--bind", root, root]  # which may lie in one of them
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files, "-n", "0"]
    chosen = "(user or promise) and not bwrap and not bare and not container"
    inside = [*CONTAINER, *own, *command, "-k", chosen]
    done = subprocess.run(inside, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed and int(passed[1]) > 80 and "other users" not in done.stdout
