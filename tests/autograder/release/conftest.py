"""What must not go out of this course, and all that would go out of it."""

import shutil
from pathlib import Path

import pytest

from autograder.course import lessons, root
from autograder.plan import FILE, NAME, Plan
from autograder.release import contents
from autograder.release.secrets import Secrets


@pytest.fixture(scope="session")
def secrets() -> Secrets:
    return Secrets(root(), lessons().values(), lessons())


@pytest.fixture(scope="session")
def whole() -> dict[str, bytes]:
    """The files of a release with all lessons."""
    return contents.build(root(), Plan(NAME, tuple(lessons())), lessons(), "")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """As much of the course as a release is made of, free to be changed."""
    place = tmp_path / "course"
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("convbook", "data", "scripts"):
        shutil.copytree(root() / name, place / name, ignore=ignored)
    for name in ("LICENSE", "LICENSE-text", "pyproject.toml", "requirements.lock"):
        shutil.copy(root() / name, place)
    (place / FILE).write_text('name = "One"\nlessons = ["02_convolution"]')
    return place
