"""The sandbox that tests of grading use: bubblewrap where it works, none elsewhere."""

from autograder.airlock import SandboxError
from autograder.airlock.sandbox import find


def _choose() -> str:
    try:
        return find()
    except SandboxError:
        return "none"


SANDBOX = _choose()
