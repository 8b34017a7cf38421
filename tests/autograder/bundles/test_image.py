"""The images of the Containerfile: what is copied into them, and what they run."""

import json
import re
from pathlib import Path

import container
import pytest
from layouts import ROOT, image
from machine import needs

TEXT = (ROOT / "Containerfile").read_text()


def test_the_image_for_hubs_holds_no_solution(tmp_path: Path) -> None:
    image(tmp_path, "hub")
    names = [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")]
    assert "home/student/notebooks/02_convolution/02_convolution.ipynb" in names
    assert not [name for name in names if re.search("solutions|autograder|mistakes|right_", name)]
    texts = (path.read_text() for path in tmp_path.rglob("*.ipynb"))
    assert not [text for text in texts if "BEGIN SOLUTION" in text or "BEGIN HIDDEN" in text]


@pytest.mark.slow
@needs("a container")
def test_the_image_for_hubs_has_the_students_commands(tmp_path: Path) -> None:
    said = image(tmp_path, "hub")
    program = json.loads(said["CMD"])[:3]
    env = ["env", "PATH=/opt/convbook/venv/bin:/usr/bin:/bin", "PYTHONPATH=/course"]
    for word in (["--help"], ["doctor"]):
        done = container.run(tmp_path, *env, *program, *word, chdir=said["WORKDIR"])
        assert "Traceback" not in done.stderr and done.stdout, done.stderr
    assert "numpy" in done.stdout.lower() or done.returncode == 0


@pytest.mark.slow
@needs("a container")
def test_the_graders_image_is_closed_to_other_users(tmp_path: Path) -> None:
    image(tmp_path, "grader")
    done = container.run(
        tmp_path,
        "setpriv",
        "--reuid",
        "60700",
        "--regid",
        "60700",
        "--clear-groups",
        "ls",
        "/course",
    )
    assert done.returncode != 0 and "Permission denied" in done.stderr


def test_both_are_debian_with_the_lock_and_bubblewrap() -> None:
    assert re.search(r"^FROM docker.io/library/debian:\S+ AS packages$", TEXT, re.MULTILINE)
    assert "--require-hashes" in TEXT and "requirements.lock" in TEXT and "bubblewrap" in TEXT
    assert re.findall(r"^FROM packages AS (\w+)$", TEXT, re.MULTILINE) == ["hub", "grader"]


@pytest.mark.slow
@needs("a container")
def test_without_root_and_without_namespaces_nothing_is_graded(tmp_path: Path) -> None:
    entry = json.loads(image(tmp_path, "grader")["ENTRYPOINT"])
    for path in (tmp_path / "course").rglob("*"):  # as the image for Coursera has it
        path.chmod(0o755 if path.is_dir() else 0o644)
    (tmp_path / "course").chmod(0o755)
    (tmp_path / "shared" / "submission").mkdir(parents=True)
    (tmp_path / "shared").chmod(0o777)
    (tmp_path / "shared/submission/02_convolution.ipynb").write_text("{}")
    program = ["setpriv", "--reuid", "1000", "--regid", "1000", "--clear-groups", *entry]
    done = container.run(tmp_path, *program, "coursera", "02_convolution")
    assert done.returncode == 1 and "have the container start as root" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "shared" / "feedback.json").exists()
