"""Layouts of platforms, for tests: where they put a hand-in, and where they look for results."""

import io
import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import container
import jsonschema
import schemas

LESSON = "02_convolution"
ROOT = Path(__file__).resolve().parents[3]


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


def _gradescope(layout: Path, bundle: bytes) -> Platform:
    place = layout / "autograder"
    for name in ("source", "submission", "results"):
        (place / name).mkdir(parents=True)
    unpack(bundle, place / "source")
    shutil.copy(place / "source" / "run_autograder", place)
    (place / "run_autograder").chmod(0o755)
    results = place / "results" / "results.json"
    program = ["/autograder/run_autograder"]
    return Platform(layout, place / "submission", results, program, schemas.GRADESCOPE)


def unpack(bundle: bytes, source: Path) -> None:
    """Unpack a bundle, and close it as its setup.sh does."""
    zipfile.ZipFile(io.BytesIO(bundle)).extractall(source)
    subprocess.run(["chmod", "-R", "o-rwx", source], check=True)


def image(layout: Path, target: str) -> dict[str, str]:
    """Lay out what the Containerfile copies into an image, and return what each line says."""
    stage, found = "", {}
    for line in (ROOT / "Containerfile").read_text().splitlines():
        word, _, rest = line.partition(" ")
        if word == "FROM":
            stage = rest.rpartition(" ")[2]
        if stage != target or not rest:
            continue
        found[word] = rest
        if word == "COPY":
            source, place = rest.split()
            path = layout / place.strip("/")
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, path, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                path.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / source, path)
        if word == "RUN" and rest.startswith("chmod"):
            done = container.run(layout, "sh", "-c", rest)
            assert done.returncode == 0, done.stderr
    return found


def _of_image(layout: Path, name: str, submission: str, results: str, schema: Any) -> Platform:
    """Lay the image of the grader out, and the folders that a platform adds to it."""
    program = [*json.loads(image(layout, "grader")["ENTRYPOINT"]), name, LESSON]
    place = layout / submission
    place.mkdir(parents=True)
    return Platform(layout, place, layout / results if results else None, program, schema)


def _prairielearn(layout: Path, bundle: bytes) -> Platform:
    for name in ("results", "tests", "data"):
        (layout / "grade" / name).mkdir(parents=True)
    where = ("grade/student", "grade/results/results.json")
    return _of_image(layout, "prairielearn", *where, schemas.PRAIRIELEARN)


def _coursera(layout: Path, bundle: bytes) -> Platform:
    where = ("shared/submission", "shared/feedback.json")
    return _of_image(layout, "coursera", *where, schemas.COURSERA)


def _autolab(layout: Path, bundle: bytes) -> Platform:
    return _of_image(layout, "autolab", "autolab", "", schemas.AUTOLAB)


LAYOUTS: dict[str, Callable[[Path, bytes], Platform]] = {
    "gradescope": _gradescope,
    "prairielearn": _prairielearn,
    "coursera": _coursera,
    "autolab": _autolab,
}
