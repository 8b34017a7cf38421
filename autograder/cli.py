"""The command line: autograder check | grade | feedback | verify | build | import."""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from autograder import course
from autograder.airlock.sandbox import SandboxError
from autograder.build.marks import MarkError
from autograder.course import CourseError

if TYPE_CHECKING:
    from autograder.classroom import Graded
    from autograder.grade import Grade

# Each command imports what it needs, so that the quick ones start quickly.


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    args = _parser().parse_args(argv)
    try:
        return args.command(args)
    except (CourseError, MarkError, SandboxError) as error:
        print(f"autograder: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="autograder", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    build = commands.add_parser("build", help="build the notebooks from their text sources")
    build.add_argument("lessons", nargs="*", help="all where none is named")
    build.add_argument("--check", action="store_true", help="change nothing, fail on differences")
    build.set_defaults(command=_build)

    check = commands.add_parser("check", help="grade one notebook, hidden checks included")
    check.add_argument("notebook", type=Path)
    check.add_argument("--json", action="store_true", help="print the result as JSON")
    check.add_argument("-o", "--output", type=Path, help="the feedback page; beside the notebook")
    check.add_argument("--seed", type=int, help="repeat the grading that had this seed")
    _add_sandbox(check)
    check.set_defaults(command=_check)

    grade = commands.add_parser("grade", help="grade a class into its gradebook")
    grade.add_argument("lessons", nargs="*", help="all that were handed in where none is named")
    grade.add_argument("--submissions", type=Path, help="holds STUDENT/LESSON/; CLASS/submitted")
    grade.add_argument("--class", dest="room", type=Path, help="where the gradebook is; class/")
    _add_sandbox(grade)
    grade.set_defaults(command=_grade)

    feedback = commands.add_parser("feedback", help="write the feedback pages of a graded class")
    feedback.add_argument("lessons", nargs="*", help="all that were graded where none is named")
    feedback.add_argument("--class", dest="room", type=Path, help="where the gradebook is; class/")
    feedback.set_defaults(command=_feedback)

    verify = commands.add_parser("verify", help="find what was changed since a class was graded")
    verify.add_argument("--class", dest="room", type=Path, help="where the gradebook is; class/")
    verify.set_defaults(command=_verify)

    take = commands.add_parser("import", help="take an edited solution notebook into its source")
    take.add_argument("lesson")
    take.set_defaults(command=_import)
    return parser


def _add_sandbox(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--sandbox",
        choices=("bwrap", "none"),
        help="'none' runs student code unprotected, which every result then says",
    )


def _check(args: argparse.Namespace) -> int:
    from autograder import submission
    from autograder.grade import grade, open_airlock

    handed_in = submission.read(args.notebook)
    _warn(args.sandbox)
    with open_airlock(handed_in.lesson, args.sandbox) as airlock:
        result = grade(handed_in, airlock, args.seed)
    print(result.to_json() if args.json else result.to_text())
    _write_page(result, args.output or args.notebook.with_suffix(".feedback.html"))
    return 0


def _write_page(result: "Grade", path: Path) -> None:
    """Write the feedback page of one notebook; where that fails, the result is still there."""
    from autograder.feedback.page import page

    try:
        path.write_text(page(result.cells, result.assignment), encoding="utf-8")
    except OSError as error:
        print(f"no feedback page: {error}. Name another place with -o", file=sys.stderr)
    else:
        print(f"feedback: {path}", file=sys.stderr)


def _warn(sandbox: str | None) -> None:
    if sandbox == "none":
        print("warning: student code runs unprotected, with your rights", file=sys.stderr)


def _grade(args: argparse.Namespace) -> int:
    from nbformat import NotebookNode

    from autograder import classroom

    _warn(args.sandbox)
    room = classroom.at(args.room, args.submissions)
    total, start, results = classroom.count(room, args.lessons), time.monotonic(), []
    try:
        for graded in classroom.grade_class(room, args.lessons, args.sandbox):
            slim = replace(graded.grade, cells=NotebookNode())  # or a large class fills the memory
            results.append(replace(graded, grade=slim))
            _say(graded, len(results), total, time.monotonic() - start)
    except KeyboardInterrupt:
        print("stopped; the same command goes on where it was", file=sys.stderr)
        return 130
    pages = list(classroom.write_feedback(room, args.lessons))
    print(*classroom.table(results), sep="\n")
    print(f"{len(pages)} feedback pages below {room.feedback}")
    return 0


def _say(graded: "Graded", done: int, total: int, seconds: float) -> None:
    """Tell how far a class is: one line that changes on a terminal, a line each in a log."""
    how = "unchanged" if graded.is_old else "graded"
    left = seconds / done * (total - done)
    text = f"{done} of {total}, {how}: {graded.student}, {graded.lesson}; {left:.0f} s left"
    if not sys.stderr.isatty():
        print(text, file=sys.stderr)
    else:
        print(f"\r\x1b[K{text}", end="" if done < total else "\n", file=sys.stderr, flush=True)


def _feedback(args: argparse.Namespace) -> int:
    from autograder import classroom

    for page in classroom.write_feedback(classroom.at(args.room), args.lessons):
        print(f"wrote {page}")
    return 0


def _verify(args: argparse.Namespace) -> int:
    from autograder import classroom
    from autograder.verify import verify

    findings = list(verify(classroom.at(args.room)))
    print(*findings or ["verify: every grade is as it was recorded"], sep="\n")
    return 1 if findings else 0


def _build(args: argparse.Namespace) -> int:
    from autograder.build import run

    if not args.check:
        for line in run.build(course.root(), args.lessons):
            print(line)
        return 0
    findings = list(run.check(course.root(), args.lessons))
    print(*findings or ["build: everything is what its source builds"], sep="\n")
    return 1 if findings else 0


def _import(args: argparse.Namespace) -> int:
    from autograder.build import run

    folder = course.root()
    print(f"wrote {run.import_edit(folder, args.lesson).relative_to(folder)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
