"""The address of a gradebook: what is no address, cannot be reached or lacks its driver is said."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import cli
from autograder.classroom import database, gradebook
from autograder.course import CourseError, root

PASSWORD = "geheim"
BAD = {
    f"class/{PASSWORD}.db": "this is not a database's address; write postgresql://USER@HOST/NAME",
    f"postgresql://ada:{PASSWORD}/grades": "not a database's address",
    f"postgresql://ada:x@{PASSWORD}@host/grades": "not a database's address; .* %40 for @",
    f"postgres://ada:{PASSWORD}@host/grades": "no database is called postgres; write postgresql",
    f"mysql://ada:{PASSWORD}@host/grades": "mysql: its driver is not installed: No module",
    f"postgresql://ada@127.0.0.1/x?pasword={PASSWORD}": 'invalid connection option "pasword"',
}


@pytest.mark.parametrize("db_url", BAD)
def test_what_is_no_address_is_said_without_its_password(db_url: str) -> None:
    with pytest.raises(CourseError, match=BAD[db_url]) as caught, gradebook.opened(db_url):
        pass
    assert PASSWORD not in str(caught.value)


def test_a_server_that_is_down_is_said_and_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "grades.jsonl").touch()
    with socket.socket() as taken:  # bound and not listening: nobody else answers there
        taken.bind(("127.0.0.1", 0))
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        db_url = f"postgresql://ada:{PASSWORD}@{where}/grades?password={PASSWORD}"
        assert cli.main(["export", "--class", str(tmp_path), "--db", db_url]) == 2
    said = capsys.readouterr().err
    assert PASSWORD not in said
    assert f"ada:***@{where}/grades: connection failed" in said
    assert "once the database can be used, the same command goes on" in said
    assert said.count("\n") == 1


def test_a_driver_that_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    message = r'not installed: .venv/bin/pip install "psycopg\[binary\]"'
    with pytest.raises(CourseError, match=message), gradebook.opened("postgresql://ada@host/x"):
        pass


def test_grades_that_lie_in_another_database_are_missed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "grades.jsonl").touch()
    assert cli.main(["export", "--class", str(tmp_path)]) == 2
    assert "holds no grades: if the class was graded into another" in capsys.readouterr().err


def test_plain_postgresql_means_psycopg() -> None:
    assert database.address("postgresql://ada@host/x").drivername == "postgresql+psycopg"


def test_a_class_is_found_by_its_gradebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONVBOOK_CLASS", raising=False)
    assert database.results("sqlite:////a/class/gradebook.db?timeout=9") == Path("/a/class")
    assert database.results("postgresql://ada@host/x") == root() / "class"
    monkeypatch.setenv("CONVBOOK_CLASS", "/a/class/sample")
    assert database.results("postgresql://ada@host/x") == Path("/a/class/sample")


def test_the_tables_have_the_version_that_nbgrader_gives_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its own function asks the alembic command, in a process of its own."""
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    asked = "import nbgrader.api; print(nbgrader.api.get_alembic_version())"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert gradebook.schema_version() == done.stdout.strip() != ""
