"""`make help` lists every target that somebody may call, and says what it does."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NOT_CALLED = {".venv/.setup", "FORCE"}  # the mark of a set-up, and what is never up to date

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="not run: make is missing")


def make(*words: str, folder: Path = ROOT) -> str:
    # Not as a part of `make test`: a make within a make says which folder it is in.
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(["make", *words], cwd=folder, env=env, capture_output=True, text=True)
    assert done.stderr == ""
    return done.stdout


def listed(folder: Path = ROOT) -> dict[str, str]:
    """What make help says of each target."""
    rows = [
        re.fullmatch(r"make (\S+) +(\S.*)", row) for row in make("help", folder=folder).splitlines()
    ]
    assert None not in rows
    return {row[1]: row[2] for row in rows if row}


def targets() -> dict[str, bool]:
    """All targets as make itself reads them, and whether each is phony."""
    base = make("--print-data-base", "--question", "--no-builtin-rules", "help")
    files = base.partition("\n# Files\n")[2].replace("# Not a target:\n", "#")
    phony = re.findall(r"^\.PHONY: (.*)", files, re.MULTILINE)[0].split()
    names = re.findall(r"^([^#\s.:][^\s:]*|\.venv\S+):", files, re.MULTILINE)
    return {name: name in phony for name in names}


def test_help_lists_every_target() -> None:
    assert {*listed()} == {*targets()} - NOT_CALLED


def test_every_target_but_a_file_is_phony() -> None:
    assert {name for name, phony in targets().items() if not phony} == {".venv/.setup"}


@pytest.mark.parametrize("rule", ["sm90:", "v1.2-x: help", "by_hand : help lint", "Big: | help"])
def test_help_reads_every_form_of_a_rule(rule: str, tmp_path: Path) -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    (tmp_path / "Makefile").write_text(f"{text}\n{rule}  ## something new\n", encoding="utf-8")
    assert listed(tmp_path)[rule.partition(":")[0].strip()] == "something new"


def test_pytest_looks_into_every_folder_that_has_tests(pytestconfig: pytest.Config) -> None:
    """By itself it leaves out those called build, and nothing says so."""
    left_out = set(pytestconfig.getini("norecursedirs"))
    folders = {path.parent.relative_to(ROOT) for path in ROOT.glob("tests/**/test_*.py")}
    assert not [folder for folder in folders if left_out & set(folder.parts)]
