"""The files for Codespaces and Binder fit the course, and Binder's start shows the home page."""

import json
import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from server import serving

from convbook.desk.doctor import fits

ROOT = Path(__file__).resolve().parents[1]
TOOLS = {"g++"}  # for lesson 13; the sandbox comes with the packages
WANTED = re.search(r'requires-python = "(.*)"', (ROOT / "pyproject.toml").read_text())


def test_the_dev_container_has_a_python_that_fits_and_installs_what_grading_needs() -> None:
    settings = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())
    version = re.search(r"python:([\d.]+)-", settings["image"])
    assert version and WANTED and fits(version[1], WANTED[1])
    create = settings["onCreateCommand"]
    assert all(tool in create for tool in TOOLS) and "make setup" in create
    for target in re.findall(r"\bmake (\w+)", create):
        assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_binder_has_a_python_that_fits_and_installs_what_grading_needs() -> None:
    runtime = (ROOT / ".binder" / "runtime.txt").read_text().strip()
    assert runtime.startswith("python-") and WANTED
    assert fits(runtime.removeprefix("python-"), WANTED[1])
    assert set((ROOT / ".binder" / "apt.txt").read_text().split()) == TOOLS
    for name in ("postBuild", "start"):
        script = ROOT / ".binder" / name
        assert os.access(script, os.X_OK)
        subprocess.run(["bash", "-n", script], check=True)


@pytest.mark.slow
def test_binders_start_shows_the_home_page(tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = ["env", f"PATH={path}", str(ROOT / ".binder" / "start")]
    command += [sys.executable, "-m", "jupyterlab", "--allow-root"]
    with serving(command, home=tmp_path, cwd=ROOT) as address:
        page = urllib.request.urlopen(f"{address}/convbook/home", timeout=60).read().decode()
        assert "02 Slide a filter" in page
        settings = urllib.request.urlopen(f"{address}/lab", timeout=60).read().decode()
        assert '"name": "convbook"' in settings
