"""One wheel with all that a student installs: convbook, the lessons given out, the data."""

import json
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.course import CourseError

# Kinds of files of convbook that go; whatever else lies there stays.
KINDS = frozenset(".cpp .css .h .js .json .py".split())
LESSONS = Path("handout") / "lessons"  # they come from the course, not from the folder
DATA = "shipped"  # where convbook.data looks for the data
LICENCES = ("LICENSE", "LICENSE-text")
PASSED_ON = ("name", "version", "description", "license", "requires-python", "dependencies")


def build(course: Path, lessons: Mapping[str, bytes]) -> tuple[str, bytes]:
    """Build the wheel; the same files give the same bytes.

    Args:
        course: the course's folder.
        lessons: the notebook of each lesson that is given out, as it was released.

    Returns:
        Its name and its content.

    Raises:
        CourseError: a package that builds wheels is missing.
    """
    try:
        from hatchling.builders.wheel import WheelBuilder
    except ImportError:
        raise CourseError("hatchling is missing: run make setup") from None
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name, content in _files(course, lessons).items():
            path = place / "project" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        builder = WheelBuilder(str(place / "project"))
        (made,) = builder.build(directory=str(place / "made"), versions=["standard"])
        return Path(made).name, Path(made).read_bytes()


def data(course: Path) -> dict[str, bytes]:
    """Read the shipped data: what SHA256SUMS lists, what belongs to it, and its licences."""
    folder = course / "data"
    sums = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    names = {line.split(maxsplit=1)[1] for line in sums if line.strip()}
    names |= {"SHA256SUMS", "README.md", "NOTICE"}
    names |= {f"licences/{path.name}" for path in (folder / "licences").glob("*.txt")}
    return {name: (folder / name).read_bytes() for name in sorted(names)}


def _files(course: Path, lessons: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files of the project that the wheel is built from, by their paths."""
    package = course / "convbook"
    found = {
        path.relative_to(package): path.read_bytes()
        for path in sorted(package.rglob("*"))
        if path.suffix in KINDS and path.is_file()
    }
    files = {f"convbook/{p.as_posix()}": c for p, c in found.items() if p.parent != LESSONS}
    files |= {f"convbook/{(LESSONS / n).as_posix()}.ipynb": c for n, c in lessons.items()}
    files |= {f"convbook/{DATA}/{name}": content for name, content in data(course).items()}
    files |= {name: (course / name).read_bytes() for name in LICENCES}
    return files | {"pyproject.toml": _project(course).encode()}


def _project(course: Path) -> str:
    """Return the pyproject.toml of what students install, from the course's own."""
    text = (course / "pyproject.toml").read_text(encoding="utf-8")
    project: dict[str, Any] = tomllib.loads(text)["project"]
    values = {key: project[key] for key in PASSED_ON} | {"license-files": list(LICENCES)}
    lines = [f"{key} = {json.dumps(value)}" for key, value in values.items()]  # TOML, too
    command = json.dumps(project["scripts"]["convbook"])
    return "\n".join(
        [
            "[project]",
            *lines,
            f"[project.scripts]\nconvbook = {command}",
            '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"',
            '[tool.hatch.build.targets.wheel]\npackages = ["convbook"]',
            'core-metadata-version = "2.4"  # which every pip of a supported Python reads\n',
        ]
    )
