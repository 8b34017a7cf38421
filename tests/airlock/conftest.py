"""One warm airlock of each kind for all tests here, with limits that are soon met."""

import sys
from collections.abc import Iterator

import pytest

from autograder.airlock import Airlock, Limits, Session, Verdict
from autograder.airlock.sandbox import SandboxError, find

MIB = 1 << 20
LIMITS = Limits(
    call_seconds=1,
    check_seconds=2,
    cell_seconds=2,
    processes=16,
    file_bytes=8 * MIB,
    disk_bytes=16 * MIB,
    output_bytes=64 << 10,
)
PRELUDE = "import numpy as np\n\ndef given(x):\n    return x + 1\n"


@pytest.fixture(scope="session")
def bwrap() -> Iterator[Airlock]:
    try:
        find()
    except SandboxError as error:
        pytest.skip(str(error))
    with Airlock(limits=LIMITS) as airlock:
        yield airlock


@pytest.fixture(scope="session")
def bare() -> Iterator[Airlock]:
    with Airlock(sandbox="none", limits=LIMITS) as airlock:
        yield airlock


@pytest.fixture(params=["bwrap", "bare"])
def airlock(request: pytest.FixtureRequest) -> Airlock:
    """Both kinds: what a check says does not depend on the sandbox."""
    if request.param == "bwrap" and not sys.platform.startswith("linux"):
        pytest.skip("bubblewrap is for Linux")
    return request.getfixturevalue(request.param)


class Notebook:
    """A session with a short way to ask for a verdict."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def cell(self, source: str) -> list[dict]:
        return self.session.run_student(source)

    def check(self, source: str, points: float = 2, name: str = "check") -> Verdict:
        return self.session.run_check(name, source, points)

    def printed(self, source: str) -> str:
        """Return what a student cell prints, and what it raises."""
        parts = [o.get("text") or o.get("evalue", "") for o in self.cell(source)]
        return "".join(parts).strip()


@pytest.fixture
def book(airlock: Airlock) -> Iterator[Notebook]:
    with airlock.session(seed=1, prelude=[PRELUDE], student_names={"f", "sum"}) as session:
        yield Notebook(session)


@pytest.fixture
def jailed(bwrap: Airlock) -> Iterator[Notebook]:
    with bwrap.session(seed=1, prelude=[PRELUDE], student_names={"f"}) as session:
        yield Notebook(session)
