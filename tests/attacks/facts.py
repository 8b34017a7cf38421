"""What is found after a case was graded, and whether that is as it should be."""

import base64
import hashlib
import os
import re
import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

MOST_PAGE, MOST_PIXELS = 8 << 20, 60_000_000
ROW = r'<tr><td><a href="#'  # of the table at the head of a page
LEFT_IN = ("/tmp", "/var/tmp", "/dev/shm")


@dataclass
class Facts:
    """What is found after one case.

    Attributes:
        score: what the gradebook holds, None where it is not settled.
        said: all text of the result: outputs, messages and notes.
        told: the messages, which students see too.
        why: the lines that say why a file was not graded.
        page: the feedback page.
        seconds: the wall time.
        faults: what else is not as it was: files, processes, connections, other students' grades.
    """

    score: float | None = None
    said: str = ""
    told: str = ""
    why: list[str] = field(default_factory=list)
    page: str = ""
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def judge(case: Any, facts: Facts, secret: str, mark: str, search_page: bool) -> list[str]:
    """Return everything that is wrong with how a case was graded; nothing where all is right.

    Args:
        case: the Case.
        facts: what was found.
        secret: the text that must not get out.
        mark: the text that must not get into anything that a page runs or loads.
        search_page: whether the page is searched for the secret in all cases; else only in those
            that are about secrets.
    """
    problems = list(facts.faults)
    if facts.score is None or abs(facts.score - case.honest) > 1e-9:
        given = "no grade" if facts.score is None else f"{facts.score:g}"
        problems.insert(0, f"{given} instead of {case.honest:g}")
    if secret in facts.said:
        problems.append("a secret is in the outputs")
    if (search_page or case.kind == "secrets") and secret in facts.page:
        problems.append("a secret is on the page")
    if case.untold and case.untold in facts.page + facts.told:
        problems.append("a hidden call is told of")
    problems += [f"the page holds {what}" for what in active(facts.page, mark)]
    if search_page:
        problems += list(odd_looks(facts.page))
    if case.names and not any(name in facts.said for name in case.names):
        problems.append(f"{case.names[0]!r} is not named")
    if case.says_why and (len(facts.why) != 1 or "\n" in facts.why[0]):
        problems.append("no one line says why")
    if facts.seconds > case.seconds:
        problems.append(f"took {facts.seconds:.0f} s")
    return problems


class _Active(HTMLParser):
    """Finds what runs or loads something and holds the mark."""

    LOADS = frozenset({"href", "src", "action", "formaction", "data", "xlink:href", "content"})
    RUNS = frozenset({"script", "style", "iframe", "object", "embed", "form", "meta", "base"})

    def __init__(self, mark: str) -> None:
        super().__init__(convert_charrefs=True)
        self.mark = mark
        self.inside = ""
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag if tag in ("script", "style") else self.inside
        for name, value in attrs:
            if self.mark not in (value or ""):
                continue
            plain = re.sub(r"[\x00-\x20]", "", value or "").lower()
            script = plain.startswith(("javascript:", "vbscript:", "data:text"))
            if name.startswith("on") or name in ("srcdoc", "style") or script:
                self.found.append(f"{name}= of <{tag}>")
            elif name in self.LOADS and tag != "a":
                self.found.append(f"<{tag} {name}=>")
            elif tag in self.RUNS:
                self.found.append(f"<{tag}>")

    def handle_data(self, data: str) -> None:
        if self.inside and self.mark in data:
            self.found.append(f"<{self.inside}>")

    def handle_endtag(self, tag: str) -> None:
        self.inside = "" if tag == self.inside else self.inside


def active(page: str, mark: str) -> list[str]:
    """Return what on a page runs or loads something and holds the mark."""
    parser = _Active(mark)
    parser.feed(page)
    return sorted(set(parser.found))


