"""Layouts of platforms, for tests: where they put a hand-in, and where they look for results."""

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import container
import jsonschema
import pytest
import sample_class
import schemas
from machine import need

from autograder.bundles import pack
from autograder.course import Lesson, lessons

LESSON = "02_convolution"
ENTRY = "/opt/convbook/venv/bin/python"


@dataclass
class Platform:
    """One platform's container.

    Attributes:
        layout: holds what lies in the container's root.
        submission: where the hand-in goes.
        results: where the results are, None for those that are printed.
        program: what the platform runs.
        schema: of the results.
    """

    layout: Path
    submission: Path
    results: Path | None
    program: list[str]
    schema: dict[str, Any]

    def seen(self, path: Path) -> str:
        """Return where a path of the layout is in the container."""
        return f"/{path.relative_to(self.layout)}"

    def grade(self, content: bytes, name: str = f"{LESSON}.ipynb") -> dict[str, Any]:
        """Hand something in, have it graded, and return the results, which have their form."""
        (self.submission / name).write_bytes(content)
        done = container.run(self.layout, *self.program, chdir=self.seen(self.submission))
        assert done.returncode == 0, done.stderr
        text = self.results.read_text() if self.results else done.stdout.splitlines()[-1]
        found = json.loads(text)
        jsonschema.validate(found, self.schema)
        return found


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


def _gradescope(layout: Path, bundle: bytes) -> Platform:
    place = layout / "autograder"
    for name in ("source", "submission", "results"):
        (place / name).mkdir(parents=True)
    zipfile.ZipFile(io.BytesIO(bundle)).extractall(place / "source")
    shutil.copy(place / "source" / "run_autograder", place)
    (place / "run_autograder").chmod(0o755)
    results = place / "results" / "results.json"
    program = ["/autograder/run_autograder"]
    return Platform(layout, place / "submission", results, program, schemas.GRADESCOPE)


def _other(layout: Path, bundle: bytes, name: str, root: str) -> list[str]:
    """Lay the course out as the image has it, and return what is run."""
    course = layout / "course"
    zipfile.ZipFile(io.BytesIO(bundle)).extractall(layout / "unpacked")
    shutil.move(layout / "unpacked" / "course", course)
    shutil.rmtree(layout / "unpacked")
    for path in (course, *course.rglob("*")):
        path.chmod(0o750 if path.is_dir() else 0o640)
    run = ["env", "CONVBOOK_COURSE=/course", "PYTHONPATH=/course", ENTRY, "-sP", "-m"]
    return [*run, "autograder.bundles", name, LESSON, "--root", root]


def _prairielearn(layout: Path, bundle: bytes) -> Platform:
    program = _other(layout, bundle, "prairielearn", "/grade")
    for name in ("student", "results", "tests", "data"):
        (layout / "grade" / name).mkdir(parents=True)
        (layout / "grade" / name).chmod(0o755 if name == "student" else 0o750)
    results = layout / "grade" / "results" / "results.json"
    return Platform(layout, layout / "grade" / "student", results, program, schemas.PRAIRIELEARN)


def _coursera(layout: Path, bundle: bytes) -> Platform:
    program = _other(layout, bundle, "coursera", "/shared")
    (layout / "shared" / "submission").mkdir(parents=True)
    place = layout / "shared"
    return Platform(
        layout, place / "submission", place / "feedback.json", program, schemas.COURSERA
    )


def _autolab(layout: Path, bundle: bytes) -> Platform:
    program = _other(layout, bundle, "autolab", "/autolab")
    (layout / "autolab").mkdir()
    return Platform(layout, layout / "autolab", None, program, schemas.AUTOLAB)


LAYOUTS: dict[str, Callable[[Path, bytes], Platform]] = {
    "gradescope": _gradescope,
    "prairielearn": _prairielearn,
    "coursera": _coursera,
    "autolab": _autolab,
}


@pytest.fixture(scope="session")
def written() -> Callable[[str], bytes]:
    """Return what somebody of the sample class hands in."""
    lesson: Lesson = lessons()[LESSON]
    return lambda who: sample_class.STUDENTS[who](lesson, who).encode()
