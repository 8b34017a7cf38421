"""No link is followed below a folder, nothing is read for ever, and nothing is left half."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder import disk


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder, beside which lies a file that is nobody's business."""
    (tmp_path / "else").mkdir()
    (tmp_path / "else" / "file").write_bytes(b"secret")
    (tmp_path / "root" / "a" / "b").mkdir(parents=True)
    (tmp_path / "root" / "a" / "b" / "file").write_bytes(b"own")
    return tmp_path / "root"


def folder_link(root: Path) -> Path:
    (root / "c").symlink_to(root.parent / "else")
    return root / "c" / "file"


def link_above(root: Path) -> Path:
    (root.parent / "else" / "b").mkdir()
    (root.parent / "else" / "b" / "file").write_bytes(b"secret")
    (root / "c").symlink_to(root.parent / "else")
    return root / "c" / "b" / "file"


def file_link(root: Path) -> Path:
    (root / "file").symlink_to(root.parent / "else" / "file")
    return root / "file"


def link_to_a_neighbour(root: Path) -> Path:
    (root / "mallory").symlink_to("a")
    return root / "mallory" / "b" / "file"


def up(root: Path) -> Path:
    return root / "a" / ".." / ".." / "else" / "file"


LINKS = [folder_link, link_above, file_link, link_to_a_neighbour, up]


@pytest.mark.parametrize("make", LINKS)
def test_no_link_is_read(make: Callable[[Path], Path], root: Path) -> None:
    path = make(root)
    with pytest.raises(disk.Refused):
        disk.read(path, below=root)


@pytest.mark.parametrize("make", [m for m in LINKS if m is not file_link])
def test_no_folder_that_is_a_link_is_written_into(make: Callable[[Path], Path], root: Path) -> None:
    path = make(root)
    before = sorted(root.parent.joinpath("else").rglob("*"))
    for do in (lambda: disk.write(path, b"evil", below=root), lambda: disk.remove(path, root)):
        with pytest.raises(disk.Refused):
            do()
    assert sorted(root.parent.joinpath("else").rglob("*")) == before
    assert (root.parent / "else" / "file").read_bytes() == b"secret"
    assert (root / "a" / "b" / "file").read_bytes() == b"own"


def test_a_link_where_the_file_goes_is_replaced(root: Path) -> None:
    path = file_link(root)
    disk.write(path, b"new", below=root)
    assert not path.is_symlink() and path.read_bytes() == b"new"
    assert (root.parent / "else" / "file").read_bytes() == b"secret"


def hard(part: Path, secret: Path) -> None:
    os.link(secret, part)


def soft(part: Path, secret: Path) -> None:
    part.symlink_to(secret)


def pipe(part: Path, secret: Path) -> None:
    os.mkfifo(part)


@pytest.mark.parametrize("make", [hard, soft, pipe])
@pytest.mark.parametrize("below", [True, False])
def test_what_lies_where_the_unfinished_file_goes_is_not_written_into(
    make: Callable[[Path, Path], None], below: bool, root: Path
) -> None:
    secret = root.parent / "else" / "file"
    make(root / "page.part", secret)
    with pytest.raises(disk.Refused, match=r"page\.part is a link or no file: take it away"):
        disk.write(root / "page", b"new", below=root if below else None)
    assert secret.read_bytes() == b"secret" and not (root / "page").exists()


def test_what_a_stopped_run_left_is_in_nobodys_way(root: Path) -> None:
    (root / "page.part").write_bytes(b"half")
    disk.write(root / "page", b"new", below=root)
    assert (root / "page").read_bytes() == b"new" and not (root / "page.part").exists()


def test_the_root_itself_may_be_a_link(root: Path) -> None:
    (root.parent / "class").symlink_to(root)
    assert disk.read(root.parent / "class" / "a" / "b" / "file", below=root.parent / "class")


@pytest.mark.parametrize("kind", ["pipe", "socket", "folder", "device"])
def test_what_is_no_file_is_refused_at_once(kind: str, root: Path) -> None:
    path = root / "odd"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(os.path.relpath(path))
    elif kind == "folder":
        path.mkdir()
    else:
        path = Path("/dev/zero")
    with pytest.raises(disk.Refused, match="is not a file"):
        disk.read(path, 100)


def test_what_is_too_large_is_refused(root: Path) -> None:
    (root / "big").write_bytes(bytes((1 << 20) + 1))
    with pytest.raises(disk.Refused, match="larger than 1 MiB"):
        disk.read(root / "big", 1 << 20)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a\nb".encode("utf-8-sig"), "a\nb"),
        ("ä".encode("utf-16"), "ä"),
        (b"\xfe\xff" + "ä".encode("utf-16-be"), "ä"),
        (b"a\nZo\xeb", "line 2 is not in UTF-8"),
        ("ab".encode("utf-16-le"), "line 1 holds a NUL"),
        (b"\xff\xfea", "line 1 is not in UTF-8"),
    ],
)
def test_text_is_read_as_it_was_saved_or_not(content: bytes, said: str) -> None:
    try:
        assert disk.decoded(content) == said
    except disk.Unreadable as error:
        assert said in str(error)


def test_one_program_at_a_time_holds_a_lock_and_a_killed_one_does_not(tmp_path: Path) -> None:
    code = f"""
import sys, time; from pathlib import Path; from autograder import disk
with disk.locked(Path({str(tmp_path)!r}) / "lock", "busy"):
    print("held", flush=True); time.sleep(600)"""
    other = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None and other.stdout.readline() == "held\n"
    with (
        pytest.raises(BlockingIOError, match="busy"),
        disk.locked(tmp_path / "lock", "busy", wait=0),
    ):
        pass
    other.kill()
    other.wait()
    other.stdout.close()
    with disk.locked(tmp_path / "lock", "busy", wait=0):
        pass
