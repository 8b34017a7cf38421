"""autograder grade: a class."""

import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.commands.common import Namespace, Parsers, add_book, add_sandbox, classroom_of, warn

if TYPE_CHECKING:
    from autograder.classroom import Graded


def add(commands: Parsers) -> None:
    grade = commands.add_parser("grade", help="grade a class into its gradebook")
    grade.add_argument("lessons", nargs="*", help="all that were handed in where none is named")
    grade.add_argument("--submissions", type=Path, help="holds STUDENT/LESSON/; CLASS/submitted")
    add_book(grade)
    add_sandbox(grade)
    grade.set_defaults(command=_grade)


def _grade(args: Namespace) -> int:
    from nbformat import NotebookNode

    from autograder import classroom, late, policy
    from autograder.course import lessons

    warn(args.sandbox)
    room = classroom_of(args, args.submissions)
    policy.read(room.results, lessons())  # what is wrong with it is said before, not after
    total, start, results = classroom.count(room, args.lessons), time.monotonic(), []
    try:
        for graded in classroom.grade_class(room, args.lessons, args.sandbox):
            slim = replace(graded.grade, cells=NotebookNode())  # or a large class fills the memory
            results.append(replace(graded, grade=slim))
            _say(graded, len(results), total, time.monotonic() - start)
    except KeyboardInterrupt:
        print("stopped; the same command goes on where it was", file=sys.stderr)
        return 130
    for student in late.enter(room):
        print(f"{policy.FILE}: there is no student {student}", file=sys.stderr)
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
