"""The parts of the sandbox: binds, privileges, the filter of system calls."""

import os
import struct
import subprocess
from pathlib import Path

import pytest
from airlock_book import LIMITS, Notebook
from machine import needs

from autograder.airlock import Airlock, SandboxError, sandbox
from autograder.airlock.inside import seccomp
from convbook.running.packages import visible


def test_the_student_has_no_privileges(jailed: Notebook) -> None:
    from test_promises import inner

    status = dict(
        line.split(":", 1) for line in (inner(jailed) / "status").read_text().splitlines()
    )
    for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(status[name], 16) == 0
    assert status["NoNewPrivs"].strip() == "1" and status["Seccomp"].strip() == "2"
    outside = 65534 if os.getuid() == 0 else os.getuid()
    assert status["Uid"].split() == [str(outside)] * 4
    own = [] if os.getuid() == 0 else list(map(str, os.getgroups()))  # only root sheds them
    assert status["Groups"].split() in (own, [str(sandbox.UID)])


def test_the_checker_has_no_privileges_and_writes_nothing(jailed: Notebook, tmp_path: Path) -> None:
    verdict = jailed.check("print(open('/proc/self/status').read())")
    status = verdict.outputs[0]["text"]
    assert "CapEff:\t0000000000000000" in status and "Seccomp:\t2" in status
    target = tmp_path / "grades.db"
    assert "Read-only" in jailed.check(f"open({str(target)!r}, 'w')").message
    assert not target.exists()


CALLS = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *args):
    ctypes.set_errno(0)
    return libc.syscall(number, *args), ctypes.get_errno()
