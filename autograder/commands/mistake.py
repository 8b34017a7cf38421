"""autograder mistake new: the entry of a known mistake, from what somebody handed in."""

from pathlib import Path

from autograder.commands.common import Namespace, Parsers, add_sandbox, warn


def add(commands: Parsers) -> None:
    mistake = commands.add_parser("mistake", help="write the entry of a new known mistake")
    mistake.add_argument("what", choices=["new"])
    mistake.add_argument("notebook", type=Path, help="that somebody handed in")
    mistake.add_argument("exercise", help="whose cell holds the mistake")
    add_sandbox(mistake)
    mistake.set_defaults(command=_mistake)


def _mistake(args: Namespace) -> int:
    from autograder.grading.airlocks import open_airlock
    from autograder.grading.grade import grade
    from autograder.handin import submission
    from autograder.mistakes import entry
    from autograder.shown import one_line

    handed_in = submission.read(args.notebook)
    lesson = handed_in.lesson
    exercise = entry.exercise_of(lesson, args.exercise)
    warn(args.sandbox)
    with open_airlock(lesson, args.sandbox, many=False) as airlock:
        checks = grade(handed_in, airlock).checks
    about = [c for c in checks if c.exercise in lesson.functions[exercise] and c.message]
    named = [c for c in about if c.mistake]
    if named:
        print(f"# {named[0].id} is told: {named[0].mistake}")
    failures = (one_line(f"{c.id}: {c.message}", 90) for c in about if c.status != "pass")
    source = entry.cell_of(handed_in.cells, exercise)
    print(entry.text(lesson, exercise, source, failures))
    return 0
