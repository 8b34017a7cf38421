"""One exercise is graded again for all; all other points, and those given by hand, stay."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import sample_class
from machine import SANDBOX
from nbgrader.api import Gradebook

from autograder import course
from autograder.classroom import record
from autograder.classroom.regrade import find
from autograder.classroom.room import Classroom, class_at
from autograder.course import CourseError, lessons

LESSON = "02_convolution"
STUDENTS = ("ada", "dora", "gus")  # the last two flip the filter of correlate2d
CHECK = r'(# %% check="correlate2d" points=3\n).*?(?=\n# %%)'

pytestmark = pytest.mark.slow


def command(checkout: Path, *args: str) -> str:
    """Run autograder in a copy of the course, and return what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "autograder.cli", *args],
        env=os.environ | {"CONVBOOK_COURSE": str(checkout)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the course with a graded class, in which two were given points by hand."""
    folder = tmp_path_factory.mktemp("course")
    for part in ("solutions", "notebooks"):
        shutil.copytree(course.root() / part / LESSON, folder / part / LESSON)
    shutil.copy(course.root() / "nbgrader_config.py", folder)
    for student in STUDENTS:
        sample_class.hand_in(folder / "class" / "submitted", student)
    command(folder, "grade", "--sandbox", SANDBOX)
    with Gradebook(room(folder).db_url) as book:
        answer = next(c.id for c in lessons()[LESSON].checks if c.manual)
        book.find_grade(answer, LESSON, LESSON, "ada").manual_score = 1.5
        book.find_grade("check-correlate2d", LESSON, LESSON, "dora").manual_score = 2.0
        book.db.commit()
    return folder


def room(checkout: Path) -> Classroom:
    return class_at(checkout / "class")


def points(checkout: Path) -> dict[tuple[str, str], tuple[float | None, float | None]]:
    """Return the points of every cell: by the check, and by hand."""
    with Gradebook(room(checkout).db_url) as book:
        return {
            (student, grade.name): (grade.auto_score, grade.manual_score)
            for student in STUDENTS
            for grade in book.find_submission_notebook(LESSON, LESSON, student).grades
        }


def test_a_mended_check_changes_its_own_points_alone(checkout: Path) -> None:
    before = points(checkout)
    source = checkout / "solutions" / LESSON / f"{LESSON}.py"
    text = source.read_text(encoding="utf-8")
    mended, count = re.subn(CHECK, r"\1check.same(1.0, 1.0)", text, flags=re.DOTALL)
    assert count == 1
    source.write_text(mended, encoding="utf-8")
    command(checkout, "build", LESSON)
    said = command(checkout, "regrade", "correlate2d", "--sandbox", SANDBOX)
    after = points(checkout)
    changed = {key for key in before if before[key] != after[key]}
    assert changed == {("dora", "check-correlate2d"), ("gus", "check-correlate2d")}
    assert after["gus", "check-correlate2d"] == (3.0, None)
    assert after["dora", "check-correlate2d"] == (3.0, 2.0)
    assert "dora: check-correlate2d keeps the 2 given by hand" in said
    assert "2 of 3 changed" in said
    notes = {s: r.notes for (s, _), r in record.latest(room(checkout).results).items()}
    assert all("regraded: correlate2d" in notes[student] for student in STUDENTS)
    assert command(checkout, "verify")  # finds nothing, or its exit code is 1
    again = command(checkout, "grade", "--sandbox", SANDBOX)
    assert points(checkout) == after
    assert again


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("correlate3d", "no exercise correlate3d in what was graded; there are .*correlate2d"),
        ("03_backprop/correlate2d", "no exercise"),
        ("answer-sharing", "no exercise|graded by hand"),
    ],
)
def test_what_cannot_be_regraded_is_said(name: str, message: str, checkout: Path) -> None:
    with pytest.raises(CourseError, match=message):
        find(name, room(checkout))
