"""What must not go out of this course, and all that would go out of it."""

import pytest

from autograder.course import lessons, root
from autograder.release import contents
from autograder.release.plan import NAME, Plan
from autograder.release.secrets import Secrets


@pytest.fixture(scope="session")
def secrets() -> Secrets:
    return Secrets(root(), lessons().values(), lessons())


@pytest.fixture(scope="session")
def whole() -> dict[str, bytes]:
    """The files of a release with all lessons."""
    return contents.build(root(), Plan(NAME, tuple(lessons())), lessons(), "")
