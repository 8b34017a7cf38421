"""A warm airlock, and submissions to put into it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
import sample_class
from cells import named
from machine import SANDBOX
from nbformat import NotebookNode

from autograder.airlock import Airlock
from autograder.classroom.room import Classroom, class_at
from autograder.course import Lesson, lessons
from autograder.grading.airlocks import open_airlock
from autograder.grading.grade import Grade, grade
from autograder.handin import reader, submission
from convbook import notebook

LESSON = "02_convolution"


@pytest.fixture(scope="session")
def lesson() -> Lesson:
    return lessons()[LESSON]


@pytest.fixture(scope="session")
def airlock(lesson: Lesson) -> Iterator[Airlock]:
    with open_airlock(lesson, SANDBOX) as opened:
        yield opened


@pytest.fixture
def room(request: pytest.FixtureRequest, tmp_path: Path) -> Classroom:
    """A class in which the STUDENTS of a test file have handed in."""
    for student in request.module.STUDENTS:
        sample_class.hand_in(tmp_path / "submitted", student)
    return class_at(tmp_path)


@pytest.fixture
def answers(lesson: Lesson) -> NotebookNode:
    """A submission with every answer right, free to be changed."""
    cells = nbformat.from_dict(lesson.released)
    for cell in cells.cells:
        name = notebook.grade_id(cell)
        if name in lesson.exercises:
            cell.source = named(lesson.notebook, name).source
    return cells


@pytest.fixture
def graded(airlock: Airlock, lesson: Lesson) -> Callable[[NotebookNode], Grade]:
    """Grade a notebook as if it had been handed in as a file."""

    def run(cells: NotebookNode) -> Grade:
        parsed = reader.parse(nbformat.writes(cells, version=4))
        return grade(submission.reconcile(parsed, lesson), airlock)

    return run
