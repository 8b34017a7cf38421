"""python -m autograder.bundles PLATFORM LESSON: what a platform runs in its container.

What is wrong with a hand-in is in the results. Where the container or the course is at fault, there
are no results, one line on stderr, and the status 1: nobody gets a 0 for it.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from autograder.airlock import SandboxError
from autograder.course import CourseError
from autograder.shown import one_line

from . import autolab, coursera, gradescope, prairielearn, work

PLATFORMS = {
    "gradescope": (gradescope.run, "/autograder"),
    "prairielearn": (prairielearn.run, "/grade"),
    "coursera": (coursera.run, "/shared"),
    "autolab": (autolab.run, "."),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Grade what a platform has laid out, or try the lesson's own solution."""
    parser = argparse.ArgumentParser(prog="python -m autograder.bundles", description=__doc__)
    parser.add_argument("platform", choices=[*PLATFORMS, "try"])
    parser.add_argument("lesson")
    parser.add_argument("--tries-per-day", type=int, help="of gradescope")
    parser.add_argument("--root", type=Path, help="where the platform lays things, if not as usual")
    args = parser.parse_args(argv)
    try:
        lesson = work.lesson_called(args.lesson)
        if args.platform == "try":
            work.try_out(lesson, work.sandbox_here())
            return 0
        run, usual = PLATFORMS[args.platform]
        more = {"tries_per_day": args.tries_per_day} if args.platform == "gradescope" else {}
        run(args.root or Path(usual), lesson, **more)
    except (CourseError, SandboxError, OSError) as error:
        print(one_line(error, 1000), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
