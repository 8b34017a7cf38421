"""The whole website, built once for all workers of a run."""

import fcntl
import os
from pathlib import Path

import pytest
from machine import need
from website import Page

from autograder import cli, course
from autograder.slides import packages

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    need("sphinx")
    if not packages.fetched(course.root() / "lectures"):
        need("npm")
    base = tmp_path_factory.getbasetemp()
    folder = (base if base.name != f"popen-{WORKER}" else base.parent) / "website"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "site").exists():
            assert cli.main(["site", "-o", str(folder / "site")]) == 0
    return folder / "site"


@pytest.fixture(scope="session")
def pages(site: Path) -> dict[str, Page]:
    """Every page by its path, the slides too."""
    return {path.relative_to(site).as_posix(): Page(path) for path in sorted(site.rglob("*.html"))}
