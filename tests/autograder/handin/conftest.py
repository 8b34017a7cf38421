"""A class that nobody has handed in to yet."""

from pathlib import Path

import pytest

from autograder.classroom.room import Classroom, class_at


@pytest.fixture
def room(tmp_path: Path) -> Classroom:
    return class_at(tmp_path / "class")
