"""Classroom 50 gets what it asks for, from checks that everybody may read."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import sample_class
import schemas

from autograder import cli
from autograder.bundles import classroom50
from autograder.bundles.student import classroom50 as script
from autograder.course import lessons
from autograder.release.scan import LeakError
from convbook.desk import progress

LESSON = "02_convolution"
SAID = {
    "CLASSROOM": "cnn-2026",
    "ASSIGNMENT": "slide-a-filter",
    "ASSIGNMENT_TYPE": "individual",
    "OWNER": "ada",
    "SUBMISSION_TAG": "submit/2026-06-01T14-32-05Z-a1b2c3d",
    "COMMIT_URL": "https://github.com/org/cnn-2026-slide-a-filter-ada/commit/a1b2c3d",
    "RELEASE_URL": "https://github.com/org/cnn-2026-slide-a-filter-ada/releases/tag/submit",
    "REVIEW_URL": "https://github.com/org/cnn-2026-slide-a-filter-ada/compare/0...a1b2c3d",
}


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder, as it lies in the platform's repository."""
    folder = tmp_path_factory.mktemp("org") / "cnn-2026" / "autograders" / "slide-a-filter"
    assert cli.main(["bundle", "classroom50", LESSON, "-o", str(folder)]) == 0
    return folder


@pytest.fixture(scope="session")
def ready(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same after its set-up: with this environment's packages, and no index."""
    folder = tmp_path_factory.mktemp("runner") / "slide-a-filter"
    shutil.copytree(made, folder)
    venv.create(folder / ".venv", symlinks=True)
    site = next((folder / ".venv").rglob("site-packages"))
    (site / "others.pth").write_text(sysconfig.get_paths()["purelib"])
    (wheel,) = folder.glob("*.whl")
    pip = [sys.executable, "-m", "pip", "--python", str(folder / ".venv"), "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--no-index", str(wheel)], check=True)
    return folder


def run(python: Path | str, folder: Path, checkout: Path, *words: str, **said: str) -> Any:
    """Run the script as the platform does, or with a word as it does itself after its set-up."""
    kept = {name: value for name, value in os.environ.items() if name not in SAID}
    return subprocess.run(
        [str(python), str(folder / "autograder.py"), *words],
        cwd=checkout,
        env=kept | SAID | said,
        capture_output=True,
        text=True,
        timeout=600,
    )


def result(folder: Path, checkout: Path) -> dict[str, Any]:
    done = run(folder / ".venv" / "bin" / "python", folder, checkout, script.CHECK)
    assert done.returncode == 0, done.stderr
    found = json.loads((checkout / "result.json").read_text())
    jsonschema.validate(found, schemas.CLASSROOM50)
    for key in ("score", "max-score"):
        assert found[key] == sum(test[key] for test in found["tests"])
    return found


@pytest.mark.long
@pytest.mark.parametrize(
    ("student", "points"), {"ada": 20, "gus": 0, "hana": 17, "ines": 17, "jan": 0}.items()
)
def test_shown_checks_give_their_points(
    student: str, points: int, ready: Path, written: Callable[[str], bytes], tmp_path: Path
) -> None:
    path = tmp_path / "notebooks" / LESSON / f"{LESSON}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(written(student))
    found = result(ready, tmp_path)
    assert (found["score"], found["max-score"]) == (points, 20)
    checks = [check.id for check in lessons()[LESSON].checks if not check.manual]
    assert [test["test-name"] for test in found["tests"]] == checks
    assert (found["owner"], found["assignment"]) == ("ada", "slide-a-filter")
    assert ("Not yet: " in (tmp_path / "release-body.md").read_text()) == (points == 17)


@pytest.mark.long
def test_without_a_notebook_and_with_a_link_there_are_no_points(
    ready: Path, tmp_path: Path, written: Callable[[str], bytes]
) -> None:
    (tmp_path / "checkout").mkdir()
    (tmp_path / "right.ipynb").write_bytes(written("ada"))
    (tmp_path / "checkout" / f"{LESSON}.ipynb").symlink_to(tmp_path / "right.ipynb")
    found = result(ready, tmp_path / "checkout")
    assert (found["score"], found["max-score"]) == (0, 20)
    assert "it is missing" in (tmp_path / "checkout" / "release-body.md").read_text()


@pytest.mark.long
def test_its_own_set_up(made: Path, tmp_path: Path, written: Callable[[str], bytes]) -> None:
    folder = tmp_path / "slide-a-filter"
    shutil.copytree(made, folder)
    (tmp_path / "checkout").mkdir()
    (tmp_path / "checkout" / f"{LESSON}.ipynb").write_bytes(written("ada"))
    done = run(sys.executable, folder, tmp_path / "checkout")
    if "connect to the Internet" in done.stderr:
        pytest.skip("not run: needs a package index")
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "checkout" / "result.json").read_text())["score"] == 20


def test_where_the_machine_is_at_fault_there_is_no_result(made: Path, tmp_path: Path) -> None:
    done = run(sys.executable, made, tmp_path, OWNER="")
    assert done.returncode == 1 and "Classroom 50 sets OWNER" in done.stderr
    assert not (tmp_path / "result.json").exists()


def test_points_are_whole_in_every_lesson() -> None:
    for lesson in lessons().values():
        tests = list(script._tests(progress.points_of(lesson.released), {}))
        assert sum(test["max-score"] for test in tests) == 20
        assert all(type(test["max-score"]) is int for test in tests)


def test_halves_are_doubled() -> None:
    tests = list(script._tests({"check-f": 1.5, "check-f-backward": 1.5, "check-g": 17.0}, {}))
    assert [test["max-score"] for test in tests] == [3, 3, 34]
    assert all(type(test["max-score"]) is int for test in tests)


def test_an_answer_in_it_stops_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = sample_class.without_marks(lessons()[LESSON].solutions["conv_forward"])
    planted = tmp_path / "script.py"
    planted.write_text(classroom50.SCRIPT.read_text() + answer)
    monkeypatch.setattr(classroom50, "SCRIPT", planted)
    with pytest.raises(LeakError, match="holds the answer to conv_forward"):
        classroom50.write(lessons()[LESSON], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_files_of_others_are_not_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "autograder.py").write_text("mine")
    assert cli.main(["bundle", "classroom50", LESSON, "-o", str(tmp_path)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert (tmp_path / "autograder.py").read_text() == "mine"
