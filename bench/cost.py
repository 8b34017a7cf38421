"""What people wait for: time of ours beside plain nbgrader's and JupyterLab's, on the same work.

    make bench                    this, where it goes, and the layers; writes the tables in docs/
    python bench/cost.py --lesson 02_convolution --students 10 --rounds 3

Both do the same work by turns, in one run. Plain nbgrader runs its default steps, in a kernel for
each submission and without a sandbox. Ours is `autograder check` for one submission and `autograder
grade` for more: sandbox, canary, records and feedback pages included. Before handing in, a student
has nbgrader's `validate` or our `convbook hand-in`; both run the visible checks. JupyterLab has
started when it answers. Times are of the whole process tree.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import tree

from autograder.course import lessons, root
from convbook import notebook

PLAIN = """
c = get_config()
c.CourseDirectory.course_id = "plain"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
c.CourseDirectory.ignore = ["*.py"]
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError"}
"""
HEAD = "| | plain, s | ours, s | ratio of processor time | ratio of the clock |"
PROGRAMS = Path(sys.executable).parent
Pair = tuple[tree.Taken, tree.Taken]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lesson", default="02_convolution", choices=lessons())
    parser.add_argument("--students", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3, help="of all but the class")
    args = parser.parse_args()
    print(f"{tree.machine()}; {args.lesson}, right answers; seconds of the processor.\n")
    print(HEAD, "|---|---:|---:|---:|---:|", sep="\n")
    with course(args.lesson, 1) as folder:
        many(folder, args.lesson)  # from now on Python has compiled what they load
        show("one notebook: `nbgrader autograde`, `autograder check`", one, folder, args)
        show("before handing in: `nbgrader validate`, `convbook hand-in`", before, folder, args)
        show("a start: `jupyter lab`, `convbook lab`", start, folder, args)
    with course(args.lesson, args.students) as folder:
        args.rounds = 1
        show(f"each of a class of {args.students}", many, folder, args, args.students)


def show(
    what: str,
    measure: Callable[[Path, str], Pair],
    folder: Path,
    args: argparse.Namespace,
    many: int = 1,
) -> None:
    """Measure plain and ours by turns, and print a row of the table."""
    pairs = [measure(folder, args.lesson) for _ in range(args.rounds)]
    plain, ours = (statistics.median(pair[i].cpu for pair in pairs) / many for i in (0, 1))
    ratio = statistics.median(mine.cpu / theirs.cpu for theirs, mine in pairs)
    clock = statistics.median(mine.wall / theirs.wall for theirs, mine in pairs)
    print(f"| {what} | {plain:.2f} | {ours:.2f} | {ratio:.2f} | {clock:.2f} |", flush=True)


def one(folder: Path, lesson: str) -> Pair:
    plain = tree.run([PROGRAMS / "nbgrader", "autograde", lesson, "--force"], folder)
    return plain, tree.run([PROGRAMS / "autograder", "check", _alone(folder, lesson)], folder)


def many(folder: Path, lesson: str) -> Pair:
    plain = tree.run([PROGRAMS / "nbgrader", "autograde", lesson], folder)
    command: list = ["grade", lesson, "--class", folder / "ours"]
    command += ["--submissions", folder / "submitted"]
    return plain, tree.run([PROGRAMS / "autograder", *command], folder, CONVBOOK_COURSE=str(folder))


def before(folder: Path, lesson: str) -> Pair:
    alone = _alone(folder, lesson)
    plain = tree.run([PROGRAMS / "nbgrader", "validate", alone], folder)
    return plain, tree.run([PROGRAMS / "convbook", "hand-in", alone], folder)


def start(folder: Path, lesson: str) -> Pair:
    shown = folder / "notebooks"
    plain = tree.until_it_answers([PROGRAMS / "jupyter", "lab"], shown)
    return plain, tree.until_it_answers([PROGRAMS / "convbook", "lab", shown], shown)


def _alone(folder: Path, lesson: str) -> Path:
    return folder / "submitted" / "student0" / lesson / f"{lesson}.ipynb"


@contextmanager
def course(lesson: str, students: int) -> Iterator[Path]:
    """Lay out a course as both graders want it, with submissions that are right."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("solutions", "notebooks"):
            shutil.copytree(root() / part / lesson, folder / part / lesson)
        (folder / "nbgrader_config.py").write_text(PLAIN, encoding="utf-8")
        tree.run([PROGRAMS / "nbgrader", "generate_assignment", lesson, "-f"], folder)
        known = lessons()[lesson]
        answers = {notebook.grade_id(cell): cell.source for cell in known.notebook.cells}
        path = folder / "notebooks" / lesson / f"{lesson}.ipynb"
        cells = nbformat.read(path, as_version=4)
        for cell in cells.cells:
            if notebook.grade_id(cell) in known.exercises:
                cell.source = answers[notebook.grade_id(cell)]
        for number in range(students):
            target = folder / "submitted" / f"student{number}" / lesson / path.name
            target.parent.mkdir(parents=True)
            nbformat.write(cells, target)
        yield folder


if __name__ == "__main__":
    main()
