"""A server of votes that is really started, and phones: each has a stream, and its cookie."""

import asyncio
import json
import re
import subprocess
import sys
from asyncio import StreamReader, StreamWriter
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

LOOPBACK = "127.0.0.1"
HERE = ("--address", LOOPBACK)


@dataclass
class Served:
    """What autograder slides --vote printed, and its process.

    Attributes:
        own: the lecturer's address, which ends with the secret and /.
        phones: the address for phones, without a / at its end.
        said: all that was printed before it served.
        course: what is served.
    """

    process: subprocess.Popen[str]
    own: str
    phones: str
    said: str
    course: Path


def serve(
    course: Path, *more: str, before: Sequence[str] = (), where: Sequence[str] = HERE
) -> Served:
    """Serve a course's decks; phones come by this machine's own address, or by the one it finds."""
    process = subprocess.Popen(
        [*before, sys.executable, "-m", "autograder.cli", "slides", *more, "--vote", *where],
        stdout=subprocess.PIPE,
        text=True,
        env={"CONVBOOK_COURSE": str(course), "PATH": ""},
    )
    assert process.stdout
    lines = []
    while not lines or (lines[-1] and "Ctrl-C" not in lines[-1]):
        lines.append(process.stdout.readline())
    said = "".join(lines)
    own, phones = re.findall(r"http://\S+", said)
    return Served(process, own.rpartition("/")[0] + "/", phones, said, course)


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run it in a thread of its own: that of the tests has the event loop of the browser."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


@dataclass
class Answer:
    """What a server answered: its status, its headers in small letters, and the text."""

    status: int
    headers: dict[str, str]
    text: str = ""


async def head(reader: StreamReader) -> Answer:
    """Read the first lines of an answer."""
    lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines[1:] if line)
    return Answer(int(lines[0].split()[1]), {k.lower(): v for k, v in headers.items()})


async def send(writer: StreamWriter, method: str, url: str, body: bytes, **headers: str) -> None:
    parts = urlsplit(url)
    headers = {"Host": parts.netloc, "Content-Length": str(len(body))} | headers
    lines = [f"{method} {parts.path} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
    writer.write("\r\n".join([*lines, "", ""]).encode() + body)
    await writer.drain()


async def connect(url: str) -> tuple[StreamReader, StreamWriter]:
    parts = urlsplit(url)
    return await asyncio.open_connection(parts.hostname, parts.port)


async def ask(url: str, body: Any = None, **headers: str) -> Answer:
    """Get an address, or post to it: bytes as they are, anything else as JSON."""
    data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    reader, writer = await connect(url)
    await send(writer, "GET" if body is None else "POST", url, data, **headers)
    answer = await head(reader)
    if "content-length" in answer.headers:
        text = await reader.readexactly(int(answer.headers["content-length"]))
        answer.text = text.decode(errors="replace")
    writer.close()
    return answer


@dataclass
class Listener:
    """A stream of events, as a browser has it.

    Attributes:
        news: the newest message; `heard` has all of them.
    """

    address: str
    reader: StreamReader
    writer: StreamWriter
    cookie: str
    heard: list[Any] = field(default_factory=list)

    @classmethod
    async def open(cls, address: str) -> "Listener":
        reader, writer = await connect(address)
        await send(writer, "GET", f"{address}/events", b"")
        answer = await head(reader)
        assert answer.status == 200, answer
        cookie = answer.headers.get("set-cookie", "").partition(";")[0]
        return cls(address, reader, writer, cookie)

    async def until(self, fits: Any) -> Any:
        """Read on, up to the first message that fits."""
        async with asyncio.timeout(60):
            while True:
                line = await self.reader.readline()
                assert line, "the stream has ended"
                if line.startswith(b"data: "):
                    self.heard.append(json.loads(line[6:]))
                    if fits(self.heard[-1]):
                        return self.heard[-1]

    async def vote(self, round: int, choice: Any) -> Answer:
        body = {"round": round, "choice": choice}
        return await ask(f"{self.address}/vote", body, Cookie=self.cookie)

    def leave(self) -> None:
        """Go away as a phone does that is out of reach."""
        self.writer.transport.abort()
