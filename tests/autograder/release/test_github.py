"""A course goes the whole way through repositories, as on GitHub, but for the service itself."""

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import sample_class
import yaml
from cells import named
from machine import SANDBOX, needs

from autograder import cli
from autograder.course import lessons, root
from autograder.plan import FILE, Plan
from autograder.release import contents
from autograder.release.contents import WORKFLOW
from convbook import notebook

UNTOUCHED, SECOND, THIRD = "01_volumes", "02_convolution", "03_backprop"
# What two students write into their lessons, each as one of the sample class.
WORK = {"ada": {SECOND: "ada", THIRD: "dora"}, "emil": {SECOND: "emil"}}
ACTIONS = {"actions/checkout@v6", "actions/setup-python@v6"}  # not run: they are GitHub's
SECONDS = 600


def git(*words: object, cwd: Path) -> str:
    who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "protocol.file.allow=always"]
    command = ["git", *who, *map(str, words)]
    done = subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True)
    return done.stdout


def solve(checkout: Path, name: str, writer: str) -> None:
    """Write into the cells of a lesson what one of the sample class wrote."""
    path = checkout / "notebooks" / name / f"{name}.ipynb"
    written = nbformat.reads(sample_class.STUDENTS[writer](lessons()[name], writer), as_version=4)
    cells = nbformat.read(path, as_version=4)
    for cell in filter(notebook.grade_id, cells.cells):
        cell.source = named(written, notebook.grade_id(cell)).source
    nbformat.write(cells, path)


def run_workflow(checkout: Path, summary: Path) -> None:
    """Run the steps of the workflow as GitHub's shell does, where there is a package index."""
    programs = summary.parent / "bin"
    programs.mkdir()
    (programs / "python3").symlink_to(os.path.realpath(sys.executable))
    env = {
        "PATH": f"{programs}:/usr/bin:/bin",
        "HOME": str(summary.parent),
        "GITHUB_ACTIONS": "true",
        "GITHUB_STEP_SUMMARY": str(summary),
    }
    index = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_"))}
    (job,) = yaml.safe_load((checkout / WORKFLOW).read_text())["jobs"].values()
    for step in job["steps"]:
        if "uses" in step:
            print(f"not run: {step['uses']}")
            continue
        done = subprocess.run(
            ["bash", "-e", "-c", step["run"]],
            cwd=checkout,
            env=index | env,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        if "connect to the Internet" in done.stderr:
            pytest.skip("not run: needs a package index")
        assert done.returncode == 0, done.stdout + done.stderr


@needs("git")
@pytest.mark.long
def test_two_students_push_and_their_teacher_grades(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (copy / FILE).write_text(f'name = "One"\nlessons = ["{UNTOUCHED}", "{SECOND}", "{THIRD}"]')
    lessons()  # those of this course: its copy, which course.toml is put into, has none
    monkeypatch.setattr("autograder.course.root", lambda: copy)
    assert cli.main(["release", "--github", "-o", str(tmp_path / "out")]) == 0
    monkeypatch.undo()
    template = tmp_path / "out" / "one"
    assert git("status", "--porcelain", cwd=template) == ""

    for student, work in WORK.items():
        home, bare = tmp_path / student, tmp_path / f"{student}.git"
        git("clone", "--bare", template, bare, cwd=tmp_path)
        git("clone", bare, home, cwd=tmp_path)
        for name, writer in work.items():
            solve(home, name, writer)
        git("commit", "--all", "--message", "my answers", cwd=home)
        git("push", "origin", "main", cwd=home)
        git("clone", bare, tmp_path / "clones" / student, cwd=tmp_path)

    runner = tmp_path / "runner"
    runner.mkdir()
    git("clone", tmp_path / "ada.git", runner / "checkout", cwd=tmp_path)
    run_workflow(runner / "checkout", runner / "summary.md")
    summary = (runner / "summary.md").read_text().replace("\\", "")
    assert "| 20 of 20 | done |" in summary  # the right one
    assert "| 0 of 20 | write fc_weights |" in summary  # the one that nobody touched
    heading, *differs = summary.split("\n### ")[1:]
    assert heading.startswith("03 Push gradients back") and not differs
    assert "**relu_backward**: wrong, 0 of 1\n\n```text\nNot yet: " in heading

    room = ["--class", str(tmp_path / "class")]
    assert cli.main(["collect", str(tmp_path / "clones"), *room]) == 0
    assert cli.main(["grade", *room, "--sandbox", SANDBOX]) == 0
    table = re.findall(
        r"^(\w+) +((?: *(?:-|[\d.]+ / 20))+)$", capsys.readouterr().out, re.MULTILINE
    )
    points = {who: re.findall(r"-|[\d.]+(?= /)", cells) for who, cells in table}
    scores = sample_class.SCORES
    assert points == {  # what was not touched was not handed in
        "ada": [f"{scores[SECOND]['ada']:g}", f"{scores[THIRD]['dora']:g}"],
        "emil": [f"{scores[SECOND]['emil']:g}", "-"],
    }


def test_its_workflow_may_only_read_and_takes_no_action_of_others() -> None:
    plan = Plan("One", (SECOND,))
    files = contents.build(root(), plan, lessons(), "", github=True)
    workflow = yaml.safe_load(files[WORKFLOW])
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["concurrency"]["cancel-in-progress"]
    (job,) = workflow["jobs"].values()
    assert job["timeout-minutes"] and "permissions" not in job
    assert {step["uses"] for step in job["steps"] if "uses" in step} == ACTIONS
    assert "On GitHub each push runs the same checks" in files["README.md"].decode()
    without = contents.build(root(), plan, lessons(), "")
    assert files.keys() - without.keys() == {WORKFLOW}
    assert b"GitHub" not in without["README.md"]
