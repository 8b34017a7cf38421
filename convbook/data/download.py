"""Download one file, however bad the connection: it goes on where it stopped, and is checked."""

import errno
import hashlib
import http.client
import os
import shutil
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

BLOCK = 1 << 18  # bytes asked for at a time
MB = 1e6


class DownloadError(RuntimeError):
    """The file could not be had. The text says why, and what to do."""


@dataclass(frozen=True)
class Source:
    """A file that somebody serves.

    Attributes:
        url: where.
        size: bytes it must have.
        sha256: the checksum it must have, in hexadecimal digits.
    """

    url: str
    size: int
    sha256: str


def download(
    source: Source, path: Path, patience: float = 30.0, tries: int = 5, pause: float = 2.0
) -> Path:
    """Download a file unless it is there.

    What has arrived is kept in `path` + '.part', also across calls. The file gets its own name
    only when its size and checksum are right, so whatever has that name can be trusted.

    Args:
        source: what to get.
        path: where to put it.
        patience: seconds without a byte after which a connection counts as dead.
        tries: connections in a row that may bring nothing new.
        pause: seconds between two connections.

    Returns:
        path.

    Raises:
        DownloadError: it could not be had.
    """
    if path.exists():
        return path
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _collect(source, part, patience, tries, pause)
        _check(source, part)
        os.replace(part, path)
    except OSError as error:  # of this machine: those of the network end in _collect
        if error.errno == errno.ENOSPC:
            raise _no_room(source, part) from error
        raise DownloadError(f"{path} cannot be written: {error.strerror or error}") from error
    return path


def _collect(source: Source, part: Path, patience: float, tries: int, pause: float) -> None:
    """Fill the .part up to its full size, with as many connections as that takes."""
    left = tries
    while (have := _size(part)) != source.size:
        if have > source.size:
            part.unlink()
            continue
        if shutil.disk_usage(part.parent).free < source.size - have:
            raise _no_room(source, part)
        try:
            _connect(source, part, have, patience)
            reason = "the connection was cut"
        except urllib.error.HTTPError as error:
            reason = f"the server answers {error.code} {error.reason}"
            error.close()
            if error.code == 416:  # it cannot go on from there, so from the start
                part.unlink(missing_ok=True)
            elif error.code < 500:
                raise _failed(source, part, reason) from error
        except urllib.error.URLError as error:
            reason = str(error.reason)
        except TimeoutError:
            reason = f"nothing came for {patience:g} seconds"
        except (ConnectionError, http.client.HTTPException) as error:
            reason = str(error) or type(error).__name__
        left = tries if _size(part) > have else left - 1
        if left == 0:
            raise _failed(source, part, reason)
        if _size(part) != source.size:
            time.sleep(pause)


def _connect(source: Source, part: Path, have: int, patience: float) -> None:
    """Append what one connection brings."""
    ask = urllib.request.Request(source.url, headers={"User-Agent": "convbook"})
    if have:
        ask.add_header("Range", f"bytes={have}-")
    with urllib.request.urlopen(ask, timeout=patience) as reply:
        start, total = _offer(reply, have)
        if total is not None and total != source.size:
            raise DownloadError(
                f"{source.url} has {total:,} bytes now, not {source.size:,}: it is another file."
                " Nothing was changed here; look for a newer version of the course."
            )
        done = start
        show = Progress(source, start)
        # A server that ignores Range sends all from the start: then so is the file written.
        with part.open("r+b" if start else "wb") as file:
            file.seek(start)
            while block := reply.read1(BLOCK):
                done += len(block)
                if done > source.size:
                    raise DownloadError(f"{source.url} sends more than {source.size:,} bytes.")
                file.write(block)
                show.at(done)


def _offer(reply: http.client.HTTPResponse, have: int) -> tuple[int, int | None]:
    """Return the first byte that comes, and the size of the whole if the server tells it."""
    length = reply.headers.get("Content-Length", "")
    if reply.status != 206:
        return 0, int(length) if length.isdigit() else None
    span = reply.headers.get("Content-Range", "")  # bytes FIRST-LAST/SIZE
    first, _, rest = span.removeprefix("bytes ").partition("-")
    total = rest.rpartition("/")[2]
    if first != str(have):
        raise http.client.HTTPException(f"asked for byte {have}, the server sends {span!r}")
    return have, int(total) if total.isdigit() else None


def _check(source: Source, part: Path) -> None:
    with part.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != source.sha256:
        part.unlink()
        raise DownloadError(
            f"{source.url} arrived with the wrong checksum (SHA-256 {found}, not"
            f" {source.sha256}). It was deleted: try again, perhaps in another network."
        )


def _failed(source: Source, part: Path, reason: str) -> DownloadError:
    have = _size(part)
    kept = f" {have / MB:.0f} of {source.size / MB:.0f} MB are kept, and it will go on from there."
    return DownloadError(
        f"{source.url} cannot be downloaded: {reason}.{kept if have else ''}\n"
        "  With a network: try again. Without one: download the file on another machine and copy"
        f" it here, as {part.with_suffix('')}"
    )


def _no_room(source: Source, part: Path) -> DownloadError:
    need = (source.size - _size(part)) / MB
    return DownloadError(
        f"the disk is full: {part.parent} needs room for {need:.0f} MB more. What has come is kept:"
        " make room and try again."
    )


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


class Progress:
    """One line that tells how far a download is, written over itself four times a second.

    Args:
        source: what is downloaded.
        start: bytes that were there before.
    """

    def __init__(self, source: Source, start: int):
        self.source, self.start = source, start
        self.began = self.shown = time.monotonic()

    def at(self, done: int) -> None:
        """Show that so many bytes are there."""
        now = time.monotonic()
        last = done == self.source.size
        if now - self.shown < 0.25 and not last:
            return
        self.shown = now
        speed = (done - self.start) / max(now - self.began, 1e-6)  # bytes a second
        left = (self.source.size - done) / max(speed, 1.0)  # seconds
        name = self.source.url.rpartition("/")[2]
        bar = ("#" * (20 * done // self.source.size)).ljust(20, ".")
        text = f"{name} [{bar}] {done / MB:.0f} of {self.source.size / MB:.0f} MB"
        text += f", {speed / MB:.1f} MB/s, {left:.0f} s left "
        print("\r" + text, end="\n" if last else "", flush=True, file=sys.stdout)
