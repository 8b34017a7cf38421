"""One warm airlock of each kind for all tests here."""

from collections.abc import Iterator

import pytest
from airlock_book import LIMITS, PRELUDE, Notebook
from machine import need

from autograder.airlock import Airlock


@pytest.fixture(scope="session")
def bwrap() -> Iterator[Airlock]:
    need("sandbox")
    with Airlock(limits=LIMITS) as airlock:
        yield airlock


@pytest.fixture(scope="session")
def bare() -> Iterator[Airlock]:
    with Airlock(sandbox="none", limits=LIMITS) as airlock:
        yield airlock


@pytest.fixture(scope="session")
def user() -> Iterator[Airlock]:
    need("other users")
    with Airlock(sandbox="user", limits=LIMITS) as airlock:
        yield airlock


@pytest.fixture(params=["bwrap", "user", "bare"])
def airlock(request: pytest.FixtureRequest) -> Airlock:
    """All kinds: what a check says does not depend on the sandbox."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def book(airlock: Airlock) -> Iterator[Notebook]:
    with airlock.session(seed=1, prelude=[PRELUDE], student_names={"f", "sum"}) as session:
        yield Notebook(session)


@pytest.fixture
def jailed(bwrap: Airlock) -> Iterator[Notebook]:
    with bwrap.session(seed=1, prelude=[PRELUDE], student_names={"f"}) as session:
        yield Notebook(session)


@pytest.fixture
def apart(user: Airlock) -> Iterator[Notebook]:
    with user.session(seed=1, prelude=[PRELUDE], student_names={"f"}) as session:
        yield Notebook(session)
