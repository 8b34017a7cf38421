"""Grading on a Dask cluster: workers that die, that are missing or differ, and a fault is no 0."""

import fcntl
import os
import pty
import random
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import nbformat
import psutil
import pytest
import sample_class
from machine import SANDBOX

from autograder import course
from autograder.airlock import SandboxError
from autograder.classroom.grade import Graded, NotGraded, grade_class
from autograder.classroom.room import Classroom, class_at
from autograder.classroom.verify import verify
from autograder.course import CourseError, lessons
from autograder.grading import airlocks, cluster, spread, task
from autograder.handin.submission import HandedIn

LESSON = "02_convolution"
STUDENTS = ("ada", "bao", "dora", "emil", "gus", "jan")  # jan's file is no notebook
SCORES = {s: sample_class.SCORES[LESSON][s] for s in STUDENTS}
KILLS = int(os.environ.get("KILLS", "3"))
DASK = Path(sys.executable).with_name("dask")
STARTING = 1  # second; Dask replaces no worker that ends before its nanny has seen it start

pytestmark = pytest.mark.long


class Cluster:
    """A Dask scheduler and its workers, each in a process of its own, as on other machines."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        self._log = (folder / "cluster.log").open("wb")
        port = self.address.rpartition(":")[2]
        hidden = ["--no-dashboard", "--dashboard-address", "127.0.0.1:0"]
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", port, *hidden)

    def add_workers(self, count: int, **env: str) -> subprocess.Popen[bytes]:
        place = ["--host", "127.0.0.1", "--nthreads", "1", "--nworkers", str(count)]
        return self._start("worker", self.address, *place, "--no-dashboard", **env)

    def workers(self) -> list[psutil.Process]:
        """Return the processes that grade: the nannies' children."""
        found = []
        for nanny in psutil.Process().children():
            if "worker" in nanny.cmdline():
                found += [p for p in nanny.children() if "spawn_main" in " ".join(p.cmdline())]
        return found

    def close(self) -> None:
        for process in psutil.Process().children():
            if process.status() == psutil.STATUS_ZOMBIE or str(DASK) in process.cmdline():
                for gone in (*process.children(recursive=True), process):
                    with suppress(psutil.NoSuchProcess):  # some end by themselves meanwhile
                        gone.kill()
                process.wait()
        self._log.close()

    def _start(self, *args: str, **env: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(DASK), *args]
        env = os.environ | env
        return subprocess.Popen(command, stdout=self._log, stderr=self._log, env=env)


@pytest.fixture
def far(tmp_path: Path) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path)
    yield cluster
    cluster.close()


def scores(results: list[Graded | NotGraded]) -> dict[str, float]:
    assert not [r for r in results if isinstance(r, NotGraded)]
    return {r.student: r.grade.score for r in results if isinstance(r, Graded)}


def test_workers_that_are_killed_are_replaced(room: Classroom, far: Cluster) -> None:
    """KILLS=100 kills a hundred, at random moments."""
    far.add_workers(2)
    with cluster.joined(far.address) as workers:
        workers.client.wait_for_workers(2, timeout=spread.WAIT)
    time.sleep(STARTING)
    moments, killed, rounds = random.Random(2), 0, 0
    while killed < KILLS:
        rounds += 1
        anew = class_at(room.results / f"round{rounds}", room.submitted)
        results: list[Graded | NotGraded] = []
        grading = grade_class(anew, [], SANDBOX, far.address)
        runner = threading.Thread(target=results.extend, args=(grading,))
        runner.start()
        while runner.is_alive() and killed < KILLS:
            runner.join(moments.uniform(0.1, 2))
            if runner.is_alive() and (workers := far.workers()):
                moments.choice(workers).kill()
                killed += 1
        runner.join()
        assert len(results) == len(STUDENTS)
        left = {r.student for r in results if isinstance(r, NotGraded)}
        assert all("KilledWorker" in r.reason for r in results if isinstance(r, NotGraded))
        graded = [r for r in results if isinstance(r, Graded)]
        assert scores(graded) == {s: SCORES[s] for s in STUDENTS if s not in left}
        assert scores(list(grade_class(anew, [], SANDBOX))) == SCORES
        assert not list(verify(anew))
    print(f"{killed} workers killed in {rounds} gradings")


def test_what_ends_every_worker_is_not_graded_and_the_rest_is(far: Cluster) -> None:
    """With one worker, there is none at the moment when the first task has come to its end."""
    far.add_workers(1)
    work = [("bad", f"sleep {STARTING}; kill -KILL $PPID"), ("good", "true")]
    with cluster.joined(far.address) as workers:
        found = dict(spread.spread(workers, os.system, work))
    assert found["good"] == 0
    assert type(found["bad"]).__name__ == "KilledWorker"


def test_a_scheduler_that_is_not_there_is_said(room: Classroom, monkeypatch) -> None:
    monkeypatch.setattr(spread, "WAIT", 1)
    with pytest.raises(CourseError, match=r"tcp://127.0.0.1:9: no Dask scheduler answers there"):
        list(grade_class(room, [], SANDBOX, "tcp://127.0.0.1:9"))


def test_a_cluster_without_workers_is_said(room: Classroom, far: Cluster, monkeypatch) -> None:
    monkeypatch.setattr(spread, "WAIT", 5)
    with pytest.raises(CourseError, match=r"no worker for 5 s; start some"):
        list(grade_class(room, [], SANDBOX, far.address))


