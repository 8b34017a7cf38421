"""A class with written answers, graded once; each test has a copy, and may have it served."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from written_class import WRITTEN, Serve, grade, hand_in, served

from autograder.classroom.room import Classroom, class_at


@pytest.fixture(scope="session")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    room = class_at(tmp_path_factory.mktemp("written"))
    for student, text in WRITTEN.items():
        hand_in(room, student, text)
    (room.results / "students.csv").write_text("student,name\nada,Ada Lovelace\n", encoding="utf-8")
    grade(room)
    return room.results


@pytest.fixture
def room(graded: Path, tmp_path: Path) -> Classroom:
    shutil.copytree(graded, tmp_path / "class")
    return class_at(tmp_path / "class")


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve a class; what is served ends with the test."""
    with ExitStack() as stack:
        yield lambda *what: stack.enter_context(served(*what))
