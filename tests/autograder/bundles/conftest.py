"""A bundle, containers to put it into, and what students hand in."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sample_class
from layouts import LAYOUTS, LESSON, Platform
from machine import need

from autograder.bundles import pack
from autograder.course import Lesson, lessons


@pytest.fixture(scope="session")
def bundle() -> bytes:
    return pack.gradescope(lessons()[LESSON], tries_per_day=2)


@pytest.fixture
def platform(tmp_path: Path, bundle: bytes) -> Callable[[str], Platform]:
    """Lay a platform out: what it needs of the course is that of the bundle."""
    need("a container")
    (tmp_path / "layout").mkdir()
    tmp_path.chmod(0o755)
    return lambda name: LAYOUTS[name](tmp_path / "layout", bundle)


@pytest.fixture(scope="session")
def written() -> Callable[[str], bytes]:
    """Return what somebody of the sample class hands in."""
    lesson: Lesson = lessons()[LESSON]
    return lambda who: sample_class.STUDENTS[who](lesson, who).encode()
