"""autograder bundle: what checks one lesson, as a platform wants it."""

from argparse import ArgumentTypeError
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.commands.common import Namespace, Parsers

if TYPE_CHECKING:
    from autograder.course import Lesson


def add(commands: Parsers) -> None:
    bundle = commands.add_parser("bundle", help="pack what checks one lesson for a platform")
    platforms = bundle.add_subparsers(required=True, metavar="PLATFORM")
    gradescope = platforms.add_parser("gradescope", help="a zip with the whole grader")
    gradescope.add_argument("lesson", help="for example 02_convolution")
    gradescope.add_argument("-o", "--output", type=Path, required=True, help="the zip file")
    gradescope.add_argument(
        "--tries-per-day", type=_tries, metavar="N", help="how many hand-ins of a day are graded"
    )
    gradescope.set_defaults(command=_gradescope)
    classroom50 = platforms.add_parser("classroom50", help="a folder with the shown checks")
    classroom50.add_argument("lesson", help="for example 02_convolution")
    classroom50.add_argument(
        "-o",
        "--output",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="CLASSROOM/autograders/ASSIGNMENT in your repository of Classroom 50",
    )
    classroom50.set_defaults(command=_classroom50)


def _tries(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError("a whole number from 1 on")
    return int(text)


def _gradescope(args: Namespace) -> int:
    from autograder import disk
    from autograder.bundles import pack
    from autograder.course import CourseError

    content = pack.gradescope(_lesson(args), args.tries_per_day)
    try:
        disk.write(args.output, content)
    except OSError as error:
        raise CourseError(f"{args.output}: {disk.why(error)}") from None
    print(f"wrote {args.output}: it holds the solution, so it is for the platform alone")
    return 0


def _classroom50(args: Namespace) -> int:
    from autograder import disk
    from autograder.bundles import classroom50
    from autograder.course import CourseError

    try:
        classroom50.write(_lesson(args), args.output)
    except OSError as error:
        raise CourseError(f"{args.output}: {disk.why(error)}") from None
    print(f"wrote {args.output}: it holds no solution and no hidden check; everybody may read it")
    return 0


def _lesson(args: Namespace) -> "Lesson":
    from autograder.course import chosen

    return chosen([args.lesson])[0]
