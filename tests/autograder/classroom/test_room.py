"""One place knows where a class is, and remembers its gradebook."""

import os
import stat
from pathlib import Path

import pytest
import sample_class
from machine import SANDBOX

from autograder import cli
from autograder.classroom import database, gradebook, ledger
from autograder.classroom.room import SETTINGS, class_at, folder, remember
from autograder.course import CourseError, root

DB = "sqlite:////somewhere/else.db"


@pytest.fixture(autouse=True)
def nowhere_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONVBOOK_CLASS", raising=False)


def test_a_class_that_nobody_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert class_at().results == root() / "class"
    assert folder(tmp_path) == tmp_path / "class"
    monkeypatch.setenv("CONVBOOK_CLASS", str(tmp_path / "of 2026"))
    room = class_at()
    assert room.results == folder(tmp_path) == tmp_path / "of 2026"
    assert room.submitted == tmp_path / "of 2026" / "submitted"
    assert class_at(tmp_path).results == tmp_path


def test_a_gradebook_is_named_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    named = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    assert cli.main(["feedback", "--class", str(tmp_path), "--db", named]) == 0
    assert class_at(tmp_path).db_url == named
    assert cli.main(["feedback", "--class", str(tmp_path)]) == 0
    assert (tmp_path / "elsewhere.db").exists() and not (tmp_path / "gradebook.db").exists()
    assert class_at(tmp_path, db_url=DB).db_url == DB
    capsys.readouterr()


def test_in_a_class_its_folder_need_not_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert class_at().results == root() / "class"
    (tmp_path / "students.csv").write_text("student,name\n")
    assert class_at().results == tmp_path


@pytest.mark.parametrize(("mode", "kept"), [(0o2770, 0o660), (0o755, 0o600)])
def test_what_is_made_in_a_groups_class_is_the_groups(mode: int, kept: int, tmp_path: Path) -> None:
    tmp_path.chmod(mode)
    before = os.umask(0o022)
    try:
        room = class_at(tmp_path)
        ledger.append(room.results, "record", {})
        with gradebook.opened(room.db_url):
            pass
        modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in tmp_path.iterdir()}
    finally:
        os.umask(before)
    of_all = 0o664 if kept == 0o660 else 0o644
    assert modes == {ledger.KEY: kept, ledger.LINES: of_all, "gradebook.db": of_all}


def test_where_hand_ins_are_is_named_once(tmp_path: Path) -> None:
    remember(class_at(tmp_path), None, tmp_path / "in")
    remember(class_at(tmp_path), DB, None)
    room = class_at(tmp_path)
    assert (room.submitted, room.db_url) == (tmp_path / "in", DB)
    assert class_at(tmp_path, tmp_path / "other").submitted == tmp_path / "other"


@pytest.mark.parametrize("name", ["what? now", "a#b, 50 % & mit Umläuten ✓", "%3F"])
def test_a_folder_of_any_name_holds_its_own_gradebook(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results = tmp_path / name
    sample_class.hand_in(results / "submitted", "gus")
    where = ["--class", str(results)]
    assert cli.main(["grade", "--sandbox", SANDBOX, *where]) == 0
    assert (results / "gradebook.db").stat().st_size > 0
    assert [path.name for path in tmp_path.iterdir()] == [name]
    for command in ("report", "feedback", "export", "verify", "late"):
        assert cli.main([command, *where]) == 0
    with gradebook.opened(class_at(results).db_url) as book:
        assert database.results(str(book.api.engine.url)) == results
    capsys.readouterr()


@pytest.mark.parametrize(
    "named",
    [
        "postgresql://ada:secret@127.0.0.1:9/grades",
        "postgresql://ada@127.0.0.1:9/grades?password=secret",
        "postgresql://ada@127.0.0.1:9/grades?sslpassword=secret",
    ],
)
def test_a_password_is_never_kept(tmp_path: Path, named: str) -> None:
    remember(class_at(tmp_path), named, None)
    assert list(tmp_path.iterdir()) == []
    remember(class_at(tmp_path), "postgresql://ada@127.0.0.1:9/grades?sslmode=require", None)
    assert "sslmode" in (tmp_path / SETTINGS).read_text()


def test_what_is_no_address_is_not_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["export", "--class", str(tmp_path), "--db", "grades on my disk"]) == 2
    assert "not a database's address" in capsys.readouterr().err
    assert not (tmp_path / SETTINGS).exists()


@pytest.mark.parametrize("text", ["", "7", '{"db"', "\xff"])
def test_damaged_settings_say_what_to_do(tmp_path: Path, text: str) -> None:
    (tmp_path / SETTINGS).write_bytes(text.encode("latin-1"))
    with pytest.raises(CourseError, match="name the gradebook once more with --db"):
        class_at(tmp_path)
    assert class_at(tmp_path, db_url=DB).db_url == DB
