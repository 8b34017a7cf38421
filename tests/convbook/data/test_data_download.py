"""A download survives a bad server, and says what to do where it cannot."""

import os
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from bad_server import GOOD, serving

from convbook.data import download
from convbook.data.download import Source


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def server() -> Iterator[SimpleNamespace]:
    with serving() as state:
        yield state


def get(server: SimpleNamespace, path: Path, tries: int = 3, patience: float = 5.0) -> Path:
    return download.download(server.source, path, patience=patience, tries=tries, pause=0.01)


def test_a_cut_connection_goes_on_where_it_stopped(tmp_path: Path, server: SimpleNamespace) -> None:
    server.cuts = 4
    assert get(server, tmp_path / "f").read_bytes() == GOOD
    third = len(GOOD) // 3
    assert server.asked[:2] == [None, f"bytes={third}-"]
    assert len(server.asked) == 5


def test_it_goes_on_in_a_later_call(tmp_path: Path, server: SimpleNamespace) -> None:
    server.cuts = 1
    with pytest.raises(download.DownloadError, match=r"cut\..* are kept, and it will go on"):
        download.download(
            Source(server.source.url, len(GOOD), "0"), tmp_path / "f", tries=0, pause=0
        )
    assert not (tmp_path / "f").exists()
    kept = (tmp_path / "f.part").stat().st_size
    get(server, tmp_path / "f")
    assert server.asked[-1] == f"bytes={kept}-"
    assert not (tmp_path / "f.part").exists()


def test_a_file_that_is_there_is_left_alone(tmp_path: Path, server: SimpleNamespace) -> None:
    (tmp_path / "f").write_bytes(b"what the user has")
    assert get(server, tmp_path / "f").read_bytes() == b"what the user has"
    assert server.asked == []


def test_a_whole_part_needs_no_connection(tmp_path: Path, server: SimpleNamespace) -> None:
    (tmp_path / "f.part").write_bytes(GOOD)
    assert get(server, tmp_path / "f").read_bytes() == GOOD
    assert server.asked == []


def test_a_server_without_range_sends_all_again(tmp_path: Path, server: SimpleNamespace) -> None:
    server.deaf, server.cuts = True, 1
    assert get(server, tmp_path / "f").read_bytes() == GOOD
    assert server.asked[1] is not None


def test_a_server_that_always_cuts_at_one_place_is_given_up(
    tmp_path: Path, server: SimpleNamespace
) -> None:
    server.deaf, server.cuts = True, 1000
    with pytest.raises(download.DownloadError, match="the connection was cut"):
        get(server, tmp_path / "f")
    assert len(server.asked) < 6


def test_a_part_that_is_too_long_is_thrown_away(tmp_path: Path, server: SimpleNamespace) -> None:
    (tmp_path / "f.part").write_bytes(GOOD + b"more")
    assert get(server, tmp_path / "f").read_bytes() == GOOD
    assert server.asked == [None]


def test_a_flipped_byte_is_found_and_nothing_stays(tmp_path: Path, server: SimpleNamespace) -> None:
    server.flip = True
    with pytest.raises(download.DownloadError, match=r"wrong checksum.*deleted: try again"):
        get(server, tmp_path / "f")
    assert list(tmp_path.iterdir()) == []
    server.flip = False
    assert get(server, tmp_path / "f").read_bytes() == GOOD


def test_a_stalled_connection_is_left(tmp_path: Path, server: SimpleNamespace) -> None:
    server.stalls = 1
    begun = time.monotonic()
    assert get(server, tmp_path / "f", patience=0.3).read_bytes() == GOOD
    assert time.monotonic() - begun < 5
    server.stalls = 100
    with pytest.raises(download.DownloadError, match=r"nothing came for 0\.2 seconds"):
        get(server, tmp_path / "g", tries=0, patience=0.2)


def test_another_length_is_refused_before_a_byte_is_kept(
    tmp_path: Path, server: SimpleNamespace
) -> None:
    server.longer = 5
    with pytest.raises(download.DownloadError, match="it is another file"):
        get(server, tmp_path / "f")
    assert list(tmp_path.iterdir()) == []
    assert len(server.asked) == 1


@pytest.mark.parametrize(("code", "connections"), [(404, 1), (503, 3)])
def test_an_answer_that_is_no_file(
    tmp_path: Path, server: SimpleNamespace, code: int, connections: int
) -> None:
    server.code = code
    with pytest.raises(download.DownloadError, match=f"the server answers {code}"):
        get(server, tmp_path / "f")
    assert len(server.asked) == connections


def test_no_network_says_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    nobody = Source(f"http://127.0.0.1:{port}/f", 10, "0")
    with pytest.raises(download.DownloadError) as error:
        download.download(nobody, tmp_path / "f.tar.gz", tries=2, pause=0)
    assert "refused" in str(error.value)
    assert f"copy it here, as {tmp_path / 'f.tar.gz'}" in str(error.value)


def test_a_full_disk_is_named(
    tmp_path: Path, server: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = SimpleNamespace(free=10)
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "disk_usage", lambda _: full)
        with pytest.raises(download.DownloadError, match=r"the disk is full: .* make room"):
            get(server, tmp_path / "f")
    assert server.asked == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="not run: no /dev/full here")
def test_a_disk_that_fills_up_meanwhile(tmp_path: Path, server: SimpleNamespace) -> None:
    (tmp_path / "f.part").symlink_to("/dev/full")
    with pytest.raises(download.DownloadError, match="the disk is full"):
        get(server, tmp_path / "f")
