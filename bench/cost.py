"""What grading costs: processor time of ours beside plain nbgrader's, on the same submissions.

    make bench                    one notebook and a class of fifty
    python bench/cost.py --lesson 02_convolution --students 10 --rounds 3

Both grade the same notebooks with the same checks, by turns, in one run. Plain nbgrader runs its
default steps, in a kernel for each submission and without a sandbox. Ours is `autograder check` for
one submission and `autograder grade` for more: sandbox, canary, records and feedback pages
included. Times are of the whole process tree.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lesson", default="02_convolution", choices=lessons())
    parser.add_argument("--students", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=1)
    args = parser.parse_args()
    print(f"{args.lesson}, right answers, {os.cpu_count()} cores")
    print(f"{'students':>8}  {'plain CPU s':>11}  {'ours CPU s':>10}  {'ratio':>5}  wall ratio")
    for students in (1, args.students):
        rows = [measure(args.lesson, students) for _ in range(args.rounds)]
        plain, ours = (statistics.median(row[i] for row in rows) / students for i in (0, 1))
        ratio, wall = (statistics.median(row[i] for row in rows) for i in (2, 3))
        print(f"{students:8}  {plain:11.2f}  {ours:10.2f}  {ratio:5.3f}  {wall:10.2f}")
    print("CPU seconds are for each submission; a ratio below 1 means that ours takes less.")


def measure(lesson: str, students: int) -> tuple[float, float, float, float]:
    """Grade a class both ways.

    Returns:
        Plain's processor seconds, ours, and the ratios ours / plain of processor and wall time.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _course(folder, lesson, students)
        programs = Path(sys.executable).parent
        plain = tree.run([programs / "nbgrader", "autograde", lesson], folder)
        alone = folder / "submitted" / "student0" / lesson / f"{lesson}.ipynb"
        command: list = ["grade", lesson, "--class", folder / "ours"]
        command += ["--submissions", folder / "submitted"]
        command = ["check", alone] if students == 1 else command
        ours = tree.run([programs / "autograder", *command], folder, CONVBOOK_COURSE=name)
    return plain.cpu, ours.cpu, ours.cpu / plain.cpu, ours.wall / plain.wall


def _course(folder: Path, lesson: str, students: int) -> None:
    """Lay out a course as both graders want it, with submissions that are right."""
    for part in ("solutions", "notebooks"):
        shutil.copytree(root() / part / lesson, folder / part / lesson)
    (folder / "nbgrader_config.py").write_text(PLAIN, encoding="utf-8")
    tree.run(
        [Path(sys.executable).parent / "nbgrader", "generate_assignment", lesson, "-f"], folder
    )
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


if __name__ == "__main__":
    main()
