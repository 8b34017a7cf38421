"""autograder export: grades as a CSV file."""

import sys
from pathlib import Path

from autograder.commands.common import Namespace, Parsers, add_book, classroom_of


def add(commands: Parsers) -> None:
    export = commands.add_parser("export", help="write the grades of a class as a CSV file")
    export.add_argument("--format", choices=("canvas", "moodle", "csv"), default="csv")
    export.add_argument("-o", "--output", type=Path, help="the file; printed where it is not named")
    add_book(export)
    export.set_defaults(command=_export)


def _export(args: Namespace) -> int:
    from autograder.classroom import gradebook, record
    from autograder.classroom.database import ELSEWHERE
    from autograder.course import CourseError
    from autograder.handin import roster
    from autograder.report.export import read, text

    room = classroom_of(args)
    if not (room.results / record.LINES).exists():
        raise CourseError(f"{room.results}: nobody was graded there; run autograder grade first")
    with gradebook.opened(room.db_url) as book:
        grades = read(book.api, roster.read(room.results))
    if not grades.entries:
        raise CourseError(f"{room.results}: its gradebook holds no grades: {ELSEWHERE}")
    content, notes = text(grades, args.format)
    print(*notes, sep="\n", end="\n" if notes else "", file=sys.stderr)
    if not args.output:
        print(content, end="")
        return 0
    try:
        args.output.write_text(content, encoding="utf-8")
    except OSError as error:
        raise CourseError(f"{args.output}: cannot be written ({error.strerror})") from None
    print(f"wrote {args.output}")
    return 0
