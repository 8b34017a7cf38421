"""autograder verify: what was changed since a class was graded."""

from autograder.commands.common import Namespace, Parsers, add_book


def add(commands: Parsers) -> None:
    verify = commands.add_parser("verify", help="find what was changed since a class was graded")
    add_book(verify)
    verify.add_argument(
        "--last",
        metavar="SEAL",
        default="",
        help="the last seal that you kept: says whether lines are missing at the record's end",
    )
    verify.set_defaults(command=_verify)


def _verify(args: Namespace) -> int:
    from autograder.classroom import ledger, record, taken_down
    from autograder.classroom.room import class_at
    from autograder.classroom.verify import verify
    from autograder.shown import one_line

    room = class_at(args.room, db_url=args.db)  # who may only read may verify
    findings = [one_line(finding, 500) for finding in verify(room, args.last)]
    print(*findings or ["verify: every grade is as it was recorded"], sep="\n")
    for line in taken_down.seen(record.state(room.results)):
        print(f"to look at: {line}")
    if not findings:
        print(f"last seal: {ledger.last(room.results)}")
    return 1 if findings else 0