def odd_looks(page: str) -> Iterator[str]:
    """Say what on a page of ours is too large, is not seen, or looks like the page's own."""
    if len(page) > MOST_PAGE:
        yield f"the page has {len(page) >> 20} MiB"
    if unseen := [c for c in page if not c.isprintable() and c not in "\n\t\xa0"]:
        yield f"the page holds {unseen[0]!a}"
    boxes, rows = (len(re.findall(tag, page)) for tag in (r"<[^>]*\bresult\b", ROW))
    if boxes != rows:
        yield "the page holds a box that is not the grader's"
    outside = re.sub(r'<section class="notebook".*?</section>', "", page, flags=re.DOTALL)
    if any(width * height > MOST_PIXELS for width, height in _sizes(page)):
        yield "the page holds a picture that is too large"
    if re.search(r"<[^>]+\s(?:style|name|on\w+)=", outside.partition("<body>")[2]):
        yield "the page's own part holds a style, a name or a handler"


def _sizes(page: str) -> Iterator[tuple[int, int]]:
    """Return how large the PNGs on a page say that they are."""
    for start in re.findall(r"data:image/png;base64,([\w+/]{32})", page):
        yield struct.unpack(">II", base64.b64decode(start)[16:24])


def snapshot(*folders: Path) -> dict[str, str]:
    """Return a hash of every file below some folders, and where every link leads."""
    found = {}
    for folder in folders:
        for place, _, names in os.walk(folder):
            for name in names:
                path = Path(place, name)
                if "__pycache__" in path.parts:
                    continue
                found[str(path)] = _fingerprint(path)
    return found


def _fingerprint(path: Path) -> str:
    try:
        if path.is_symlink() or not path.is_file():
            return f"not a file: {os.readlink(path) if path.is_symlink() else ''}"
        found = path.stat()
        return _hash(path, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
    except OSError as error:
        return type(error).__name__


@cache
def _hash(path: Path, *_: int) -> str:
    """Hash a file; its size and times, which a change of it changes, say when to do so again."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def changes(before: dict[str, str], after: dict[str, str], within: Path) -> list[str]:
    """Say in words which files are new, changed or gone."""
    lines = []
    for path in sorted(before.keys() | after.keys()):
        if before.get(path) != after.get(path):
            how = "new" if path not in before else "gone" if path not in after else "changed"
            shown = Path(path).relative_to(within) if Path(path).is_relative_to(within) else path
            lines.append(f"{shown} is {how}")
    return lines[:4]


def left_files(name: str) -> list[str]:
    """Say which files of that name lie in the folders that everybody may write."""
    found = [p for folder in LEFT_IN for p in Path(folder).glob(f"{name}*")]
    more = [f"and {len(found) - 2} more"] if len(found) > 2 else []
    return [f"{path} was left" for path in sorted(found)[:2]] + more


def processes() -> set[int]:
    """Return the ids of this process's descendants that are alive."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (folder / "stat").read_text().rsplit(")", 1)[1].split()[:2]
        except OSError:
            continue
        if state not in "ZX":
            parents[int(folder.name)] = int(parent)
    found: set[int] = set()
    todo = {os.getpid()}
    while todo:
        todo = {child for child, parent in parents.items() if parent in todo} - found
        found |= todo
    return found


class Listeners:
    """Sockets that nobody should call. Use as a context manager."""

    def __init__(self, tcp: int, udp: int, abstract: str) -> None:
        self._places: list[tuple[str, int, int, Any]] = [
            ("TCP", socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", tcp)),
            ("UDP", socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", udp)),
            ("abstract", socket.AF_UNIX, socket.SOCK_STREAM, f"\0{abstract}"),
        ]
        self._sockets: dict[str, socket.socket] = {}
        self._stack = ExitStack()

    def __enter__(self) -> "Listeners":
        for name, family, kind, address in self._places:
            sock = self._stack.enter_context(socket.socket(family, kind))
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(address)
            sock.setblocking(False)
            if kind == socket.SOCK_STREAM:
                sock.listen(16)
            self._sockets[name] = sock
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def heard(self) -> list[str]:
        """Say on which sockets something came in since the last time."""
        found = []
        for name, sock in self._sockets.items():
            try:
                if sock.type == socket.SOCK_STREAM:
                    sock.accept()[0].close()
                else:
                    sock.recv(100)
            except BlockingIOError:
                continue
            found.append(f"a connection came in by {name}")
        return found
