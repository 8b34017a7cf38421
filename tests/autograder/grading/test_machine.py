"""The emulator's machine is compiled once for each compiler and each version of it."""

from collections.abc import Callable
from pathlib import Path

import no_file
import pytest
from machine import needs

from autograder.grading import machine
from convbook.cuda import build

pytestmark = needs("g++")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(machine, "user_cache_path", lambda name: tmp_path / name)
    return tmp_path / "convbook"


@pytest.fixture
def compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Have the compiler make something else each time; list what it has made."""
    made: list[bytes] = []

    def compiled_machine() -> Path:
        made.append(f"object {len(made)}".encode())
        path = tmp_path / "machine.o"
        path.write_bytes(made[-1])
        return path

    monkeypatch.setattr(build, "compiled_machine", compiled_machine)
    return made


def test_it_is_kept(cache: Path, compiled: list[bytes]) -> None:
    assert machine.compiled() == machine.compiled() == b"object 0"
    assert len(compiled) == len(list(cache.iterdir())) == 1


def test_another_version_of_it_or_of_the_compiler_is_compiled_anew(
    cache: Path, compiled: list[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.compiled()
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "runtime.cpp").write_text("int main() {}")
    monkeypatch.setattr(build, "MACHINE", sources)
    assert machine.compiled() == b"object 1"
    other = tmp_path / "g++"
    other.write_text("#!/bin/sh\necho another compiler >&2\n")
    other.chmod(0o755)
    monkeypatch.setattr(build, "compiler", lambda: str(other))
    assert machine.compiled() == b"object 2"


def test_without_a_compiler_there_is_none(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "compiler", lambda: None)
    assert machine.compiled() is None


@pytest.mark.parametrize("put", no_file.ALL)
def test_what_is_no_file_is_not_read(
    put: Callable[[Path, Path], None], cache: Path, compiled: list[bytes], tmp_path: Path
) -> None:
    machine.compiled()
    (kept,) = cache.iterdir()
    kept.unlink()
    put(kept, tmp_path)
    assert machine.compiled() == b"object 1"


def test_where_nothing_can_be_kept_it_is_compiled(
    tmp_path: Path, compiled: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(machine, "user_cache_path", lambda name: tmp_path / "file" / name)
    assert [machine.compiled(), machine.compiled()] == [b"object 0", b"object 1"]
