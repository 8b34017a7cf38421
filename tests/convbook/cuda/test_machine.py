"""The emulator's machine is compiled once for each compiler and each version of it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import no_file
import pytest
from machine import needs

from convbook.cuda import build

pytestmark = needs("g++")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "convbook"


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], bytes]]:
    """Have the compiler make something else each time; return what a new Python gets."""
    texts = iter(range(9))

    def compile_(options: list[str], place: Path, source: str = "") -> None:
        (place / options[-1]).write_text(f"object {next(texts)}")

    def in_a_new_python() -> bytes:
        (tmp_path / "kernels").mkdir(exist_ok=True)
        build.compiled_machine.cache_clear()
        return build.compiled_machine().read_bytes()

    monkeypatch.setattr(build, "_compile", compile_)
    monkeypatch.setattr(build, "folder", lambda: tmp_path / "kernels")
    yield in_a_new_python
    build.compiled_machine.cache_clear()


def test_it_is_kept(cache: Path, made: Callable[[], bytes]) -> None:
    assert made() == made() == b"object 0"
    assert len(list(cache.iterdir())) == 1


def test_it_is_used_as_it_is_when_the_cache_is_emptied(
    cache: Path, made: Callable[[], bytes]
) -> None:
    made()
    next(cache.iterdir()).unlink()
    assert build.compiled_machine().read_bytes() == b"object 0"


def test_another_version_of_it_or_of_the_compiler_is_compiled_anew(
    cache: Path, made: Callable[[], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made()
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "runtime.cpp").write_text("int main() {}")
    monkeypatch.setattr(build, "MACHINE", sources)
    assert made() == b"object 1"
    other = tmp_path / "g++"
    other.write_text("#!/bin/sh\necho another compiler >&2\n")
    other.chmod(0o755)
    monkeypatch.setattr(build, "compiler", lambda: str(other))
    assert made() == b"object 2"


@pytest.mark.parametrize("put", no_file.ALL)
def test_what_is_no_file_is_not_read(
    put: Callable[[Path, Path], None], cache: Path, made: Callable[[], bytes], tmp_path: Path
) -> None:
    made()
    (kept,) = cache.iterdir()
    kept.unlink()
    put(kept, tmp_path)
    assert made() == b"object 1"


def test_where_nothing_can_be_kept_it_is_compiled(
    tmp_path: Path, made: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert [made(), made()] == [b"object 0", b"object 1"]
