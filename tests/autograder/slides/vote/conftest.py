"""A server that is really started, and people who vote."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

LOOPBACK = "127.0.0.1"


@dataclass
class Served:
    """What autograder slides --vote printed, and its process.

    Attributes:
        own: the lecturer's address, which ends with the secret and /.
        phones: the address for phones, without a / at its end.
        said: all that was printed before it served.
    """

    process: subprocess.Popen[str]
    own: str
    phones: str
    said: str


def serve(course: Path, *more: str) -> Served:
    """Serve a course's decks; phones come by this machine's own address."""
    command = [sys.executable, "-m", "autograder.cli", "slides", *more, "--vote"]
    process = subprocess.Popen(
        [*command, "--address", LOOPBACK],
        stdout=subprocess.PIPE,
        text=True,
        env={"CONVBOOK_COURSE": str(course), "PATH": ""},
    )
    assert process.stdout
    lines = []
    while not lines or (lines[-1] and "Ctrl-C" not in lines[-1]):
        lines.append(process.stdout.readline())
    said = "".join(lines)
    own, phones = re.findall(r"http://\S+", said)
    return Served(process, own.rpartition("/")[0] + "/", phones, said)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A course of two decks, which were built."""
    for folder in ("lectures", "solutions", "build/lectures"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("01_one", "02_two"):
        (tmp_path / "lectures" / f"{name}.py").touch()
        page = f"<html><head><title>{name}</title></head><body>{name}</body></html>"
        (tmp_path / "build" / "lectures" / f"{name}.html").write_text(page)
    return tmp_path


@pytest.fixture
def served(small: Path) -> Iterator[Served]:
    served = serve(small)
    yield served
    served.process.terminate()
    rest, _ = served.process.communicate(timeout=60)
    assert "Of the votes nothing is kept." in rest
    assert served.process.returncode == 0
