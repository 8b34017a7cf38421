"""Two people of one group grade one class; who may not is told in one line what to do."""

import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sample_class
from machine import SANDBOX

from autograder import course
from autograder.classroom import ledger

ADA, BO, TEAM = 60001, 60002, 60100
LESSON = "02_convolution"


def can_be_two() -> bool:
    """Tell whether this Python runs as somebody else."""
    if not hasattr(os, "getuid") or os.getuid() != 0:
        return False
    command = [sys.executable, "-c", "import ssl"]
    try:
        done = subprocess.run(command, user=ADA, group=ADA, extra_groups=[], capture_output=True)
    except OSError:
        return False
    return done.returncode == 0


pytestmark = pytest.mark.skipif(
    not can_be_two(), reason="needs root, to be two users, and a Python that both may run"
)


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        made = Path(name)
        made.chmod(0o755)
        for student in ("ada", "gus"):
            sample_class.hand_in(made / "in", student)
        for user in (ADA, BO):
            (made / f"home-{user}").mkdir()
            os.chown(made / f"home-{user}", user, user)
        yield made


def room(folder: Path, mode: int) -> Path:
    """A class's folder that belongs to the first of the two, and to the team."""
    made = folder / "class"
    made.mkdir()
    os.chown(made, ADA, TEAM)
    made.chmod(mode)
    return made


def run(user: int, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a user whose own group is another, with the usual umask."""
    env = os.environ | {
        "HOME": str(folder / f"home-{user}"),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, "-m", "autograder.cli", *words, "--class", str(folder / "class")]
    return subprocess.run(
        command,
        cwd=course.root(),
        env=env,
        user=user,
        group=user,
        extra_groups=[TEAM],
        umask=0o022,
        capture_output=True,
        text=True,
    )


def test_two_of_a_group_collect_grade_and_set_times(folder: Path) -> None:
    made = room(folder, 0o2770)
    steps = [
        (ADA, ("collect", str(folder / "in"))),
        (BO, ("grade", "--sandbox", SANDBOX)),
        (ADA, ("late", "ada", LESSON, "--came", "2026-10-12T23:10+02:00")),
        (ADA, ("grade", "--sandbox", SANDBOX)),
        (BO, ("late", "ada", LESSON, "--came", "2026-10-13T23:10+02:00")),
        (BO, ("report",)),
        (ADA, ("feedback",)),
        (BO, ("export",)),
        (ADA, ("collect", str(folder / "in"))),
        (BO, ("verify",)),
    ]
    for user, words in steps:
        done = run(user, folder, *words)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
    assert stat.S_IMODE((made / ledger.KEY).stat().st_mode) == 0o660
    assert not [p for p in made.rglob("*") if p.stat().st_gid != TEAM]


def test_who_may_not_is_told_what_to_do(folder: Path) -> None:
    room(folder, 0o755)
    assert run(ADA, folder, "collect", str(folder / "in")).returncode == 0
    assert run(ADA, folder, "grade", "--sandbox", SANDBOX).returncode == 0
    key = folder / "class" / ledger.KEY
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    for words in (("grade",), ("report",), ("collect", str(folder / "in")), ("verify",)):
        done = run(BO, folder, *words)
        assert done.returncode == 2
        assert "and you may not use it: for a group, they run: chgrp -R GROUP" in done.stderr
        assert done.stderr.count("\n") == 1
    how = done.stderr.partition("they run: ")[2].replace("GROUP", str(TEAM))
    subprocess.run(["sh", "-c", how], check=True)
    for words in (("grade", "--sandbox", SANDBOX), ("report",), ("export",), ("verify",)):
        done = run(BO, folder, *words)
        assert done.returncode == 0, (words, done.stderr)
