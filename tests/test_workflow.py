"""The workflow for GitHub runs README's commands, on all systems and Pythons of the course.

Whether it passes there is not known here; that it fits the course is.
"""

import itertools
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parents[1]
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
JOB = WORKFLOW["jobs"]["course"]
MATRIX = JOB["strategy"]["matrix"]
SYSTEMS = {"ubuntu-latest": "Linux", "macos-latest": "macOS", "windows-latest": "Windows"}
ACTIONS = {
    f"actions/{name}"
    for name in ("checkout", "setup-python", "upload-artifact", "download-artifact")
}
PREPARED = {"sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"}  # as root, for GitHub
STUDENT = ["convbook doctor", "convbook progress", "convbook hand-in", "pytest tests/convbook/desk"]
TEACHER = ["make lint", "make test", "make grade"]

MACHINES = list(itertools.product(MATRIX["system"], MATRIX["python"]))
on_each_machine = pytest.mark.parametrize(("system", "python"), MACHINES)


def commands(system: str, python: str) -> list[str]:
    """The commands that run on one machine, in their order."""
    (added,) = [entry for entry in MATRIX["include"] if entry["system"] == system]
    values = added | {"python": python}
    return [
        re.sub(r"\$\{\{ matrix\.(\w+) \}\}", lambda found: values[found[1]], step["run"])
        for step in JOB["steps"]
        if "run" in step and holds(step.get("if", ""), SYSTEMS[system])
    ]


def holds(condition: str, system: str) -> bool:
    if not condition:
        return True
    found = re.fullmatch(r"runner\.os (==|!=) '(\w+)'", condition)
    assert found and found[2] in SYSTEMS.values(), condition
    return (found[2] == system) == (found[1] == "==")


def plain(command: str) -> str:
    """A command as on Linux and without a version, as README names only one."""
    return re.sub(r"3\.\d\d", "3.X", command.replace("\\", "/").replace("/Scripts/", "/bin/"))


def in_readme() -> set[str]:
    """The lines of code of README, without the comments behind them, and the code in its prose."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = [line.partition("  #")[0] for line in re.findall(r"^    (.+)", text, re.MULTILINE)]
    return {plain(" ".join(code.split())) for code in lines + re.findall(r"`([^`]+)`", text)}


@on_each_machine
def test_every_command_is_one_of_readme(system: str, python: str) -> None:
    assert {plain(command) for command in commands(system, python)} - PREPARED <= in_readme()


@on_each_machine
def test_a_student_is_everywhere_and_a_teacher_on_linux(system: str, python: str) -> None:
    first, *rest = commands(system, python)
    wanted = STUDENT + (["sysctl", *TEACHER] if SYSTEMS[system] == "Linux" else [])
    assert re.search(rf"(python|-){re.escape(python)}\b", first)
    assert len(rest) == len(wanted)
    assert all(part in command for part, command in zip(wanted, rest, strict=True))


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_is_given_out_is_set_up_by_its_own_readme(system: str) -> None:
    job = WORKFLOW["jobs"]["given-out"]
    assert system in job["strategy"]["matrix"]["system"]
    readme = (ROOT / "autograder/release/student/README.md").read_text(encoding="utf-8")
    ran = [
        step["run"].removeprefix(".\\")
        for step in job["steps"]
        if "run" in step and holds(step.get("if", ""), SYSTEMS[system])
    ]
    assert len(ran) == 3 and all(command in readme for command in ran)


def test_windows_does_without_make() -> None:
    assert not any(command.startswith("make") for command in commands("windows-latest", "3.11"))


def test_the_matrix_has_every_python_of_the_course_and_three_systems() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    versions = SpecifierSet(project["requires-python"])
    assert MATRIX["python"] == [f"3.{n}" for n in range(30) if f"3.{n}.5" in versions]
    assert MATRIX["system"] == list(SYSTEMS)


def test_every_target_of_make_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    run = "\n".join(command for machine in MACHINES for command in commands(*machine))
    named = set(re.findall(r"^make (\S+)", run, re.MULTILINE))
    assert named and all(re.search(rf"^{name}:", makefile, re.MULTILINE) for name in named)


def test_it_may_only_read_and_takes_no_action_of_others() -> None:
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert WORKFLOW["concurrency"]["cancel-in-progress"] and JOB["timeout-minutes"]
    steps = [step for job in WORKFLOW["jobs"].values() for step in job["steps"]]
    used = [step["uses"] for step in steps if "uses" in step]
    assert {action.partition("@")[0] for action in used} <= ACTIONS
