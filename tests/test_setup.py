"""The set-up meets what real machines have: half a set-up, another Python, no network, a full disk.

A course of two packages is set up, so that each try takes seconds.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from machine import need, needs

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ["hatchling", "packaging", "pathspec", "pluggy", "tomlkit", "trove-classifiers", "uv"]
ENTRY = r"^{}==.*\\\n(?: +--hash=.*\n)+"
WITHOUT_A_NETWORK = ["unshare", "--map-root-user", "--net"]
SECONDS = 300

pytestmark = pytest.mark.slow


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A folder with a set-up of its own, and as few packages as that needs."""
    folder = tmp_path / "a course"  # people do have folders with a space
    (folder / "scripts").mkdir(parents=True)
    for package in ("autograder", "convbook"):
        (folder / package).mkdir()
        (folder / package / "__init__.py").touch()
    for name in ("scripts/setup.py", "README.md", "LICENSE", "LICENSE-text"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    lock = (ROOT / "requirements.lock").read_text()
    found = [re.search(ENTRY.format(name), lock, re.MULTILINE) for name in PACKAGES]
    (folder / "requirements.lock").write_text("".join(entry[0] for entry in found if entry))
    return folder


def set_up(course: Path, before: list[str] | None = None, **env: str) -> tuple[int, str]:
    """Run the set-up; return its status and all that it printed."""
    command = [*(before or []), sys.executable, "scripts/setup.py"]
    done = subprocess.run(
        command,
        cwd=course,
        env=os.environ | env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
    )
    return done.returncode, done.stdout


def python(course: Path) -> Path:
    return course / ".venv" / "bin" / "python"


def works(course: Path) -> bool:
    """Whether the course and a package can be loaded from its .venv."""
    command = [python(course), "-c", "import autograder, convbook, hatchling"]
    return subprocess.run(command, capture_output=True).returncode == 0


@pytest.fixture
def online(course: Path) -> Path:
    """A course that was set up once; skipped where packages cannot be had."""
    status, said = set_up(course)
    if "connect to the Internet" in said:
        pytest.skip("not run: needs a package index")
    assert status == 0, said
    assert "without uv" not in said
    return course


def test_a_set_up_that_was_broken_off_is_begun_anew(online: Path) -> None:
    """Half a package looks whole to uv and pip: their notes are there, and files are not."""
    module = next(online.rglob("site-packages/hatchling/build.py"))
    module.unlink()
    (online / ".venv" / ".unfinished").touch()
    status, said = set_up(online)
    assert status == 0 and "Making .venv" in said
    assert module.exists() and works(online)
    assert "Keeping .venv" in set_up(online)[1]


@pytest.mark.parametrize("what", ["another version", "gone", "no pip", "a file"])
def test_a_venv_that_will_not_do_is_made_anew(online: Path, what: str) -> None:
    old = python(online)
    match what:
        case "another version":
            old.unlink()
            old.write_text("#!/bin/sh\necho 3 9\n")
            old.chmod(0o755)
        case "gone":
            old.unlink()
            old.symlink_to("/no/such/python")
        case "no pip":
            shutil.rmtree(next(online.rglob("site-packages/pip")))
        case "a file":
            shutil.rmtree(online / ".venv")
            (online / ".venv").write_text("")
    status, said = set_up(online)
    assert status == 0 and "Making .venv" in said, said
    assert works(online)


def test_where_uv_cannot_reach_what_pip_can_pip_is_taken(online: Path) -> None:
    """As where pip alone is told of a mirror."""
    shutil.rmtree(online / ".venv")
    status, said = set_up(online, UV_OFFLINE="1", UV_CACHE_DIR=str(online / "empty"))
    assert status == 0, said
    assert "without uv" in said and "pip takes longer" in said
    assert works(online)


@needs("unshare")
def test_without_a_network_one_line_says_so(course: Path) -> None:
    empty = {"HOME": str(course), "PIP_RETRIES": "0", "PIP_CACHE_DIR": str(course / "empty")}
    status, said = set_up(course, WITHOUT_A_NETWORK, **empty)
    assert status == 1
    last = said.splitlines()[-1]
    assert "connect to the Internet. Then run the same command again." in last
    assert "Traceback" not in said and len(said.splitlines()) < 6
    assert (course / ".venv" / ".unfinished").exists()


def test_a_package_that_is_not_the_locked_one_is_refused(course: Path) -> None:
    lock = course / "requirements.lock"
    lock.write_text(re.sub(r"sha256:\w{8}", "sha256:00000000", lock.read_text()))
    status, said = set_up(course)
    if "connect to the Internet" in said:
        pytest.skip("not run: needs a package index")
    assert status == 1 and "not the one of requirements.lock" in said.splitlines()[-1]
    assert not works(course)


def loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("set_up", ROOT / "scripts" / "setup.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_disk_that_is_nearly_full_is_said_before(course: Path) -> None:
    need("unshare")
    script = f"mount -t tmpfs -o size=9m none {course!s}-disk && cp -r . {course!s}-disk/c && "
    script += f"cd {course!s}-disk/c && exec {sys.executable} scripts/setup.py"
    Path(f"{course}-disk").mkdir()
    script = script.replace(str(course), str(course).replace(" ", "\\ "))
    command = ["unshare", "--map-root-user", "--mount", "sh", "-c", script]
    done = subprocess.run(command, cwd=course, capture_output=True, text=True)
    assert done.returncode == 1, done.stdout
    assert "0.0 GB are free on this disk: make room" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="not run: no /dev/full here")
@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("cat /dev/zero > /dev/full", "make room"),
        ("mkdir /proc/x || echo Permission denied", "whose folder is this"),
        ("echo 'THESE PACKAGES DO NOT MATCH THE HASHES'", "requirements.lock"),
        ("echo 'dns error: failed to lookup address'", "connect to the Internet"),
        ("echo first; echo something else", "what is above says why"),
    ],
)
def test_what_stops_it_is_said_in_one_line(
    command: str, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    module = loaded()
    with pytest.raises(module.SetupError, match=said):
        module.run("sh", "-c", f"{command}; exit 1")
    assert ("something else" in capfd.readouterr().err) == ("above" in said)
