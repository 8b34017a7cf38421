"""A phone on another machine: two networks of this one, and a cable between them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import voting
from machine import needs

pytestmark = [pytest.mark.slow, needs("networks")]
TESTS = Path(voting.__file__).parent
ROOM, PHONE = (f"{name}-{os.getpid()}" for name in ("room", "phone"))
ROOM_IP, PHONE_IP = "10.77.0.1", "10.77.0.2"
CABLE = f"""
netns add {ROOM}
netns add {PHONE}
-n {ROOM} link add cable type veth peer name cable netns {PHONE}
-n {ROOM} addr add {ROOM_IP}/24 dev cable
-n {PHONE} addr add {PHONE_IP}/24 dev cable
-n {ROOM} link set lo up
-n {ROOM} link set cable up
-n {PHONE} link set cable up
-n {ROOM} route add default via {PHONE_IP}
"""
PROGRAM = """
import asyncio, sys, voting
async def work(url):
    {}
asyncio.run(work(sys.argv[1]))
"""
ASK = """
    question = {"place": "02_two.html 4", "title": "How many?", "options": ["4", "5"]}
    print((await voting.ask(url + "open", question)).status)
"""
VOTE = """
    phone = await voting.Listener.open(url)
    news = await phone.until(bool)
    print((await phone.vote(news["round"], 1)).status)
"""
COUNT = """
    slide = await voting.Listener.open(url.rstrip("/"))
    news = await slide.until(lambda news: news["vote"] and sum(news["vote"]["counts"]))
    print(news["vote"]["counts"])
"""


def ip(command: str) -> None:
    subprocess.run(["ip", *command.split()], check=True)


def at(machine: str, work: str, url: str) -> str:
    """Do some work on one of the machines; return the last line that it printed."""
    done = subprocess.run(
        ["ip", "netns", "exec", machine, sys.executable, "-c", PROGRAM.format(work.strip()), url],
        env=os.environ | {"PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    return (done.stdout + done.stderr).splitlines()[-1]


@pytest.fixture
def machines() -> Iterator[None]:
    try:
        for line in CABLE.strip().splitlines():
            ip(line)
        yield
    finally:
        for name in (ROOM, PHONE):
            subprocess.run(["ip", "netns", "del", name], capture_output=True)


def test_a_phone_on_another_machine_votes_and_votes_again_after_it_was_away(
    machines, small
) -> None:
    before = [str(shutil.which("ip")), "netns", "exec", ROOM]
    served = voting.serve(small, before=before, where=())
    try:
        assert served.phones.startswith(f"http://{ROOM_IP}:")  # found without being named
        assert at(ROOM, ASK, served.own) == "200"
        assert at(PHONE, VOTE, served.phones) == "200"
        assert at(ROOM, COUNT, served.own) == "[0, 1]"
        ip(f"-n {PHONE} link set cable down")
        assert "unreachable" in at(PHONE, VOTE, served.phones)
        ip(f"-n {PHONE} link set cable up")
        assert at(PHONE, VOTE, served.phones) == "200"  # a new phone: it has no cookie
        assert at(ROOM, COUNT, served.own) == "[0, 2]"
        slides = served.own.replace(voting.LOOPBACK, ROOM_IP)
        assert "Refused" in at(PHONE, ASK, slides)
    finally:
        served.process.terminate()
        served.process.wait(timeout=60)