def test_a_scheduler_that_ends_stops_the_run_and_loses_nothing(
    room: Classroom, far: Cluster
) -> None:
    far.add_workers(1)
    grading = grade_class(room, [], SANDBOX, far.address)
    first = next(grading)
    far.scheduler.kill()
    with pytest.raises(CourseError, match="scheduler is gone"):
        list(grading)
    again = list(grade_class(room, [], SANDBOX))
    assert scores(again) == SCORES
    kept = next(r for r in again if r.student == first.student)
    assert isinstance(kept, Graded) and kept.is_old


def test_a_worker_with_another_version_of_the_course_grades_nobody(
    room: Classroom, far: Cluster, tmp_path: Path
) -> None:
    copy = tmp_path / "course"
    shutil.copytree(course.root() / "solutions" / LESSON, copy / "solutions" / LESSON)
    (copy / "notebooks").mkdir()
    path = copy / "solutions" / LESSON / f"{LESSON}.ipynb"
    path.write_text(path.read_text("utf-8").replace("judge.value", "judge.value ", 1), "utf-8")
    far.add_workers(1, CONVBOOK_COURSE=str(copy))
    with pytest.raises(CourseError, match="has another version of 02_convolution"):
        list(grade_class(room, [], SANDBOX, far.address))
    assert not room.autograded.exists()


def test_an_airlock_that_is_killed_is_opened_again(room: Classroom) -> None:
    """Both fork servers, while a submission is in them."""
    grading = grade_class(room, [], SANDBOX, workers=2)
    results = [next(grading)]
    for opened in airlocks._open.values():
        for server in opened.airlock._servers:
            server.process.kill()
    assert scores([*results, *grading]) == SCORES


def test_a_fault_of_the_machine_is_no_grade(room: Classroom, monkeypatch) -> None:
    """An airlock that breaks for one student each time costs that student nothing."""
    sound = task.grade

    def grade(handed_in, airlock, *how):
        if any(c.source == "# bao" for c in handed_in.cells.cells):
            raise SandboxError("a worker process and its keeper are gone")
        return sound(handed_in, airlock, *how)

    path = room.submitted / "bao" / LESSON / f"{LESSON}.ipynb"
    cells = nbformat.read(path, as_version=4)
    cells.cells.append(nbformat.v4.new_code_cell("# bao"))
    nbformat.write(cells, path)
    monkeypatch.setattr(task, "grade", grade)
    results = list(grade_class(room, [], SANDBOX))
    (left,) = (r for r in results if isinstance(r, NotGraded))
    assert left.student == "bao" and "AirlockFailed: a worker process" in left.reason
    monkeypatch.setattr(task, "grade", sound)
    assert scores(list(grade_class(room, [], SANDBOX)))["bao"] == SCORES["bao"]


def test_a_task_comes_to_the_same_wherever_it_is_done(room: Classroom, far: Cluster) -> None:
    far.add_workers(1)
    lesson = lessons()[LESSON]
    path = room.submitted / "dora" / LESSON / f"{LESSON}.ipynb"
    version = task.version(lesson, SANDBOX)
    one = task.Task(HandedIn(path.name, path.read_bytes()), LESSON, version, SANDBOX, seed=7)
    with cluster.joined(far.address) as workers:
        ((_, there),) = spread.spread(workers, task.grade_one, [("dora", one)])
    here = task.grade_one(one)
    airlocks.close()
    assert there == here and there.score == SCORES["dora"]


def test_ctrl_c_stops_at_once_and_the_same_command_goes_on(room: Classroom) -> None:
    command = [sys.executable, "-m", "autograder.cli", "grade", "--class", str(room.results)]
    command += ["--sandbox", "none"] if SANDBOX == "none" else []
    last = room.submitted / "gus" / LESSON / f"{LESSON}.ipynb"
    handed_in = nbformat.read(last, 4)
    handed_in.cells.insert(0, nbformat.v4.new_code_cell("import time\ntime.sleep(8)"))
    nbformat.write(handed_in, last)  # or all might be over before it is stopped
    started = subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A shell that runs these tests in the background has it ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert started.stderr is not None
    assert "1 of 6, graded" in next(line for line in started.stderr if " of 6" in line)
    os.killpg(started.pid, signal.SIGINT)  # a terminal sends it to all of them
    said = started.stderr.read()
    assert started.wait() == 130
    assert said.splitlines()[-1] == "stopped; the same command goes on where it was"
    assert "Traceback" not in said
    time.sleep(1)
    assert not [p for p in psutil.process_iter() if _belongs(p, started.pid)]
    again = list(grade_class(room, [], SANDBOX))
    assert any(r.is_old for r in again if isinstance(r, Graded))
    assert scores(again) == SCORES


def _belongs(process: psutil.Process, session: int) -> bool:
    try:
        return os.getsid(process.pid) == session
    except ProcessLookupError:
        return False


SHOWN = """
from autograder.classroom.grade import Graded, NotGraded
from autograder.commands.grade import _progress
results = [Graded("ada", "02", None), NotGraded("bao", "02", "no disk"), Graded("cem", "02", None)]
list(_progress((result for result in results), len(results)))
"""


def test_a_terminal_has_a_bar_with_rate_and_time_left() -> None:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        subprocess.run([sys.executable, "-c", SHOWN], stderr=theirs, check=True)
        os.close(theirs)
        shown = terminal.read(4096).decode()
    assert re.search(r"100% \|█+\| 3 of 3, +[\d.]+ submissions/s, 00:00 left", shown)
    assert "not graded: bao, 02: no disk" in shown


def test_a_log_has_a_line_for_each() -> None:
    done = subprocess.run([sys.executable, "-c", SHOWN], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines() == [
        "1 of 3, graded: ada, 02",
        "2 of 3, not graded: bao, 02: no disk",
        "3 of 3, graded: cem, 02",
    ]
