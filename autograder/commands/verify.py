"""autograder verify: what was changed since a class was graded."""

from autograder.commands.common import Namespace, Parsers, add_book, classroom_of


def add(commands: Parsers) -> None:
    verify = commands.add_parser("verify", help="find what was changed since a class was graded")
    add_book(verify)
    verify.set_defaults(command=_verify)


def _verify(args: Namespace) -> int:
    from autograder.classroom.verify import verify
    from autograder.shown import one_line

    findings = [one_line(finding, 500) for finding in verify(classroom_of(args))]
    print(*findings or ["verify: every grade is as it was recorded"], sep="\n")
    return 1 if findings else 0
