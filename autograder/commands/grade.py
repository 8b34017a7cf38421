"""autograder grade: a class."""

import sys
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.commands.common import (
    Namespace,
    Parsers,
    add_all_cells,
    add_book,
    add_sandbox,
    add_scheduler,
    classroom_of,
    say_pages,
    take_times_down,
    warn,
)

if TYPE_CHECKING:
    from autograder.classroom.grade import Graded, NotGraded

    Result = Graded | NotGraded

BAR = "{percentage:3.0f}% |{bar}| {n_fmt} of {total_fmt}, {rate_noinv_fmt}, {remaining} left"


def add(commands: Parsers) -> None:
    grade = commands.add_parser("grade", help="grade a class into its gradebook")
    grade.add_argument("lessons", nargs="*", help="all that were handed in where none is named")
    grade.add_argument("--submissions", type=Path, help="holds STUDENT/LESSON/; CLASS/submitted")
    add_book(grade)
    add_sandbox(grade)
    add_scheduler(grade)
    add_all_cells(grade)
    grade.set_defaults(command=_grade)


def _grade(args: Namespace) -> int:
    from autograder.classroom import late, ledger, taken_down
    from autograder.classroom.grade import NotGraded, count, grade_class
    from autograder.feedback.write import write_feedback
    from autograder.report.table import standing, table

    room = classroom_of(args, args.submissions)
    warn(args.sandbox, room.submitted, room.results)
    late.rules_of(room)  # what is wrong with it is said before, not after
    take_times_down(room)
    results: list[Result] = []
    grading = grade_class(
        room, args.lessons, args.sandbox, args.scheduler, all_cells=args.all_cells
    )
    try:
        for result in _progress(grading, count(room, args.lessons)):
            results.append(result if isinstance(result, NotGraded) else _slim(result))
        times = late.enter(room)
        for line in (*taken_down.take_down(room), *taken_down.take_down_points(room)):
            print(line, file=sys.stderr)
        pages = list(write_feedback(room, args.lessons))
    except KeyboardInterrupt:
        print("stopped; the same command goes on where it was", file=sys.stderr)
        return 130
    print(*table(results, standing(room, results, times)), sep="\n")
    whole = say_pages(pages, room)
    print(f"last seal of the record, to be kept elsewhere: {ledger.last(room.results)}")
    return 1 if not whole or any(isinstance(result, NotGraded) for result in results) else 0


def _slim(result: "Graded") -> "Graded":
    """Return a result with what the table needs of it, or a large class fills the memory."""
    from convbook.notebook import Node

    checks = tuple(replace(check, message="") for check in result.grade.checks)
    return replace(result, grade=replace(result.grade, cells=Node(), checks=checks))


def _progress(grading: Generator["Result", None, None], total: int) -> Iterator["Result"]:
    """Tell how far a class is: a bar with rate and time left on a terminal, lines in a log."""
    from tqdm import tqdm

    from autograder.classroom.grade import NotGraded

    on_terminal = sys.stderr.isatty()
    look = {"unit": " submissions", "bar_format": BAR, "disable": not on_terminal}
    with closing(grading), tqdm(total=total, **look) as bar:
        for done, result in enumerate(grading, start=1):
            bar.update()
            if not on_terminal:
                print(f"{done} of {total}, {_what(result)}", file=sys.stderr)
            elif isinstance(result, NotGraded):
                bar.write(_what(result), file=sys.stderr)
            yield result


def _what(result: "Result") -> str:
    from autograder.classroom.grade import NotGraded
    from autograder.shown import one_line

    whose = f"{one_line(result.student)}, {result.lesson}"
    if isinstance(result, NotGraded):
        return f"not graded: {whose}: {one_line(result.reason, 500)}"
    return f"{'unchanged' if result.is_old else 'graded'}: {whose}"
