"""The command line: autograder build | import | check | grade."""

import argparse
import sys
from collections.abc import Sequence

from autograder import course
from autograder.build import run
from autograder.build.marks import MarkError
from autograder.course import CourseError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    args = _parser().parse_args(argv)
    try:
        return args.command(args)
    except (CourseError, MarkError) as error:
        print(f"autograder: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="autograder", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    build = commands.add_parser("build", help="build the notebooks from their text sources")
    build.add_argument("lessons", nargs="*", help="all where none is named")
    build.add_argument("--check", action="store_true", help="change nothing, fail on differences")
    build.set_defaults(command=_build)

    take = commands.add_parser("import", help="take an edited solution notebook into its source")
    take.add_argument("lesson")
    take.set_defaults(command=_import)
    return parser


def _build(args: argparse.Namespace) -> int:
    if not args.check:
        for line in run.build(course.root(), args.lessons):
            print(line)
        return 0
    findings = list(run.check(course.root(), args.lessons))
    print(*findings or ["build: everything is what its source builds"], sep="\n")
    return 1 if findings else 0


def _import(args: argparse.Namespace) -> int:
    folder = course.root()
    print(f"wrote {run.import_edit(folder, args.lesson).relative_to(folder)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
