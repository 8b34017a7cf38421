"""autograder regrade: one exercise for all, after its check was mended."""

import sys

from autograder.commands.common import (
    Namespace,
    Parsers,
    add_book,
    add_sandbox,
    add_scheduler,
    classroom_of,
    say_pages,
    warn,
)


def add(commands: Parsers) -> None:
    regrade = commands.add_parser("regrade", help="grade one exercise again for all")
    regrade.add_argument("exercise", help="its name, or LESSON/NAME")
    add_book(regrade)
    add_sandbox(regrade)
    add_scheduler(regrade)
    regrade.set_defaults(command=_regrade)


def _regrade(args: Namespace) -> int:
    from autograder.classroom import ledger, taken_down
    from autograder.classroom.regrade import find, regrade, table
    from autograder.feedback.write import write_feedback
    from autograder.shown import one_line

    room = classroom_of(args)
    warn(args.sandbox, room.submitted, room.results)
    lesson, exercise = find(args.exercise, room)
    changes = []
    for change in regrade(lesson, exercise, room, args.sandbox, args.scheduler):
        changes.append(change)
        print(f"{len(changes)}: {one_line(change.student)}", file=sys.stderr)
    print(*table(changes, f"{lesson.name}, {exercise}"), sep="\n")
    pages = list(write_feedback(room, [lesson.name]))
    for line in (*taken_down.take_down(room), *taken_down.take_down_points(room)):
        print(line, file=sys.stderr)
    whole = say_pages(pages, room)
    print(f"last seal of the record, to be kept elsewhere: {ledger.last(room.results)}")
    return 0 if whole else 1
