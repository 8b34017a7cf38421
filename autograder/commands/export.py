"""autograder export: grades as a CSV file."""

import sys
from pathlib import Path

from autograder.commands.common import Namespace, Parsers, add_book, classroom_of, take_times_down


def add(commands: Parsers) -> None:
    export = commands.add_parser("export", help="write the grades of a class as a CSV file")
    export.add_argument("--format", choices=("canvas", "moodle", "csv"), default="csv")
    export.add_argument(
        "--course", action="store_true", help="the course's grade, not each lesson's"
    )
    export.add_argument("-o", "--output", type=Path, help="the file; printed where it is not named")
    add_book(export)
    export.set_defaults(command=_export)


def _export(args: Namespace) -> int:
    from autograder.classroom import record
    from autograder.classroom.database import ELSEWHERE
    from autograder.course import CourseError
    from autograder.report import course, export
    from autograder.report.grades import of_class
    from autograder.shown import one_line

    room = classroom_of(args)
    if not (room.results / record.LINES).exists():
        raise CourseError(f"{room.results}: nobody was graded there; run autograder grade first")
    take_times_down(room)
    grades = of_class(room)
    if not (grades.entries or grades.unread):
        raise CourseError(f"{room.results}: its gradebook holds no grades: {ELSEWHERE}")
    content, notes = (course if args.course else export).text(grades, args.format)
    for note in notes:
        print(one_line(note, 500), file=sys.stderr)
    status = 1 if grades.unread else 0
    if not args.output:
        print(content, end="")
        return status
    try:
        args.output.write_text(content, encoding="utf-8")
    except OSError as error:
        raise CourseError(f"{args.output}: cannot be written ({error.strerror})") from None
    print(f"wrote {args.output}")
    return status
