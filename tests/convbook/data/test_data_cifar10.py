"""CIFAR-10 on request: downloaded, from a copy, from what only looks like a copy."""

import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from bad_server import EACH, FILES, GOOD, serving, tar_of

from convbook import cli, data
from convbook.data import cifar10
from convbook.data.cifar10 import INSIDE, NAMES, RECORD, TEST, TRAIN, Archive


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without any CIFAR-10, and no proxy between the tests and their server."""
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.delenv("CONVBOOK_CIFAR10", raising=False)
    monkeypatch.setenv("no_proxy", "*")
    return tmp_path


@pytest.fixture
def server() -> Iterator[SimpleNamespace]:
    with serving() as state:
        yield state


def test_it_arrives_once_and_is_read(
    home: Path, server: SimpleNamespace, capsys: pytest.CaptureFixture
) -> None:
    archive = Archive(server.source, EACH)
    path = data.fetch("cifar10", archive)
    assert path.is_relative_to(home)
    assert path.read_bytes() == GOOD
    assert [p.name for p in path.parent.iterdir()] == ["cifar-10-binary.tar.gz"]
    shown = capsys.readouterr().out
    assert "[####################]" in shown and shown.endswith("\n")
    assert data.fetch("cifar10", archive) == path
    found = cifar10.load(archive=archive)
    assert len(server.asked) == 1  # neither the second call nor reading used the network
    assert found.x_train.shape == (5 * EACH, 3, 32, 32)
    assert found.x_test.shape == (EACH, 3, 32, 32)
    assert found.classes[6] == "frog"
    first = np.frombuffer(FILES[TRAIN[1]], np.uint8)[:RECORD]
    assert found.y_train[EACH] == first[0]
    assert found.x_train[EACH, 1, 0, 2] == first[1 + 1024 + 2]  # green, first row, third column


@pytest.fixture
def archive(server: SimpleNamespace) -> Archive:
    return Archive(server.source, EACH)


@pytest.mark.parametrize("where", ["folder", "parent", "file", "beside"])
def test_a_copy_is_taken_instead(
    home: Path, archive: Archive, server: SimpleNamespace, where: str, monkeypatch
) -> None:
    unpacked = home / INSIDE
    packed = home / "tar" / "cifar-10-binary.tar.gz"
    unpacked.mkdir()
    packed.parent.mkdir()
    for name, content in FILES.items():
        (unpacked / name).write_bytes(content)
    packed.write_bytes(GOOD)
    places = {"folder": unpacked, "parent": home, "file": packed, "beside": packed.parent}
    found = cifar10.load(places[where], archive)
    assert found.x_test[0, 0, 0, 0] == FILES[TEST][1]
    monkeypatch.setenv("CONVBOOK_CIFAR10", str(places[where]))
    assert np.array_equal(cifar10.load(archive=archive).x_train, found.x_train)
    assert data.fetch("cifar10", archive) == places[where]
    assert server.asked == []


def test_without_a_copy_the_error_says_how_to_get_one(home: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r'data\.fetch\("cifar10"\)'):
        data.load("cifar10")
    with pytest.raises(ValueError, match="'emoji10' is nothing to fetch"):
        data.fetch("emoji10")


def test_an_empty_folder_and_the_pickled_version_are_named(home: Path) -> None:
    with pytest.raises(FileNotFoundError, match="holds neither"):
        cifar10.load(home)
    (home / "cifar-10-batches-py").mkdir()
    with pytest.raises(ValueError, match="pickled: to open such a file is to run it"):
        cifar10.load(home)


def link() -> tarfile.TarInfo:
    info = tarfile.TarInfo(f"{INSIDE}/{TEST}")
    info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return info


def wrong_label() -> bytes:
    return b"\x0a" + FILES[TEST][1:]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda: FILES | {TEST: link()}, "is a link or a device"),
        (lambda: FILES | {TEST: FILES[TEST] + b"x"}, "test_batch.bin has"),
        (lambda: FILES | {NAMES: b"a" * 1001}, "too many for ten names"),
        (lambda: FILES | {TEST: wrong_label()}, "a label is above 9"),
        (lambda: {k: v for k, v in FILES.items() if k != TRAIN[2]}, "lacks .*data_batch_3.bin"),
    ],
    ids=["link", "size", "names", "label", "missing"],
)
def test_an_archive_with_something_else_inside_is_refused(
    tmp_path: Path, archive: Archive, change: Callable[[], dict], message: str
) -> None:
    path = tmp_path / "a.tar.gz"
    path.write_bytes(tar_of(change()))
    with pytest.raises(ValueError, match=message):
        cifar10.load(path, archive)


def test_other_members_are_never_read_or_written(tmp_path: Path, archive: Archive) -> None:
    path = tmp_path / "a.tar.gz"
    path.write_bytes(tar_of(FILES | {"../../evil": b"x", f"deep/{TEST}": b"x"}))
    assert len(cifar10.load(path, archive).x_test) == EACH
    assert [p.name for p in tmp_path.iterdir()] == ["a.tar.gz"]


@pytest.mark.parametrize("content", [GOOD[:-500], GOOD[: len(GOOD) // 2], b"<html>no</html>"])
def test_a_broken_archive_is_named(tmp_path: Path, archive: Archive, content: bytes) -> None:
    path = tmp_path / "a.tar.gz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"cannot be read as an archive|lacks .*get cifar"):
        cifar10.load(path, archive)


def test_a_folder_that_lacks_a_file_is_named(home: Path, archive: Archive) -> None:
    (home / INSIDE).mkdir()
    (home / INSIDE / TEST).write_bytes(FILES[TEST])
    with pytest.raises(FileNotFoundError, match=r"lacks data_batch_1\.bin"):
        cifar10.load(home, archive)


@pytest.mark.parametrize("packed", [True, False])
def test_a_copy_is_kept_for_later(home: Path, archive: Archive, packed: bool) -> None:
    own = home / "own"
    own.mkdir()
    for name, content in ({"any.tar.gz": GOOD} if packed else FILES).items():
        (own / name).write_bytes(content)
    kept = cifar10.keep(own / "any.tar.gz" if packed else own, archive)
    found = cifar10.load(archive=archive)
    assert np.array_equal(found.x_train, cifar10.load(kept, archive).x_train)
    assert len(found.x_test) == EACH and found.x_test[0, 0, 0, 0] == FILES[TEST][1]
    assert [path.name for path in kept.parent.iterdir()] == ["cifar-10-binary.tar.gz"]
    kept.unlink()
    with pytest.raises(FileNotFoundError, match="holds neither"):
        cifar10.keep(home / "nowhere", archive)
    assert list(kept.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("more", "said"), [(["--from", "nowhere"], "holds neither"), ([], "cannot be written")]
)
def test_the_command_says_why_in_its_own_words(
    more: list[str],
    said: str,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (home / ".cache").write_text("a file where a folder should be")
    assert cli.main(["data", "cifar10", *more]) == 2
    told = capsys.readouterr()
    assert told.err.startswith("convbook: ") and said in told.err and told.out == ""
