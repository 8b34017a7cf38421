"""A small course whose decks are built, and served."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from voting import Served, serve


def course(tmp_path: Path) -> Path:
    """A course of two decks, which were built."""
    for folder in ("lectures", "solutions", "build/lectures"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("01_one", "02_two"):
        (tmp_path / "lectures" / f"{name}.py").touch()
        page = f"<html><head><title>{name}</title></head><body>{name}</body></html>"
        (tmp_path / "build" / "lectures" / f"{name}.html").write_text(page)
    return tmp_path


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return course(tmp_path)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = serve(course(tmp_path_factory.mktemp("course")))
    yield served
    served.process.terminate()
    rest, _ = served.process.communicate(timeout=60)
    assert "Of the votes nothing is kept." in rest
    assert served.process.returncode == 0
