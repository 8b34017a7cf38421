"""autograder bundle: one lesson's grader, as a platform wants it."""

from argparse import ArgumentTypeError
from pathlib import Path

from autograder.commands.common import Namespace, Parsers


def add(commands: Parsers) -> None:
    bundle = commands.add_parser("bundle", help="pack one lesson's grader for a platform")
    bundle.add_argument("platform", choices=("gradescope",))
    bundle.add_argument("lesson", help="for example 02_convolution")
    bundle.add_argument("-o", "--output", type=Path, required=True, help="the zip file")
    bundle.add_argument(
        "--tries-per-day", type=_tries, metavar="N", help="how many hand-ins of a day are graded"
    )
    bundle.set_defaults(command=_bundle)


def _tries(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError("a whole number from 1 on")
    return int(text)


def _bundle(args: Namespace) -> int:
    from autograder import disk
    from autograder.bundles import pack
    from autograder.course import CourseError, chosen

    content = pack.gradescope(chosen([args.lesson])[0], args.tries_per_day)
    try:
        disk.write(args.output, content)
    except OSError as error:
        raise CourseError(f"{args.output}: {disk.why(error)}") from None
    print(f"wrote {args.output}: it holds the solution, so it is for the platform alone")
    return 0
