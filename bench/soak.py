"""Grade a large class once, and say what it took: time, processor time, memory, size of the files.

    python bench/soak.py 5000

The submissions are the sample class of lesson 02 under so many names: right, wrong and broken ones.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1] / "tests"
sys.path[:0] = [str(TESTS), str(TESTS / "lessons")]
import sample_class  # noqa: E402

from autograder.course import lessons  # noqa: E402

LESSON = "02_convolution"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("students", type=int)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        folder = Path(name)
        _hand_in(folder / "submitted", args.students)
        command = [sys.executable, "-m", "autograder.cli", "grade", LESSON, "--class", folder]
        before, start = _used(), time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True)
        wall, cpu = time.perf_counter() - start, _used() - before
        if done.returncode:
            sys.exit(done.stderr[-2000:])
        graded = done.stderr.count("graded: ")
        largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
        size = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) >> 20
        print(f"{graded} of {args.students} graded in {wall:.0f} s on {os.cpu_count()} cores")
        print(
            f"{1000 * wall / graded:.0f} ms and {1000 * cpu / graded:.0f} ms of processor time each"
        )
        print(f"largest process {largest} MiB; {size} MiB on disk, submissions included")
        print(f"load at the end {os.getloadavg()[0]:.1f}")


def _hand_in(folder: Path, students: int) -> None:
    lesson = lessons()[LESSON]
    texts = [write(lesson, name) for name, write in sample_class.STUDENTS.items()]
    for number in range(students):
        path = folder / f"student{number:05}" / LESSON / f"{LESSON}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(texts[number % len(texts)], encoding="utf-8")


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
