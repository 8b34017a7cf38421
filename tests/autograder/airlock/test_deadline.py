"""What others take of a submission's time is not charged to it; what it takes itself is."""

import dataclasses
import os
import subprocess
import sys
import time
from collections.abc import Iterator

import psutil
import pytest
from airlock_book import LIMITS, Notebook
from machine import needs

from autograder.airlock import Airlock, Session

# A function that takes so many seconds of the processor, however long that lasts.
HONEST = """
import time
def work(seconds):
    begun = time.process_time()
    while time.process_time() - begun < seconds: pass
    return 1
"""
CROWD = """
import os
for _ in range(4):
    if os.fork() == 0:
        while True: pass
print(work(0.2) and time.process_time())
"""
# A grader by itself: it says when the call has begun, and what the check comes to.
GRADER = """
import sys
from autograder.airlock import Airlock, Limits
limits = Limits(call_seconds=1.0, check_seconds=1.5)
with Airlock("none", limits) as airlock, airlock.session(seed=1, student_names={"work"}) as session:
    session.run_student(sys.argv[1])
    print("ready", flush=True)
    print(session.run_check("c", "assert work(0.7) == 1", 1).status)
"""


@pytest.fixture
def crowded() -> Iterator[None]:
    """More processes than processors, each wanting one, in sessions of their own."""
    source = "import os\nmine = os.getppid()\nwhile os.getppid() == mine: pass"
    hogs = [
        subprocess.Popen([sys.executable, "-c", source], start_new_session=True)
        for _ in range(4 * len(os.sched_getaffinity(0)))
    ]
    yield
    for hog in hogs:
        hog.kill()
        hog.wait()


@pytest.mark.usefixtures("crowded")
def test_what_neighbours_take_is_not_charged(jailed: Notebook) -> None:
    jailed.cell(HONEST)
    begun = time.monotonic()
    verdict = jailed.check("assert work(0.4) == work(0.4) == 1")
    assert verdict.status == "pass", verdict.message
    assert jailed.printed("work(1); print('done')") == "done"
    assert time.monotonic() - begun > LIMITS.check_seconds, "there was nothing to make up for"


@pytest.mark.usefixtures("crowded")
@pytest.mark.parametrize("what", ["work(60)", "time.sleep(60)"])
def test_on_a_crowded_machine_a_limit_is_met_all_the_same(jailed: Notebook, what: str) -> None:
    jailed.cell(f"{HONEST}\ndef late(): {what}")
    assert jailed.check("late()").message == "late gave no answer within 0.6 s and was stopped"
    assert "limit met: 1.5 s for a cell" in jailed.cell(what)[0]["evalue"]


@needs("sandbox")
def test_what_its_own_processes_take_is_charged() -> None:
    limits = dataclasses.replace(LIMITS, cell_seconds=30)
    with Airlock(limits=limits) as airlock, airlock.session(seed=1) as session:
        _takes_more_than_its_part(session)


def _takes_more_than_its_part(session: Session) -> None:
    book = Notebook(session)
    book.cell(HONEST)
    own = float(book.printed(CROWD))
    student = session._student
    assert student is not None
    lost = student.lost()
    age, worked = time.monotonic() - student.begun, student.said["worked"]
    assert student.said["waited"] > 0.1, "its first thread had no need to wait"
    assert worked > 1.2 * own, "its other processes were not counted"
    assert age - lost > 0.9 * min(age, worked)


def test_while_the_grader_stands_still_no_time_passes() -> None:
    command = [sys.executable, "-c", GRADER, HONEST]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as grader:
        assert grader.stdout is not None
        assert grader.stdout.readline() == "ready\n"
        time.sleep(0.2)
        family = [psutil.Process(grader.pid), *psutil.Process(grader.pid).children(recursive=True)]
        for one in family:
            one.suspend()
        time.sleep(3)
        for one in family:
            one.resume()
        assert grader.stdout.read() == "pass\n"
