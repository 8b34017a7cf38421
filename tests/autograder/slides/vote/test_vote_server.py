"""The server of votes: many phones at once, those that leave, and those that mean no good."""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
from tornado.netutil import bind_sockets
from voting import Answer, Listener, Served, ask, connect, run, send

from autograder.cli import main
from autograder.slides.vote import handler, phones, poll, serve
from autograder.slides.vote.poll import Poll, Question, Refused

pytestmark = pytest.mark.slow
MANY = 300
ASKED = {"place": "02_two.html 4", "title": "How many outputs?", "options": ["4", "4.5", "5"]}
SHOWN = {"title": ASKED["title"], "options": ASKED["options"]}
KEYS = ("round", "open", "title", "options", "yours")  # all that a phone is told


async def lecturer(served: Served) -> Listener:
    return await Listener.open(served.own.rstrip("/"))


async def opened(served: Served, *crowd: Listener) -> int:
    """Open a vote, wait until these phones know, and return its number."""
    await turn(served, "open", ASKED)
    first = await (await Listener.open(served.phones)).until(bool)
    assert first == {"round": first["round"], "open": True, **SHOWN, "yours": None}
    for phone in crowd:
        assert await phone.until(lambda news: news and news["round"] == first["round"]) == first
    return first["round"]


async def turn(served: Served, what: str, body: Any = b"") -> None:
    answer = await ask(served.own + what, body)
    assert answer.status == 200, answer


def counted(*counts: int) -> Callable[[Any], bool]:
    return lambda news: news["vote"] is not None and news["vote"]["counts"] == list(counts)


