"""python -m autograder.airlock: which sandbox student code runs in on this machine.

One line, and the status 1 where there is none: `convbook doctor` and `make grade` ask it.
"""

import sys

from . import sandbox


def main() -> int:
    """Print the sandbox, or what stands in its way. Return the exit status."""
    problem = sandbox.problem()
    print(problem or sandbox.program())
    return 1 if problem else 0


if __name__ == "__main__":
    sys.exit(main())
