"""Grade a large class once, and say what it took: time, processor time, memory, size of the files.

    python bench/soak.py 5000
    python bench/soak.py 200 --processors 1 2    what the second one brings

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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("students", type=int)
    every = sorted(os.sched_getaffinity(0))
    parser.add_argument("--processors", type=int, nargs="+", default=[len(every)])
    args = parser.parse_args()
    took = []
    for count in args.processors:
        os.sched_setaffinity(0, every[:count])
        took.append(grade(args.students, count))
    first = args.processors[0]
    for count, seconds in list(zip(args.processors, took, strict=True))[1:]:
        whole, graded = (one / more for one, more in zip(took[0], seconds, strict=True))
        print(f"{count} processors: {whole:.2f} times as fast as {first}", end="")
        print(f", efficiency {whole * first / count:.2f}; from the first grade to the last", end="")
        print(f" {graded:.2f} times, efficiency {graded * first / count:.2f}")


def grade(students: int, processors: int) -> tuple[float, float]:
    """Grade a class, and say what it took.

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
        size = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) >> 20
    print(f"{graded} of {students} graded in {taken.wall:.0f} s on {processors} processors")
    each = f"{1000 * taken.wall / graded:.0f} ms, {1000 * taken.cpu / graded:.0f} of processor time"
    print(f"each {each}; {1000 * grading / (graded - 1):.0f} ms between first and last", end="")
    print(f"; load at the end {os.getloadavg()[0]:.1f}")
    print(
        f"largest process {taken.largest} MiB; {size} MiB on disk, submissions included", flush=True
    )
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