def test_three_hundred_phones_vote_at_once_and_half_of_them_leave(served: Served) -> None:
    async def work() -> None:
        slide = await lecturer(served)
        crowd = await asyncio.gather(*(Listener.open(served.phones) for _ in range(MANY)))
        round = await opened(served, *crowd)
        votes = [phone.vote(round, i % 3) for i, phone in enumerate(crowd)]
        assert {answer.status for answer in await asyncio.gather(*votes)} == {200}
        await slide.until(counted(100, 100, 100))
        staying, leaving = crowd[: MANY // 2], crowd[MANY // 2 :]
        changed = [phone.vote(round, 2) for phone in staying]
        await asyncio.gather(*changed, *(half_a_vote(phone, round) for phone in leaving))
        await slide.until(counted(50, 50, 200))
        await turn(served, "close")
        for phone in staying:
            last = await phone.until(lambda news: not news["open"])
            assert last["yours"] == 2
            assert {tuple(news) for news in phone.heard if news} == {KEYS}
        closed = await slide.until(lambda news: not news["vote"]["open"])
        assert closed["vote"]["counts"] == [50, 50, 200]
        assert (await staying[0].vote(round, 0)).status == 409

    run(work())


async def half_a_vote(phone: Listener, round: int) -> None:
    """Begin to vote, and be gone."""
    _, writer = await connect(phone.address)
    await send(writer, "POST", f"{phone.address}/vote", b"", **{"Content-Length": "30"})
    writer.write(b'{"round": %d,' % round)
    writer.transport.abort()
    phone.leave()


WRONG: dict[str, tuple[Any, int]] = {
    "no JSON": (b"{", 400),
    "not UTF-8": (b"\xff\xfe", 400),
    "deep": (b"[" * 4000, 400),
    "a list": ([], 400),
    "nothing": ({}, 400),
    "a text": ({"choice": "1"}, 400),
    "true": ({"choice": True}, 400),
    "half": ({"choice": 0.5}, 400),
    "below": ({"choice": -1}, 400),
    "above": ({"choice": 3}, 400),
    "huge": (b'{"choice": 1' + b"0" * 4000 + b"}", 400),
    "too long": (b"x" * 5000, 400),
    "another round": ({"choice": 0, "round": 10**9}, 409),
    "no round": ({"choice": 0, "round": None}, 400),
}


def test_a_vote_that_cannot_be_meant_is_refused_and_counts_nothing(served: Served) -> None:
    async def work() -> None:
        slide, phone = await lecturer(served), await Listener.open(served.phones)
        round, vote = await opened(served, phone), f"{served.phones}/vote"
        for name, (body, status) in WRONG.items():
            whole = {"round": round} | body if isinstance(body, dict) else body
            answer = await ask(vote, whole, Cookie=phone.cookie)
            assert answer.status == status, (name, answer)
        for cookie in ("", "vote-8000=x", phone.cookie[:-5] + "00000", "=; =;;; vote"):
            refused = await ask(vote, {"round": round, "choice": 0}, Cookie=cookie)
            assert refused.status == 403 and "Allow cookies" in refused.text
        for path in ("/nowhere", "/../phone.html", "/phone.html", "/%00", "/vote.js"):
            assert (await ask(served.phones + path)).status == 404, path
        assert (await ask(vote)).status == 405
        assert (await phone.vote(round, 0)).status == 200
        await slide.until(counted(1, 0, 0))

    run(work())


NO_HTTP = (b"\x00" * 100, b"GET / HTTP/9.9\r\n\r\n", b"A" * 20_000, b"GET / HTTP/1.1\r\n")


def test_what_is_no_http_ends_that_connection_alone(served: Served) -> None:
    async def work() -> None:
        for bytes_ in NO_HTTP:
            reader, writer = await connect(served.phones)
            writer.write(bytes_)
            writer.write_eof()
            assert b"200 OK" not in await reader.read()
        assert (await ask(served.phones + "/")).status == 200

    run(work())


STRANGE = ({"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Origin": "null"})


def test_other_names_and_pages_of_other_sites_change_nothing(served: Served) -> None:
    async def work() -> None:
        slide, phone = await lecturer(served), await Listener.open(served.phones)
        wish = {"round": await opened(served, phone), "choice": 0}
        for strange in STRANGE:
            headers = {"Cookie": phone.cookie} | strange
            assert (await ask(f"{served.phones}/vote", wish, **headers)).status == 403
            assert (await ask(f"{served.own}clear", b"", **strange)).status == 403
        own = {"Cookie": phone.cookie, "Origin": served.phones}
        assert (await ask(f"{served.phones}/vote", wish, **own)).status == 200
        await slide.until(counted(1, 0, 0))

    run(work())


def test_phones_reach_nothing_of_the_lecturers(served: Served) -> None:
    async def work() -> None:
        secret = served.own.rstrip("/").rpartition("/")[2]
        root = served.own.removesuffix(f"{secret}/")
        for path in ("", "01_one.html", "vote.js", "qr.svg", "events", "open", "close", "clear"):
            for start in (f"{served.phones}/", f"{served.phones}/{secret}/", root, f"{root}wrong/"):
                for body in (None, ASKED):
                    if start + path != f"{served.phones}/" and (path, body) != ("events", None):
                        assert (await ask(start + path, body)).status in (404, 405), start + path
        assert (await ask(f"{root}{secret.swapcase()}/events")).status == 404
        assert (await ask(served.own + "events")).status == 200

    run(work())


def test_the_slides_are_for_this_machine_alone(served: Served) -> None:
    process = psutil.Process(served.process.pid)
    listening = [c.laddr for c in process.net_connections("inet") if c.status == psutil.CONN_LISTEN]
    assert [place.ip for place in listening] == ["127.0.0.1"] * 2
    ports = {urlsplit(address).port for address in (served.own, served.phones)}
    assert {place.port for place in listening} == ports


def test_a_deck_is_served_as_it_was_built_with_the_parts_for_votes(served: Served) -> None:
    async def work() -> None:
        page = (await ask(served.own + "02_two.html")).text
        assert page.count('<script src="vote.js"></script>') == 1
        assert "01_one.html" in (await ask(served.own)).text
        for path in ("vote.css", "vote.js", "qr.svg"):
            assert (await ask(served.own + path)).status == 200
        for path in ("03_three.html", "..%2fphone.html", "phone.js"):
            assert (await ask(served.own + path)).status == 404
        policy = (await ask(served.phones + "/")).headers["content-security-policy"]
        assert policy.startswith("default-src 'none';") and "unsafe" not in policy

    before = sorted(served.course.rglob("*"))
    run(work())
    assert sorted(served.course.rglob("*")) == before


def test_a_question_of_the_deck_is_bounded_too(served: Served) -> None:
    async def work() -> None:
        for wrong in (
            [], {}, ASKED | {"options": ["one"]}, ASKED | {"options": ["x"] * 7},
            ASKED | {"title": 1}, ASKED | {"options": ["x" * 301, "y"]},
            ASKED | {"options": [1, 2]}, ASKED | {"place": None},
        ):  # fmt: skip
            assert (await ask(served.own + "open", wrong)).status == 400
        assert (await ask(served.own + "open", {**ASKED, "title": "x" * 5000})).status == 400

    run(work())


def poll_of_two() -> Poll:
    votes = Poll()
    votes.open(Question("a 1", "How many?", ("4", "5")))
    return votes


def test_a_full_room_may_change_its_votes_and_takes_no_more(monkeypatch) -> None:
    monkeypatch.setattr(poll, "MOST_VOTERS", 2)
    votes = poll_of_two()
    for voter, choice in (("a", 0), ("b", 0), ("a", 1)):
        votes.cast(voter, {"round": 1, "choice": choice})
    with pytest.raises(Refused, match="No more phones") as refused:
        votes.cast("c", {"round": 1, "choice": 0})
    assert refused.value.status == 503
    assert votes.for_lecturer() == {"place": "a 1", "open": True, "counts": [1, 1]}
    assert votes.for_phone("c") == {
        "round": 1, "open": True, "title": "How many?", "options": ("4", "5"), "yours": None,
    }  # fmt: skip
    votes.clear()
    assert votes.for_phone("a") is None and votes.for_lecturer() is None
    assert "a" not in repr(vars(votes)["votes"])


def test_streams_and_connections_have_a_bound_and_places_become_free(monkeypatch) -> None:
    monkeypatch.setattr(handler, "MOST_STREAMS", 1)

    async def work(address: str) -> None:
        first = await Listener.open(address)
        assert (await ask(f"{address}/events")).status == 503
        second, third = await connect(address), await connect(address)
        assert await third[0].read() == b""
        first.leave()
        second[1].close()
        while (await patient(f"{address}/events")).status != 200:
            pass

    with_server(work, most=2)


async def patient(url: str) -> Answer:
    """Ask until a connection is not closed at once."""
    while True:
        try:
            return await ask(url)
        except (ConnectionError, asyncio.IncompleteReadError):
            await asyncio.sleep(0.01)


def test_who_sends_too_slowly_is_left_and_streams_end_to_begin_anew(monkeypatch) -> None:
    short = {"idle_connection_timeout": 0.2, "body_timeout": 0.2}
    monkeypatch.setattr(serve, "BOUNDS", serve.BOUNDS | short)
    monkeypatch.setattr(handler, "LIFE", 0.2)

    async def work(address: str) -> None:
        for begun in (
            b"",
            b"POST /vote HTTP/1.1\r\nHo",
            b"POST /vote HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{",
        ):
            reader, writer = await connect(address)
            writer.write(begun)
            assert await reader.read() == b""
        stream = await Listener.open(address)
        assert b"data: " in await stream.reader.read()  # up to its end

    with_server(work, most=100)


def with_server(work: Callable[[str], Awaitable[None]], most: int) -> None:
    """Run it with a server for phones in this process."""

    async def all_of_it() -> None:
        sockets = bind_sockets(0, "127.0.0.1")
        host = f"127.0.0.1:{sockets[0].getsockname()[1]}"
        serve.run(phones.application(poll_of_two(), [host]), sockets, most)
        async with asyncio.timeout(60):
            await work(f"http://{host}")

    run(all_of_it())


@pytest.mark.parametrize(
    "options,said",
    [
        (["03_three"], "there is no deck 03_three; there are 01_one, 02_two"),
        (["01_one"], "not built yet: run autograder slides 01_one"),
        ([], "not built yet: run autograder slides"),
        (["02_two", "--address", "0.0.0.0"], "0.0.0.0 stands for all"),
        (["02_two", "--address", "192.0.2.7"], "192.0.2.7 cannot be used"),
    ],
)
def test_what_cannot_be_served_gives_one_line(small, monkeypatch, capsys, options, said) -> None:
    monkeypatch.setenv("CONVBOOK_COURSE", str(small))
    (small / "build/lectures/01_one.html").unlink()
    if not options:
        (small / "build/lectures/02_two.html").unlink()
    assert main(["slides", *options, "--vote"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line


def test_without_a_network_it_says_that_hands_do() -> None:
    program = "from autograder.slides.vote import network; network.address()"
    command = ["unshare", "--map-root-user", "--net", sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert "this machine is on no network" in done.stderr and "vote by hands" in done.stderr


def test_what_is_printed_says_what_to_do_where_phones_are_kept_apart(served: Served) -> None:
    assert "vote by hands" in served.said
