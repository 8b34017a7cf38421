"""Grade classes of several sizes once each, and say what it took: time, memory, size of the files.

    python bench/soak.py 50 200 800 5000      a quarter of an hour on two processors
    python bench/soak.py 300 --processors 1 2    what the second one brings

The submissions are the sample class of lesson 02 under so many names: right, wrong and broken ones.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

import tree

TESTS = Path(__file__).resolve().parents[1] / "tests"
sys.path[:0] = [str(TESTS), str(TESTS / "lessons")]
import sample_class  # noqa: E402

from autograder.course import lessons  # noqa: E402

LESSON = "02_convolution"


HEAD = (
    "students", "processors", "s", "ms of the clock each", "from first to last",
    "ms of the processor each", "MiB, largest process", "MiB on disk each",
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("students", type=int, nargs="+")
    every = sorted(os.sched_getaffinity(0))
    parser.add_argument("--processors", type=int, nargs="+", default=[len(every)])
    args = parser.parse_args()
    print(f"{tree.machine()}; the sample class, submissions on the disk included.\n")
    print(f"| {' | '.join(HEAD)} |", f"|{'---:|' * len(HEAD)}", sep="\n", flush=True)
    for students in args.students:
        took = []
        for count in args.processors:
            os.sched_setaffinity(0, every[:count])
            took.append(grade(students, count))
        for count, seconds in list(zip(args.processors, took, strict=True))[1:]:
            compare(args.processors[0], count, took[0], seconds)


def compare(few: int, many: int, before: tuple[float, float], seconds: tuple[float, float]) -> None:
    """Say how much faster more processors are, and how much of what is hoped for that is."""
    whole, graded = (one / more for one, more in zip(before, seconds, strict=True))
    print(f"\n{many} processors: {whole:.2f} times as fast as {few}", end="")
    print(f", efficiency {whole * few / many:.2f}; from the first grade to the last", end="")
    print(f" {graded:.2f} times, efficiency {graded * few / many:.2f}")


def grade(students: int, processors: int) -> tuple[float, float]:
    """Grade a class, and print a row of what it took.

    Returns:
        Seconds of the whole command, and from the first graded notebook to the last.
    """
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        folder = Path(name)
        hand_in(folder / "submitted", students)
        command = [sys.executable, "-m", "autograder.cli", "grade", LESSON, "--class", folder]
        taken = tree.run(command, folder)
        graded = taken.said.count("graded: ")
        written = [p.stat().st_mtime for p in (folder / "autograded").rglob("*.ipynb")]
        grading = max(written) - min(written)
        size = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) / graded
    each = [1000 * taken.wall / graded, 1000 * grading / (graded - 1), 1000 * taken.cpu / graded]
    row = [graded, processors, *(f"{value:.0f}" for value in (taken.wall, *each))]
    row += [taken.largest, f"{size / 2**20:.2f}"]
    print(f"| {' | '.join(map(str, row))} |", flush=True)
    return taken.wall, grading


def hand_in(folder: Path, students: int) -> None:
    lesson = lessons()[LESSON]
    texts = [write(lesson, name) for name, write in sample_class.STUDENTS.items()]
    for number in range(students):
        path = folder / f"student{number:05}" / LESSON / f"{LESSON}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(texts[number % len(texts)], encoding="utf-8")


if __name__ == "__main__":
    main()
