"""autograder report: what an instructor wants to see of a class."""

from autograder.commands.common import Namespace, Parsers, add_book, classroom_of


def add(commands: Parsers) -> None:
    report = commands.add_parser("report", help="write the instructor's report of a graded class")
    report.add_argument("lessons", nargs="*", help="all that were graded where none is named")
    add_book(report)
    report.set_defaults(command=_report)


def _report(args: Namespace) -> int:
    from autograder.report.write import write

    for page in write(classroom_of(args), args.lessons):
        print(f"wrote {page}")
    return 0