"""


def test_denied_calls_are_denied(jailed: Notebook) -> None:
    column = seccomp.PROCESSORS[os.uname().machine][0]
    numbers = {name: n[column] for name, n in seccomp.DENIED.items() if n[column] is not None}
    source = CALLS + f"print([n for n, k in {numbers}.items() if call(k, 0, 0, 0) != (-1, 1)])"
    assert jailed.printed(source) == "[]"
    clone, clone3 = seccomp.CLONE[column], seccomp.CLONE3[column]
    source = CALLS + f"print(call({clone}, 0x10000000 | 17, 0, 0, 0), call({clone3}, 0, 0))"
    assert jailed.printed(source) == "(-1, 1) (-1, 38)"


def simulate(machine: str, number: int, argument: int = 0, processor: int | None = None) -> int:
    """Run the filter as the kernel would, on one system call."""
    if processor is None:
        processor = seccomp.PROCESSORS[machine][1]
    data = struct.pack("IIQ6Q", number, processor, 0, argument, 0, 0, 0, 0, 0)
    code = seccomp.program(machine)
    steps = [struct.unpack_from("HBBI", code, at) for at in range(0, len(code), 8)]
    at, word = 0, 0
    while True:
        kind, yes, no, value = steps[at]
        if kind == seccomp.RETURN:
            return value
        if kind == seccomp.LOAD:
            (word,) = struct.unpack_from("I", data, value)
            at += 1
            continue
        tests = {seccomp.EQUAL: word == value, seccomp.AT_LEAST: word >= value,
                 seccomp.ANY_BIT: bool(word & value)}  # fmt: skip
        at += 1 + (yes if tests[kind] else no)


@pytest.mark.parametrize("machine", seccomp.PROCESSORS)
def test_the_filter_says_what_its_list_says(machine: str) -> None:
    column = seccomp.PROCESSORS[machine][0]
    denied = {numbers[column] for numbers in seccomp.DENIED.values()} - {None}
    eperm = seccomp.ERRNO | seccomp.EPERM
    for number in range(460):
        if number in denied:
            assert simulate(machine, number) == eperm
        elif number not in (seccomp.CLONE[column], seccomp.CLONE3[column]):
            assert simulate(machine, number) == seccomp.ALLOW
    assert simulate(machine, seccomp.CLONE[column], 0x11) == seccomp.ALLOW
    for flag in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
        assert simulate(machine, seccomp.CLONE[column], flag | 0x11) == eperm
    assert simulate(machine, seccomp.CLONE3[column]) == seccomp.ERRNO | seccomp.ENOSYS
    assert simulate(machine, 0, processor=0x40000003) == seccomp.KILL  # 32-bit calls
    if machine == "x86_64":
        assert simulate(machine, seccomp.X32 | 1) == eperm


@needs("scmp_sys_resolver")
@pytest.mark.parametrize("machine", seccomp.PROCESSORS)
def test_the_numbers_are_those_of_libseccomp(machine: str) -> None:
    column = seccomp.PROCESSORS[machine][0]
    calls = seccomp.DENIED | {"clone": seccomp.CLONE, "clone3": seccomp.CLONE3}
    for name, numbers in calls.items():
        command = ["scmp_sys_resolver", "-a", machine, name]
        known = int(subprocess.run(command, capture_output=True, check=True).stdout)
        # libseccomp gives a negative number to a call that the processor does not have.
        assert known == numbers[column] if numbers[column] is not None else known < 0, name


@needs("sandbox")
def test_binds_are_seen_and_read_only(tmp_path: Path) -> None:
    package = tmp_path / "course" / "convpack"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("answer = 42\n")
    for folder in (tmp_path, tmp_path / "course", package):
        folder.chmod(0o755)
    binds = [(tmp_path / "course", "/course/here")]
    for kind in ("bwrap", "none"):
        with Airlock(kind, LIMITS, binds, ["/course/here"], ["convpack"]) as airlock:
            assert airlock.sandbox == kind
            with airlock.session(seed=1) as session:
                book = Notebook(session)
                assert book.printed("import convpack; print(convpack.answer)") == "42"
                if kind == "bwrap":
                    assert "Read-only" in book.printed("open('/course/here/x', 'w')")
                    assert book.printed("import os; print(os.listdir('/course'))") == "['here']"


@needs("sandbox")
@pytest.mark.parametrize("target", ["/tmp/x", "/python", "/proc/x", "/dev/shm", "/airlock/x"])
def test_binds_cannot_cover_the_sandbox(target: str, tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="has its own"):
        Airlock("bwrap", LIMITS, [(tmp_path, target)]).__enter__()


@needs("sandbox")
def test_binds_that_would_not_work_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="does not exist"):
        Airlock("bwrap", LIMITS, [(tmp_path / "absent", "/x")]).__enter__()
    for folder in (sandbox.HERE, sandbox.HERE.parent, sandbox.HERE.parent.parent):
        with pytest.raises(SandboxError, match="autograder lies in it"):
            Airlock("bwrap", LIMITS, [(folder, "/x")]).__enter__()
    if os.getuid() == 0:
        tmp_path.chmod(0o700)
        with pytest.raises(SandboxError, match="chmod"):
            Airlock("bwrap", LIMITS, [(tmp_path, "/x")]).__enter__()


def test_only_what_a_student_needs_is_visible() -> None:
    names = set(visible())
    assert {"numpy", "matplotlib", "IPython", "msgpack", "numpy.libs"} <= names
    assert not names & {"autograder", "convbook", "nbgrader", "scipy", "pytest", "hypothesis"}


def test_the_checker_is_warmed_once_and_the_student_is_not(tmp_path: Path) -> None:
    warm = f"import builtins, pathlib\nbuiltins.warmed = pathlib.Path({str(tmp_path)!r}).name"
    with Airlock("none", LIMITS, checker_warm=warm) as airlock:
        for _ in range(2):
            with airlock.session(seed=1) as session:
                verdict = session.run_check("c", f"assert warmed == {tmp_path.name!r}", 1)
                assert verdict.status == "pass"
                assert "NameError" in str(session.run_student("warmed"))
    with pytest.raises(SandboxError, match="ZeroDivisionError"):
        Airlock("none", LIMITS, checker_warm="1 / 0").__enter__()
