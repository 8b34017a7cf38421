"""autograder collect: what students handed in, from wherever it is."""

import sys
from collections import Counter
from pathlib import Path

from autograder.commands.common import Namespace, Parsers, add_room, need_rights


def add(commands: Parsers) -> None:
    collect = commands.add_parser("collect", help="take what students handed in into a class")
    collect.add_argument(
        "source",
        type=Path,
        help="a folder, Git clones, a platform's zip or tar file, or nbgrader's exchange",
    )
    collect.add_argument(
        "--name",
        metavar="RULE",
        default="",
        help="how folders are named after students, as 'lab2-{student}' of clones",
    )
    add_room(collect)
    collect.set_defaults(command=_collect)


def _collect(args: Namespace) -> int:
    from autograder.classroom import taken_down
    from autograder.classroom.room import class_at
    from autograder.handin import left, take
    from autograder.shown import one_line

    room, counts = class_at(args.room), Counter[str]()
    need_rights(room)
    for line in taken_down.take_down(room):
        print(line, file=sys.stderr)
    ask = _ask if sys.stdin.isatty() and sys.stdout.isatty() else None
    source = args.source, room.submitted, room.results
    for outcome in take.collect(*source, ask, print, args.name):
        counts[outcome.status] += 1
        if outcome.status != take.SAME:
            print(one_line(outcome, 500))
    taken_down.take_down(room)
    print(", ".join(f"{counts[s]} {s}" for s in (take.TAKEN, take.SAME, take.OLDER, take.SKIPPED)))
    if kept := left.read(room.results):
        print(f"{len(kept)} wait to be settled: {room.results / left.FILE} says which, and why")
    if counts[take.TAKEN]:
        print(f"They are in {room.submitted}; who is who: {room.results / 'students.csv'}")
    return 0 if counts.total() > counts[take.SKIPPED] else 1


def _ask(question: str, answers: list[str]) -> int:
    """Ask a person which answer is right, until it is one of them."""
    lines = [f"  {number}  {answer}" for number, answer in enumerate(answers, start=1)]
    print(question, *lines, sep="\n")
    while True:
        said = input(f"1 to {len(answers)}: ").strip()
        if said in map(str, range(1, len(answers) + 1)):
            return int(said) - 1
