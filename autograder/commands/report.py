"""autograder report: what an instructor wants to see of a class."""

import sys

from autograder.commands.common import Namespace, Parsers, add_book, classroom_of, take_times_down


def add(commands: Parsers) -> None:
    report = commands.add_parser("report", help="write the instructor's report of a graded class")
    report.add_argument("lessons", nargs="*", help="all that were graded where none is named")
    add_book(report)
    report.set_defaults(command=_report)


def _report(args: Namespace) -> int:
    from autograder.report.write import write

    room = classroom_of(args)
    unread = take_times_down(room)
    for page in write(room, args.lessons):
        print(f"wrote {page}")
    print(*unread, sep="\n", end="\n" if unread else "", file=sys.stderr)
    return 1 if unread else 0
