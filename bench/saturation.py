"""How many a second the one process that writes can take, with more workers than it can use.

    python bench/saturation.py
    python bench/saturation.py --workers 8 64 --students 400

The workers are a Dask cluster whose tasks take their time and do nothing: each sleeps, and hands
back a grade that was made before. So a few processors do for many workers. Reading, sending,
writing and entering are real; scheduler and workers are other processes, as on other machines.
"""

import argparse
import os
import pickle
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path

import soak
import tree
from distributed import LocalCluster

from autograder.classroom import grade
from autograder.classroom.room import class_at
from autograder.course import lessons
from autograder.grading import task
from autograder.grading.airlocks import open_airlock
from autograder.grading.grade import Grade
from autograder.grading.grade import grade as graded
from autograder.handin import submission

SECONDS = 1.0  # that a task takes
MADE = "SATURATION_MADE"  # in the environment: the file that holds the grade, for the workers
HEAD = "| workers | could grade, a second | graded, a second | ms of the writing process for each |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, nargs="+", default=[8, 16, 32, 64])
    parser.add_argument("--students", type=int, default=400)
    parser.add_argument("--cluster", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.cluster:
        serve(args.cluster)
        return
    lesson = lessons()[soak.LESSON]
    with open_airlock(lesson, many=False) as airlock:
        one = graded(submission.read(lesson.path, lesson), airlock)
    task.grade_one = slowed
    print(f"{tree.machine()}; tasks of {SECONDS:g} s that compute nothing.\n")
    print(HEAD, "|---:|---:|---:|---:|", sep="\n")
    with tempfile.TemporaryDirectory(prefix="saturation-") as own:
        os.environ[MADE] = str(Path(own) / "made")
        Path(os.environ[MADE]).write_bytes(pickle.dumps(one))
        for workers in args.workers:
            rate, each = measured(workers, args.students)
            print(f"| {workers} | {workers / SECONDS:.0f} | {rate:.1f} | {each:.1f} |", flush=True)


def measured(workers: int, students: int) -> tuple[float, float]:
    """Grade a class with so many workers.

    Returns:
        Grades a second, and milliseconds of the processor that this process took for each; both
        from the first grade to the last.
    """
    command = [sys.executable, __file__, "--cluster", str(workers)]
    with (
        tempfile.TemporaryDirectory(prefix="saturation-") as name,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as far,
    ):
        assert far.stdin is not None and far.stdout is not None
        room = class_at(Path(name))
        soak.hand_in(room.submitted, students)
        results = grade.grade_class(room, [], scheduler=far.stdout.readline().strip())
        next(results)
        used, begun = time.process_time(), time.perf_counter()
        count = sum(1 for _ in results)
        took, spent = time.perf_counter() - begun, time.process_time() - used
        far.stdin.close()
    return count / took, 1000 * spent / count


def serve(workers: int) -> None:
    """Be a cluster of so many workers, until the standard input ends."""
    with LocalCluster(
        n_workers=2,
        threads_per_worker=workers // 2,
        dashboard_address="127.0.0.1:0",
        worker_dashboard_address="127.0.0.1:0",
    ) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()


def slowed(_: task.Task) -> Grade:
    """Take as long as a grading, and hand back what another came to."""
    time.sleep(SECONDS)
    return made()


@cache
def made() -> Grade:
    return pickle.loads(Path(os.environ[MADE]).read_bytes())


if __name__ == "__main__":
    import saturation  # a worker finds it under this name, and not as the program that was started

    saturation.main()
