"""The command line: autograder COMMAND, a file each in commands/."""

import argparse
import gc
import sys
from collections.abc import Sequence
from pathlib import Path

from autograder import disk
from autograder.airlock.sandbox import SandboxError
from autograder.build.marks import MarkError
from autograder.commands import (
    answers,
    build,
    bundle,
    check,
    collect,
    export,
    feedback,
    give_back,
    grade,
    late,
    mistake,
    regrade,
    release,
    report,
    site,
    slides,
    students,
    verify,
)
from autograder.course import CourseError
from autograder.disk import Refused
from autograder.shown import plain

# New objects between two collections of garbage: most are of modules that load, and stay.
OBJECTS = 100_000
# In the order in which they are listed.
COMMANDS = (
    build,
    release,
    bundle,
    check,
    students,
    collect,
    late,
    grade,
    answers,
    feedback,
    give_back,
    regrade,
    report,
    mistake,
    export,
    verify,
    slides,
    site,
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    gc.set_threshold(OBJECTS)
    parser = argparse.ArgumentParser(prog="autograder", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in COMMANDS:
        module.add(commands)
    args = parser.parse_args(argv)
    try:
        return args.command(args)
    except (CourseError, MarkError, SandboxError, Refused) as error:
        print(f"autograder: {plain(error, 4000)}", file=sys.stderr)
        return 2
    except PermissionError as error:
        path = Path(error.filename or "a file of the class")
        print(f"autograder: {plain(disk.not_yours(path, path.parent), 4000)}", file=sys.stderr)
        return 2
    except OSError as error:
        if not disk.is_full(error):
            raise
        print(
            "autograder: the disk is full: make room, and run the same command again;"
            " what was graded is kept",
            file=sys.stderr,
        )
        return 2


if __name__ == "__main__":
    sys.exit(main())
