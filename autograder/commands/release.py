"""autograder release: what students are given."""

from pathlib import Path

from autograder import course
from autograder.commands.common import Namespace, Parsers


def add(commands: Parsers) -> None:
    release = commands.add_parser(
        "release", help="make what students are given: lessons, a wheel with the data, a set-up"
    )
    release.add_argument(
        "-o", "--output", type=Path, default=Path("build/release"), help="where it goes"
    )
    release.add_argument(
        "--wheel-url", default="", metavar="ADDRESS", help="where notebooks can get the wheel"
    )
    release.add_argument(
        "--repository", default="", metavar="ADDRESS", help="print links to the lessons there"
    )
    release.add_argument(
        "--github", action="store_true", help="have GitHub run the checks that lessons show"
    )
    release.set_defaults(command=_release)


def _release(args: Namespace) -> int:
    from autograder.release import links, run

    wheel_url, address = map(links.checked, (args.wheel_url, args.repository))
    given = (args.output, wheel_url, address, args.github)
    for line in run.release(course.root(), course.lessons(), *given):
        print(line, flush=True)
    return 0
